//! What the tests of installs share.

#![allow(dead_code, reason = "no test file uses all of it")]

use matriline_catalog::{Catalog, CatalogEntry, ScanOptions};
use matriline_install::{Fault, InstallError, InstallSource, Installed, Installer};
use matriline_manifest::{CloudOverlay, Descriptor, Target};
use matriline_testkit::DataFolder;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The user of the cloud.
pub(crate) const CLOUD: &str = "somebody";
pub(crate) const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A data folder, and a folder with packages beside it.
pub(crate) struct Folder {
    pub(crate) data: DataFolder,
    packages: tempfile::TempDir,
    pub(crate) installer: Installer,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let data = DataFolder::new();
        let installer = installer(data.path());
        Self { data, packages: tempfile::tempdir().unwrap(), installer }
    }

    /// A file to install.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.packages.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The record of a plugin, as the cloud has it.
    pub(crate) fn cloud(&self, uuid: &str, version: &str) -> InstallSource {
        cloud(uuid, version)
    }

    pub(crate) fn install(&self, file: &Path) -> Installed {
        self.installer.prepare(file, InstallSource::Local).unwrap().commit().unwrap()
    }

    /// The message of an install that fails.
    pub(crate) fn fails(&self, file: &Path, source: InstallSource) -> String {
        self.error(file, source).to_string()
    }

    pub(crate) fn fault(&self, file: &Path, source: InstallSource) -> Fault {
        match self.error(file, source) {
            InstallError::Install(fault) => fault,
            error => panic!("{error}"),
        }
    }

    fn error(&self, file: &Path, source: InstallSource) -> InstallError {
        match self.installer.prepare(file, source).and_then(|prepared| prepared.commit()) {
            Err(error) => error,
            Ok(installed) => panic!("{installed:?}"),
        }
    }

    pub(crate) fn plugins(&self) -> PathBuf {
        self.data.plugins()
    }

    pub(crate) fn catalog(&self) -> Catalog {
        catalog(self.data.path())
    }

    pub(crate) fn entry(&self, key: &str) -> Arc<CatalogEntry> {
        self.catalog().get(key).unwrap_or_else(|| panic!("There is no `{key}`")).clone()
    }

    /// The names in the folder of all plugins, without the lock's and the cloud's.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.plugins()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != ".lock" && name != "_subscribed").collect();
        names.sort();
        names
    }
}

pub(crate) fn installer(data_dir: &Path) -> Installer {
    Installer::new(data_dir, target()).cloud_user(Some(CLOUD.to_owned()))
}

pub(crate) fn catalog(data_dir: &Path) -> Catalog {
    let options = ScanOptions { cloud_user: Some(CLOUD.to_owned()), ..ScanOptions::new(target()) };
    Catalog::scan(data_dir, &options)
}

pub(crate) fn cloud(uuid: &str, version: &str) -> InstallSource {
    let cloud = CloudOverlay { uuid: uuid.to_owned(), ..CloudOverlay::default() };
    let installed_version = version.to_owned();
    InstallSource::Cloud(Box::new(Descriptor {
        installed_version,
        cloud: Some(Box::new(cloud)),
        ..Descriptor::default()
    }))
}

fn target() -> Target {
    Target::of_this_build(11)
}

/// The source of a plugin.
pub(crate) fn script(name: &str, version: &str) -> String {
    script_with(&format!("name = '{name}'\nversion = '{version}'"))
}

/// The source of a plugin with these lines below `[tool.orcaslicer.plugin]`.
pub(crate) fn script_with(table: &str) -> String {
    let lines: String = table.lines().map(|line| format!("# {line}\n")).collect();
    format!("# /// script\n# [tool.orcaslicer.plugin]\n{lines}# ///\nimport orca\n")
}
