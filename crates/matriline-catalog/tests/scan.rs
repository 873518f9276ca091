//! Scans real folders.

mod common;

use matriline_catalog::{Catalog, EntryKind, ScanControl, ScanOptions, Scanner};
use matriline_manifest::{CloudOverlay, Descriptor, RequiresPython};
use matriline_refs::{InstalledPlugins, Package};
use matriline_testkit::{DataFolder, WheelBuilder};
use std::fs;
use std::path::Path;

use common::*;

#[test]
fn missing_folders_are_an_empty_catalog_and_stay_missing() {
    let data = DataFolder::new();
    assert!(scan(&data).entries().is_empty());
    assert!(!data.plugins().exists());
    let catalog = Catalog::scan(&data.path().join("gone"), &of_user("me"));
    assert!(catalog.entries().is_empty() && catalog.problems().is_empty());
    assert!(!data.path().join("gone").exists());
}

#[test]
fn a_file_in_the_place_of_the_plugins_is_a_problem() {
    let data = DataFolder::new();
    data.add_file("orca_plugins", "");
    check_problem(&scan(&data), "orca_plugins` of all plugins can't be read");
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
    assert_eq!(catalog.get_valid("my_stamp").map(|entry| &**entry), Some(entry));
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
    assert_eq!(catalog.get("stamp").map(|entry| &**entry), Some(only(&catalog)));
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
fn a_block_far_down_in_a_huge_script_is_found() {
    let data = DataFolder::new();
    let filler = "# é\n".repeat(1 << 19);
    data.add_script("late", "late.py", &format!("{filler}{STAMP}"));
    assert_eq!(scan(&data).get_valid("late").unwrap().descriptor.name, "Stamp");
}

#[test]
fn the_sizes_around_one_reading() {
    let data = DataFolder::new();
    for size in [0xffff, 0x10000, 0x10001] {
        let filler = "x".repeat(size - STAMP.len() - 1);
        data.add_script(&format!("s{size}"), &format!("s{size}.py"), &format!("#{filler}\n{STAMP}")[..size]);
    }
    data.add_script("empty", "empty.py", "");
    let catalog = scan(&data);
    let names: Vec<_> = catalog.valid().map(|entry| entry.descriptor.name.as_str()).collect();
    assert_eq!(names, ["", "Stamp", "Stamp", "Stamp"]);
}

#[test]
fn plugins_of_the_cloud_user_come_after_local_ones() {
    let data = DataFolder::new();
    data.add_script("z", "z.py", STAMP);
    data.add_script("_subscribed/me/a", "a.py", STAMP);
    data.add_script("_subscribed/you/b", "b.py", STAMP);
    assert_eq!(keys(&scan(&data)), ["z"]);
    let catalog = Catalog::scan(data.path(), &of_user("me"));
    assert_eq!(keys(&catalog), ["z", "a"]);
    assert_eq!(catalog.entries()[1].folder, data.subscribed("me").join("a"));
}

#[test]
fn one_key_in_both_roots_is_the_local_plugin() {
    let data = DataFolder::new();
    data.add_script("z", "stamp.py", STAMP);
    data.add_script("_subscribed/me/a", "stamp.py", STAMP);
    let catalog = Catalog::scan(data.path(), &of_user("me"));
    assert_eq!(catalog.get_valid("stamp").unwrap().folder, data.plugins().join("z"));
    assert!(catalog.entries()[1].error().unwrap().contains("Duplicate plugin key `stamp`"));
}

#[test]
fn a_user_that_is_no_folder_name_is_refused() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", STAMP);
    for user in ["../..", "", "a/b", "..", "C:"] {
        let catalog = Catalog::scan(data.path(), &of_user(user));
        assert_eq!(keys(&catalog), ["a"]);
        check_problem(&catalog, "is no name of a folder");
    }
}

#[test]
fn another_python_is_a_warning_unless_enforced() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", "# /// script\n# requires-python = '>=3.12'\n# ///\n");
    let catalog = scan(&data);
    assert!(only(&catalog).is_valid() && only(&catalog).problems.len() == 1);
    let enforced = ScanOptions { requires_python: RequiresPython::Enforce, ..options() };
    assert!(!only(&Catalog::scan(data.path(), &enforced)).is_valid());
}

#[test]
fn the_cloud_adds_what_it_knows() {
    let catalog = with_sidecar(&format!("{{\"cloud_uuid\": \"{U1}\", \"installed_version\": \"1.2\"}}"));
    let record = |uuid: &str| Descriptor {
        name: format!("Cloud {uuid}"),
        version: "2.0".to_owned(),
        cloud: Some(Box::new(CloudOverlay { uuid: uuid.to_owned(), ..CloudOverlay::default() })),
        ..Descriptor::default()
    };
    let merged = catalog.with_cloud(&[record(U1), record("u-2")]);
    assert_eq!(merged.get(U1).unwrap().descriptor.name, format!("Cloud {U1}"));
    assert!(merged.get(U1).unwrap().descriptor.cloud.as_ref().unwrap().update_available);
    assert!(merged.get_valid("u-2").is_some_and(|entry| !entry.has_local_package()));
    assert_eq!(merged.package(U1), Package::Installed);
    assert_eq!(merged.package("u-2"), Package::Absent);
}

