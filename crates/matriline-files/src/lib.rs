//! Reads models and presets from files into what an application offers to plugins.
//!
//! An application has its own model and its own presets. This crate is for those that have neither: a command line, a
//! test, an example. Its choice is to **read whole files into snapshots** of [`matriline_host`], and to keep nothing
//! open: a model from STL (binary or ASCII) or 3MF, presets from a folder of JSON files in the slicer's format, each
//! with what it inherits. A file that cannot be understood is an error that names it.

mod error;
mod model;
mod option;
mod placement;
mod presets;
mod profile;
mod stl;
mod three_mf;

pub use error::FileError;
pub use model::{ModelLimits, read_model, read_model_within};
pub use presets::read_presets;
