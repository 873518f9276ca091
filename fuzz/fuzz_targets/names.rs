#![no_main]

#[path = "../checks/names.rs"]
mod names;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| names::check(bytes));
