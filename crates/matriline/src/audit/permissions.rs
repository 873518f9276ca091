//! What a user has allowed a plugin: kept in its sidecar, held by its load.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use matriline_catalog::CatalogEntry;
use matriline_catalog::state::{Permissions, read_install_state, update_existing_install_state};
use matriline_install::requested_permissions;
use matriline_policy::{Grant, GrantKind, Grants};

use super::roots::weakly_canonical;
use crate::services::PermissionRequest;
use crate::{Error, PluginLoader, PluginManager};

/// One thing that a plugin is allowed, or asks for.
///
/// | kind | forms of the target |
/// |---|---|
/// | `FsRead`, `FsReadWrite` | `/folder/file`, or `/folder/**` for a folder with everything below |
/// | `NetworkHttp`, `NetworkSocket` | `example.com`, `example.com:443`, `*.example.com` |
/// | `Process` | `/usr/bin/ffmpeg`, with any arguments |
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    /// What may be done.
    pub kind: GrantKind,
    /// To what: a path, a host, a program.
    pub target: String,
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.target)
    }
}

/// Permissions lie in the sidecars of plugins, which no plugin can write to. They stay when a plugin is updated.
///
/// Threads: any; waits for the disk.
impl PluginManager {
    /// What the user has allowed a plugin, whether or not it is loaded, in the order of the sidecar. What another program
    /// has written there and nobody understands is listed as well, and allows nothing.
    ///
    /// # Errors
    /// [`Error::PluginNotFound`]; [`Error::Config`] for a sidecar that cannot be read.
    pub fn permissions(&self, key: &str) -> Result<Vec<Permission>, Error> {
        let catalog = self.catalog();
        let state = read_install_state(&self.local(&catalog, key)?.folder)?;
        Ok(state.map(|state| listed(&state.permissions)).unwrap_or_default())
    }

    /// Takes a permission back, also from a plugin that runs: what it does next is decided without it. False when it does
    /// not have it. What a plugin has opened stays open.
    ///
    /// # Errors
    /// [`Error::PluginNotFound`]; [`Error::Config`] for a sidecar that cannot be written, which stays as it is.
    pub fn revoke(&self, key: &str, permission: &Permission) -> Result<bool, Error> {
        let catalog = self.catalog();
        let folder = &self.local(&catalog, key)?.folder;
        let mut was_there = false;
        let update = update_existing_install_state(self.data_dir(), folder, |state| {
            if let Some(list) = state.permissions.list_mut(permission.kind.as_str()) {
                let before = list.len();
                list.retain(|target| *target != permission.target);
                was_there = list.len() < before;
            }
        })?;
        self.loader().0.wishes.touch(key);
        if let (Some(update), Some(load)) = (update, self.loader().0.audit.load_of(key)) {
            load.set_grants(Arc::new(grants(&update.state.permissions)));
        }
        Ok(was_there)
    }

    /// What a plugin asks for in its table `[tool.matriline.permissions]` and does not have. Nothing for a wheel, whose
    /// metadata has no such place: it asks while it is loaded.
    ///
    /// # Errors
    /// As [`permissions`](Self::permissions).
    pub fn wanted_permissions(&self, key: &str) -> Result<Vec<Permission>, Error> {
        let catalog = self.catalog();
        let entry = self.local(&catalog, key)?;
        self.loader().beyond_granted(entry, listed(&requested_permissions(&entry.descriptor)))
    }

    /// Has the user decide on all of that at once, by the function given to
    /// [`ManagerBuilder::permissions`](crate::ManagerBuilder::permissions): the dialog for after an install. True when the
    /// plugin has everything it asks for; what is granted is kept. A refusal keeps it from nothing but these things.
    ///
    /// # Errors
    /// As [`permissions`](Self::permissions).
    pub fn ask_permissions(&self, key: &str) -> Result<bool, Error> {
        let catalog = self.catalog();
        let entry = self.local(&catalog, key)?;
        let wanted = listed(&requested_permissions(&entry.descriptor));
        self.logged(|| self.loader().ask_for(entry, wanted))
    }
}

impl PluginLoader {
    /// Has the application decide on what of `wanted` the plugin does not have. True when it has all of it then.
    pub(crate) fn ask_for(&self, entry: &CatalogEntry, wanted: Vec<Permission>) -> Result<bool, Error> {
        let wanted = self.beyond_granted(entry, wanted)?;
        if wanted.is_empty() {
            return Ok(true);
        }
        let request = PermissionRequest::of(&entry.descriptor, &wanted);
        let is_granted = self.decide_on(&request);
        if is_granted {
            self.grant(entry, &wanted);
        }
        Ok(is_granted)
    }

