#![no_main]

#[path = "../checks/reference.rs"]
mod reference;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reference::check(bytes));