#[test]
fn packages_for_the_resolver() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", STAMP);
    data.add_script("b", "b.py", "# /// script\n# x\n# ///\n");
    let catalog = scan(&data);
    assert_eq!(catalog.package("a"), Package::Installed);
    assert!(matches!(catalog.package("b"), Package::Invalid(error) if error.contains("Line 2")));
    assert_eq!(catalog.package("c"), Package::Absent);
}

#[test]
fn an_ending_in_upper_case_is_told() {
    let data = DataFolder::new();
    data.add_script("a", "PLUG.PY", STAMP);
    check_error(
        &data,
        "The folder has no `.py` and no `.whl` file, and the ending of `PLUG.PY` does not count: write it in lower case",
    );
}

#[test]
fn a_message_lists_some_names_only() {
    let data = DataFolder::new();
    (0..8).for_each(|index| drop(data.add_script("a", &format!("{index}.py"), "")));
    check_error(
        &data,
        "The folder has several `.py` files, `0.py` and `1.py` and `2.py` and `3.py` and `4.py` and 3 more: keep one",
    );
}

#[test]
fn without_the_cloud_the_keys_fit_the_entries() {
    let catalog = with_sidecar(&format!("{{\"cloud_uuid\": \"{U1}\"}}"));
    let left = catalog.without_cloud();
    assert!(left.entries().is_empty() && left.get(U1).is_none());
    assert_eq!(left.package(U1), Package::Absent);
}

#[test]
fn as_many_plugins_as_several_threads_take() {
    let data = DataFolder::new();
    data.add_many(300);
    let catalog = scan(&data);
    assert_eq!(catalog.valid().count(), 300);
    assert!(catalog.entries().is_sorted_by_key(|entry| entry.folder.clone()));
    assert_eq!(catalog.get("plugin_00123").unwrap().descriptor.name, "Plugin 123");
}

#[test]
fn folders_that_come_and_go_during_scans_are_never_broken() {
    let data = DataFolder::new();
    data.add_many(64);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (spare, plugins) = (data.path().join("spare"), data.plugins());
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                for index in 0..64 {
                    let folder = plugins.join(format!("plugin-{index:05}"));
                    fs::rename(&folder, &spare).unwrap();
                    fs::rename(&spare, &folder).unwrap();
                }
            }
        });
        for _ in 0..50 {
            let catalog = scan(&data);
            assert_eq!(catalog.invalid().next(), None);
            assert!(catalog.entries().len() >= 60);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
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
    fn a_link_to_a_file_is_no_plugin() {
        let data = DataFolder::new();
        data.add_script("stamp", "stamp.py", STAMP);
        symlink("stamp/stamp.py", data.plugins().join("link")).unwrap();
        assert_eq!(keys(&scan(&data)), ["stamp"]);
    }

    #[test]
    fn a_link_to_itself() {
        let data = DataFolder::new();
        fs::create_dir(data.plugins()).unwrap();
        symlink("stamp", data.plugins().join("stamp")).unwrap();
        check_error(&data, "The folder is a link that can't be followed");
    }

    #[test]
    fn an_entry_file_that_is_a_link_to_a_folder_is_none() {
        let data = DataFolder::new();
        data.add_script("a", "b.py", STAMP);
        symlink(".", data.plugins().join("a/c.py")).unwrap();
        assert_eq!(keys(&scan(&data)), ["b"]);
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
        check_error(
            &data,
            "The file `stamp.py` can't be read (No such file or directory (os error 2)): if it is a link",
        );
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

    #[cfg(target_os = "linux")]
    fn add_pipe(path: &Path) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    }

    /// Pipes where files of ours are expected: nobody waits for their other ends.
    #[cfg(target_os = "linux")]
    #[test]
    fn pipes_stop_nobody() {
        use matriline_catalog::state::{PluginConfig, lock_data_folder, read_install_state};
        let data = DataFolder::new();
        data.add_script("a", "a.py", STAMP);
        with_backup(&data, "b.backup-01ab-23cd-45ef");
        let plugins = data.plugins();
        for path in
            [plugins.join(".lock"), plugins.join("config.json"), plugins.join("a/.install_state.json")]
        {
            add_pipe(&path);
        }
        add_pipe(&data.path().join("cache/matriline/catalog"));
        let catalog = Scanner::new(data.path(), options()).scan(&ScanControl::new()).unwrap();
        assert_eq!(keys(&catalog), ["a"]);
        assert!(catalog.enabled_keys().next().is_none());
        check_problem(&catalog, "is the only copy");
        assert!(lock_data_folder(data.path()).is_err());
        assert!(read_install_state(&plugins.join("a")).is_err());
        assert!(PluginConfig::load(data.path()).problem().unwrap().contains("it is no regular file"));
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
