//! Files that are opened for reading only: by far the most events, and most of them nobody's concern.

use matriline_policy::{AuditAct, Category, Denied, EventRule, Mode};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};

use super::standing::any_is_strict;
use super::{decide, examine_as_all, refuse};
use crate::identity::{self, Scope, Who};
use crate::sys;

/// Decides about an `open` event that only reads. A plugin in the mode `Loading` reads as it likes: for it the path is
/// looked at as it is written, and noted if it is none of the plugin's own.
pub(super) fn examine(rule: &'static EventRule, args: &Bound<'_, PyTuple>) -> PyResult<()> {
    let is_strict = any_is_strict();
    let short = identity::with_current(|who| match who {
        Who::Host if !is_strict => Some(Ok(())),
        Who::Plugin(scope) if !is_strict && is_lenient(scope) => Some(note(rule, scope, args)),
        Who::Plugin(scope) if is_fixed(scope, args) => Some(Ok(())),
        // With a strict plugin about, a destructor of its own may run inside of others.
        Who::Host | Who::Plugin(_) | Who::Unknown => None,
    });
    short.unwrap_or_else(|| examine_as_all(rule, Category::FsRead, args))
}

fn is_lenient(scope: &Scope<'_>) -> bool {
    let kind = scope.capability().map(|id| id.kind);
    scope.identity().rules().is_some() && scope.identity().standing().mode(kind) == Mode::Loading
}

/// Whether it is a file of the standard library or of the plugin's packages, as by far the most are that are imported.
fn is_fixed(scope: &Scope<'_>, args: &Bound<'_, PyTuple>) -> bool {
    let Ok(path) = args.get_borrowed_item(0) else { return false };
    let is_secret =
        |path: &std::path::Path| scope.identity().rules().is_none_or(|rules| rules.is_secret(path));
    borrowed_bytes(&path)
        .is_some_and(|bytes| scope.identity().is_others_place(bytes) && !is_secret(&sys::path_of(bytes)))
}

/// Notes a path that is not the plugin's own; one that names a secret is refused.
fn note(rule: &'static EventRule, scope: &Scope<'_>, args: &Bound<'_, PyTuple>) -> PyResult<()> {
    let identity = scope.identity();
    let (Some(rules), Ok(path)) = (identity.rules(), args.get_borrowed_item(0)) else { return Ok(()) };
    let Some(bytes) = borrowed_bytes(&path) else { return Ok(()) };
    let path = sys::path_of(bytes);
    if rules.is_secret(&path) {
        let shown = [String::from_utf8_lossy(bytes).into_owned()];
        let actor = decide::Actor::of_call(scope);
        return Err(refuse::refuse(&actor, rule, Category::FsRead, &shown, Denied::Filename));
    }
    if !identity.is_own_place(bytes) {
        identity.standing().repeats().note(bytes, || AuditAct {
            plugin_key: identity.key().to_owned(),
            capability: scope.capability().map(|id| id.name.clone()).unwrap_or_default(),
            event: rule.event.to_owned(),
            category: Category::FsRead,
            targets: vec![String::from_utf8_lossy(bytes).into_owned()],
        });
    }
    Ok(())
}

/// The bytes of a `str` or of `bytes`, without a copy; `None` for what is neither, and for names that are no text.
fn borrowed_bytes<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a [u8]> {
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Some(bytes.as_bytes());
    }
    if !object.is_instance_of::<PyString>() {
        return None;
    }
    let mut len = 0;
    // SAFETY: the GIL is held; of a `str`, which keeps the bytes for as long as it lives. A `str` that has no UTF-8 leaves
    // an exception, which is taken back.
    unsafe {
        let bytes = ffi::PyUnicode_AsUTF8AndSize(object.as_ptr(), &raw mut len);
        if bytes.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(std::slice::from_raw_parts(bytes.cast(), usize::try_from(len).ok()?))
    }
}
