//! An install that is killed after any call that changes the disk leaves the old version or the new one, whole.
//!
//! The program that is killed is this one, run again with a job. Without a tracer the tests are skipped, and say so.

#![allow(clippy::print_stdout, reason = "what was skipped and how much was done is told")]

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("skipped 1: programs can be killed at every call on Linux alone");
}

#[cfg(target_os = "linux")]
mod common;
#[cfg(target_os = "linux")]
mod killed;

#[cfg(target_os = "linux")]
fn main() {
    killed::main();
}
