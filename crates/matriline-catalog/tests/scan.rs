//! Scans real folders.

use matriline_catalog::{Catalog, CatalogEntry, EntryKind, MAX_SCRIPT_BYTES};
use matriline_manifest::{Severity, Target};
use matriline_testkit::{DataFolder, WheelBuilder};
use std::fs;
use std::path::Path;

const STAMP: &str = "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'Stamp'\n# ///\nimport orca\n";

fn scan(data: &DataFolder) -> Catalog {
    Catalog::scan(data.path(), &Target::of_this_build(11))
}

fn stats() -> WheelBuilder {
    WheelBuilder::new("stats", "1.0.0").file("stats/__init__.py", "import orca\n")
}

fn only(catalog: &Catalog) -> &CatalogEntry {
    assert_eq!(catalog.entries().len(), 1, "{:?}", catalog.entries());
    &catalog.entries()[0]
}

/// The error of the only plugin, without its folder.
fn check_error(data: &DataFolder, expected: &str) {
    let catalog = scan(data);
    let error = only(&catalog).error().expect("The plugin is invalid");
    let (folder, message) = error.split_once("`: ").expect("The message begins with the folder");
    assert_eq!(folder, format!("Plugin folder `{}", only(&catalog).folder.display()));
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(catalog.valid().count(), 0);
    assert_eq!(catalog.invalid().count(), 1);
}

fn keys(catalog: &Catalog) -> Vec<&str> {
    catalog.entries().iter().map(|entry| entry.descriptor.plugin_key.as_str()).collect()
}

#[test]
fn missing_folders_are_an_empty_catalog_and_stay_missing() {
    let data = DataFolder::new();
    assert!(scan(&data).entries().is_empty());
    assert!(!data.plugins().exists());
    let catalog = Catalog::scan(&data.path().join("gone"), &Target::of_this_build(11));
    assert!(catalog.entries().is_empty() && catalog.problem().is_none());
    assert!(!data.path().join("gone").exists());
}

#[test]
fn a_file_in_the_place_of_the_plugins_is_a_problem() {
    let data = DataFolder::new();
    data.add_file("orca_plugins", "");
    assert!(scan(&data).problem().unwrap().contains("orca_plugins` of all plugins can't be read"));
}

#[test]
fn a_script() {
    let data = DataFolder::new();
    let path = data.add_script("folder", "my stamp.py", STAMP);
    let catalog = scan(&data);
    let entry = only(&catalog);
    assert_eq!(entry.descriptor.name, "Stamp");
    assert_eq!(entry.entry.as_deref(), Some(path.as_path()));
    assert_eq!(entry.kind, Some(EntryKind::Script));
    assert_eq!(entry.error(), None);
    assert_eq!(catalog.get_valid("my_stamp"), Some(entry));
    assert_eq!(catalog.get("folder"), None);
}

#[test]
fn a_wheel_and_the_wheels_it_brings() {
    let data = DataFolder::new();
    let path = data.add_wheel("stats", &stats());
    let bundled = data.add_wheel("stats/wheels", &WheelBuilder::new("dep", "1"));
    let catalog = scan(&data);
    let entry = only(&catalog);
    assert_eq!(entry.error(), None);
    assert_eq!((entry.kind, entry.entry.as_deref()), (Some(EntryKind::Wheel), Some(path.as_path())));
    assert_eq!(entry.bundled_wheels, [bundled]);
    assert_eq!(entry.descriptor.entry_package.as_deref(), Some("stats"));
}

#[test]
fn wheels_beside_a_script_are_its_dependencies() {
    let data = DataFolder::new();
    let script = data.add_script("a", "a.py", STAMP);
    let second = data.add_wheel("a", &WheelBuilder::new("z", "1"));
    let first = data.add_wheel("a", &WheelBuilder::new("b", "1"));
    let catalog = scan(&data);
    assert_eq!(only(&catalog).entry, Some(script));
    assert_eq!(only(&catalog).bundled_wheels, [first, second]);
}

#[test]
fn ignored_names() {
    let data = DataFolder::new();
    for folder in [".hidden", "__pycache__", "_subscribed", "a.backup-01ab-23cd-45ef"] {
        data.add_script(folder, "a.py", STAMP);
    }
    data.add_file("orca_plugins/loose.py", STAMP);
    data.add_file("orca_plugins/config.json", "{}");
    data.add_script("_one", "a.py", STAMP);
    data.add_script("_one", "__init__.py", "");
    data.add_script("_one", ".b.py", "");
    data.add_script("_one", "b.PY", "");
    data.add_script("_one/c.py", "c.py", "");
    assert!(only(&scan(&data)).is_valid());
}

#[test]
fn two_scripts() {
    let data = DataFolder::new();
    data.add_script("a", "b.py", STAMP);
    data.add_script("a", "a.py", STAMP);
    data.add_wheel("a", &stats());
    check_error(&data, "The folder has several `.py` files, `a.py` and `b.py`: keep one of them");
}

#[test]
fn two_wheels() {
    let data = DataFolder::new();
    data.add_wheel("a", &stats());
    data.add_wheel("a", &WheelBuilder::new("b", "1"));
    check_error(
        &data,
        "The folder has several `.whl` files and no `.py`, `b-1-py3-none-any.whl` and `stats-1.0.0-py3-none-any.whl`: keep one of them",
    );
}

#[test]
fn no_entry_file() {
    let data = DataFolder::new();
    data.add_file("orca_plugins/my plugin/readme.md", "");
    check_error(&data, "The folder has no `.py` and no `.whl` file");
    assert_eq!(keys(&scan(&data)), ["my_plugin"]);
}

#[test]
fn broken_metadata_keeps_the_entry_and_its_place() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", "# /// script\n# dependencies = 'numpy'\n# ///\n");
    check_error(&data, "Line 2, column 18: `dependencies` is a string");
}

