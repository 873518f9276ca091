//! `mini-slicer` is killed after any call by which it changes the disk; the next start finds the old version of the
//! plugin or the new one, whole, and loads it.
//!
//! The program comes from the C++ build: `cargo xtask test` names it in the variable `MATRILINE_MINI_SLICER`.
//! Without it the cases are reported as ignored. Where programs can't be traced, the cases are skipped and say so.

#[cfg(not(target_os = "linux"))]
fn main() {
    matriline_testkit::skip("programs can be killed at every call on Linux alone");
}

#[cfg(target_os = "linux")]
mod killed;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    killed::main()
}
