#![no_main]

#[path = "../checks/preset.rs"]
mod preset;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| preset::check(bytes));
