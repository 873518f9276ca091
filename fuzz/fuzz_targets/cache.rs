#![no_main]

#[path = "../checks/cache.rs"]
mod cache;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cache::check(bytes));
