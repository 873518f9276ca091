//! 3MF: the objects that its build places, each with its own mesh and those of its components.

use std::cell::Cell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use glam::{DMat4, DVec3};
use matriline_host::{Placement, TriangleMesh};
use threemf::model::{Mesh, Model, Object, Unit};

use crate::FileError;
use crate::model::{ModelLimits, Part, Parts};
use crate::placement::{matrix_of, placement_of};

pub(crate) fn read(path: &Path, limits: ModelLimits) -> Result<Parts, FileError> {
    let file = File::open(path).map_err(|cause| FileError::unreadable(path, cause))?;
    let refused = |cause| FileError::ThreeMf { path: path.into(), cause };
    let mut file = BufReader::new(file);
    if !unpacks_within(&mut file, limits.bytes).map_err(|cause| refused(cause.into()))? {
        return Err(FileError::TooLarge { path: path.into(), limit: limits.bytes });
    }
    let models = threemf::read(file).map_err(refused)?;
    let archive = Archive { path, models: &models, limits, room: Cell::new(limits.bytes) };
    let mut parts = Parts::default();
    for (place, model) in models.iter().enumerate() {
        archive.build(place, model, &mut parts.objects)?;
        let designer = model.metadata.iter().find(|entry| entry.name == "Designer");
        parts.designer = designer.and_then(|entry| entry.value.clone()).unwrap_or(parts.designer);
    }
    Ok(parts)
}

/// Whether the models of an archive unpack to so many bytes at the most. What the archive says of that may be untrue, so
/// it is unpacked, and dropped.
fn unpacks_within(file: &mut BufReader<File>, limit: u64) -> zip::result::ZipResult<bool> {
    let mut archive = zip::ZipArchive::new(file)?;
    let mut left = limit;
    for place in 0..archive.len() {
        let entry = archive.by_index(place)?;
        if entry.name()?.ends_with(".model") {
            let unpacked = io::copy(&mut entry.take(left.saturating_add(1)), &mut io::sink())?;
            match left.checked_sub(unpacked) {
                Some(rest) => left = rest,
                None => return Ok(false),
            }
        }
    }
    Ok(true)
}

/// How deep components may lie in components. A file that goes on for ever comes here.
const DEEPEST: usize = 32;

struct Archive<'a> {
    path: &'a Path,
    /// The models of the archive. One of several has the build, the others the meshes.
    models: &'a [Model],
    limits: ModelLimits,
    /// How many bytes its objects may still have: components of components can be more than any memory holds.
    room: Cell<u64>,
}

