//! A data folder, a folder of wheels, a Python.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use matriline_install::environment::{
    BuildControl, Environment, EnvironmentError, EnvironmentOptions, Environments, Index, Uv, Wanted,
};
use matriline_manifest::Target;
use matriline_testkit::WheelBuilder;
use tempfile::TempDir;

pub(crate) type Case = (&'static str, fn());

/// Names what this process is to do instead of running cases.
pub(crate) const ACT: &str = "MATRILINE_TEST_ACT";
/// The folder of the place it is to do that in, and its uv.
const PLACE: &str = "MATRILINE_TEST_PLACE";
const PLACE_UV: &str = "MATRILINE_TEST_PLACE_UV";
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn uv() -> Option<PathBuf> {
    let given = env::var_os("MATRILINE_UV").map(PathBuf::from);
    Uv::find(given.as_deref(), None).ok().map(|uv| uv.program().to_owned())
}

/// The Python that is built against, else the one on `PATH`.
fn python() -> (PathBuf, u32) {
    let python = env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into());
    let question = "import sys; print(sys.executable); print(sys.version_info[1])";
    let output = Command::new(&python).args(["-I", "-c", question]).output().expect("There is a Python");
    let answer = String::from_utf8(output.stdout).unwrap();
    let (executable, minor) = answer.trim().split_once('\n').expect("It answers");
    (executable.into(), minor.trim().parse().unwrap())
}

/// A wheel of a package that, when imported, reads a data file and loads a native module: one of the standard
/// library's under another name. None where Python has that built in.
pub(crate) fn native_wheel() -> Option<WheelBuilder> {
    let (python, _) = python();
    let question = "import _json; print(getattr(_json, '__file__', ''))";
    let output = Command::new(python).args(["-I", "-c", question]).output().unwrap();
    let library = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let name = library.file_name()?.to_str()?.to_owned();
    let init = "from importlib.resources import files\nfrom . import _json\n\
        assert _json.__file__.startswith(__path__[0])\n\
        assert files(__name__).joinpath('data', 'table.csv').read_text() == '1,2'\n";
    let wheel = WheelBuilder::new("native", "1.0").file("native/__init__.py", init);
    let wheel = wheel.file("native/data/table.csv", "1,2");
    Some(wheel.file(&format!("native/{name}"), fs::read(library).unwrap()))
}

/// Imports a module from a folder, in a Python of its own.
pub(crate) fn import(folder: &Path, module: &str) {
    let code = "import sys; sys.path.insert(0, sys.argv[1]); __import__(sys.argv[2])";
    let status = Command::new(python().0).args(["-I", "-S", "-c", code]).arg(folder).arg(module).status();
    assert!(status.unwrap().success());
}

/// Where a case works.
pub(crate) struct Place {
    _owned: Option<TempDir>,
    pub(crate) folder: PathBuf,
    pub(crate) options: EnvironmentOptions,
}

impl Place {
    /// A new data folder and a folder of wheels, which is all there is to install from.
    pub(crate) fn new() -> Self {
        let owned = tempfile::tempdir().unwrap();
        fs::create_dir(owned.path().join("wheels")).unwrap();
        let mut place = Self::at(owned.path());
        place.options.uv = uv();
        place._owned = Some(owned);
        place
    }

    fn at(folder: &Path) -> Self {
        let (python, minor) = python();
        let mut options = EnvironmentOptions::new(folder.join("data"), python, Target::of_this_build(minor));
        options.index = Index::None;
        options.wheel_folders = vec![folder.join("wheels")];
        Self { _owned: None, folder: folder.to_owned(), options }
    }

    /// Adds a wheel to the folder of wheels.
    pub(crate) fn wheel(&self, wheel: &WheelBuilder) {
        fs::write(self.folder.join("wheels").join(wheel.file_name()), wheel.build()).unwrap();
    }

    /// Adds a wheel of one module with the name of the distribution.
    pub(crate) fn module(&self, name: &str, version: &str, requires: &[&str]) {
        let wheel =
            WheelBuilder::new(name, version).file(&format!("{name}.py"), format!("version = '{version}'\n"));
        self.wheel(&requires.iter().fold(wheel, |wheel, require| wheel.header("Requires-Dist", require)));
    }

    /// Adds a wheel that a plugin brings along.
    pub(crate) fn bundled(&self, wheel: &WheelBuilder) -> PathBuf {
        let folder = self.folder.join("plugin");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(wheel.file_name());
        fs::write(&path, wheel.build()).unwrap();
        path
    }

    /// Takes this shell script for uv; `$UV` is the real one, `$PLACE` the folder of the place.
    pub(crate) fn script(&mut self, script: &str) {
        let path = self.folder.join("uv");
        let real = uv().unwrap_or_default();
        let head = format!("#!/bin/sh\nUV='{}'\nPLACE='{}'\n", real.display(), self.folder.display());
        // written by another process: a descriptor of ours, open for writing, could be in a child that another thread
        // starts at this moment, and a file that is being written cannot be run
        let write = "printf %s \"$1\" > \"$0\" && chmod +x \"$0\"";
        let status = Command::new("sh").args(["-c", write]).arg(&path).arg(head + script).status();
        assert!(status.is_ok_and(|status| status.success()));
        self.options.uv = Some(path);
    }

    pub(crate) fn environments(&self) -> Environments {
        Environments::new(self.options.clone())
    }

    pub(crate) fn prepare(&self, wanted: &Wanted) -> Result<Environment, EnvironmentError> {
        self.environments().prepare("plugin", wanted, &BuildControl::new())
    }

    /// What has the name of an environment or of half of one.
    pub(crate) fn folders(&self) -> Vec<String> {
        let entries =
            fs::read_dir(self.options.data_dir.join("python/environments")).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| !matches!(&**name, ".locks" | ".wanted" | ".wheels.json")).collect()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    pub(crate) fn wait_for(&self, name: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.folder.join(name).exists() {
            assert!(Instant::now() < end, "`{name}` does not appear");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Has another process do something here; see [`act`].
    pub(crate) fn process(&self, act: &str) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        command.env(ACT, act).env(PLACE, &self.folder);
        command.env(PLACE_UV, self.options.uv.as_deref().unwrap_or(Path::new("")));
        command
    }
}

/// What another process does: builds an environment for `alpha`, and, if told to, holds it until it is killed.
pub(crate) fn act(act: &str) {
    let mut place = Place::at(Path::new(&env::var_os(PLACE).unwrap()));
    place.options.uv = Some(env::var_os(PLACE_UV).unwrap().into());
    let prepared = place.prepare(&wanted(&["alpha"]));
    match act {
        "prepare" => drop(prepared.unwrap()),
        "fail" => drop(prepared.unwrap_err()),
        "hold" => {
            let _held = prepared.unwrap();
            fs::write(place.folder.join("held"), "").unwrap();
            thread::sleep(PATIENCE);
        }
        _ => panic!("Nobody knows how to `{act}`"),
    }
}

pub(crate) fn wanted(requirements: &[&str]) -> Wanted {
    Wanted { requirements: requirements.iter().map(|&text| text.into()).collect(), wheels: Vec::new() }
}

pub(crate) fn names(environment: &Environment) -> Vec<String> {
    environment.imports().iter().map(|import| format!("{} {}", import.name, import.version)).collect()
}

pub(crate) fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}
