//! Finding everything that a build needs besides cargo.

use crate::command::{all_on_path, output};
use crate::install::{self, Debian};
use crate::python::Python;
use anyhow::{Context, Result, ensure};
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const OLDEST_CMAKE: (u32, u32) = (3, 22);

const CPP17: &str = "#if __cplusplus < 201703L\n#error\n#endif\n#include <optional>\n";
const CATCH2: &str =
    "#if !__has_include(<catch2/catch_all.hpp>) && !__has_include(<catch2/catch.hpp>)\n#error\n#endif\n";

/// The programs and Pythons of a build; making one installs what is missing and touches no network otherwise.
pub(crate) struct Tools {
    pub(crate) cmake: PathBuf,
    pub(crate) ninja: PathBuf,
    pub(crate) compiler: PathBuf,
    /// Never empty; the default one comes first.
    pub(crate) pythons: Vec<Python>,
    /// What builds dependency environments. The tests that need it are skipped, and counted, where there is none.
    pub(crate) uv: Option<PathBuf>,
}

impl Tools {
    /// Finds all tools, installs the missing ones and prints what was found.
    pub(crate) fn find() -> Result<Self> {
        let mut debian = Debian::default();
        let compiler = find_or_install(find_compiler, || debian.install("A C++17 compiler", &["g++"]))?;
        let pythons = find_or_install(find_pythons, || {
            let packages = ["python3-dev", "libpython3-dev", "python3-venv"];
            debian.install("A CPython 3.10 to 3.13 with a shared libpython", &packages)
        })?;
        let (cmake, ninja) = find_or_install(find_cmake_and_ninja, || {
            install::wheels(&pythons[0].executable, &["cmake", "ninja"]).or_else(|error| {
                debian.install(&format!("CMake 3.22 ({error:#})"), &["cmake", "ninja-build"])
            })
        })?;
        let has_catch2 = || Ok(compiles(&compiler, CATCH2).then_some(()));
        find_or_install(has_catch2, || debian.install("Catch2", &["catch2"]))?;
        let uv = find_or_install(find_uv, || install::wheels(&pythons[0].executable, &["uv"]));
        let uv = uv.inspect_err(|error| println!("Tests are run without uv: {error:#}")).ok();
        let tools = Self { cmake, ninja, compiler, pythons, uv };
        tools.print();
        Ok(tools)
    }

    /// The Python used unless a task wants more of them.
    pub(crate) fn python(&self) -> &Python {
        &self.pythons[0]
    }

    fn print(&self) {
        println!("Tools: {}", self.cmake.display());
        println!("       {}", self.ninja.display());
        println!("       {}, with Catch2", self.compiler.display());
        for python in &self.pythons {
            println!("       {} ({})", python.executable.display(), python.version);
        }
        if let Some(uv) = &self.uv {
            println!("       {}", uv.display());
        }
    }
}

/// Looks, installs when nothing is there, and looks again.
fn find_or_install<T>(
    find: impl Fn() -> Result<Option<T>>,
    install: impl FnOnce() -> Result<()>,
) -> Result<T> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    install()?;
    find()?.context("What was just installed can't be found or used")
}

fn find_pythons() -> Result<Option<Vec<Python>>> {
    Ok(Some(Python::find_all()?).filter(|pythons| !pythons.is_empty()))
}

fn find_compiler() -> Result<Option<PathBuf>> {
    if let Some(wish) = env::var_os("CXX") {
        ensure!(
            compiles(Path::new(&wish), CPP17),
            "`CXX` is `{}`, which doesn't compile C++17",
            wish.display()
        );
        return Ok(Some(wish.into()));
    }
    let candidates = ["c++", "g++", "clang++"].into_iter().flat_map(all_on_path);
    Ok(candidates.into_iter().find(|compiler| compiles(compiler, CPP17)))
}

fn find_cmake_and_ninja() -> Result<Option<(PathBuf, PathBuf)>> {
    let named = |name| {
        let mut candidates = all_on_path(name);
        candidates.push(install::wheel_programs().join(name));
        candidates.into_iter()
    };
    let cmake =
        named("cmake").find(|cmake| cmake_version(cmake).is_some_and(|version| version >= OLDEST_CMAKE));
    let ninja = named("ninja").find(|ninja| output(Command::new(ninja).arg("--version")).is_ok());
    Ok(cmake.zip(ninja))
}

/// The one that the environment variable `MATRILINE_UV` names, which must run; else one that does.
fn find_uv() -> Result<Option<PathBuf>> {
    let runs = |uv: &PathBuf| output(Command::new(uv).arg("--version"));
    if let Some(wish) = env::var_os("MATRILINE_UV").map(PathBuf::from) {
        runs(&wish).context("`MATRILINE_UV` names no uv")?;
        return Ok(Some(wish));
    }
    let mut candidates = all_on_path("uv");
    candidates.push(install::wheel_programs().join("uv"));
    Ok(candidates.into_iter().find(|uv| runs(uv).is_ok()))
}

/// The two numbers in `cmake version 3.25.1`.
fn cmake_version(cmake: &Path) -> Option<(u32, u32)> {
    let text = output(Command::new(cmake).arg("--version")).ok()?;
    let mut numbers = text.split_whitespace().nth(2)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn compiles(compiler: &Path, source: &str) -> bool {
    let prefixes = env::var_os("CMAKE_PREFIX_PATH").unwrap_or_default();
    let child = Command::new(compiler)
        .args(["-std=c++17", "-fsyntax-only", "-x", "c++"])
        .args(env::split_paths(&prefixes).flat_map(|prefix| ["-I".into(), prefix.join("include")]))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.is_ok_and(|mut child| {
        // a compiler that stops reading has found its error already
        let written = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(source.as_bytes()).is_ok());
        child.wait().is_ok_and(|status| status.success() && written)
    })
}
