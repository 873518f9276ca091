//! Which Python and which system plugins run on.

use std::borrow::Cow;
use std::ffi::CStr;

use pyo3::ffi;

pub use crate::sys::system_version;

/// The full text of the loaded libpython, `3.11.7 (main, …`. Python need not be started.
pub(crate) fn text() -> Cow<'static, str> {
    // SAFETY: it may be asked before Python is initialised, and answers a text that lives for ever.
    unsafe { CStr::from_ptr(ffi::Py_GetVersion()) }.to_string_lossy()
}

/// The second and third number of the loaded CPython's version, `(11, 7)` for 3.11.7. Python need not be started.
pub fn version() -> (u32, u32) {
    let text = text();
    let mut numbers = text.split(|letter: char| !letter.is_ascii_digit()).skip(1);
    let mut next = || numbers.next().and_then(|number| number.parse().ok()).unwrap_or_default();
    (next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_this_build() {
        assert_eq!(version().0.to_string(), crate::MINOR);
    }
}
