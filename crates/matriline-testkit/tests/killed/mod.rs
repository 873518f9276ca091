//! The commands that are killed, and what must hold after each kill.

use libtest_mimic::{Arguments, Trial};
use matriline_testkit::{KillPoints, Untraceable, WheelBuilder, copy_tree, report, skip};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::Mutex;
use tempfile::TempDir;

const PROGRAM: &str = "MATRILINE_MINI_SLICER";
const KEY: &str = "Stamp";

/// A command, what was done before it, and which version of the plugin is there before and after. `None` stands for no
/// plugin.
struct Case {
    name: &'static str,
    /// Each with its operand; a file to install is `<version>.<kind>`.
    before: &'static [&'static str],
    command: &'static str,
    versions: [Option<&'static str>; 2],
}

const CASES: &[Case] = &[
    Case { name: "install_a_script", before: &[], command: "install 1.py", versions: [None, Some("1")] },
    Case {
        name: "install_over_a_loaded_script",
        before: &["install 1.py"],
        command: "install 2.py",
        versions: [Some("1"), Some("2")],
    },
    Case {
        name: "install_a_third_version",
        before: &["install 1.py", "install 2.py"],
        command: "install 3.py",
        versions: [Some("2"), Some("3")],
    },
    Case {
        name: "install_the_same_again",
        before: &["install 1.py"],
        command: "install 1.py",
        versions: [Some("1"), Some("1")],
    },
    Case {
        name: "install_over_a_disabled_script",
        before: &["install 1.py", "disable Stamp"],
        command: "install 2.py",
        versions: [Some("1"), Some("2")],
    },
    Case {
        name: "install_over_one_that_was_rolled_back",
        before: &["install 1.py", "install 2.py", "roll-back Stamp"],
        command: "install 3.py",
        versions: [Some("1"), Some("3")],
    },
    Case { name: "install_a_wheel", before: &[], command: "install 1.whl", versions: [None, Some("1")] },
    Case {
        name: "install_over_a_loaded_wheel",
        before: &["install 1.whl"],
        command: "install 2.whl",
        versions: [Some("1"), Some("2")],
    },
    Case {
        name: "install_a_third_wheel",
        before: &["install 1.whl", "install 2.whl"],
        command: "install 3.whl",
        versions: [Some("2"), Some("3")],
    },
    Case {
        name: "install_a_wheel_over_a_script",
        before: &["install 1.py"],
        command: "install 2.whl",
        versions: [Some("1"), Some("2")],
    },
    Case {
        name: "install_a_script_over_a_wheel",
        before: &["install 1.whl"],
        command: "install 2.py",
        versions: [Some("1"), Some("2")],
    },
    Case {
        name: "roll_back_a_script",
        before: &["install 1.py", "install 2.py"],
        command: "roll-back Stamp",
        versions: [Some("2"), Some("1")],
    },
    Case {
        name: "roll_back_a_wheel",
        before: &["install 1.whl", "install 2.whl"],
        command: "roll-back Stamp",
        versions: [Some("2"), Some("1")],
    },
    Case {
        name: "roll_forth_again",
        before: &["install 1.py", "install 2.py", "roll-back Stamp"],
        command: "roll-back Stamp",
        versions: [Some("1"), Some("2")],
    },
    Case {
        name: "remove_a_script",
        before: &["install 1.py", "install 2.py"],
        command: "remove Stamp",
        versions: [Some("2"), None],
    },
    Case {
        name: "remove_a_wheel",
        before: &["install 1.whl", "install 2.whl"],
        command: "remove Stamp",
        versions: [Some("2"), None],
    },
    Case {
        name: "disable",
        before: &["install 1.py"],
        command: "disable Stamp",
        versions: [Some("1"), Some("1")],
    },
    Case {
        name: "enable",
        before: &["install 1.py", "disable Stamp"],
        command: "enable Stamp",
        versions: [Some("1"), Some("1")],
    },
];

/// The fewest kills that prove something.
const ENOUGH: usize = 500;

/// What all cases have come to: they run side by side.
static ALL: Mutex<(usize, usize)> = Mutex::new((0, 0));

pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = CASES.iter().map(|case| {
        Trial::test(case.name, || {
            if let Err(Untraceable(why)) = kill(case) {
                skip(&why);
            }
            Ok(())
        })
        .with_ignored_flag(env::var_os(PROGRAM).is_none())
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    let (kills, points) = *ALL.lock().unwrap();
    if kills == 0 {
        return conclusion.exit_code();
    }
    report(&format!("{kills} kills at {points} distinct points"));
    let is_enough = kills >= ENOUGH || conclusion.num_passed < CASES.len() as u64;
    assert!(is_enough, "All cases together have at least {ENOUGH} points");
    conclusion.exit_code()
}

/// Where a case works, and with what.
struct Bench {
    program: PathBuf,
    packages: TempDir,
    base: PathBuf,
}

fn kill(case: &Case) -> Result<(), Untraceable> {
    let program = env::var_os(PROGRAM).expect("`MATRILINE_MINI_SLICER` names the program");
    // a flush costs nothing in memory, and killing is no power cut
    let base =
        Some(Path::new("/dev/shm")).filter(|path| path.is_dir()).map_or_else(env::temp_dir, Path::to_owned);
    let bench = Bench { program: program.into(), packages: packages(&base), base };
    let before = tempfile::tempdir_in(&bench.base).unwrap();
    for command in case.before {
        bench.works(command, before.path(), "before");
    }
    let start = || {
        let data = tempfile::tempdir_in(&bench.base).unwrap();
        copy_tree(before.path(), data.path());
        let mut command = bench.command(case.command, data.path());
        // nobody reads what it says, and a pipe would fill
        command.stdout(Stdio::null()).stderr(Stdio::null());
        (data, command)
    };
    let mut seen = BTreeSet::new();
    let check = |data: &TempDir, point: usize| {
        seen.insert(bench.check(case, data.path(), &format!("{} killed after call {point}", case.name)));
    };
    let found = KillPoints::new().kill(start, check)?;
    let both = case.versions.iter().map(|version| version.map(str::to_owned)).collect();
    assert_eq!(seen, both, "{}: the version before and the one after are both seen", case.name);
    let mut all = ALL.lock().unwrap();
    *all = (all.0 + found.kills, all.1 + found.points);
    Ok(())
}

impl Bench {
    /// What the next start finds. Answers the version.
    fn check(&self, case: &Case, data: &Path, place: &str) -> Option<String> {
        let list = self.works("list", data, place);
        let plugins = lines(&list, "plugin");
        assert!(plugins.len() <= 1, "{place}: {list}");
        let version = plugins.first().map(|fields| fields[4]);
        assert!(case.versions.contains(&version), "{place}: {list}");
        if let Some(version) = version {
            self.check_whole(case, version, &list, data, place);
        }
        if case.command.starts_with("install") {
            let again = self.works(case.command, data, place);
            let is_there =
                lines(&again, "installed").iter().any(|fields| Some(fields[1]) == case.versions[1]);
            assert!(is_there, "{place}, again: {again}");
        }
        version.map(str::to_owned)
    }

    /// The plugin loads, its code is of the version that its metadata names, and its file is as it was installed. It
    /// may be off, when that is what the commands say or the plugin was running when the program was killed; then it
    /// loads when it is enabled.
    fn check_whole(&self, case: &Case, version: &str, list: &str, data: &Path, place: &str) {
        let enabled;
        let mut state = list;
        if lines(list, "plugin")[0][2] == "not loaded" {
            let commands = case.before.iter().chain([&case.command]);
            let may_be_off = commands.into_iter().any(|command| command.starts_with("disable"));
            assert!(may_be_off || !lines(list, "crash").is_empty(), "{place}: {list}");
            enabled = self.works("enable Stamp", data, place);
            state = &enabled;
        }
        assert_eq!(lines(state, "plugin"), [[KEY, "found", "loaded", "-", version]], "{place}: {state}");
        let names: Vec<_> = lines(state, "capability").iter().map(|fields| fields[2]).collect();
        assert_eq!(names, [format!("version {version}")], "{place}: {state}");
        let folders = fs::read_dir(data.join("orca_plugins")).unwrap().flatten();
        let entries = folders.flat_map(|folder| {
            ["py", "whl"].map(|kind| (kind, folder.path().join(KEY).with_extension(kind)))
        });
        let files = entries.filter(|(_, file)| file.is_file());
        let whole = files.map(|(kind, file)| fs::read(file).unwrap() == package(version, kind));
        assert_eq!(whole.collect::<Vec<_>>(), [true], "{place}: the file is whole");
    }

    /// What the program prints; it must succeed.
    fn works(&self, command: &str, data: &Path, place: &str) -> String {
        let Output { status, stdout, stderr } = self.command(command, data).output().unwrap();
        let text = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{place}: `{command}` failed with {status}: {text}");
        String::from_utf8(stdout).unwrap()
    }

    fn command(&self, words: &str, data: &Path) -> Command {
        let mut command = Command::new(&self.program);
        match words.split_once(' ') {
            Some(("install", file)) => {
                let file = self.packages.path().join(file).join(KEY).with_extension(&file[2..]);
                command.arg("install").arg(file)
            }
            _ => command.args(words.split(' ')),
        };
        command.arg("--data-dir").arg(data);
        command
    }
}

/// The fields of the lines that begin with a word.
fn lines<'a>(text: &'a str, word: &str) -> Vec<Vec<&'a str>> {
    let lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    lines.filter(|fields| fields[0] == word).map(|fields| fields[1..].to_vec()).collect()
}

/// `<version>.<kind>/Stamp.<kind>`, each.
fn packages(base: &Path) -> TempDir {
    let folder = tempfile::tempdir_in(base).unwrap();
    for version in ["1", "2", "3"] {
        for kind in ["py", "whl"] {
            let own = folder.path().join(format!("{version}.{kind}"));
            fs::create_dir(&own).unwrap();
            fs::write(own.join(KEY).with_extension(kind), package(version, kind)).unwrap();
        }
    }
    folder
}

/// A plugin with a script whose name tells the version of the code.
fn package(version: &str, kind: &str) -> Vec<u8> {
    let code = format!(
        "import orca\n\n\nclass Stamp(orca.script.ScriptPluginCapabilityBase):\n    def get_name(self):\n        return 'version {version}'\n\n    def execute(self):\n        return orca.ExecutionResult.success()\n\n\n@orca.plugin\nclass Package(orca.base):\n    def register_capabilities(self):\n        orca.register_capability(Stamp)\n"
    );
    let block = format!(
        "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'Stamp'\n# version = '{version}'\n# ///\n"
    );
    match kind {
        "py" => (block + &code).into_bytes(),
        _ => WheelBuilder::new("stamp", version).file("stamp/__init__.py", code).build(),
    }
}
