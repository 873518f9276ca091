//! Environments, built by uv and by programs that pretend to be uv.
//!
//! uv is the one that `MATRILINE_UV` names, else the one on `PATH`. Without any, the cases that need it are reported
//! as ignored, and how many these are.
#![allow(clippy::print_stderr, reason = "a test talks to the person who runs it")]

mod common;
mod fake;
mod real;

use std::process::ExitCode;

use common::uv;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if let Ok(act) = std::env::var(common::ACT) {
        common::act(&act);
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::from_args();
    let trial = |case: &common::Case| {
        let (name, run) = *case;
        Trial::test(name, move || {
            run();
            Ok(())
        })
    };
    let has_uv = uv().is_some();
    if !has_uv && !arguments.list {
        let count = real::CASES.len();
        eprintln!("{count} cases are skipped: set `MATRILINE_UV` to the path of uv, or have it on `PATH`");
    }
    let real = real::CASES.iter().map(|case| trial(case).with_ignored_flag(!has_uv));
    let trials = fake::CASES.iter().map(trial).chain(real).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
