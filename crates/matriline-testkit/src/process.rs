use libtest_mimic::{Arguments, Failed, Trial};
use std::env;
use std::process::{Command, ExitCode};

/// Names the case that this process is to run.
const CASE: &str = "MATRILINE_TEST_CASE";

/// Runs each case in a process of its own, on its main thread: CPython starts once in a process, and only there.
///
/// The macro [`process_tests`](crate::process_tests) makes the `main` of a test file without the usual harness.
/// It takes the arguments of `cargo test` and `cargo nextest`.
pub fn run_cases(cases: &[(&'static str, fn())]) -> ExitCode {
    if let Ok(wanted) = env::var(CASE) {
        let case = cases.iter().find(|(name, _)| *name == wanted);
        case.unwrap_or_else(|| panic!("There is no case `{wanted}`")).1();
        return ExitCode::SUCCESS;
    }
    let trials = cases.iter().map(|&(name, _)| Trial::test(name, move || run_alone(name))).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run_alone(name: &str) -> Result<(), Failed> {
    let program = env::current_exe()?;
    let output = Command::new(program).env(CASE, name).output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!("{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)).into())
}

/// Makes the `main` of a test file whose cases start Python: `process_tests!(first, second);`.
#[macro_export]
macro_rules! process_tests {
    ($($case:ident),* $(,)?) => {
        fn main() -> std::process::ExitCode {
            $crate::run_cases(&[$((stringify!($case), $case as fn())),*])
        }
    };
}
