//! Where a package goes, and what it finds there.

use crate::package::{self, Package};
use crate::prepared::Existing;
use crate::{InstallSource, Installer, permissions, requested_permissions};
use matriline_catalog::state::Permissions;
use matriline_catalog::{CatalogEntry, EntryKind, PLUGINS_FOLDER, SUBSCRIBED_FOLDER};
use matriline_manifest::Descriptor;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a package goes.
pub(crate) struct Goal<'i> {
    /// Whose folder of plugins it is.
    pub(crate) user: Option<&'i str>,
    /// The name of the plugin's folder.
    pub(crate) name: OsString,
    /// The plugin that is there.
    pub(crate) found: Option<Found>,
}

impl Installer {
    /// Where a package goes, for this user or nobody: a plugin of the same key is replaced where it is. Otherwise the
    /// folder is named as the file, unless a whole plugin with another key has that folder, or a file that name.
    pub(crate) fn goal<'i>(&'i self, package: &Package, user: Option<&'i str>) -> Goal<'i> {
        let catalog = self.catalog();
        if let Some(entry) = catalog.get(&package.descriptor.plugin_key)
            && let (Some(parent), Some(name)) = (entry.folder.parent(), entry.folder.file_name())
        {
            let owner = self.users().find(|user| self.root_path(*user) == parent);
            let found = Some(Found::of(entry));
            return Goal { user: owner.unwrap_or(user), name: name.to_owned(), found };
        }
        let root = self.root_path(user);
        let mut number = 1;
        loop {
            let name = match number {
                1 => package.folder_name.clone(),
                number => format!("{}-{number}", package.folder_name),
            };
            let folder = root.join(&name);
            let name = name.into();
            match catalog.entries().iter().find(|entry| entry.folder == folder) {
                Some(entry) if entry.is_valid() => {}
                Some(entry) => return Goal { user, name, found: Some(Found::of(entry)) },
                None if is_file(&folder) => {}
                None => return Goal { user, name, found: None },
            }
            number += 1;
        }
    }

    fn root_path(&self, user: Option<&str>) -> PathBuf {
        let local = self.data_dir.join(PLUGINS_FOLDER);
        match user {
            Some(user) => local.join(SUBSCRIBED_FOLDER).join(user),
            None => local,
        }
    }
}

/// A plugin's file that lies loose among the folders, where no scan looks at it.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// A plugin that a package would replace.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) existing: Existing,
    requested: Permissions,
    granted: Permissions,
    entry: Option<(EntryKind, OsString)>,
}

impl Found {
    fn of(entry: &CatalogEntry) -> Self {
        let state = entry.install_state.as_deref();
        let file = entry.entry.as_deref().and_then(Path::file_name).map(OsString::from);
        Self {
            existing: Existing {
                key: entry.descriptor.plugin_key.clone(),
                name: entry.descriptor.name.clone(),
                folder: entry.folder.clone(),
                version: version_of(entry).to_owned(),
                is_enabled: entry.is_enabled(),
                is_valid: entry.is_valid(),
            },
            requested: requested_permissions(&entry.descriptor),
            granted: state.map(|state| state.permissions.clone()).unwrap_or_default(),
            entry: entry.kind.zip(file),
        }
    }
}

/// The version that is installed, as far as it is known.
pub(crate) fn version_of(entry: &CatalogEntry) -> &str {
    match entry.descriptor.installed_version.as_str() {
        "" => &entry.descriptor.version,
        version => version,
    }
}

/// What a plugin asks for beyond what the version in its place asked for or has been granted.
pub(crate) fn asks_for(descriptor: &Descriptor, found: Option<&Found>) -> Permissions {
    let nothing = Permissions::default();
    let known = found.map_or([&nothing; 2], |found| [&found.requested, &found.granted]);
    permissions::beyond(&requested_permissions(descriptor), known)
}

/// The name of the entry file. That of a cloud plugin stays with every version, since modules are named by it.
pub(crate) fn entry_name(package: &Package, found: Option<&Found>, source: &InstallSource) -> OsString {
    match (source, found.and_then(|found| found.entry.as_ref())) {
        (InstallSource::Cloud(_), Some((_, old))) => {
            let mut name = Path::new(old).file_stem().unwrap_or_default().to_owned();
            name.push(package::extension(package.kind));
            name
        }
        _ => package.file_name.clone(),
    }
}
