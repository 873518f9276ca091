//! The acts that are tried on such a disk, each by a process of its own.

use crate::common::{UUID, catalog, cloud, installer, script};
use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::state::PluginConfig;
use matriline_install::{Fault, InstallError, InstallSource, Swap};
use matriline_testkit::{report, run_cases, skip};
use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const TEST: &str = "MATRILINE_DISK_TEST";
const FOLDER: &str = "MATRILINE_DISK_FOLDER";
/// Somebody who owns nothing.
const NOBODY: u32 = 65534;
const PAGE: u64 = 4096;

pub(crate) fn main() -> ExitCode {
    let Ok(test) = env::var(TEST) else {
        return run_cases(&[
            ("a_full_disk", || on_a_small_disk("full")),
            ("a_read_only_disk", || on_a_small_disk("read-only")),
            ("a_folder_without_permission", as_nobody),
        ]);
    };
    let folder = PathBuf::from(env::var_os(FOLDER).unwrap());
    match test.as_str() {
        "full" => full(&folder),
        "read-only" => read_only(&folder),
        "permission" => refused(&folder, |it| matches!(it, Fault::NoPermission { .. })),
        _ => panic!("There is no test `{test}`"),
    }
    ExitCode::SUCCESS
}

fn on_a_small_disk(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    let mount = r#"mount -t tmpfs -o size=1m,mode=755 tmpfs "$MATRILINE_DISK_FOLDER" || exit 77; exec "$0""#;
    command.args(["-m", "sh", "-c", mount]).arg(env::current_exe().unwrap());
    run(test, &mut command, folder.path());
}

fn as_nobody() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let mut command = Command::new(env::current_exe().unwrap());
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    set_mode(folder.path(), 0o555);
    run("permission", &mut command, folder.path());
    set_mode(folder.path(), 0o755);
}

/// Runs one test in a process that is set up for it.
fn run(test: &str, command: &mut Command, folder: &Path) {
    match command.env(TEST, test).env(FOLDER, folder).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let has_begun = said.contains("panicked");
            assert!(!has_begun, "{test}: {said}");
            skip(&format!("`{test}`: {}", said.trim()));
        }
        Err(error) => skip(&format!("`{test}`: {error}")),
    }
}

/// Every act that writes, with less and less room.
fn full(folder: &Path) {
    let (mut failed, mut done) = (0, 0);
    for swap in [Swap::AtOnce, Swap::ByRenames] {
        for act in ["fresh", "update", "back", "keep", "remove"] {
            for pages in 0..24 {
                let data = folder.join("data");
                prepare(&data);
                let before = tree(&data);
                let filler = fill(folder, pages);
                let result = run_act(act, &data, swap);
                fs::remove_file(filler).unwrap();
                let place = format!("{act} {swap:?} with {pages} pages: {result:?}");
                match result {
                    Ok(()) => {
                        done += 1;
                        assert!(act == "remove" || pages > 0, "{place}");
                    }
                    Err(error) => {
                        failed += 1;
                        assert!(matches!(error.fault(), Fault::NoSpace { .. }), "{place}");
                        assert_eq!(tree(&data), before, "{place}");
                        assert_ne!(act, "remove", "{place}");
                        // the way is free again
                        run_act(act, &data, swap).unwrap_or_else(|error| panic!("{place}, and then {error}"));
                    }
                }
                assert!(catalog(&data).invalid().next().is_none(), "{place}");
                fs::remove_dir_all(&data).unwrap();
            }
        }
    }
    assert!(failed > 20 && done > 20, "{failed} acts failed and {done} did not");
    report(&format!("{failed} acts had no space, {done} had"));
}

fn read_only(folder: &Path) {
    prepare(folder);
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(folder).status().unwrap();
    assert!(remounted.success());
    refused(folder, |it| matches!(it, Fault::ReadOnly { .. }));
}

/// Every act fails for this reason and leaves all as it is, and the plugins are found as before.
fn refused(folder: &Path, is: impl Fn(&Fault) -> bool) {
    let before = tree(folder);
    for act in ["fresh", "update", "back", "keep", "remove"] {
        let error = run_act(act, folder, Swap::AtOnce).unwrap_err();
        assert!(is(error.fault()), "{act}: {error:?}");
        assert_eq!(tree(folder), before, "{act}");
    }
    installer(folder).recover().unwrap();
    assert_eq!(catalog(folder).valid().count(), 2);
}

/// A local plugin with a previous version and a configuration, one of the cloud, and packages.
fn prepare(data: &Path) {
    fs::create_dir_all(data.join("packages")).unwrap();
    let installer = installer(data);
    let package = |name: &str, version: &str| {
        let path = data.join("packages").join(format!("{name}.py"));
        let text = script(name, version) + &"# a line of text\n".repeat(1000);
        fs::write(&path, text).unwrap();
        path
    };
    let install = |file: &Path, source| installer.prepare(file, source).unwrap().commit().unwrap();
    let configure = |version: &str| {
        let mut config = PluginConfig::load(data);
        config.set(&id(), version, &format!("\"{}\"", "x".repeat(5000))).unwrap();
        config.save().unwrap();
    };
    for version in ["1", "2"] {
        install(&package("Stamp", version), InstallSource::Local);
        configure(version);
    }
    install(&package("Cloud", "1"), cloud(UUID, "1"));
    package("Stamp", "3");
    package("Fresh", "1");
}

fn id() -> CapabilityId {
    CapabilityId { kind: CapabilityType::Script, name: "Stamp".to_owned(), plugin_key: "Stamp".to_owned() }
}

fn run_act(act: &str, data: &Path, swap: Swap) -> Result<(), InstallError> {
    let installer = installer(data).swap(swap);
    let install = |name: &str| {
        let file = data.join("packages").join(format!("{name}.py"));
        installer.prepare(&file, InstallSource::Local)?.commit().map(drop)
    };
    let stamp = data.join("orca_plugins/Stamp.py");
    match act {
        "fresh" => install("Fresh"),
        "update" => install("Stamp"),
        "back" => installer.roll_back(&stamp).map(drop),
        "keep" => installer.keep_as_local(catalog(data).get(UUID).unwrap()).map(drop),
        _ => installer.remove(&stamp),
    }
}

/// Takes all room but so many pages.
fn fill(folder: &Path, pages: u64) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    while file.write(&[1; PAGE as usize]).is_ok_and(|count| count > 0) {}
    let length = file.metadata().unwrap().len();
    file.set_len((length / PAGE - pages) * PAGE).unwrap();
    path
}

/// Everything below a folder, but the locks and what is only needed to go on.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(tree(&path)),
            false if path.file_name().unwrap() == ".lock" => {}
            false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
        }
        if path.is_dir() {
            found.insert(path, Vec::new());
        }
    }
    found
}

fn set_mode(folder: &Path, mode: u32) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            set_mode(&path, mode);
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}
