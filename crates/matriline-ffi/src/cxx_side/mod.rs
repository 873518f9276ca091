//! What stands behind the bridge, a file for each C++ class.

pub(crate) mod answers;
pub(crate) mod any_call;
pub(crate) mod audit;
pub(crate) mod audit_context;
pub(crate) mod bisect;
pub(crate) mod capability_config;
pub(crate) mod catalog;
pub(crate) mod discovery;
pub(crate) mod gil;
pub(crate) mod host;
pub(crate) mod install;
pub(crate) mod lifecycle;
pub(crate) mod loader;
pub(crate) mod loading;
pub(crate) mod offer;
pub(crate) mod preset;
pub(crate) mod printer_agents;
pub(crate) mod record;
pub(crate) mod reference;
pub(crate) mod resolver;
pub(crate) mod shell;
pub(crate) mod subscribe;
pub(crate) mod values;
