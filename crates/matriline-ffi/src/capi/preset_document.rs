//! The JSON text of a preset.

use matriline_refs::PresetDocument;
use matriline_roots::replace;

use super::error::{matriline_error, matriline_result};
use super::plugin_options::matriline_plugin_options;
use super::preset::matriline_preset;
use super::text::{matriline_str, matriline_text, read_all};
use super::text_list::matriline_text_list;
use super::{enter, give, object, object_mut, slot};
use crate::number;

/// The JSON text of a preset, of which only the `plugins` array ever changes; every other member is written as it was
/// read.
pub struct matriline_preset_document(PresetDocument);

/// Reads a preset; fails for what is no JSON object or nests too deep. `document_out` receives a document to free
/// with `matriline_preset_document_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_parse(
    json: matriline_str,
    document_out: *mut *mut matriline_preset_document,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (json, document_out) = unsafe { (json.read("json")?, slot(document_out, "document_out")?) };
        give(document_out, matriline_preset_document(PresetDocument::parse(json)?));
        Ok(())
    })
}

/// The value of a member: the items of an array, or one text for a text, number or Boolean. `list_out` receives a
/// list to free with `matriline_text_list_free`, or NULL when there is no such member.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_strings(
    document: *const matriline_preset_document,
    key: matriline_str,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (document, key) = unsafe { (object(document, "document")?, key.read("key")?) };
        // SAFETY: the caller's promise.
        let list_out = unsafe { slot(list_out, "list_out") }?;
        match document.0.strings(key) {
            Some(strings) => give(list_out, matriline_text_list(strings)),
            None => *list_out = std::ptr::null_mut(),
        }
        Ok(())
    })
}

/// The `plugins` array, empty where there is none. `list_out` receives a list to free with
/// `matriline_text_list_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_plugins(
    document: *const matriline_preset_document,
    list_out: *mut *mut matriline_text_list,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (document, list_out) = unsafe { (object(document, "document")?, slot(list_out, "list_out")?) };
        give(list_out, matriline_text_list(document.0.plugins()));
        Ok(())
    })
}

/// Replaces the `plugins` array; an empty one goes altogether.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_set_plugins(
    document: *mut matriline_preset_document,
    plugins: *const matriline_str,
    plugins_len: usize,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let document = unsafe { object_mut(document, "document") }?;
        // SAFETY: the caller's promise.
        document.0.set_plugins(&unsafe { read_all(plugins, plugins_len, "plugins") }?);
        Ok(())
    })
}

/// The JSON text, a member on each line. `text_out` receives a text to free with `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_to_json(
    document: *const matriline_preset_document,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (document, text_out) = unsafe { (object(document, "document")?, slot(text_out, "text_out")?) };
        give(text_out, matriline_text(document.0.to_json()));
        Ok(())
    })
}

/// Writes the JSON text to a file: beside it, flushed, then renamed, so that there is the old text or the new one and
/// never a part.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, `path` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_save(
    document: *const matriline_preset_document,
    path: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (document, path) = unsafe { (object(document, "document")?, path.read("path")?) };
        Ok(replace(path.as_ref(), document.0.to_json().as_bytes())?)
    })
}

/// What the preset says of plugins; its name is the member `name`. `type` is a `matriline_preset_type`. `preset_out`
/// receives a preset to free with `matriline_preset_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_preset(
    document: *const matriline_preset_document,
    r#type: u8,
    options: *const matriline_plugin_options,
    preset_out: *mut *mut matriline_preset,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = number::preset_kind(r#type)?;
        // SAFETY: the caller's promise.
        let (document, options) = unsafe { (object(document, "document")?, object(options, "options")?) };
        // SAFETY: the caller's promise.
        let preset_out = unsafe { slot(preset_out, "preset_out") }?;
        give(preset_out, matriline_preset(document.0.preset(kind, &options.0)));
        Ok(())
    })
}

/// Frees a document. Threads: any.
///
/// # Safety
/// `document` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_document_free(document: *mut matriline_preset_document) {
    // SAFETY: the caller's promise.
    unsafe { super::take(document) }
}
