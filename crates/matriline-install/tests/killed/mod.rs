//! The jobs that are killed, and what must hold after each kill.

use crate::common::{CLOUD, UUID, catalog, cloud, installer, script};
use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::CatalogEntry;
use matriline_catalog::state::PluginConfig;
use matriline_install::{InstallSource, Installer, Swap};
use matriline_testkit::{KillPoints, Untraceable, WheelBuilder, report, run_cases, skip};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use tempfile::TempDir;

const JOB: &str = "MATRILINE_KILLED_JOB";
const SWAP: &str = "MATRILINE_KILLED_SWAP";
const DATA: &str = "MATRILINE_KILLED_DATA";
const PACKAGES: &str = "MATRILINE_KILLED_PACKAGES";

/// The fewest kills that prove something.
const ENOUGH: usize = 500;

/// What is there before a job, and which versions may be there after it. `None` stands for no plugin.
struct Case {
    name: &'static str,
    /// The jobs that make what is there before.
    before: &'static [&'static str],
    /// Each with the key of the plugin.
    may_be: &'static [Option<&'static str>],
}

const CASES: &[Case] = &[
    Case { name: "install 1.py", before: &[], may_be: &[None, Some("1")] },
    Case { name: "install 2.py", before: &["install 1.py"], may_be: &[Some("1"), Some("2")] },
    Case { name: "install 3.py", before: &["install 1.py", "install 2.py"], may_be: &[Some("2"), Some("3")] },
    Case {
        name: "back",
        before: &["install 1.py", "configure 1", "install 2.py", "configure 2"],
        may_be: &[Some("1"), Some("2")],
    },
    Case { name: "remove", before: &["install 1.py", "install 2.py"], may_be: &[None, Some("2")] },
    Case { name: "install 1.whl", before: &[], may_be: &[None, Some("1")] },
    Case { name: "install 2.whl", before: &["install 1.whl"], may_be: &[Some("1"), Some("2")] },
    Case {
        name: "back",
        before: &["install 1.whl", "configure 1", "install 2.whl", "configure 2"],
        may_be: &[Some("1"), Some("2")],
    },
    Case { name: "cloud 1.py", before: &[], may_be: &[None, Some("1")] },
    Case { name: "cloud 2.whl", before: &["cloud 1.py"], may_be: &[Some("1"), Some("2")] },
    Case { name: "keep", before: &["cloud 1.py", "configure 1"], may_be: &[Some("1")] },
    Case { name: "life", before: &[], may_be: &[None, Some("1"), Some("2"), Some("3")] },
];

pub(crate) fn main() -> ExitCode {
    let Ok(job) = env::var(JOB) else { return run_cases(&[("installs_are_killed", kill_all)]) };
    work(&job, &from_environment(), Path::new(&env::var_os(PACKAGES).unwrap()));
    ExitCode::SUCCESS
}

/// The program that is killed.
fn work(job: &str, installer: &Installer, packages: &Path) {
    let data_dir = PathBuf::from(env::var_os(DATA).unwrap());
    let folder = || entry(&data_dir).unwrap().folder.clone();
    let install = |file: &str, source: InstallSource| {
        let file = packages.join(file).join("Stamp").with_extension(&file[2..]);
        installer.prepare(&file, source).unwrap().commit().unwrap();
    };
    match job.split_once(' ').unwrap_or((job, "")) {
        ("install", file) => install(file, InstallSource::Local),
        ("cloud", file) => install(file, cloud(UUID, &file[..1])),
        ("configure", version) => {
            let mut config = PluginConfig::load(&data_dir);
            config.set(&id(&entry(&data_dir).unwrap()), version, version).unwrap();
            config.save().unwrap();
        }
        ("back", _) => drop(installer.roll_back(&folder()).unwrap()),
        ("remove", _) => installer.remove(&folder()).unwrap(),
        ("keep", _) => drop(installer.keep_as_local(&entry(&data_dir).unwrap()).unwrap()),
        ("life", _) => {
            for job in ["install 1.py", "install 2.py", "back", "back", "install 3.py", "back", "remove"] {
                work(job, installer, packages);
            }
        }
        _ => panic!("There is no job `{job}`"),
    }
}

fn kill_all() {
    // a flush costs nothing in memory, and killing is no power cut
    let base =
        Some(Path::new("/dev/shm")).filter(|path| path.is_dir()).map_or_else(env::temp_dir, Path::to_owned);
    let packages = packages(&base);
    let mut points = KillPoints::new();
    for swap in [Swap::AtOnce, Swap::ByRenames] {
        for case in CASES {
            if let Err(Untraceable(why)) = kill(case, swap, &base, packages.path(), &mut points) {
                return skip(&why);
            }
        }
    }
    report(&points.summary().to_string());
    assert!(points.summary().kills >= ENOUGH);
}

fn kill(
    case: &Case,
    swap: Swap,
    base: &Path,
    packages: &Path,
    points: &mut KillPoints,
) -> Result<(), Untraceable> {
    let before = tempfile::tempdir_in(base).unwrap();
    for job in case.before {
        let done = command(job, swap, before.path(), packages).status().unwrap();
        assert!(done.success(), "{job}");
    }
    let start = || {
        let data = tempfile::tempdir_in(base).unwrap();
        copy_tree(before.path(), data.path());
        let command = command(case.name, swap, data.path(), packages);
        (data, command)
    };
    points.kill(start, |data, point| {
        let place = format!("`{}` {swap:?} killed after call {point}", case.name);
        check(case, swap, data.path(), &place);
    })?;
    Ok(())
}

