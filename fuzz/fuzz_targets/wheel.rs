#![no_main]

#[path = "../checks/wheel.rs"]
mod wheel;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wheel::check(bytes));
