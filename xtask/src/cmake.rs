//! One CMake build folder.

use crate::command::{run, with_folder_in_front};
use crate::python::Python;
use crate::tools::Tools;
use crate::workspace;
use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A build of the C and C++ side for one Python.
pub(crate) struct CMakeBuild<'a> {
    tools: &'a Tools,
    python: &'a Python,
    folder: PathBuf,
}

impl<'a> CMakeBuild<'a> {
    /// The ordinary build, shared by demo and tests: `target/cmake-3.11`.
    pub(crate) fn release(tools: &'a Tools, python: &'a Python) -> Self {
        Self::named(tools, python, "cmake")
    }

    /// A build apart, in `target/<name>-3.11`.
    pub(crate) fn named(tools: &'a Tools, python: &'a Python, name: &str) -> Self {
        let folder = workspace::target().join(format!("{name}-{}", python.label()));
        Self { tools, python, folder }
    }

    /// Writes the build files; `options` are further `-D` options.
    pub(crate) fn configure(&self, options: &[String]) -> Result<()> {
        let lists = workspace::root().join("CMakeLists.txt");
        ensure!(lists.is_file(), "The workspace has no `CMakeLists.txt`");
        run(self
            .cmake()
            .arg("-S")
            .arg(workspace::root())
            .arg("-B")
            .arg(&self.folder)
            .args(["-G", "Ninja"])
            .arg(option("CMAKE_MAKE_PROGRAM", &self.tools.ninja))
            .arg(option("Python3_EXECUTABLE", &self.python.executable))
            .args(options)
            .env("CXX", &self.tools.compiler))
    }

    /// Builds one target, or everything.
    pub(crate) fn build(&self, target: Option<&str>) -> Result<()> {
        run(self.cmake().arg("--build").arg(&self.folder).args(target.map(|name| format!("--target={name}"))))
    }

    /// Runs the tests.
    pub(crate) fn test(&self) -> Result<()> {
        let ctest = self.tools.cmake.with_file_name("ctest");
        run(self
            .command(&ctest)
            .arg("--test-dir")
            .arg(&self.folder)
            .args(["--output-on-failure", "--no-tests=error"]))
    }

    /// Runs a program of the build, by its path in the build folder.
    pub(crate) fn run(&self, program: &str) -> Result<()> {
        run(&mut self.command(&self.folder.join(program)))
    }

    /// The folder of the build.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn cmake(&self) -> Command {
        self.command(&self.tools.cmake)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            // the build decides for itself where its cargo works
            .env_remove("CARGO_TARGET_DIR")
            // tests that install packages look there
            .envs(self.tools.uv.iter().map(|uv| ("MATRILINE_UV", uv)))
            .env("LD_LIBRARY_PATH", with_folder_in_front("LD_LIBRARY_PATH", &self.python.library_folder));
        command
    }
}

fn option(name: &str, value: &Path) -> String {
    format!("-D{name}={}", value.display())
}
