//! What the tests of a scan begin with.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use matriline_catalog::{BACKUP_MARKER, Catalog, CatalogEntry, ScanOptions};
use matriline_manifest::Target;
use matriline_testkit::{DataFolder, WheelBuilder};

pub const STAMP: &str = "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'Stamp'\n# ///\nimport orca\n";

pub const U1: &str = "0b4a1f6e-0000-4000-8000-000000000001";

pub fn options() -> ScanOptions {
    ScanOptions::new(Target::of_this_build(11))
}

pub fn of_user(user: &str) -> ScanOptions {
    ScanOptions { cloud_user: Some(user.to_owned()), ..options() }
}

pub fn scan(data: &DataFolder) -> Catalog {
    Catalog::scan(data.path(), &options())
}

pub fn stats() -> WheelBuilder {
    WheelBuilder::new("stats", "1.0.0").file("stats/__init__.py", "import orca\n")
}

pub fn only(catalog: &Catalog) -> &CatalogEntry {
    assert_eq!(catalog.entries().len(), 1, "{:?}", catalog.entries());
    &catalog.entries()[0]
}

/// The error of the only plugin, without its folder.
pub fn check_error(data: &DataFolder, expected: &str) {
    let catalog = scan(data);
    let error = only(&catalog).error().expect("The plugin is invalid");
    let (folder, message) = error.split_once("`: ").expect("The message begins with the folder");
    assert_eq!(folder, format!("Plugin folder `{}", only(&catalog).folder.display()));
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(catalog.valid().count(), 0);
    assert_eq!(catalog.invalid().count(), 1);
}

/// The only problem of the folders of plugins themselves.
pub fn check_problem(catalog: &Catalog, expected: &str) {
    assert_eq!(catalog.problems().len(), 1, "{:?}", catalog.problems());
    let problem = catalog.problems()[0].to_string();
    assert!(problem.contains(expected), "{problem}");
}

pub fn keys(catalog: &Catalog) -> Vec<&str> {
    catalog.entries().iter().map(|entry| entry.descriptor.plugin_key.as_str()).collect()
}

/// A plugin with this sidecar.
pub fn with_sidecar(text: &str) -> Catalog {
    let data = DataFolder::new();
    data.add_script("a", "a.py", "# /// script\n# [tool.orcaslicer.plugin]\n# version = '1.1'\n# ///\n");
    data.add_script("a", ".install_state.json", text);
    scan(&data)
}

pub fn with_backup(data: &DataFolder, name: &str) {
    data.add_script(name, "stamp.py", STAMP);
    data.add_script(name, BACKUP_MARKER, "");
}
