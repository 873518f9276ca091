//! What the sidecars remember of a user's wishes: whether a plugin is to be loaded, and which of its capabilities are
//! enabled.
//!
//! Loading turns *enabled* on, and only the application's own unload turns it off: not a shutdown, an update or an
//! error. A sidecar that cannot be written is no reason not to load.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use matriline_catalog::CatalogEntry;
use matriline_catalog::state::{
    InstallState, InstalledFrom, StateError, read_install_state, update_existing_install_state,
    update_install_state,
};
use matriline_registry::Entry;
use matriline_registry::lock::Mutex;

use crate::audit::Permission;

pub(crate) struct Wishes {
    data_dir: PathBuf,
    /// The plugins whose sidecars may say something else by now than the catalog.
    touched: Mutex<HashSet<String>>,
}

impl Wishes {
    pub(crate) fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, touched: Mutex::default() }
    }

    /// What the sidecar of a plugin says now.
    pub(crate) fn read(&self, entry: &CatalogEntry) -> Option<InstallState> {
        let read = read_install_state(&entry.folder);
        read.unwrap_or_else(|error| {
            warn(entry, &error);
            None
        })
    }

    /// The same, from the catalog where that cannot have changed.
    pub(crate) fn known(&self, entry: &CatalogEntry) -> Option<InstallState> {
        match self.touched.lock().contains(&entry.descriptor.plugin_key) {
            false => entry.install_state.as_deref().cloned(),
            true => read_install_state(&entry.folder).ok().flatten(),
        }
    }

    /// A plugin was loaded with these capabilities, where its sidecar said `before`. Writes only what changes.
    pub(crate) fn loaded(
        &self,
        entry: &CatalogEntry,
        before: Option<InstallState>,
        capabilities: &[Arc<Entry>],
    ) {
        let change = |state: &mut InstallState| {
            describe(state, entry);
            state.enabled = true;
            set_flags(state, capabilities);
        };
        let mut after = before.clone().unwrap_or_default();
        change(&mut after);
        if before.as_ref() != Some(&after) {
            self.note(entry, update_install_state(&self.data_dir, &entry.folder, change).map(drop));
        }
    }

    /// The capabilities of a loaded plugin were switched.
    pub(crate) fn switched(&self, entry: &CatalogEntry, capabilities: &[Arc<Entry>]) {
        let change = |state: &mut InstallState| set_flags(state, capabilities);
        self.note(entry, update_install_state(&self.data_dir, &entry.folder, change).map(drop));
    }

    /// A plugin is not to be loaded any more. One that nothing is remembered about never is.
    pub(crate) fn turn_off(&self, entry: &CatalogEntry) {
        let change = |state: &mut InstallState| state.enabled = false;
        self.note(entry, update_existing_install_state(&self.data_dir, &entry.folder, change).map(drop));
    }

    /// A plugin has brought the application down, so it is not to be loaded at the start, whatever was remembered.
    pub(crate) fn quarantine(&self, entry: &CatalogEntry) {
        let change = |state: &mut InstallState| {
            describe(state, entry);
            state.enabled = false;
        };
        self.note(entry, update_install_state(&self.data_dir, &entry.folder, change).map(drop));
    }

    /// A plugin is allowed these things; answers what is remembered of it now. One that nothing was remembered about is
    /// not loaded at the start for that.
    pub(crate) fn granted(&self, entry: &CatalogEntry, permissions: &[Permission]) -> Option<InstallState> {
        let change = |state: &mut InstallState| {
            if *state == InstallState::default() {
                describe(state, entry);
                state.enabled = false;
            }
            for Permission { kind, target } in permissions {
                let list = state.permissions.list_mut(kind.as_str());
                list.into_iter()
                    .filter(|list| !list.contains(target))
                    .for_each(|list| list.push(target.clone()));
            }
        };
        let update = update_install_state(&self.data_dir, &entry.folder, change);
        let (state, written) = match update {
            Ok(update) => (Some(update.state), Ok(())),
            Err(error) => (None, Err(error)),
        };
        self.note(entry, written);
        state
    }

    /// The sidecar of a plugin may say something else by now than the catalog.
    pub(crate) fn touch(&self, key: &str) {
        self.touched.lock().insert(key.into());
    }

    fn note(&self, entry: &CatalogEntry, written: Result<(), StateError>) {
        self.touch(&entry.descriptor.plugin_key);
        if let Err(error) = written {
            warn(entry, &error);
        }
    }
}

/// A state of which nothing is known yet says what it is of.
fn describe(state: &mut InstallState, entry: &CatalogEntry) {
    if *state == InstallState::default() {
        *state = InstallState::of(&entry.descriptor, InstalledFrom::Local);
    }
}

fn set_flags(state: &mut InstallState, capabilities: &[Arc<Entry>]) {
    let flag = |entry: &Arc<Entry>| (entry.id().kind, entry.id().name.clone(), entry.gate().is_enabled());
    let flags: Vec<_> = capabilities.iter().map(flag).collect();
    state.set_capabilities(flags.iter().map(|(kind, name, enabled)| (*kind, name.as_str(), *enabled)));
}

fn warn(entry: &CatalogEntry, error: &StateError) {
    let plugin = entry.descriptor.plugin_key.as_str();
    tracing::warn!(target: "matriline::load", plugin, "What is remembered of plugin `{plugin}` is out of date: {error}");
}
