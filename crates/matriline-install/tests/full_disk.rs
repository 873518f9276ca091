//! Disks that are full or read-only, and folders without permission: the plugin that is there stays whole.
//!
//! A small file system in memory is mounted where nobody else sees it, which takes root; without that the tests are
//! skipped, and say so.

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    matriline_testkit::run_cases(&[("full_disk", || {
        matriline_testkit::skip("small file systems are mounted on Linux alone")
    })])
}

#[cfg(target_os = "linux")]
mod common;
#[cfg(target_os = "linux")]
mod disks;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    disks::main()
}
