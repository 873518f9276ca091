//! All tests, for one Python or several.

use crate::cmake::CMakeBuild;
use crate::command::{self, cargo, output, with_folder_in_front};
use crate::python::Python;
use crate::report::Report;
use crate::tools::Tools;
use crate::workspace;
use anyhow::{Result, bail};
use std::env;
use std::process::Command;

/// Which of the Pythons found are tested.
#[derive(Clone, Copy)]
pub(crate) enum Pythons {
    /// The default one.
    Default,
    /// The default one and the newest other one.
    DefaultAndNewest,
    /// Every one found.
    All,
}

impl Pythons {
    /// Two of them where `CI=true` is set, one elsewhere.
    pub(crate) fn from_environment() -> Self {
        if env::var_os("CI").is_some_and(|value| value == "true") {
            Self::DefaultAndNewest
        } else {
            Self::Default
        }
    }

    fn of(self, tools: &Tools) -> Vec<&Python> {
        let mut others: Vec<&Python> = tools.pythons[1..].iter().collect();
        others.sort_by_key(|python| std::cmp::Reverse(python.minor));
        let count = match self {
            Self::Default => 0,
            Self::DefaultAndNewest => 1,
            Self::All => others.len(),
        };
        std::iter::once(tools.python()).chain(others.into_iter().take(count)).collect()
    }
}

/// Runs the tests of Rust, C, C++ and Python; one that fails doesn't keep the others from running.
pub(crate) fn run(pythons: Pythons) -> Result<()> {
    let tools = Tools::find()?;
    let mut failures = Vec::new();
    let mut note = |what: &str, python: &Python, outcome: Result<()>| {
        if let Err(error) = outcome {
            eprintln!("\n{error:#}");
            failures.push(format!("{what} on Python {}", python.version));
        }
    };
    let pythons = pythons.of(&tools);
    let report = Report::new()?;
    for python in &pythons {
        note("Rust tests", python, rust_tests(&tools, python, &report));
        note(
            "Rust doc tests",
            python,
            command::run(cargo_for(python).args(["test", "--doc", "--workspace"])),
        );
        note("C and C++ tests", python, cpp_tests(&tools, python));
        note("Python tests", python, python_tests(python));
    }
    note("The kill test of mini-slicer", tools.python(), kill_test(&tools, &report));
    report.print()?;
    if !failures.is_empty() {
        bail!("Failed: {}", failures.join(", "));
    }
    let versions: Vec<&str> = pythons.iter().map(|python| python.version.as_str()).collect();
    println!("\nAll tests passed on Python {}", versions.join(" and "));
    Ok(())
}

/// Times calls from C++ into a plugin, on the main thread and on others, beside the raw C API; then what the crates
/// time beside peers of their own.
pub(crate) fn bench() -> Result<()> {
    let tools = Tools::find()?;
    let build = CMakeBuild::release(&tools, tools.python());
    build.configure(&["-DCMAKE_BUILD_TYPE=Release".to_owned()])?;
    build.build(Some("bench_call"))?;
    build.run("benches/cpp/bench_call")?;
    let mut benches = cargo_for(tools.python());
    benches.args(["bench", "--workspace", "--bench", "*"]);
    command::run(with_uv(&mut benches, &tools))
}

/// Runs the C and C++ tests with AddressSanitizer and UndefinedBehaviorSanitizer.
pub(crate) fn sanitize() -> Result<()> {
    let tools = Tools::find()?;
    let build = CMakeBuild::named(&tools, tools.python(), "sanitize");
    let options = ["-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DMATRILINE_SANITIZE=address,undefined"];
    build.configure(&options.map(str::to_owned))?;
    build.build(None)?;
    build.test()
}

fn rust_tests(tools: &Tools, python: &Python, report: &Report) -> Result<()> {
    let has_nextest = output(cargo().args(["nextest", "--version"])).is_ok();
    let runner: &[&str] = if has_nextest {
        &["nextest", "run", "--no-fail-fast", "--workspace"]
    } else {
        &["test", "--no-fail-fast", "--workspace"]
    };
    command::run(with_uv(report.gather(cargo_for(python).args(runner)), tools))
}

fn cpp_tests(tools: &Tools, python: &Python) -> Result<()> {
    let build = CMakeBuild::release(tools, python);
    build.configure(&["-DCMAKE_BUILD_TYPE=Release".to_owned()])?;
    build.build(None)?;
    build.test()
}

/// Kills the mini-slicer of the C++ build after every call that changes the disk, and has it print.
fn kill_test(tools: &Tools, report: &Report) -> Result<()> {
    let python = tools.python();
    let program = CMakeBuild::release(tools, python).folder().join("cpp-example/mini-slicer");
    let test = [
        "test",
        "--package",
        "matriline-testkit",
        "--test",
        "mini_slicer_killed",
        "--test",
        "mini_slicer_prints",
    ];
    command::run(report.gather(cargo_for(python).args(test).env("MATRILINE_MINI_SLICER", program)))
}

fn python_tests(python: &Python) -> Result<()> {
    let tests = ["-m", "unittest", "discover", "-s", "tests/python"];
    command::run(Command::new(&python.executable).args(tests).current_dir(workspace::root()))
}

/// Tells tests and benches where uv is; they look for the variable `MATRILINE_UV`, then on `PATH`.
fn with_uv<'a>(command: &'a mut Command, tools: &Tools) -> &'a mut Command {
    match &tools.uv {
        Some(uv) => command.env("MATRILINE_UV", uv),
        None => command,
    }
}

/// Cargo with a target folder for each Python, so that their builds don't undo one another.
pub(crate) fn cargo_for(python: &Python) -> Command {
    let mut command = cargo();
    command
        .current_dir(workspace::root())
        .env("PYO3_PYTHON", &python.executable)
        .env("CARGO_TARGET_DIR", workspace::target().join(format!("py{}", python.label())))
        .env("LD_LIBRARY_PATH", with_folder_in_front("LD_LIBRARY_PATH", &python.library_folder));
    command
}