impl Archive<'_> {
    /// Adds the objects that a model places.
    fn build(&self, place: usize, model: &Model, parts: &mut Vec<Part>) -> Result<(), FileError> {
        let unit = DMat4::from_scale(DVec3::splat(millimetres(&model.unit)));
        // the copies of one object are instances of one part
        let mut known: HashMap<usize, usize> = HashMap::new();
        for item in &model.build.item {
            let matrix = unit * matrix_of(item.transform) * unit.inverse();
            let stands = placement_of(&matrix);
            if let (Some(part), Some(placement)) = (known.get(&item.objectid), stands) {
                parts[*part].placements.push(placement);
                continue;
            }
            // what a placement cannot say is done to the vertices
            let (outer, placement) = match stands {
                Some(placement) => (unit, placement),
                None => (matrix * unit, Placement::default()),
            };
            let (object, home) = self.object(place, item.objectid)?;
            let mut volumes = Vec::new();
            self.volumes(home, object, &outer, 0, &mut volumes)?;
            let name = object.name.clone().unwrap_or_else(|| format!("Object {}", object.id));
            if stands.is_some() {
                known.insert(item.objectid, parts.len());
            }
            parts.push(Part { name, volumes, placements: vec![placement] });
        }
        Ok(())
    }

    /// The object of that number, and the model it lies in: the one that asks if it has one, else the first that has.
    fn object(&self, place: usize, id: usize) -> Result<(&Object, usize), FileError> {
        let own = std::iter::once(place).chain(0..self.models.len());
        let mut found = own.filter_map(|place| {
            let object = self.models[place].resources.object.iter().find(|object| object.id == id)?;
            Some((object, place))
        });
        found.next().ok_or_else(|| self.refused(id, "is not in it: save the model again"))
    }

    /// Adds the meshes of an object.
    fn volumes(
        &self,
        place: usize,
        object: &Object,
        outer: &DMat4,
        depth: usize,
        volumes: &mut Vec<(String, TriangleMesh)>,
    ) -> Result<(), FileError> {
        if depth > DEEPEST {
            return Err(self.refused(object.id, "is a component of itself"));
        }
        self.takes(size_of::<(String, TriangleMesh)>())?;
        if let Some(mesh) = &object.mesh {
            self.takes(size_of_val(&*mesh.vertices.vertex))?;
            self.takes(size_of_val(&*mesh.triangles.triangle))?;
            let name = object.name.clone().unwrap_or_else(|| format!("Object {}", object.id));
            volumes.push((name, self.mesh(mesh, outer)?));
        }
        for component in object.components.iter().flat_map(|components| &components.component) {
            // the matrices of a file stand in the unit of the file, and so do the vertices
            let inner = *outer * matrix_of(component.transform);
            let elsewhere = self.component(place, object.id, component.objectid)?;
            self.volumes(elsewhere.1, elsewhere.0, &inner, depth + 1, volumes)?;
        }
        Ok(())
    }

    /// The object that a component names. One that names its own number means that of another model.
    fn component(&self, place: usize, of: usize, id: usize) -> Result<(&Object, usize), FileError> {
        if of != id || self.models.len() == 1 {
            return self.object(place, id);
        }
        let others = (0..self.models.len()).filter(|other| *other != place);
        let find = |other: usize| {
            let object = self.models[other].resources.object.iter().find(|object| object.id == id)?;
            Some((object, other))
        };
        others.into_iter().find_map(find).ok_or_else(|| self.refused(id, "is a component of itself"))
    }

    fn mesh(&self, mesh: &Mesh, outer: &DMat4) -> Result<TriangleMesh, FileError> {
        let placed = |vertex: &threemf::model::Vertex| {
            outer.transform_point3(DVec3::new(vertex.x, vertex.y, vertex.z)).as_vec3().to_array()
        };
        let vertices: Vec<[f32; 3]> = mesh.vertices.vertex.iter().map(placed).collect();
        let is_turned = outer.determinant() < 0.0;
        let corners = |triangle: &threemf::model::Triangle| {
            let [a, b, c] =
                [triangle.v1, triangle.v2, triangle.v3].map(|place| i32::try_from(place).unwrap_or(-1));
            if is_turned { [a, c, b] } else { [a, b, c] }
        };
        let triangles: Vec<[i32; 3]> = mesh.triangles.triangle.iter().map(corners).collect();
        TriangleMesh::new(vertices, triangles)
            .map_err(|cause| FileError::Mesh { path: self.path.into(), cause })
    }

    /// So many more bytes.
    fn takes(&self, bytes: usize) -> Result<(), FileError> {
        let left = self.room.get().checked_sub(bytes as u64);
        let too_large = || FileError::TooLarge { path: self.path.into(), limit: self.limits.bytes };
        self.room.set(left.ok_or_else(too_large)?);
        Ok(())
    }

    fn refused(&self, id: usize, problem: &'static str) -> FileError {
        FileError::Object { path: self.path.into(), id, problem }
    }
}

