//! Lists of texts, and their escaped form.

use matriline_refs::{escape_strings, unescape_strings};

use super::error::{matriline_error, matriline_result};
use super::text::{matriline_str, matriline_text, read_all};
use super::{enter, give, slot, value_of};

/// Texts in an order.
pub struct matriline_text_list(pub(crate) Vec<String>);

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_list_len(list: *const matriline_text_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// One of them, as long as the list lives; empty beyond the end. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_list_get(
    list: *const matriline_text_list,
    index: usize,
) -> matriline_str {
    let get = |list: &matriline_text_list| matriline_str::of(list.0.get(index).map_or("", String::as_str));
    // SAFETY: the caller's promise.
    unsafe { value_of(list, matriline_str::of(""), get) }
}

/// Frees a list that the caller owns. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_list_free(list: *mut matriline_text_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}

/// A list of texts as INI files hold it: joined by `;`, in quotes where a text holds a blank, a tab, a line end, `;`,
/// `\` or `"`. `text_out` receives a text to free with `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_list_escape(
    texts: *const matriline_str,
    texts_len: usize,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (texts, text_out) =
            unsafe { (read_all(texts, texts_len, "texts")?, slot(text_out, "text_out")?) };
        give(text_out, matriline_text(escape_strings(&texts)));
        Ok(())
    })
}

/// Reads such a list. `list_out` receives a list to free with `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_text_list_unescape(
    text: matriline_str,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (text, list_out) = unsafe { (text.read("text")?, slot(list_out, "list_out")?) };
        give(list_out, matriline_text_list(unescape_strings(text)?));
        Ok(())
    })
}