    /// What of `wanted` the plugin does not have, canonical, each once.
    fn beyond_granted(
        &self,
        entry: &CatalogEntry,
        wanted: Vec<Permission>,
    ) -> Result<Vec<Permission>, Error> {
        let state = read_install_state(&entry.folder)?.unwrap_or_default();
        let granted = grants(&state.permissions);
        let is_granted = |permission: &Permission| {
            let Permission { kind, target } = permission;
            let known = state.permissions.list(kind.as_str()).unwrap_or_default();
            known.contains(target) || Grant::parse(*kind, target).is_ok() && granted.covers(*kind, target)
        };
        let mut missing: Vec<Permission> = Vec::new();
        for permission in wanted.into_iter().map(canonical) {
            if !is_granted(&permission) && !missing.contains(&permission) {
                missing.push(permission);
            }
        }
        Ok(missing)
    }

    /// Keeps permissions, and lets the plugin have them at once.
    pub(crate) fn grant(&self, entry: &CatalogEntry, permissions: &[Permission]) {
        let state = self.0.wishes.granted(entry, permissions);
        let Some(load) = self.0.audit.load_of(&entry.descriptor.plugin_key) else { return };
        // what could not be written down holds until the plugin is loaded again
        let mut granted =
            state.map_or_else(|| (*load.standing().grants()).clone(), |state| grants(&state.permissions));
        for Permission { kind, target } in permissions {
            if let Ok(grant) = Grant::parse(*kind, target) {
                granted.insert(grant);
            }
        }
        load.set_grants(Arc::new(granted));
    }
}

/// The permissions of a sidecar, in its order.
pub(crate) fn listed(permissions: &Permissions) -> Vec<Permission> {
    let of = |(kind, list): (GrantKind, &[String])| {
        list.iter().map(|target| Permission { kind, target: target.clone() }).collect::<Vec<_>>()
    };
    lists(permissions).flat_map(of).collect()
}

/// The same as the policy reads them. What is not understood grants nothing.
pub(crate) fn grants(permissions: &Permissions) -> Grants {
    Grants::from_lists(lists(permissions))
}

fn lists(permissions: &Permissions) -> impl Iterator<Item = (GrantKind, &[String])> {
    GrantKind::ALL.into_iter().filter_map(|kind| Some((kind, permissions.list(kind.as_str())?)))
}

/// A permission as it is kept: paths without symbolic links, as far as they are there, since acts are compared with where
/// they really lead; programs by their path.
fn canonical(permission: Permission) -> Permission {
    let Permission { kind, target } = permission;
    let Ok(grant) = Grant::parse(kind, &target) else { return Permission { kind, target } };
    let real = match kind {
        GrantKind::FsRead | GrantKind::FsReadWrite => match grant.folder() {
            Some(folder) => {
                weakly_canonical(folder).to_str().map(|folder| format!("{}/**", folder.trim_end_matches('/')))
            }
            None => weakly_canonical(Path::new(grant.pattern())).to_str().map(str::to_owned),
        },
        GrantKind::Process => program(grant.pattern()),
        GrantKind::NetworkHttp | GrantKind::NetworkSocket => None,
    };
    Permission { kind, target: real.unwrap_or_else(|| grant.pattern().to_owned()) }
}

/// Where a program is: by its path, or by its name alone. A line for a shell stays as it is.
fn program(text: &str) -> Option<String> {
    let by_name = || {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders).map(|folder| folder.join(text)).find(|path| path.is_file())
    };
    let found = if text.contains('/') {
        Some(text.into()).filter(|path: &PathBuf| path.is_file())
    } else {
        by_name()
    };
    found?.canonicalize().ok()?.to_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: GrantKind, target: &str, expected: &str) {
        let found = canonical(Permission { kind, target: target.to_owned() });
        assert_eq!(found, Permission { kind, target: expected.to_owned() });
    }

    #[test]
    fn paths_are_kept_without_links() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        std::fs::create_dir(real.join("models")).unwrap();
        std::os::unix::fs::symlink(real.join("models"), real.join("link")).unwrap();
        let of = |name: &str| real.join(name).to_str().unwrap().to_owned();
        check(GrantKind::FsRead, &of("link/a.stl"), &of("models/a.stl"));
        check(GrantKind::FsReadWrite, &of("link/**"), &of("models/**"));
        check(GrantKind::FsRead, &of("missing/./a"), &of("missing/a"));
        check(GrantKind::FsRead, "/**", "/**");
    }

    #[test]
    fn what_is_not_understood_stays_as_it_is() {
        check(GrantKind::FsRead, "models", "models");
        check(GrantKind::FsRead, "/a/../b", "/a/../b");
    }

    #[test]
    fn hosts_and_programs() {
        check(GrantKind::NetworkHttp, "https://Example.com/x", "example.com:443");
        check(GrantKind::NetworkSocket, "*.example.com", "*.example.com");
        check(GrantKind::Process, "no such program", "no such program");
        check(GrantKind::Process, "/bin/sh -c ls", "/bin/sh -c ls");
        let shell = Path::new("/bin/sh").canonicalize().unwrap();
        check(GrantKind::Process, "sh", shell.to_str().unwrap());
        check(GrantKind::Process, "/bin/sh", shell.to_str().unwrap());
    }
}
