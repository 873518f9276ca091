//! Boxes, and where things stand. All lengths are millimetres.

use glam::{DMat4, DVec3, EulerRot};

/// A 4 by 4 matrix, row by row; it is applied to column vectors.
pub type Matrix = [[f64; 4]; 4];

/// The smallest box, along the axes, around something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    /// The corner with the smallest coordinates.
    pub min: [f64; 3],
    /// The corner with the largest coordinates.
    pub max: [f64; 3],
}

impl BoundingBox {
    /// The box around points; `None` around none.
    pub fn around(points: impl IntoIterator<Item = [f64; 3]>) -> Option<Self> {
        points.into_iter().map(|point| Self { min: point, max: point }).reduce(|one, other| one.and(&other))
    }

    /// The box around both.
    pub fn and(&self, other: &Self) -> Self {
        Self {
            min: std::array::from_fn(|axis| self.min[axis].min(other.min[axis])),
            max: std::array::from_fn(|axis| self.max[axis].max(other.max[axis])),
        }
    }

    /// The box around the eight corners after they were moved.
    pub fn transformed(&self, matrix: &Matrix) -> Self {
        let corner = |place: usize| {
            let pick = |axis: usize| if place >> axis & 1 == 0 { self.min[axis] } else { self.max[axis] };
            transform(matrix, std::array::from_fn(pick))
        };
        let first = corner(0);
        let start = Self { min: first, max: first };
        (1..8).map(corner).fold(start, |all, point| all.and(&Self { min: point, max: point }))
    }

    /// Its lengths along the axes.
    pub fn size(&self) -> [f64; 3] {
        std::array::from_fn(|axis| self.max[axis] - self.min[axis])
    }

    /// Its middle.
    pub fn center(&self) -> [f64; 3] {
        std::array::from_fn(|axis| (self.min[axis] + self.max[axis]) / 2.0)
    }

    /// Half of its diagonal.
    pub fn radius(&self) -> f64 {
        DVec3::from(self.size()).length() / 2.0
    }
}

/// Applies a matrix to a point.
pub(crate) fn transform(matrix: &Matrix, [x, y, z]: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|row| {
        let [a, b, c, d] = matrix[row];
        a * x + b * y + c * z + d
    })
}

/// The product of two matrices: the right one is applied first.
pub(crate) fn product(left: &Matrix, right: &Matrix) -> Matrix {
    let entry = |row: usize, column: usize| (0..4).map(|place| left[row][place] * right[place][column]).sum();
    std::array::from_fn(|row| std::array::from_fn(|column| entry(row, column)))
}

/// Where something stands: it is mirrored and scaled, turned about the axes X, Y and Z in that order, and moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// How far it is moved.
    pub offset: [f64; 3],
    /// The angles about X, Y and Z, in radians.
    pub rotation: [f64; 3],
    /// The factors along the axes.
    pub scaling_factor: [f64; 3],
    /// 1, or -1 where it is mirrored, along each axis.
    pub mirror: [f64; 3],
}

impl Default for Placement {
    fn default() -> Self {
        Self { offset: [0.0; 3], rotation: [0.0; 3], scaling_factor: [1.0; 3], mirror: [1.0; 3] }
    }
}

impl Placement {
    /// Moved, and nothing else.
    pub fn at(offset: [f64; 3]) -> Self {
        Self { offset, ..Self::default() }
    }

    /// The matrix that does it.
    pub fn matrix(&self) -> Matrix {
        let [x, y, z] = self.rotation;
        let turned = DMat4::from_euler(EulerRot::ZYX, z, y, x);
        let scale = DVec3::from(self.scaling_factor) * DVec3::from(self.mirror);
        let all = DMat4::from_translation(self.offset.into()) * turned * DMat4::from_scale(scale);
        all.transpose().to_cols_array_2d()
    }

    /// Whether it turns what it places inside out.
    pub fn is_left_handed(&self) -> bool {
        self.scaling_factor.iter().chain(&self.mirror).product::<f64>() < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    fn check(placement: Placement, point: [f64; 3], expected: [f64; 3]) {
        let found = transform(&placement.matrix(), point);
        assert!(
            found.iter().zip(expected).all(|(found, wanted)| (found - wanted).abs() < 1e-12),
            "{found:?}"
        );
    }

    #[test]
    fn nothing_moves_by_default() {
        check(Placement::default(), [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]);
    }

    #[test]
    fn it_is_scaled_before_it_is_moved() {
        let placement = Placement { scaling_factor: [2.0, 2.0, 2.0], ..Placement::at([1.0, 0.0, 0.0]) };
        check(placement, [1.0, 0.0, 0.0], [3.0, 0.0, 0.0]);
    }

    #[test]
    fn it_is_turned_about_x_first() {
        let placement = Placement { rotation: [FRAC_PI_2, 0.0, FRAC_PI_2], ..Placement::default() };
        check(placement, [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        check(placement, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_mirror_changes_the_hand() {
        assert!(!Placement::default().is_left_handed());
        assert!(Placement { mirror: [-1.0, 1.0, 1.0], ..Placement::default() }.is_left_handed());
    }

    #[test]
    fn a_turned_box_holds_its_corners() {
        let unit = BoundingBox { min: [0.0; 3], max: [1.0; 3] };
        let placement = Placement { rotation: [0.0, 0.0, FRAC_PI_2], ..Placement::default() };
        let turned = unit.transformed(&placement.matrix());
        assert!((turned.min[0] + 1.0).abs() < 1e-12 && turned.max[0].abs() < 1e-12);
        assert_eq!((unit.size(), unit.center()), ([1.0; 3], [0.5; 3]));
        assert!((unit.radius() - 0.75_f64.sqrt()).abs() < 1e-12);
        assert_eq!(BoundingBox::around([]), None);
    }
}
