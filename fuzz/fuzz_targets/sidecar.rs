#![no_main]

#[path = "../checks/sidecar.rs"]
mod sidecar;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sidecar::check(bytes));