/// How many millimetres a unit is.
fn millimetres(unit: &Unit) -> f64 {
    match unit {
        Unit::Micron => 0.001,
        Unit::Millimeter => 1.0,
        Unit::Centimeter => 10.0,
        Unit::Inch => 25.4,
        Unit::Foot => 304.8,
        Unit::Meter => 1000.0,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use matriline_host::Model;

    use crate::{FileError, ModelLimits, read_model_within};

    /// An archive with these models.
    fn read(models: &[(&str, &str)]) -> Result<Model, FileError> {
        read_within(models, ModelLimits::default())
    }

    fn read_within(models: &[(&str, &str)], limits: ModelLimits) -> Result<Model, FileError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.3mf");
        let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for (name, text) in models {
            archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
        read_model_within(&path, limits)
    }

    /// A model with these resources and this build.
    fn model(resources: &str, build: &str) -> String {
        format!(
            "<model unit=\"millimeter\" xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\
             <metadata name=\"Designer\">Ada</metadata>\
             <resources>{resources}</resources><build>{build}</build></model>"
        )
    }

    const MESH: &str = "<mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"1\" y=\"0\" z=\"0\"/>\
                        <vertex x=\"0\" y=\"2\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"3\"/></vertices>\
                        <triangles><triangle v1=\"0\" v2=\"2\" v3=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/>\
                        <triangle v1=\"0\" v2=\"3\" v3=\"2\"/><triangle v1=\"1\" v2=\"2\" v3=\"3\"/></triangles></mesh>";

    fn tetrahedron(id: u32) -> String {
        format!("<object id=\"{id}\" type=\"model\" name=\"Tetrahedron\">{MESH}</object>")
    }

    fn one(resources: &str, build: &str) -> Result<Model, FileError> {
        read(&[("3D/3dmodel.model", &model(resources, build))])
    }

    #[test]
    fn copies_of_an_object_are_instances() {
        let item = "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 5 6 7\"/>";
        let model = one(&tetrahedron(1), &format!("<item objectid=\"1\"/>{item}")).unwrap();
        let [object] = &model.objects[..] else { panic!("{model:?}") };
        assert_eq!((object.name.as_str(), model.designer.as_str()), ("Tetrahedron", "Ada"));
        assert_eq!(object.instances[1].placement.offset, [5.0, 6.0, 7.0]);
        assert!((object.volumes[0].mesh.volume() - 1.0).abs() < 1e-6 && object.volumes[0].mesh.is_manifold());
        assert_eq!(model.bounding_box().unwrap().max, [6.0, 8.0, 10.0]);
    }

    #[test]
    fn components_are_volumes() {
        let moved = "<component objectid=\"1\" transform=\"-1 0 0 0 1 0 0 0 1 10 0 0\"/>";
        let object = format!(
            "{}<object id=\"2\" type=\"model\"><components><component objectid=\"1\"/>{moved}</components></object>",
            tetrahedron(1)
        );
        let model = one(&object, "<item objectid=\"2\"/>").unwrap();
        let object = &model.objects[0];
        assert_eq!((object.name.as_str(), object.volumes.len()), ("Object 2", 2));
        let mirrored = &object.volumes[1].mesh;
        assert!((mirrored.volume() - 1.0).abs() < 1e-6, "{}", mirrored.volume());
        assert_eq!(mirrored.bounding_box().unwrap().min, [9.0, 0.0, 0.0]);
    }

    #[test]
    fn meshes_in_a_model_of_their_own() {
        let object =
            "<object id=\"1\" type=\"model\"><components><component objectid=\"1\"/></components></object>";
        let main = model(object, "<item objectid=\"1\"/>");
        let parts = model(&tetrahedron(1), "");
        let model = read(&[("3D/3dmodel.model", &main), ("3D/Objects/object_1.model", &parts)]).unwrap();
        assert_eq!((model.objects.len(), model.objects[0].volumes.len()), (1, 1));
    }

    #[test]
    fn units_are_millimetres_then() {
        let text = model(&tetrahedron(1), "<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 1 0 0\"/>");
        let model = read(&[("3D/3dmodel.model", &text.replace("millimeter", "inch"))]).unwrap();
        let bounds = model.bounding_box().unwrap();
        assert!((bounds.min[0] - 25.4).abs() < 1e-5 && (bounds.max[0] - 50.8).abs() < 1e-5, "{bounds:?}");
    }

    #[test]
    fn what_shears_is_done_to_the_vertices() {
        let sheared = "<item objectid=\"1\" transform=\"1 0 0 0.5 1 0 0 0 1 0 0 0\"/>";
        let model = one(&tetrahedron(1), &format!("{sheared}<item objectid=\"1\"/>")).unwrap();
        assert_eq!(model.objects.len(), 2);
        assert_eq!(model.objects[0].volumes[0].mesh.vertices()[2], [1.0, 2.0, 0.0]);
    }

    /// A few kilobytes that unpack to many megabytes.
    #[test]
    fn a_file_that_unpacks_to_too_much_is_refused() {
        let text = model(&format!("{}{}", tetrahedron(1), " ".repeat(4 << 20)), "<item objectid=\"1\"/>");
        let models = [("3D/3dmodel.model", &*text), ("3D/Objects/object.model", &*model("", ""))];
        let length = models.iter().map(|(_, text)| text.len() as u64).sum();
        assert!(read_within(&models, ModelLimits { bytes: length }).is_ok());
        let error = read_within(&models, ModelLimits { bytes: length - 1 }).unwrap_err().to_string();
        let limit = format!("model.3mf` becomes more than {} bytes: ", length - 1);
        assert!(error.contains(&limit), "{error}");
    }

    /// Each of 30 objects is twice the one before.
    #[test]
    fn components_that_double_are_refused() {
        let object = |id: u32| {
            let inner = format!("<component objectid=\"{}\"/>", id - 1).repeat(2);
            format!("<object id=\"{id}\" type=\"model\"><components>{inner}</components></object>")
        };
        let objects: String = (2..=30).map(object).collect();
        let text = model(&format!("{}{objects}", tetrahedron(1)), "<item objectid=\"30\"/>");
        let error = read_within(&[("3D/3dmodel.model", &text)], ModelLimits { bytes: 1 << 20 }).unwrap_err();
        assert!(matches!(error, FileError::TooLarge { limit: 0x10_0000, .. }), "{error}");
    }

    #[test]
    fn broken_files_say_so() {
        let check = |result: Result<Model, FileError>, part: &str| {
            let error = result.unwrap_err().to_string();
            assert!(error.contains("model.3mf`") && error.contains(part), "{error}");
        };
        check(one(&tetrahedron(1), "<item objectid=\"7\"/>"), "is not in it");
        let own =
            "<object id=\"1\" type=\"model\"><components><component objectid=\"1\"/></components></object>";
        check(one(own, "<item objectid=\"1\"/>"), "is a component of itself");
        let broken = tetrahedron(1).replace("v3=\"1\"", "v3=\"4\"");
        check(one(&broken, "<item objectid=\"1\"/>"), "is broken: Triangle 0 has the vertex 4");
        check(read(&[("3D/3dmodel.model", "<model><resources>")]), "is no 3MF: ");
    }
}