/// What the next start of an application finds.
fn check(case: &Case, swap: Swap, data_dir: &Path, place: &str) {
    // without an exchange of names the plugin may be its backup until something is recovered
    if swap == Swap::AtOnce {
        check_whole(case, data_dir, place);
    }
    let installer = installer(data_dir).swap(swap);
    installer.recover().unwrap();
    check_whole(case, data_dir, place);
    check_nothing_is_left(data_dir, place);
    let Some(found) = entry(data_dir) else { return };
    let version = found.descriptor.installed_version.as_str();
    let was_replaced = case.may_be.len() == 2 && case.may_be[0].is_some() && case.may_be[1] == Some(version);
    if was_replaced && case.name != "back" {
        let previous = installer.previous(&found.folder).map(|it| it.version);
        assert_eq!(previous.as_deref(), case.may_be[0], "{place}: the version before");
    }
    if case.before.iter().any(|job| job.starts_with("configure")) {
        let config = PluginConfig::load(data_dir);
        let stored = config.get(&id(&found)).map(|entry| entry.config().to_owned());
        assert_eq!(stored.as_deref(), Some(version), "{place}: the configuration of the version");
    }
    // what was broken off can be done again
    if case.may_be[0] == Some(version) && case.name != "keep" && case.name != "life" {
        let folder = found.folder.clone();
        match case.name {
            "back" => drop(installer.roll_back(&folder).unwrap()),
            _ => installer.remove(&folder).unwrap(),
        }
    }
}

fn check_whole(case: &Case, data_dir: &Path, place: &str) {
    let catalog = catalog(data_dir);
    assert!(catalog.entries().len() <= 1, "{place}: {:?}", catalog.entries());
    let found = entry(data_dir);
    let version = found.as_ref().map(|entry| entry.descriptor.installed_version.as_str());
    assert!(case.may_be.contains(&version), "{place}: {version:?} with {:?}", catalog.problems());
    let Some(found) = &found else { return };
    assert_eq!(found.error(), None, "{place}");
    let state = found.install_state.as_ref().unwrap_or_else(|| panic!("{place}: no sidecar"));
    assert_eq!(state.ignored(), [""; 0], "{place}");
    assert_eq!(
        (state.enabled, state.installed_version.as_str()),
        (true, version.unwrap_or_default()),
        "{place}"
    );
    let bytes = fs::read(found.entry.as_ref().unwrap()).unwrap();
    let kind = found.entry.as_ref().unwrap().extension().unwrap().to_str().unwrap();
    assert!(bytes == package(version.unwrap_or_default(), kind), "{place}: the file is whole");
}

/// Nothing but plugins, what is kept of them, and the file beside `config.json` that its next writer removes.
fn check_nothing_is_left(data_dir: &Path, place: &str) {
    let plugins = data_dir.join("orca_plugins");
    for root in [plugins.join("_subscribed").join(CLOUD), plugins] {
        for found in fs::read_dir(root).into_iter().flatten().flatten() {
            let name = found.file_name().into_string().unwrap();
            let is_known = matches!(
                name.as_str(),
                ".lock" | ".previous" | "_subscribed" | "Stamp.py" | "Stamp.whl" | UUID
            ) || name.starts_with("config.json");
            assert!(is_known, "{place}: {name} is left");
        }
    }
}

fn entry(data_dir: &Path) -> Option<Arc<CatalogEntry>> {
    catalog(data_dir).entries().first().cloned()
}

fn id(entry: &CatalogEntry) -> CapabilityId {
    let plugin_key = entry.descriptor.plugin_key.clone();
    CapabilityId { kind: CapabilityType::Script, name: "Stamp".to_owned(), plugin_key }
}

fn command(job: &str, swap: Swap, data_dir: &Path, packages: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    let swap = if swap == Swap::AtOnce { "at once" } else { "by renames" };
    command.env(JOB, job).env(SWAP, swap).env(DATA, data_dir).env(PACKAGES, packages);
    command
}

fn from_environment() -> Installer {
    let swap = match env::var(SWAP).unwrap().as_str() {
        "at once" => Swap::AtOnce,
        _ => Swap::ByRenames,
    };
    installer(Path::new(&env::var_os(DATA).unwrap())).swap(swap)
}

/// `<version>.<kind>/Stamp.<kind>`, each.
fn packages(base: &Path) -> TempDir {
    let folder = tempfile::tempdir_in(base).unwrap();
    for version in ["1", "2", "3"] {
        for kind in ["py", "whl"] {
            let own = folder.path().join(format!("{version}.{kind}"));
            fs::create_dir(&own).unwrap();
            fs::write(own.join("Stamp").with_extension(kind), package(version, kind)).unwrap();
        }
    }
    folder
}

fn package(version: &str, kind: &str) -> Vec<u8> {
    match kind {
        "py" => script("Stamp", version).into_bytes(),
        _ => WheelBuilder::new("stamp", version).file("stamp.py", "import orca\n").build(),
    }
}

fn copy_tree(from: &Path, to: &Path) {
    for found in fs::read_dir(from).unwrap() {
        let (found, to) = (found.as_ref().unwrap().path(), to.join(found.as_ref().unwrap().file_name()));
        match found.is_dir() {
            true => {
                fs::create_dir(&to).unwrap();
                copy_tree(&found, &to);
            }
            false => drop(fs::copy(&found, &to).unwrap()),
        }
    }
}