#[test]
fn a_wheel_that_is_not_a_zip() {
    let data = DataFolder::new();
    data.add_file("orca_plugins/a/a-1-py3-none-any.whl", "PK");
    check_error(&data, "The wheel is no zip archive or is cut off");
}

#[test]
fn of_two_with_one_key_the_first_folder_is_used() {
    let data = DataFolder::new();
    data.add_script("b", "stamp.py", STAMP);
    data.add_script("a", "stamp.py", STAMP);
    data.add_script("c", "stamp.py", "# /// script\n# x\n# ///\n");
    data.add_script("A", "stamp.py", "# /// script\n# x\n# ///\n");
    let catalog = scan(&data);
    assert_eq!(catalog.get("stamp").unwrap().folder, data.plugins().join("a"));
    assert_eq!(catalog.valid().count(), 1);
    let second = &catalog.entries()[2];
    let error = second.error().unwrap();
    assert!(error.contains("Duplicate plugin key `stamp`"), "{error}");
    for folder in ["a", "b"] {
        assert!(error.contains(&data.plugins().join(folder).display().to_string()), "{error}");
    }
}

#[test]
fn an_invalid_plugin_is_found_by_its_key() {
    let data = DataFolder::new();
    data.add_script("a", "stamp.py", "# /// script\n# x\n# ///\n");
    let catalog = scan(&data);
    assert_eq!(catalog.get("stamp"), Some(only(&catalog)));
    assert_eq!(catalog.get_valid("stamp"), None);
}

#[test]
fn the_order_is_that_of_the_folders() {
    let data = DataFolder::new();
    for name in ["d", "a", "c", "b"] {
        data.add_script(name, &format!("{name}.py"), STAMP);
    }
    assert_eq!(keys(&scan(&data)), ["a", "b", "c", "d"]);
}

#[test]
fn one_broken_plugin_hides_no_other() {
    let data = DataFolder::new();
    data.add_script("good", "good.py", STAMP);
    for case in ["broken_metadata", "not_utf8", "two_entry_files", "wheel_not_zip"] {
        data.add_fixture(case);
    }
    let catalog = scan(&data);
    let valid: Vec<_> = catalog.valid().map(|entry| entry.descriptor.plugin_key.as_str()).collect();
    assert_eq!(valid, ["good"]);
    assert_eq!(catalog.invalid().count(), 4);
}

#[test]
fn no_plugin_code_runs() {
    let data = DataFolder::new();
    let mark = data.path().join("it ran");
    let code = format!("{STAMP}open({:?}, 'w')\n", mark.display().to_string());
    data.add_script("script", "script.py", &code);
    data.add_wheel("wheel", &stats().file("stats/main.py", &code).replace("stats/__init__.py", &code));
    data.add_fixture("marks_when_run");
    let before = tree(data.path());
    assert_eq!(scan(&data).valid().count(), 3);
    assert!(!mark.exists());
    assert_eq!(tree(data.path()), before, "Scanning writes nothing");
}

/// Every path below a folder.
fn tree(folder: &Path) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        paths.push(path.display().to_string());
        if path.is_dir() {
            paths.extend(tree(&path));
        }
    }
    paths.sort();
    paths
}

#[test]
fn a_huge_script_is_read_in_part() {
    let data = DataFolder::new();
    let size = usize::try_from(MAX_SCRIPT_BYTES).unwrap();
    let filler = "# é\n".repeat(size / 5);
    data.add_script("late", "late.py", &format!("{filler}{filler}{STAMP}"));
    data.add_script("top", "top.py", &format!("{STAMP}{filler}{filler}"));
    let catalog = scan(&data);
    assert_eq!(catalog.get_valid("late").unwrap().descriptor.name, "");
    assert_eq!(catalog.get_valid("top").unwrap().descriptor.name, "Stamp");
    assert_eq!(catalog.get("late").unwrap().problems[0].severity, Severity::Warning);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn linked_folders_are_plugins() {
        let data = DataFolder::new();
        data.add_file("elsewhere/stamp.py", STAMP);
        fs::create_dir(data.plugins()).unwrap();
        symlink(data.path().join("elsewhere"), data.plugins().join("stamp")).unwrap();
        let catalog = scan(&data);
        assert!(only(&catalog).is_valid());
        assert_eq!(only(&catalog).folder, data.plugins().join("stamp"));
    }

    #[test]
    fn a_link_to_nothing() {
        let data = DataFolder::new();
        fs::create_dir(data.plugins()).unwrap();
        symlink("gone", data.plugins().join("stamp")).unwrap();
        check_error(&data, "The folder is a link that can't be followed");
    }

    #[test]
    fn an_entry_file_that_is_a_link_to_nothing() {
        let data = DataFolder::new();
        fs::create_dir_all(data.plugins().join("a")).unwrap();
        symlink("gone.py", data.plugins().join("a/stamp.py")).unwrap();
        check_error(&data, "The file `stamp.py` can't be read");
    }

    #[test]
    fn names_that_are_not_utf_8() {
        let data = DataFolder::new();
        let folder = data.plugins().join(OsStr::from_bytes(b"a\xff"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(OsStr::from_bytes(b"stamp\xfe.py")), STAMP).unwrap();
        let catalog = scan(&data);
        assert!(catalog.get_valid("stamp_").is_some());
        assert_eq!(only(&catalog).folder, folder);
    }

    #[test]
    fn unreadable_folders() {
        let data = DataFolder::new();
        data.add_script("a", "a.py", STAMP);
        let folder = data.plugins().join("a");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
        // permissions do not hold for the superuser
        if fs::read_dir(&folder).is_err() {
            check_error(&data, "The folder can't be read (");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
