//! The program that resolves and installs.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::EnvironmentError;

/// Where distributions come from besides bundled wheels and local folders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Index {
    /// What the user has set for uv in the environment (`UV_DEFAULT_INDEX`, `UV_INDEX`), else PyPI.
    #[default]
    Default,
    /// This one alone, by its URL (PEP 503 or 691).
    Url(String),
    /// None: bundled wheels and local folders must do.
    None,
}

/// uv, found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uv(PathBuf);

/// The file's name.
const NAME: &str = if cfg!(windows) { "uv.exe" } else { "uv" };

impl Uv {
    /// Finds uv: the one `given`, which must exist; else in the folder `beside` (the library's, or the application's
    /// resources) as `uv`, `tools/uv/uv` or `tools/uv`; else as `tools/uv/uv` or `uv` beside the executable; else on
    /// `PATH`. Starts no process.
    ///
    /// # Errors
    /// [`EnvironmentError::GivenUv`]; [`EnvironmentError::NoUv`], which says how to get it.
    pub fn find(given: Option<&Path>, beside: Option<&Path>) -> Result<Self, EnvironmentError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let program = env::current_exe().ok();
        Self::find_in(given, beside, program.as_deref().and_then(Path::parent), env::split_paths(&path))
    }

    fn find_in(
        given: Option<&Path>,
        beside: Option<&Path>,
        program: Option<&Path>,
        path: impl Iterator<Item = PathBuf>,
    ) -> Result<Self, EnvironmentError> {
        if let Some(given) = given {
            return match given.is_file() {
                true => Ok(Self(absolute(given))),
                false => Err(EnvironmentError::GivenUv { path: given.into() }),
            };
        }
        let tools = Path::new("tools");
        let beside = beside.into_iter().flat_map(|folder| {
            [folder.join(NAME), folder.join(tools).join("uv").join(NAME), folder.join(tools).join(NAME)]
        });
        let program = program
            .into_iter()
            .flat_map(|folder| [folder.join(tools).join("uv").join(NAME), folder.join(NAME)]);
        let places: Vec<_> = beside.chain(program).collect();
        // an empty part of `PATH` means the current folder, which is nobody's choice here
        let on_path = path.filter(|folder| folder.is_absolute()).map(|folder| folder.join(NAME));
        let found = places.iter().cloned().chain(on_path).find(|file| file.is_file());
        found.map(|file| Self(absolute(&file))).ok_or(EnvironmentError::NoUv { places })
    }

    /// Its path.
    pub fn program(&self) -> &Path {
        &self.0
    }

    /// A call of `uv pip <act>` as all of ours are: no configuration files, only wheels, no download of a Python,
    /// the system's certificates, our own cache.
    pub(crate) fn pip(&self, act: &str, cache: &Path, index: &Index) -> Command {
        let mut command = Command::new(&self.0);
        command.args(["pip", act, "--no-config", "--no-python-downloads", "--only-binary", ":all:"]);
        command.args(["--no-progress", "--color", "never"]);
        keep_variables(
            &mut command,
            match index {
                Index::Default => Variables::NetworkAndIndex,
                Index::Url(_) | Index::None => Variables::Network,
            },
        );
        if let Index::Url(url) = index {
            // not an argument, which every user of the machine can read: it may hold a password
            command.env("UV_DEFAULT_INDEX", url);
        }
        command.env("UV_CACHE_DIR", cache);
        // one setting under its two names, of which uv versions know the one or the other
        command.env("UV_SYSTEM_CERTS", "1").env("UV_NATIVE_TLS", "1");
        command
    }
}

/// The path from the root: programs are started with a working folder of their own.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.into())
}

/// Which of uv's own variables a child keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variables {
    /// None of them.
    Nothing,
    /// How the network is used.
    Network,
    /// And which indexes, with the names and passwords for them.
    NetworkAndIndex,
}

/// Takes from the child's environment what would change a result behind our back: the settings of Python (`PYTHON*`),
/// pip (`PIP_*`) and uv (`UV_*`, but for those of [`Variables`]), and virtual environments that are active. All
/// else passes through, above all proxies (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), certificates
/// (`SSL_CERT_FILE`, `SSL_CERT_DIR`) and `NETRC`.
pub(crate) fn keep_variables(command: &mut Command, keep: Variables) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| !passes(name, keep)) {
            command.env_remove(name);
        }
    }
}

const NETWORK: [&str; 6] = [
    "UV_HTTP_",
    "UV_CONCURRENT_",
    "UV_KEYRING_PROVIDER",
    "UV_INSECURE_HOST",
    "UV_OFFLINE",
    "UV_REQUEST_TIMEOUT",
];
const INDEX: [&str; 3] = ["UV_INDEX", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL"];

fn passes(name: &str, keep: Variables) -> bool {
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if begins(&NETWORK) {
        return keep != Variables::Nothing;
    }
    if begins(&INDEX) {
        return keep == Variables::NetworkAndIndex;
    }
    !begins(&["UV_", "PIP_", "PYTHON", "VIRTUAL_ENV", "CONDA_"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn places_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        let (given, beside, program) = (at("given/uv"), at("lib"), at("bin"));
        let find = |given: Option<&Path>| {
            let path = [at("path")].into_iter();
            Uv::find_in(given, Some(&beside), Some(&program), path).map(|uv| uv.0)
        };
        assert!(matches!(find(Some(&given)), Err(EnvironmentError::GivenUv { .. })));
        let Err(EnvironmentError::NoUv { places }) = find(None) else { panic!("there is none yet") };
        assert_eq!(places.len(), 5);
        for place in ["path", "bin", "bin/tools/uv", "lib/tools", "lib/tools/uv", "lib"] {
            // `tools/uv` is a file in one place and a folder in another
            let _ = fs::remove_file(at("lib/tools/uv"));
            fs::create_dir_all(at(place)).unwrap();
            let file = at(place).join(NAME);
            fs::write(&file, "").unwrap();
            assert_eq!(find(None).unwrap(), file);
        }
        fs::create_dir(at("given")).unwrap();
        fs::write(&given, "").unwrap();
        assert_eq!(find(Some(&given)).unwrap(), given);
    }

    #[track_caller]
    fn check(name: &str, nothing: bool, network: bool, index: bool) {
        let passed = [Variables::Nothing, Variables::Network, Variables::NetworkAndIndex]
            .map(|keep| passes(name, keep));
        assert_eq!(passed, [nothing, network, index], "{name}");
    }

    #[test]
    fn variables() {
        check("HTTPS_PROXY", true, true, true);
        check("SSL_CERT_FILE", true, true, true);
        check("UV_HTTP_TIMEOUT", false, true, true);
        check("UV_INDEX_CORP_PASSWORD", false, false, true);
        check("UV_DEFAULT_INDEX", false, false, true);
        check("UV_TARGET", false, false, false);
        check("PIP_INDEX_URL", false, false, false);
        check("PYTHONPATH", false, false, false);
        check("VIRTUAL_ENV", false, false, false);
    }
}
