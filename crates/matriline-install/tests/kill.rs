//! An install that is killed after any call that changes the disk leaves the old version or the new one, whole.
//!
//! The program that is killed is this one, run again with a job. Without a tracer the tests are skipped, and say so.

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    matriline_testkit::run_cases(&[("kill", || {
        matriline_testkit::skip("programs can be killed at every call on Linux alone")
    })])
}

#[cfg(target_os = "linux")]
mod common;
#[cfg(target_os = "linux")]
mod killed;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    killed::main()
}
