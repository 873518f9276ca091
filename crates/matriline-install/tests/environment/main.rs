//! Environments, built by uv and by programs that pretend to be uv.
//!
//! uv is the one that `MATRILINE_UV` names, else the one on `PATH`. Without any, the cases that need it are skipped.

mod common;
mod fake;
mod real;

use common::{Case, uv};
use matriline_testkit::{run_cases, skip};
use std::process::ExitCode;

/// Stands for each case that needs uv where there is none.
const WITHOUT_UV: fn() = || skip("set `MATRILINE_UV` to the path of uv, or have it on `PATH`");

fn main() -> ExitCode {
    if let Ok(act) = std::env::var(common::ACT) {
        common::act(&act);
        return ExitCode::SUCCESS;
    }
    let has_uv = uv().is_some();
    let real = real::CASES.iter().map(|&(name, run)| (name, if has_uv { run } else { WITHOUT_UV }));
    let cases: Vec<Case> = fake::CASES.iter().copied().chain(real).collect();
    run_cases(&cases)
}
