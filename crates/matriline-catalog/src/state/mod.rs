//! What the application remembers about plugins between two runs.
//!
//! There are two kinds of files, both JSON that people edit by hand and that other programs of the same family
//! write: a sidecar in each plugin's folder ([`InstallState`]), and one file with the configurations of all
//! capabilities ([`PluginConfig`]). So three rules hold for both. They are read leniently: a byte order mark and
//! comments are passed over, and what has no meaning here survives a rewrite. They are written whole, under a lock
//! between processes ([`lock_data_folder`]), after reading them again: two programs on one data folder lose nothing,
//! and a reader, who needs no lock, never meets a part. And a file that can't be understood is set aside when a new
//! one takes its place; one that is too large to be read stays, and nothing is written.

mod config;
mod entries;
mod error;
mod file;
mod install_state;
mod json;
mod lenient;
mod overrides;
mod sidecar;

pub use config::{CONFIG_FILE, ConfigSaved, MAX_CONFIG_BYTES, PluginConfig};
pub use entries::ConfigEntry;
pub use error::StateError;
pub(crate) use file::remedy;
pub use file::{LOCK_FILE, lock_data_folder};
pub use install_state::{CapabilityFlag, InstallState, InstalledFrom, Permissions};
pub use json::MAX_DEPTH;
pub use overrides::{Overrides, effective, prune_overrides};
pub use sidecar::{
    INSTALL_STATE_FILE, MAX_INSTALL_STATE_BYTES, StateUpdate, parse_install_state, read_install_state,
    update_existing_install_state, update_install_state,
};
