//! The version of the library.

use super::text::matriline_str;

/// The version of this C ABI. It changes when a program built for the old one does not run on the new one;
/// compare it with `MATRILINE_ABI_VERSION`.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_abi_version() -> u32 {
    MATRILINE_ABI_VERSION
}

/// The version of the library, as in `MATRILINE_VERSION`. It lives for ever.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_version() -> matriline_str {
    matriline_str::of(env!("CARGO_PKG_VERSION"))
}

/// The version of the C ABI this header belongs to.
pub const MATRILINE_ABI_VERSION: u32 = 3;
