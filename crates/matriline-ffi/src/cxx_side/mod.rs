//! What stands behind the bridge, a file for each C++ class.

pub(crate) mod catalog;
pub(crate) mod discovery;
pub(crate) mod gil;
pub(crate) mod host;
pub(crate) mod loader;
pub(crate) mod preset;
pub(crate) mod reference;
pub(crate) mod resolver;
pub(crate) mod shell;
