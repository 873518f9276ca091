//! Sidecars on the disk.

use super::file::Old;
use super::json::Json;
use super::{InstallState, StateError, file, lock_data_folder};
use std::path::{Path, PathBuf};

/// The file in a plugin's folder that remembers its installation.
pub const INSTALL_STATE_FILE: &str = ".install_state.json";

/// The largest sidecar that is read or written.
pub const MAX_INSTALL_STATE_BYTES: usize = 1 << 20;

/// What an update of a sidecar came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateUpdate {
    /// What the sidecar says now.
    pub state: InstallState,
    /// Whether the file was written; it isn't if nothing changed.
    pub written: bool,
    /// Where a file lies now that couldn't be understood; what it said is not in `state`.
    pub set_aside: Option<PathBuf>,
}

/// Reads the text of a sidecar.
///
/// # Errors
/// What is wrong with a text that is no JSON object.
pub fn parse_install_state(bytes: &[u8]) -> Result<InstallState, String> {
    let members = Json::parse(bytes)?.members().ok_or("it is no JSON object")?;
    Ok(InstallState::of_members(members))
}

/// What is remembered about the plugin of a folder; `None` if nothing is. Takes no lock.
///
/// # Errors
/// [`StateError::Broken`] for a file that can't be understood, which is as good as none; [`StateError::Oversized`],
/// [`StateError::Read`].
pub fn read_install_state(folder: &Path) -> Result<Option<InstallState>, StateError> {
    let path = folder.join(INSTALL_STATE_FILE);
    let Some(bytes) = file::read(&path, MAX_INSTALL_STATE_BYTES)? else { return Ok(None) };
    let state = parse_install_state(&bytes).map_err(|reason| StateError::Broken { path, reason })?;
    Ok(Some(state))
}

/// Changes what is remembered about the plugin of a folder, which must exist; without a sidecar, `change` gets the
/// state of a plugin that nothing is known about, and the sidecar is written.
///
/// Blocks for the lock of the data folder and for the disk; any thread. `change` runs under that lock: it must not
/// wait for anything.
///
/// # Errors
/// [`StateError`]; the sidecar is then what it was.
pub fn update_install_state(
    data_dir: &Path,
    folder: &Path,
    change: impl FnOnce(&mut InstallState),
) -> Result<StateUpdate, StateError> {
    let _lock = lock_data_folder(data_dir)?;
    let (old, fate) = match read_install_state(folder) {
        Ok(old) => (old, Old::Replace),
        Err(StateError::Broken { .. }) => (None, Old::SetAside),
        Err(error) => return Err(error),
    };
    apply(folder, old, fate, change)
}

/// As [`update_install_state`], but a plugin without a sidecar, or with one that can't be understood, stays as it is
/// and the answer is `None`.
///
/// # Errors
/// [`StateError`]; the sidecar is then what it was.
pub fn update_existing_install_state(
    data_dir: &Path,
    folder: &Path,
    change: impl FnOnce(&mut InstallState),
) -> Result<Option<StateUpdate>, StateError> {
    let _lock = lock_data_folder(data_dir)?;
    match read_install_state(folder) {
        Ok(Some(old)) => apply(folder, Some(old), Old::Replace, change).map(Some),
        Ok(None) | Err(StateError::Broken { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn apply(
    folder: &Path,
    old: Option<InstallState>,
    fate: Old,
    change: impl FnOnce(&mut InstallState),
) -> Result<StateUpdate, StateError> {
    let mut state = old.clone().unwrap_or_default();
    change(&mut state);
    let written = old.as_ref() != Some(&state);
    let set_aside = match written {
        true => {
            let path = folder.join(INSTALL_STATE_FILE);
            file::write(&path, &state.to_json(), MAX_INSTALL_STATE_BYTES, fate)?
        }
        false => None,
    };
    Ok(StateUpdate { state, written, set_aside })
}
