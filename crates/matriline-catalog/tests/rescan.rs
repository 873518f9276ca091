//! Scans one tree again and again: what is read again, and what is not.

use matriline_catalog::{BACKUP_MARKER, Catalog, CatalogEntry, ScanControl, ScanOptions, Scanner};
use matriline_manifest::{RequiresPython, Target};
use matriline_testkit::{DataFolder, WheelBuilder};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

fn script(name: &str) -> String {
    format!("# /// script\n# [tool.orcaslicer.plugin]\n# name = '{name}'\n# ///\nimport orca\n")
}

fn options() -> ScanOptions {
    ScanOptions::new(Target::of_this_build(11))
}

/// A scanner for which all files have rested for long.
fn scanner(data: &DataFolder) -> Scanner {
    Scanner::new(data.path(), options()).with_clock(|| SystemTime::now() + Duration::from_secs(60))
}

fn scan(scanner: &mut Scanner) -> Catalog {
    scanner.scan(&ScanControl::new()).expect("Nobody cancels it")
}

fn cache_file(data: &DataFolder) -> PathBuf {
    data.path().join("cache/matriline/catalog")
}

/// Scans and writes the cache.
fn save(data: &DataFolder) -> Catalog {
    let mut scanner = scanner(data);
    let catalog = scan(&mut scanner);
    scanner.take_unsaved().expect("A first scan is news").write().unwrap();
    catalog
}

fn is_shared(before: &Catalog, after: &Catalog, key: &str) -> bool {
    Arc::ptr_eq(before.get(key).unwrap(), after.get(key).unwrap())
}

/// Which plugins are read again after a change, and that the result is that of a scan without a memory.
fn check(data: &DataFolder, change: impl FnOnce(), read_again: &[&str]) -> Catalog {
    let mut scanner = scanner(data);
    let before = scan(&mut scanner);
    change();
    let after = scan(&mut scanner);
    let found: Vec<_> = after
        .entries()
        .iter()
        .filter(|entry| !before.entries().iter().any(|other| Arc::ptr_eq(entry, other)))
        .map(|entry| entry.descriptor.plugin_key.as_str())
        .collect();
    assert_eq!(found, read_again);
    assert_eq!(after.entries(), Catalog::scan(data.path(), &options()).entries());
    after
}

