//! Finding the Pythons that an application can embed.

use crate::command::{all_on_path, output};
use anyhow::{Context, Result, bail, ensure};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Asked of each candidate; `sys.executable` is resolved so that a shim or a venv gives the interpreter behind it.
const QUESTIONS: &str = "
import os, sys, sysconfig
print(sys.implementation.name)
print(sys.version_info[1] if sys.version_info[0] == 3 else 0)
print('.'.join(map(str, sys.version_info[:3])))
print(os.path.realpath(sys.executable))
print(sysconfig.get_config_var('Py_ENABLE_SHARED'))
print(os.path.join(sysconfig.get_config_var('LIBDIR') or '', sysconfig.get_config_var('INSTSONAME') or ''))
print(os.path.join(sysconfig.get_path('include'), 'Python.h'))
print(sysconfig.get_config_var('Py_GIL_DISABLED'))
";

const NAMES: [&str; 5] = ["python3.11", "python3", "python3.12", "python3.13", "python3.10"];

/// The version taken unless another one is asked for, as the number after `3.`
const DEFAULT_MINOR: u32 = 11;

/// A CPython 3.10 to 3.13 with headers and a shared libpython.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    pub(crate) executable: PathBuf,
    /// The number after `3.`
    pub(crate) minor: u32,
    /// The whole version, for example `3.11.7`.
    pub(crate) version: String,
    /// The folder of the shared library.
    pub(crate) library_folder: PathBuf,
}

impl Python {
    /// The first usable one of each version; empty when there is none.
    ///
    /// The order: the environment variable `MATRILINE_PYTHON` (which must be usable), then the default version, then the
    /// others; of one version, what lies on `PATH` comes before what pyenv has.
    pub(crate) fn find_all() -> Result<Vec<Self>> {
        let mut found: Vec<Self> = Vec::new();
        if let Some(wish) = env::var_os("MATRILINE_PYTHON") {
            let python = Self::ask(Path::new(&wish));
            found.push(python.with_context(|| format!("`MATRILINE_PYTHON` is `{}`", wish.display()))?);
        }
        let wished = found.len();
        let on_path = NAMES.into_iter().flat_map(all_on_path);
        for candidate in on_path.chain(of_pyenv()) {
            if let Ok(python) = Self::ask(&candidate)
                && found.iter().all(|other| other.minor != python.minor)
            {
                found.push(python);
            }
        }
        found[wished..].sort_by_key(|python| python.minor != DEFAULT_MINOR);
        Ok(found)
    }

    /// The version as folders are named by it, for example `3.11`.
    pub(crate) fn label(&self) -> String {
        format!("3.{}", self.minor)
    }

    fn ask(candidate: &Path) -> Result<Self> {
        let answers = output(Command::new(candidate).args(["-I", "-c", QUESTIONS]))?;
        let answers: Vec<&str> = answers.lines().map(str::trim).collect();
        let [implementation, minor, version, executable, shared, library, header, without_gil] = answers[..]
        else {
            bail!("It doesn't answer as a Python does");
        };
        let minor: u32 = minor.parse()?;
        let library = Path::new(library);
        ensure!(implementation == "cpython", "It is {implementation}, not CPython");
        ensure!((10..=13).contains(&minor), "Its version is {version}, not 3.10 to 3.13");
        ensure!(without_gil != "1", "It is a free-threaded build");
        ensure!(shared == "1", "It was built without `--enable-shared`");
        ensure!(library.is_file(), "Its library `{}` doesn't exist", library.display());
        ensure!(Path::new(header).is_file(), "Its header `{header}` doesn't exist");
        Ok(Self {
            executable: executable.into(),
            minor,
            version: version.to_owned(),
            library_folder: library.parent().expect("A library lies in a folder").to_path_buf(),
        })
    }
}

fn of_pyenv() -> Vec<PathBuf> {
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let Some(root) = root.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".pyenv"))) else {
        return Vec::new();
    };
    let versions = fs::read_dir(root.join("versions")).into_iter().flatten().flatten();
    let mut pythons: Vec<_> = versions.map(|version| version.path().join("bin/python3")).collect();
    pythons.retain(|python| python.is_file());
    pythons.sort();
    pythons
}
