//! Several programs that work in one data folder: nothing is lost, and nobody meets a part of a file.

use matriline_capability::{CapabilityId, CapabilityType};
use matriline_catalog::state::{PluginConfig, lock_data_folder, read_install_state, update_install_state};
use matriline_testkit::DataFolder;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const JOB: &str = "MATRILINE_JOB";
const NAME: &str = "MATRILINE_JOB_NAME";
const DATA: &str = "MATRILINE_JOB_DATA";
const ROUNDS: usize = 100;

/// Another process of this test file, which runs [`worker`].
fn start(job: &str, name: &str, data: &DataFolder) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "worker"]).stdout(Stdio::null());
    command.env(JOB, job).env(NAME, name).env(DATA, data.path()).spawn().unwrap()
}

#[test]
#[ignore = "the other tests run it in processes of its own"]
fn worker() {
    let Ok(job) = env::var(JOB) else { return };
    let (name, data) = (env::var(NAME).unwrap(), PathBuf::from(env::var_os(DATA).unwrap()));
    match job.as_str() {
        "sidecar" => (0..ROUNDS).for_each(|round| add_flag(&data, &format!("{name} {round}"))),
        "config" => (0..ROUNDS).for_each(|round| configure(&data, &name, round)),
        "forever" => {
            for round in 0.. {
                rewrite(&data, round);
            }
        }
        _ => panic!("There is no job `{job}`"),
    }
}

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("orca_plugins/stamp")
}

/// Adds one flag to those that are there.
fn add_flag(data_dir: &Path, name: &str) {
    let update = update_install_state(data_dir, &folder(data_dir), |state| {
        let old: Vec<_> = state.capabilities.iter().map(|flag| flag.name.clone()).collect();
        let names = old.iter().map(String::as_str).chain([name]);
        state.set_capabilities(names.map(|name| (CapabilityType::Script, name, true)));
    });
    assert!(update.unwrap().set_aside.is_none());
}

fn configure(data_dir: &Path, name: &str, round: usize) {
    let mut config = PluginConfig::load(data_dir);
    config.set(&capability(name, round), "1", &round.to_string()).unwrap();
    assert!(config.save().unwrap().set_aside.is_none());
}

fn capability(plugin_key: &str, round: usize) -> CapabilityId {
    let name = format!("cap {round}");
    CapabilityId { kind: CapabilityType::Script, name, plugin_key: plugin_key.to_owned() }
}

fn rewrite(data_dir: &Path, round: u64) {
    let text = round.to_string().repeat(20_000);
    update_install_state(data_dir, &folder(data_dir), |state| state.plugin_name = text).unwrap();
}

/// Calls `read` until both children have ended well.
fn read_meanwhile(mut children: [Child; 2], mut read: impl FnMut()) {
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        read();
    }
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
}

#[test]
fn no_flag_is_lost() {
    let data = DataFolder::new();
    data.add_script("stamp", "stamp.py", "");
    let mut most = 0;
    let mut count = || {
        let state = read_install_state(&folder(data.path())).expect("A reader never meets a part");
        let found = state.map_or(0, |state| state.capabilities.len());
        assert!(found >= most, "{found} after {most}");
        most = found;
    };
    read_meanwhile([start("sidecar", "a", &data), start("sidecar", "b", &data)], &mut count);
    count();
    assert_eq!(most, 2 * ROUNDS);
}

#[test]
fn no_configuration_is_lost() {
    let data = DataFolder::new();
    read_meanwhile([start("config", "a", &data), start("config", "b", &data)], || {
        assert_eq!(PluginConfig::load(data.path()).problem(), None);
    });
    let config = PluginConfig::load(data.path());
    for name in ["a", "b"] {
        for round in 0..ROUNDS {
            assert!(config.has(&capability(name, round)), "{name} {round}");
        }
    }
}

/// A writer that dies leaves a whole file and no lock.
#[test]
fn a_killed_writer_leaves_a_whole_file() {
    let data = DataFolder::new();
    data.add_script("stamp", "stamp.py", "");
    for _ in 0..5 {
        let name = || read_install_state(&folder(data.path())).unwrap().map(|state| state.plugin_name);
        let before = name();
        let mut writer = start("forever", "", &data);
        while name() == before {
            assert!(writer.try_wait().unwrap().is_none(), "The writer has ended");
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        let found = name().expect("The file is there");
        let round = &found[..found.len() / 20_000];
        assert_eq!(found, round.repeat(20_000));
        drop(lock_data_folder(data.path()).unwrap());
    }
}