/// Two scripts `a` and `b`, a wheel `c` and a folder `d` without an entry file.
fn some_plugins() -> DataFolder {
    let data = DataFolder::new();
    data.add_script("a", "a.py", &script("A"));
    data.add_script("b", "b.py", &script("B"));
    data.add_wheel("c", &WheelBuilder::new("c", "1").file("c/__init__.py", ""));
    data.add_wheel("c/wheels", &WheelBuilder::new("dep", "1"));
    data.add_file("orca_plugins/d/readme.md", "");
    data.add_script("b", ".install_state.json", r#"{"enabled": true, "more": [1.50], "cloud_uuid": ""}"#);
    data
}

#[test]
fn an_unchanged_tree_is_not_read_again() {
    let data = some_plugins();
    check(&data, || {}, &[]);
}

#[test]
fn an_edit_of_the_same_size_is_seen() {
    let data = some_plugins();
    let after = check(&data, || fs::write(data.plugins().join("a/a.py"), script("Z")).unwrap(), &["a"]);
    assert_eq!(after.get("a").unwrap().descriptor.name, "Z");
}

#[test]
fn an_edit_that_puts_the_time_back_is_seen() {
    let data = some_plugins();
    let path = data.plugins().join("a/a.py");
    let edit = || {
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        fs::write(&path, script("Z")).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    };
    check(&data, edit, &["a"]);
}

#[test]
fn a_file_that_is_replaced_is_seen() {
    let data = some_plugins();
    let new = data.add_file("new", script("Z"));
    check(&data, || fs::rename(new, data.plugins().join("a/a.py")).unwrap(), &["a"]);
}

#[test]
fn new_and_removed_files_are_seen() {
    let data = some_plugins();
    check(&data, || drop(data.add_script("a", "z.py", "")), &["a"]);
    check(&data, || fs::remove_file(data.plugins().join("a/z.py")).unwrap(), &["a"]);
    check(&data, || drop(data.add_script("d", "d.py", "")), &["d"]);
}

#[test]
fn new_and_removed_folders_are_seen() {
    let data = some_plugins();
    check(&data, || drop(data.add_script("bb", "bb.py", "")), &["bb"]);
    check(&data, || fs::remove_dir_all(data.plugins().join("a")).unwrap(), &[]);
}

#[test]
fn the_folder_of_a_wheels_wheels_is_watched() {
    let data = some_plugins();
    let add = || drop(data.add_wheel("c/wheels", &WheelBuilder::new("other", "1")));
    let after = check(&data, add, &["c-1-py3-none-any"]);
    assert_eq!(after.get("c-1-py3-none-any").unwrap().bundled_wheels.len(), 2);
    let remove = || fs::remove_dir_all(data.plugins().join("c/wheels")).unwrap();
    check(&data, remove, &["c-1-py3-none-any"]);
}

#[test]
fn sidecars_are_watched() {
    let data = some_plugins();
    let write = |text: &'static str| {
        let data = &data;
        move || drop(data.add_script("a", ".install_state.json", text))
    };
    check(&data, write(r#"{"enabled": true }"#), &["a"]);
    let after = check(&data, write(r#"{"enabled": false}"#), &["a"]);
    assert!(after.enabled_keys().eq(["b"]));
    check(&data, || fs::remove_file(data.plugins().join("a/.install_state.json")).unwrap(), &["a"]);
}

#[test]
fn a_young_file_is_read_again() {
    let data = some_plugins();
    let mut scanner = Scanner::new(data.path(), options());
    let before = scan(&mut scanner);
    let after = scan(&mut scanner);
    assert!(!is_shared(&before, &after, "a"));
    assert_eq!(before.entries(), after.entries());
}

#[test]
fn a_duplicate_becomes_valid_when_the_first_goes() {
    let data = some_plugins();
    data.add_script("aa", "a.py", &script("Second"));
    let mut scanner = scanner(&data);
    assert_eq!(scan(&mut scanner).entries()[1].problems.len(), 1);
    fs::remove_dir_all(data.plugins().join("a")).unwrap();
    let after = scan(&mut scanner);
    assert_eq!(after.get_valid("a").unwrap().descriptor.name, "Second");
}

#[test]
fn other_options_read_again() {
    let data = some_plugins();
    let mut scanner = scanner(&data);
    let before = scan(&mut scanner);
    scanner.set_options(ScanOptions { requires_python: RequiresPython::Enforce, ..options() });
    assert!(!is_shared(&before, &scan(&mut scanner), "a"));
    scanner.set_options(ScanOptions { target: Target::of_this_build(12), ..options() });
    assert!(!is_shared(&before, &scan(&mut scanner), "a"));
}

#[test]
fn a_user_who_signs_in_reads_nothing_local_again() {
    let data = some_plugins();
    data.add_script("_subscribed/me/m", "m.py", &script("M"));
    let mut scanner = scanner(&data);
    let before = scan(&mut scanner);
    scanner.set_options(ScanOptions { cloud_user: Some("me".to_owned()), ..options() });
    let after = scan(&mut scanner);
    assert!(is_shared(&before, &after, "a"));
    assert!(after.get_valid("m").is_some());
    assert!(is_shared(&after, &scan(&mut scanner), "m"));
}

#[test]
fn a_cancelled_scan_leaves_the_memory() {
    let data = some_plugins();
    let mut scanner = scanner(&data);
    let before = scan(&mut scanner);
    let control = ScanControl::new();
    control.cancel();
    assert!(scanner.scan(&control).is_none());
    assert!(is_shared(&before, &scan(&mut scanner), "a"));
}

#[test]
fn progress_counts_the_folders() {
    let data = some_plugins();
    let control = ScanControl::new();
    scanner(&data).scan(&control);
    assert_eq!((control.progress().done, control.progress().total), (4, 4));
}

const MARK: &str = ".backup-01ab-23cd-45ef";

/// A backup of an install of ours.
fn add_backup(data: &DataFolder, plugin: &str) -> PathBuf {
    let name = format!("{plugin}{MARK}");
    data.add_script(&name, "x.py", "");
    data.add_script(&name, BACKUP_MARKER, "");
    data.plugins().join(name)
}

#[test]
fn a_backup_goes_if_its_plugin_is_there() {
    let data = some_plugins();
    let (old, only) = (add_backup(&data, "a"), add_backup(&data, "x"));
    let catalog = scan(&mut scanner(&data));
    assert!(!old.exists() && only.exists());
    assert_eq!(catalog.problems().len(), 1);
}

/// A crash in the middle of an install's copy leaves a part of the entry file.
#[test]
fn a_backup_stays_if_its_plugin_is_cut_off() {
    let data = some_plugins();
    let wheel =
        fs::read_dir(data.plugins().join("c")).unwrap().flatten().find(|entry| entry.path().is_file());
    fs::write(wheel.unwrap().path(), "PK").unwrap();
    let backup = add_backup(&data, "c");
    let catalog = scan(&mut scanner(&data));
    assert!(backup.exists());
    assert!(catalog.problems()[0].message.contains("is not whole"), "{:?}", catalog.problems());
}

#[test]
fn a_backup_stays_if_only_it_has_a_sidecar() {
    let data = some_plugins();
    let backup = add_backup(&data, "a");
    fs::write(backup.join(".install_state.json"), "{}").unwrap();
    scan(&mut scanner(&data));
    assert!(backup.exists());
    data.add_script("a", ".install_state.json", "{");
    scan(&mut scanner(&data));
    assert!(backup.exists(), "one that can't be understood does not count");
    data.add_script("a", ".install_state.json", "{}");
    scan(&mut scanner(&data));
    assert!(!backup.exists());
}

#[test]
fn what_no_install_has_marked_stays() {
    let data = some_plugins();
    data.add_script("a.backup-2025-1201-1530", "a.py", "");
    let catalog = scan(&mut scanner(&data));
    assert!(data.plugins().join("a.backup-2025-1201-1530/a.py").exists());
    assert!(catalog.problems()[0].message.contains(BACKUP_MARKER), "{:?}", catalog.problems());
}

#[test]
fn a_backup_stays_while_an_install_is_at_work() {
    let data = some_plugins();
    let backup = add_backup(&data, "a");
    let lock = matriline_catalog::state::lock_data_folder(data.path()).unwrap();
    assert!(scan(&mut scanner(&data)).problems().is_empty());
    assert!(backup.exists());
    drop(lock);
    scan(&mut scanner(&data));
    assert!(!backup.exists());
}

#[test]
fn a_backup_stays_if_its_plugin_has_no_entry_file() {
    let data = some_plugins();
    let backup = add_backup(&data, "d");
    scan(&mut scanner(&data));
    assert!(backup.exists());
}

#[test]
fn another_process_reads_the_cache() {
    let data = some_plugins();
    let before = save(&data);
    let mut second = scanner(&data);
    let catalog = scan(&mut second);
    assert_eq!(catalog.entries(), before.entries());
    assert!(second.take_unsaved().is_none(), "nothing is news, so all came from the file");
}

#[test]
fn what_changed_since_the_cache_was_written_is_seen() {
    let data = some_plugins();
    save(&data);
    fs::write(data.plugins().join("a/a.py"), script("Z")).unwrap();
    fs::remove_dir_all(data.plugins().join("b")).unwrap();
    let mut second = scanner(&data);
    let catalog = scan(&mut second);
    assert_eq!(catalog.get("a").unwrap().descriptor.name, "Z");
    assert_eq!(catalog.entries(), Catalog::scan(data.path(), &options()).entries());
    assert!(second.take_unsaved().is_some());
}

#[test]
fn a_cache_of_other_options_is_not_used() {
    let data = some_plugins();
    save(&data);
    let mut second = scanner(&data);
    second.set_options(ScanOptions { target: Target::of_this_build(12), ..options() });
    scan(&mut second);
    assert!(second.take_unsaved().is_some());
}

#[test]
fn a_copied_data_folder_is_read_again_with_its_own_paths() {
    let data = some_plugins();
    save(&data);
    let copy = some_plugins();
    copy.add_file("cache/matriline/catalog", fs::read(cache_file(&data)).unwrap());
    let catalog = scan(&mut scanner(&copy));
    assert!(catalog.entries().iter().all(|entry| entry.folder.starts_with(copy.path())));
}

#[test]
fn a_cache_that_cannot_be_written_is_no_matter() {
    let data = some_plugins();
    data.add_file("cache", "in the way");
    let mut scanner = scanner(&data);
    assert_eq!(scan(&mut scanner).entries().len(), 4);
    assert!(scanner.take_unsaved().unwrap().write().is_err());
}

#[test]
fn names_that_are_not_utf_8_are_in_the_cache() {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let data = DataFolder::new();
        let folder = data.plugins().join(std::ffi::OsStr::from_bytes(b"a\xff"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(std::ffi::OsStr::from_bytes(b"b\xfe.py")), script("A")).unwrap();
        let before = save(&data);
        assert_eq!(scan(&mut scanner(&data)).entries(), before.entries());
    }
}

#[cfg(unix)]
#[test]
fn what_links_lead_to_is_looked_at_again() {
    let data = some_plugins();
    let target = data.add_file("elsewhere/e.py", script("E"));
    std::os::unix::fs::symlink(target.parent().unwrap(), data.plugins().join("e")).unwrap();
    let edited = check(&data, || fs::write(&target, script("Z")).unwrap(), &["e"]);
    assert_eq!(edited.get("e").unwrap().descriptor.name, "Z");
    let other = data.add_file("other/f.py", script("F"));
    let link = data.plugins().join("e");
    let turn = || {
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(other.parent().unwrap(), &link).unwrap();
    };
    check(&data, turn, &["f"]);
}

#[cfg(unix)]
#[test]
fn what_links_to_bundled_wheels_lead_to_is_looked_at_again() {
    let data = some_plugins();
    let target = data.add_file("dep.whl", "");
    std::os::unix::fs::symlink(&target, data.plugins().join("c/wheels/more.whl")).unwrap();
    let after = check(&data, || fs::remove_file(&target).unwrap(), &["c-1-py3-none-any"]);
    assert_eq!(after.get("c-1-py3-none-any").unwrap().bundled_wheels.len(), 2);
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_looked_at_again() {
    let data = some_plugins();
    std::os::unix::fs::symlink("../x", data.plugins().join("e")).unwrap();
    let appear = || drop(data.add_file("x/e.py", ""));
    assert!(check(&data, appear, &["e"]).get_valid("e").is_some());
}

/// A scan with this file in the place of the cache finds what a scan without it finds.
fn check_cache(data: &DataFolder, bytes: &[u8], expected: &[Arc<CatalogEntry>]) {
    fs::write(cache_file(data), bytes).unwrap();
    assert_eq!(scan(&mut scanner(data)).entries(), expected);
}

#[test]
fn a_cache_may_be_cut_off_anywhere() {
    let data = some_plugins();
    let expected = save(&data);
    let bytes = fs::read(cache_file(&data)).unwrap();
    for end in (0..bytes.len()).step_by(7) {
        check_cache(&data, &bytes[..end], expected.entries());
    }
}

#[test]
fn a_cache_may_have_any_byte_changed() {
    let data = some_plugins();
    let expected = save(&data);
    let bytes = fs::read(cache_file(&data)).unwrap();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        check_cache(&data, &bytes, expected.entries());
    }
}

#[test]
fn a_cache_of_another_version_or_of_anything_else() {
    let data = some_plugins();
    let expected = save(&data);
    let bytes = fs::read(cache_file(&data)).unwrap();
    let other = [b"matriline catalog 9\n", &bytes[20..]].concat();
    for bytes in [&other[..], b"", b"{}", &[0; 64], &[0xff; 4096], &[bytes.clone(), vec![0]].concat()] {
        check_cache(&data, bytes, expected.entries());
    }
    fs::remove_dir_all(data.path().join("cache")).unwrap();
    assert_eq!(scan(&mut scanner(&data)).entries(), expected.entries());
}

fn change(data: &DataFolder, step: u8) {
    let plugins = data.plugins();
    let folder = plugins.join(["a", "b", "c", "d", "e"][usize::from(step % 5)]);
    let file = |folder: &Path| {
        fs::read_dir(folder).ok()?.find_map(|entry| Some(entry.ok()?.path()).filter(|path| path.is_file()))
    };
    match step / 5 % 5 {
        0 => drop(fs::remove_dir_all(&folder)),
        1 => {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("x.py"), script(&step.to_string())).unwrap();
        }
        2 => drop(file(&folder).map(fs::remove_file)),
        3 => drop(file(&folder).map(|path| fs::write(path, script("X")))),
        _ => drop(fs::rename(&folder, plugins.join("f"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_changes_give_what_a_first_scan_gives(steps in prop::collection::vec(any::<u8>(), 1..20)) {
        let data = some_plugins();
        let mut scanner = scanner(&data);
        scan(&mut scanner);
        for step in steps {
            change(&data, step);
            let (catalog, expected) = (scan(&mut scanner), Catalog::scan(data.path(), &options()));
            prop_assert_eq!(catalog.entries(), expected.entries());
        }
    }
}
