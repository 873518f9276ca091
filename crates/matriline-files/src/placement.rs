//! Matrices of files, as placements.

use glam::{DMat4, DVec3, EulerRot};
use matriline_host::Placement;

/// The matrix of a file: the rows of a matrix that is applied to row vectors, without its last column.
pub(crate) fn matrix_of(rows: Option<[f64; 12]>) -> DMat4 {
    let Some([a, b, c, d, e, f, g, h, i, x, y, z]) = rows else { return DMat4::IDENTITY };
    DMat4::from_cols_array(&[a, b, c, 0.0, d, e, f, 0.0, g, h, i, 0.0, x, y, z, 1.0])
}

/// The placement that does what a matrix does; none for one that shears or flattens.
pub(crate) fn placement_of(matrix: &DMat4) -> Option<Placement> {
    let (scale, turned, offset) = matrix.to_scale_rotation_translation();
    let (z, y, x) = turned.to_euler(EulerRot::ZYX);
    let placement = Placement {
        offset: offset.to_array(),
        rotation: [x, y, z],
        scaling_factor: scale.abs().to_array(),
        mirror: scale.signum().to_array(),
    };
    let again = DMat4::from_cols_array_2d(&placement.matrix()).transpose();
    let size = matrix.x_axis.length().max(1.0);
    again.abs_diff_eq(*matrix, 1e-9 * size.max(DVec3::from(placement.offset).length())).then_some(placement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DQuat;

    fn check(matrix: DMat4) -> Placement {
        placement_of(&matrix).unwrap_or_else(|| panic!("{matrix} has no placement"))
    }

    #[test]
    fn a_file_without_a_matrix_places_nothing() {
        assert_eq!(check(matrix_of(None)), Placement::default());
    }

    #[test]
    fn the_last_row_moves() {
        let rows = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 10.0, 20.0, 30.0];
        assert_eq!(check(matrix_of(Some(rows))), Placement::at([10.0, 20.0, 30.0]));
    }

    #[test]
    fn turned_scaled_and_mirrored() {
        let turned = DQuat::from_euler(EulerRot::ZYX, 0.3, -0.4, 0.5);
        let scale = DVec3::new(-2.0, 3.0, 4.0);
        let placement =
            check(DMat4::from_scale_rotation_translation(scale, turned, DVec3::new(1.0, 2.0, 3.0)));
        assert!(placement.is_left_handed());
        assert!((placement.rotation[0] - 0.5).abs() < 1e-9 && (placement.rotation[2] - 0.3).abs() < 1e-9);
    }

    #[test]
    fn what_shears_or_flattens_has_none() {
        let shears = [1.0, 0.0, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        assert_eq!(placement_of(&matrix_of(Some(shears))), None);
        assert_eq!(placement_of(&matrix_of(Some([0.0; 12]))), None);
    }
}
