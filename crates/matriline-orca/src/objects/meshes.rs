//! Meshes that a plugin has made, as an answer.

use matriline_capability::{AnswerKind, Kind, Object, ObjectSpec, Value};
use matriline_host::TriangleMesh;
use matriline_python::{Misread, ObjectClass, lossy};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::texts::{items, other};
use crate::host;

pub(super) static SPEC: ObjectSpec = ObjectSpec {
    name: "list[orca.host.TriangleMesh | tuple[str, orca.host.TriangleMesh]]",
    expected: "a list of `orca.host.TriangleMesh`, or of tuples of a name and a mesh",
};

/// Meshes: a list of `orca.host.TriangleMesh`, each alone or in a tuple with its name before it.
#[derive(Debug)]
pub struct Meshes;

/// A mesh that a plugin has made.
#[derive(Clone, Debug)]
pub struct ImportedMesh {
    /// What the plugin calls it; empty where it does not.
    pub name: String,
    /// Its triangles, all corners of which exist.
    pub mesh: TriangleMesh,
}

impl AnswerKind for Meshes {
    const KIND: Kind = Kind::Object(&SPEC);

    type Answer = Vec<ImportedMesh>;

    fn answer(value: Value<'_>) -> Option<Vec<ImportedMesh>> {
        match value {
            Value::Object(meshes) => meshes.downcast_ref().cloned(),
            _ => None,
        }
    }
}

pub(super) struct Class;

impl ObjectClass for Class {
    fn read(&self, object: &Bound<'_, PyAny>) -> Result<Box<dyn Object>, Misread> {
        let mesh = |(place, item): (usize, Bound<'_, PyAny>)| {
            imported(&item).ok_or_else(|| other(object, place, &item))
        };
        let meshes: Result<Vec<_>, Misread> = items(object)?.into_iter().enumerate().map(mesh).collect();
        Ok(Box::new(meshes?))
    }
}

fn imported(item: &Bound<'_, PyAny>) -> Option<ImportedMesh> {
    let Ok(named) = item.cast::<PyTuple>() else {
        return Some(ImportedMesh { name: String::new(), mesh: host::mesh_of(item)? });
    };
    let [name, mesh] = <[_; 2]>::try_from(named.iter().collect::<Vec<_>>()).ok()?;
    Some(ImportedMesh { name: lossy(name.cast::<PyString>().ok()?), mesh: host::mesh_of(&mesh)? })
}
