//! Disks that are full or read-only, and folders without permission: the plugin that is there stays whole.
//!
//! A small file system in memory is mounted where nobody else sees it, which takes root; without that the tests are
//! skipped, counted, and say so.

#![allow(clippy::print_stdout, reason = "what was skipped and how much was done is told")]

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("skipped 3: small file systems are mounted on Linux alone");
}

#[cfg(target_os = "linux")]
mod common;
#[cfg(target_os = "linux")]
mod disks;

#[cfg(target_os = "linux")]
fn main() {
    disks::main();
}
