//! Kinds of objects that capability types of an application take and give: its model, meshes, how far it is.
//!
//! Each is a word for [`capability_type!`](matriline_capability::capability_type), in Rust a value of
//! [`matriline_host`] or a trait, in Python a class of `orca.host` or something plain.

mod meshes;
mod model;
mod progress;
mod texts;

pub use meshes::{ImportedMesh, Meshes};
pub use model::Model;
pub use progress::{Progress, Report};
pub use texts::Texts;

use matriline_python::set_object_class;

/// Says what Python does with them. Once.
pub(crate) fn install() {
    set_object_class(&model::SPEC, &model::Class);
    set_object_class(&meshes::SPEC, &meshes::Class);
    set_object_class(&progress::SPEC, &progress::Class);
    set_object_class(&texts::SPEC, &texts::Class);
}
