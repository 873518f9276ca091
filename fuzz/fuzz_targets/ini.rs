#![no_main]

#[path = "../checks/ini.rs"]
mod ini;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ini::check(bytes));
