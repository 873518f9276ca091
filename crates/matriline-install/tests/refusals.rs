//! What is refused, each with its own error, and nothing changed on the disk.

mod common;

use common::{CLOUD, Folder, UUID, catalog, installer, script};
use matriline_catalog::state::lock_data_folder;
use matriline_install::{Fault, InstallSource, Installer};
use matriline_manifest::{Platform, Target};
use matriline_testkit::WheelBuilder;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Everything below a folder: names, links and bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        if kind.is_symlink() {
            found.insert(path.clone(), fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes());
        } else if kind.is_dir() {
            found.extend(tree(&path));
            found.insert(path, Vec::new());
        } else if path.file_name().unwrap() != ".lock" {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// The message of an install that fails, without its beginning; an inspection gives the same.
fn check(folder: &Folder, file: &Path, is: impl Fn(&Fault) -> bool, text: &str) {
    let before = tree(folder.data.path());
    let fault = folder.fault(file, InstallSource::Local);
    assert!(is(&fault) && fault.to_string().contains(text), "{fault:?} {fault}");
    match folder.installer.inspect(file) {
        Ok(inspection) => assert!(inspection.refused.as_ref().is_some_and(is), "{inspection:?}"),
        Err(error) => {
            assert!(is(error.fault()));
            assert!(error.to_string().starts_with("Plugin package inspection failed: "), "{error}");
        }
    }
    assert_eq!(tree(folder.data.path()), before);
}

#[test]
fn a_missing_file() {
    let folder = Folder::new();
    check(
        &folder,
        Path::new("/none/stamp.py"),
        |it| matches!(it, Fault::Missing { .. }),
        "`/none/stamp.py` does not exist",
    );
}

#[test]
fn a_folder_instead_of_a_file() {
    let folder = Folder::new();
    let path = folder.file("a", "").with_file_name("stamp.py");
    fs::create_dir(&path).unwrap();
    check(&folder, &path, |it| matches!(it, Fault::Folder { .. }), "Plugin package is not a file: ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_instead_of_a_file() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let folder = Folder::new();
    let path = folder.file("a", "").with_file_name("stamp.py");
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    check(&folder, &path, |it| matches!(it, Fault::NotAFile { .. }), "Plugin package is not a file: ");
}

#[test]
fn another_extension() {
    let folder = Folder::new();
    let is = |it: &Fault| matches!(it, Fault::Extension { .. });
    check(
        &folder,
        &folder.file("stamp.zip", ""),
        is,
        "Plugin package must be a .py or .whl file, got: `.zip`",
    );
    check(&folder, &folder.file("stamp", ""), is, "got: `stamp`");
}

#[test]
fn an_extension_in_capital_letters_is_written_in_small_ones() {
    let folder = Folder::new();
    let installed = folder.install(&folder.file("STAMP.PY", script("Stamp", "1")));
    assert!(installed.folder.join("STAMP.py").is_file() && folder.entry("STAMP").is_valid());
}

#[test]
fn a_wheel_for_another_platform() {
    let folder = Folder::new();
    let wheel = WheelBuilder::new("stats", "1").file("stats.py", "").tags(&["cp311-cp311-win_amd64"]);
    let file = folder.file(&wheel.file_name(), wheel.build());
    check(
        &folder,
        &file,
        |it| matches!(it, Fault::WrongPlatform { .. }),
        "is built for `cp311-cp311-win_amd64`",
    );
    let windows =
        Target { platform: Platform::Windows, machine: "x86_64".into(), ..Target::of_this_build(11) };
    assert!(Installer::new(folder.data.path(), windows).inspect(&file).unwrap().refused.is_none());
}

#[test]
fn metadata_that_is_none() {
    let folder = Folder::new();
    let is = |it: &Fault| matches!(it, Fault::Unusable { .. });
    check(&folder, &folder.file("a.py", "# /// script\n# a = = 1\n# ///\n"), is, "could not be loaded");
    check(&folder, &folder.file("a.whl", "no zip"), is, "is no zip archive");
    check(&folder, &folder.file("a.py", ""), |it| matches!(it, Fault::NoMetadata { .. }), "PEP 723");
}

#[test]
fn names_that_no_scan_looks_at() {
    let folder = Folder::new();
    let is = |it: &Fault| matches!(it, Fault::UnsafeName { .. });
    for name in [".stamp.py", "__init__.py", "a:b.py", "a\n.py", &format!("{}.py", "a".repeat(230))] {
        check(&folder, &folder.file(name, script("Stamp", "1")), is, "rename it");
    }
}

#[test]
fn a_package_that_is_too_large() {
    let folder = Folder::new();
    let file = folder.file("stamp.py", script("Stamp", "1"));
    File::options().write(true).open(&file).unwrap().set_len(300 << 20).unwrap();
    check(
        &folder,
        &file,
        |it| matches!(it, Fault::TooLarge { .. }),
        "314572800 bytes, above the limit of 268435456",
    );
}

#[test]
fn a_data_folder_that_another_works_in() {
    let folder = Folder::new();
    folder.install(&folder.file("stamp.py", script("Stamp", "1")));
    let file = folder.file("stamp.py", script("Stamp", "2"));
    let prepared = folder.installer.prepare(&file, InstallSource::Local).unwrap();
    let lock = lock_data_folder(folder.data.path()).unwrap();
    let error = prepared.commit().unwrap_err();
    assert!(matches!(error.fault(), Fault::Locked { .. }) && error.to_string().contains("`/"), "{error}");
    drop(lock);
    assert_eq!((folder.entry("stamp").descriptor.version.as_str(), folder.names().len()), ("1", 1));
}

/// What one prepares stays while another is at work.
#[test]
fn two_installers_take_turns() {
    let folder = Folder::new();
    let prepare = |file: &Path| folder.installer.prepare(file, InstallSource::Local).unwrap();
    let first = prepare(&folder.file("stamp.py", script("Stamp", "1")));
    let second = prepare(&folder.file("other.py", script("Other", "1")));
    installer(folder.data.path()).recover().unwrap();
    second.commit().unwrap();
    let third = prepare(&folder.file("stamp.py", script("Stamp", "2")));
    first.commit().unwrap();
    third.commit().unwrap();
    assert_eq!(folder.entry("stamp").descriptor.version, "2");
    assert_eq!(folder.names(), [".previous", "other.py", "stamp.py"]);
}

#[test]
fn a_folder_outside_is_not_deleted() {
    let folder = Folder::new();
    folder.install(&folder.file("stamp.py", script("Stamp", "1")));
    folder.data.add_script("_subscribed/another/x", "x.py", "");
    let file = folder.data.add_file("orca_plugins/loose.py", "");
    let outside = folder.data.add_file("outside/a.py", "");
    let plugins = folder.plugins();
    let before = tree(folder.data.path());
    for place in [
        outside.parent().unwrap().to_owned(),
        plugins.clone(),
        plugins.join("stamp.py/.."),
        plugins.join(".."),
        plugins.join("stamp.py/stamp.py"),
        plugins.join("_subscribed"),
        plugins.join("_subscribed/another"),
        plugins.join("_subscribed/another/x"),
        plugins.join("../outside"),
        plugins.join("stamp.py/../../outside"),
        plugins.join(".previous"),
        file,
        PathBuf::from("/"),
    ] {
        let error = folder.installer.remove(&place).unwrap_err();
        assert!(matches!(error.fault(), Fault::Outside { .. }), "{error:?} for {}", place.display());
        assert!(error.to_string().contains("Refusing to delete"), "{error}");
    }
    let error = folder.installer.remove(&plugins.join("none")).unwrap_err();
    assert!(error.to_string().contains("Plugin folder was not found: "), "{error}");
    let error = folder.installer.remove(Path::new("")).unwrap_err();
    assert!(error.to_string().contains("Plugin folder could not be determined."), "{error}");
    assert_eq!(tree(folder.data.path()), before);
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    fn is_link(fault: &Fault) -> bool {
        matches!(fault, Fault::Link { .. })
    }

    /// A plugin of the user's outside of the data folder, and links that lead there.
    fn outside() -> (Folder, tempfile::TempDir) {
        let (folder, outside) = (Folder::new(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("stamp.py"), script("Stamp", "1")).unwrap();
        (folder, outside)
    }

    /// Runs an act that must fail on a link, and change nothing in either place.
    fn refuses(folder: &Folder, outside: &Path, act: impl Fn() -> Option<Fault>) {
        let before = (tree(folder.data.path()), tree(outside));
        let fault = act().expect("It fails");
        assert!(is_link(&fault) && fault.to_string().contains("symbolic link"), "{fault}");
        assert_eq!((tree(folder.data.path()), tree(outside)), before);
    }

    fn install(folder: &Folder) -> Option<Fault> {
        let file = folder.file("stamp.py", script("Stamp", "2"));
        Some(folder.fault(&file, InstallSource::Local))
    }

    #[test]
    fn a_folder_of_all_plugins_that_is_a_link() {
        let (folder, outside) = outside();
        symlink(outside.path(), folder.plugins()).unwrap();
        refuses(&folder, outside.path(), || install(&folder));
        assert!(!outside.path().join(".lock").exists());
    }

    #[test]
    fn a_folder_of_the_user_that_is_a_link() {
        let (folder, outside) = outside();
        fs::create_dir_all(folder.data.subscribed("x")).unwrap();
        symlink(outside.path(), folder.data.subscribed(CLOUD)).unwrap();
        refuses(&folder, outside.path(), || {
            Some(folder.fault(&folder.file("a.py", script("A", "1")), folder.cloud(UUID, "1")))
        });
    }

    #[test]
    fn a_plugin_that_is_a_link() {
        let (folder, outside) = outside();
        fs::create_dir_all(folder.plugins()).unwrap();
        let link = folder.plugins().join("stamp.py");
        symlink(outside.path(), &link).unwrap();
        assert!(catalog(folder.data.path()).get("stamp").is_some());
        refuses(&folder, outside.path(), || install(&folder));
        let error = || folder.installer.remove(&link).unwrap_err();
        refuses(&folder, outside.path(), || match error() {
            matriline_install::InstallError::Remove(fault) => Some(fault),
            error => panic!("{error}"),
        });
    }

    /// A link inside of a plugin goes, and what it points at stays.
    #[test]
    fn links_in_a_plugin_are_deleted_and_not_followed() {
        let (folder, outside) = outside();
        let installed = folder.install(&folder.file("stamp.py", script("Stamp", "2")));
        symlink(outside.path(), installed.folder.join("data")).unwrap();
        symlink(outside.path().join("stamp.py"), installed.folder.join("file")).unwrap();
        folder.installer.remove(&installed.folder).unwrap();
        assert!(folder.names().is_empty());
        assert!(outside.path().join("stamp.py").is_file());
    }

    /// The folder of what is kept could lead elsewhere too: nothing is kept, and the update is good.
    #[test]
    fn a_folder_of_previous_versions_that_is_a_link_is_left_alone() {
        let (folder, outside) = outside();
        folder.install(&folder.file("stamp.py", script("Stamp", "1")));
        symlink(outside.path(), folder.plugins().join(".previous")).unwrap();
        let before = tree(outside.path());
        let installed = folder.install(&folder.file("stamp.py", script("Stamp", "2")));
        assert_eq!((installed.previous, installed.version.as_str()), (None, "2"));
        assert!(matches!(
            folder.installer.roll_back(&installed.folder).unwrap_err().fault(),
            Fault::Link { .. }
        ));
        assert_eq!(tree(outside.path()), before);
    }

    /// The data folder itself may be reached by a link: that is the user's business.
    #[test]
    fn a_data_folder_behind_a_link() {
        let (mut folder, outside) = outside();
        let link = outside.path().join("data");
        symlink(folder.data.path(), &link).unwrap();
        folder.installer = installer(&link);
        let installed = folder.install(&folder.file("stamp.py", script("Stamp", "1")));
        folder.installer.remove(&folder.plugins().join("stamp.py")).unwrap();
        assert!(!installed.folder.exists());
    }
}
