//! What keeps an environment from being ready.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use matriline_roots::RootError;

/// An environment that could not be built; nothing of it is used then.
///
/// The application shows it behind the words `Failed to install plugin dependencies: `.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// There is no uv.
    #[error(
        "Bundled uv executable not found. Python package installation is unavailable: install `uv` so that it is on `PATH`, or put it at {places}",
        places = listed(places)
    )]
    NoUv {
        /// Where it was looked for besides `PATH`.
        places: Vec<PathBuf>,
    },
    /// The uv that the application names is no file.
    #[error("The uv executable `{path}` does not exist: give the path of `uv` itself, or none to have it found", path = path.display())]
    GivenUv {
        /// The path as given.
        path: PathBuf,
    },
    /// The interpreter that packages are chosen for is no file.
    #[error("Bundled Python executable not found. Python package installation is unavailable: `{path}` does not exist", path = path.display())]
    NoPython {
        /// The path as given.
        path: PathBuf,
    },
    /// A requirement is none, or would be an instruction to uv.
    #[error("`{requirement}` cannot be installed: {reason}")]
    Requirement {
        /// As the plugin declares it.
        requirement: String,
        /// What is wrong and what to write.
        reason: &'static str,
    },
    /// The name of a bundled wheel is not that of a wheel.
    #[error("`{path}` has not the name of a wheel: name it `<name>-<version>-<python>-<abi>-<platform>.whl`", path = path.display())]
    WheelName {
        /// The file.
        path: PathBuf,
    },
    /// A program could not be started or waited for.
    #[error("Failed to run {program}: {source}")]
    Run {
        /// Its name.
        program: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A step failed.
    #[error("{step} failed {outcome}", outcome = outcome(*code, output))]
    Failed {
        /// For example `uv pip install`.
        step: &'static str,
        /// The exit code, unless a signal ended it.
        code: Option<i32>,
        /// What it wrote to stderr; the middle is left out of a long one.
        output: String,
    },
    /// A step took too long and was ended.
    #[error("{step} timed out after {limit}s: allow more time, or check the connection", limit = limit.as_secs_f32())]
    TimedOut {
        /// For example `uv pip install`.
        step: &'static str,
        /// The limit for all steps together.
        limit: Duration,
    },
    /// The caller cancelled it.
    #[error("The installation of dependencies was cancelled")]
    Cancelled,
    /// What was installed cannot be imported.
    #[error("The dependency `{name}` is installed and cannot be imported: {traceback}")]
    Import {
        /// The module.
        name: String,
        /// Python's traceback.
        traceback: String,
    },
    /// What was installed has no readable list of files.
    #[error("The list of files `{path}` cannot be used: {reason}", path = path.display())]
    Record {
        /// The file `RECORD`.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file or folder could not be read, written or removed.
    #[error("`{path}` cannot be {act}: {source}", path = path.display())]
    Io {
        /// `read`, `written`, …
        act: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file could not be locked or replaced.
    #[error(transparent)]
    Root(#[from] RootError),
}

impl EnvironmentError {
    pub(crate) fn io(act: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { act, path, source }
    }
}

fn listed(places: &[PathBuf]) -> String {
    let places: Vec<_> = places.iter().map(|place| format!("`{}`", place.display())).collect();
    places.join(" or ")
}

fn outcome(code: Option<i32>, output: &str) -> String {
    let code = code.map_or("by a signal".to_owned(), |code| format!("exit code {code}"));
    if output.is_empty() { format!("with {code}") } else { format!("({code}): {output}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: &EnvironmentError, expected: &str) {
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn messages() {
        let step = "uv pip install";
        let failed = |code, output: &str| EnvironmentError::Failed { step, code, output: output.into() };
        check(&failed(Some(1), "no"), "uv pip install failed (exit code 1): no");
        check(&failed(Some(2), ""), "uv pip install failed with exit code 2");
        let late = EnvironmentError::TimedOut { step, limit: Duration::from_secs(120) };
        check(&late, "uv pip install timed out after 120s: allow more time, or check the connection");
        let none = EnvironmentError::NoUv { places: vec!["a/uv".into(), "b/uv".into()] };
        check(
            &none,
            "Bundled uv executable not found. Python package installation is unavailable: install `uv` so that it is on `PATH`, or put it at `a/uv` or `b/uv`",
        );
    }
}
