//! Text as C has it.

use std::ffi::{CStr, c_char};

use matriline::ErrorCode;

use crate::boundary::{Fault, Outcome, text};

/// UTF-8 text with its length, borrowed. `data` need not end with a zero and may be NULL when `len` is 0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_str {
    /// The first byte.
    pub data: *const c_char,
    /// How many bytes there are.
    pub len: usize,
}

impl matriline_str {
    pub(crate) fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    /// The text, checked.
    ///
    /// # Safety
    /// The bytes are readable for as long as the answer is used.
    pub(crate) unsafe fn read<'a>(self, name: &str) -> Outcome<&'a str> {
        if self.len == 0 {
            return Ok("");
        }
        if self.data.is_null() {
            return Err(Fault::new(
                ErrorCode::InvalidArgument,
                format!("The text `{name}` has a length and no data"),
            ));
        }
        // SAFETY: the caller's promise.
        let bytes = unsafe { std::slice::from_raw_parts(self.data.cast::<u8>(), self.len) };
        text(bytes, name)
    }
}

/// The texts of an array.
///
/// # Safety
/// `first` is NULL with `count` 0, or the array and its texts are readable.
pub(crate) unsafe fn read_all(first: *const matriline_str, count: usize, name: &str) -> Outcome<Vec<String>> {
    // SAFETY: the caller's promise.
    let texts = unsafe { super::array(first, count, name) }?;
    // SAFETY: the caller's promise.
    texts.iter().map(|text| Ok(unsafe { text.read(name) }?.to_owned())).collect()
}

/// The text of a C string that ends with a zero; empty for NULL. It borrows `text`.
///
/// Threads: any.
///
/// # Safety
/// `text` is NULL or ends with a zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_str_from(text: *const c_char) -> matriline_str {
    if text.is_null() {
        return matriline_str::of("");
    }
    super::answer(matriline_str::of(""), || {
        // SAFETY: the caller's promise.
        let len = unsafe { CStr::from_ptr(text) }.count_bytes();
        matriline_str { data: text, len }
    })
}

/// A text that the caller owns.
pub struct matriline_text(pub(crate) String);

/// A text for a callback to answer with; the library copies `text`. NULL when it is not UTF-8. Free it with
/// `matriline_text_free`, unless it is answered to the library.
///
/// Threads: any.
///
/// # Safety
/// `text` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_new(text: matriline_str) -> *mut matriline_text {
    super::answer(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        let text = unsafe { text.read("text") };
        text.map_or(std::ptr::null_mut(), |text| Box::into_raw(Box::new(matriline_text(text.to_owned()))))
    })
}

/// The text that a callback gives away.
///
/// # Safety
/// The pointer is NULL, or came from `matriline_text_new` and is used no more.
pub(crate) unsafe fn take_text(text: *mut matriline_text) -> Option<String> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { Box::from_raw(text) }.0)
}

/// Gives C a text, or NULL.
pub(crate) fn give_optional(out: &mut *mut matriline_text, text: Option<String>) {
    *out = text.map_or(std::ptr::null_mut(), |text| super::given(matriline_text(text)));
}

/// The text itself; it lives as long as the object. Empty for NULL.
///
/// Threads: any.
///
/// # Safety
/// `text` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_get(text: *const matriline_text) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { super::text_of(text, |text| &text.0) }
}

/// Frees a text. Threads: any.
///
/// # Safety
/// `text` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_free(text: *mut matriline_text) {
    // SAFETY: the caller's promise.
    unsafe { super::take(text) }
}
