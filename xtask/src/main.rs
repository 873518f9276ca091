//! Tasks of the workspace, run as `cargo xtask <task>`.
//!
//! They find the tools, install what can be installed without asking, and then call cargo, CMake and CTest, whose
//! output passes through unchanged.
//! This program never links Python: it must build before any Python is found.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to the person who runs it")]

mod cmake;
mod command;
mod demo;
mod headers;
mod install;
mod lint;
mod python;
mod report;
mod table;
mod test;
mod tools;
mod workspace;

use anyhow::{Result, bail};
use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <task>

  demo                  Build mini-slicer, export real G-code with good and bad plugins, install and crash some
  test [--all-pythons]  Run the tests of Rust, C, C++ and Python
  bench                 Time calls, scans, wheels and references beside their peers
  sanitize              Run the C and C++ tests under AddressSanitizer and UBSan
  headers [--check]     Write the generated files of C, C++ and the stubs, or check that they are current
  lint                  Check the format, and clippy with warnings as errors";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["demo"] => demo::run(),
        ["test"] => test::run(test::Pythons::from_environment()),
        ["test", "--all-pythons"] => test::run(test::Pythons::All),
        ["bench"] => test::bench(),
        ["sanitize"] => test::sanitize(),
        ["headers"] => headers::run(headers::Act::Write),
        ["headers", "--check"] => headers::run(headers::Act::Check),
        ["lint"] => lint::run(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("There is no task `{}`\n\n{USAGE}", arguments.join(" ")),
    }
}
