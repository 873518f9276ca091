//! The C ABI, a file for each object.
//!
//! `include/matriline/matriline.h` is made from these files; the conventions stand at its top.

pub mod audit;
pub mod audit_context;
pub mod audit_review;
pub mod bisect;
pub mod budgets;
pub mod callback;
pub mod capability;
pub mod capability_call;
pub mod capability_config;
pub mod capability_types;
pub mod catalog;
pub mod cloud_record;
pub mod config;
pub mod crash;
pub mod dependencies;
pub mod descriptor;
pub mod discovery;
pub mod drawing;
pub mod error;
pub mod execution_result;
pub mod granted;
pub mod host;
pub mod host_model;
pub mod host_presets;
pub mod host_ui;
pub mod inspection;
pub mod install;
pub mod install_state;
pub mod lifecycle;
pub mod load;
pub mod load_options;
pub mod loads;
pub mod manager;
pub mod manifest_update;
pub mod permissions;
pub mod pickable;
pub mod plugin_error;
pub mod plugin_options;
pub mod post_process;
pub mod preset;
pub mod preset_configs;
pub mod preset_document;
pub mod printer_agents;
pub mod progress;
pub mod reference;
pub mod resolution;
pub mod returned;
pub mod script;
pub mod slice;
pub mod submodule;
pub mod subscribe;
pub mod task;
pub mod text;
pub mod text_list;
pub mod timings;
pub mod unload;
pub mod version;
pub mod wait;

use matriline::{Answered, ErrorCode};
use matriline_capability::Answer;

use crate::boundary::{Fault, Outcome, catch};
use error::{matriline_error, matriline_result};
use text::matriline_str;

/// The boundary of a C function that can fail.
pub(crate) fn enter(
    error_out: *mut *mut matriline_error,
    body: impl FnOnce() -> Outcome<()>,
) -> matriline_result {
    match catch(body) {
        Ok(()) => matriline_result::OK,
        Err(fault) => {
            let code = matriline_result::from(fault.code);
            // SAFETY: every C function asks for a pointer that is NULL or valid.
            if let Some(slot) = unsafe { error_out.as_mut() } {
                *slot = Box::into_raw(Box::new(matriline_error(*fault)));
            }
            code
        }
    }
}

/// The boundary of a C function that calls a method which always answers. `error_out` says whether it failed.
pub(crate) fn answered<A: Answer>(
    error_out: *mut *mut matriline_error,
    body: impl FnOnce() -> Outcome<Answered<A>>,
) -> A {
    let (value, fault) = match catch(body) {
        Ok(Answered { value, error }) => (value, error.map(Box::<Fault>::from)),
        Err(fault) => (A::failure(), Some(fault)),
    };
    // SAFETY: every C function asks for a pointer that is NULL or valid.
    if let Some(slot) = unsafe { error_out.as_mut() } {
        *slot = fault.map_or(std::ptr::null_mut(), |fault| given(matriline_error(*fault)));
    }
    value
}

/// The boundary of a C function that cannot fail: a panic gives the default.
pub(crate) fn answer<R>(default: R, body: impl FnOnce() -> R) -> R {
    catch(|| Ok(body())).unwrap_or(default)
}

/// The object behind a pointer.
///
/// # Safety
/// The pointer is NULL, or the object lives as long as the answer is used.
pub(crate) unsafe fn object<'a, T>(pointer: *const T, name: &str) -> Outcome<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// The same for an object that is changed; nobody else uses it meanwhile.
///
/// # Safety
/// As for [`object`], and nobody else uses it.
pub(crate) unsafe fn object_mut<'a, T>(pointer: *mut T, name: &str) -> Outcome<&'a mut T> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// The objects behind an array of pointers.
///
/// # Safety
/// `first` is NULL with `count` 0, or the array is readable; each object is as for [`object`].
pub(crate) unsafe fn objects<'a, T>(first: *const *const T, count: usize, name: &str) -> Outcome<Vec<&'a T>> {
    // SAFETY: the caller's promise.
    let pointers = unsafe { array(first, count, name) }?;
    // SAFETY: the caller's promise.
    pointers.iter().map(|&pointer| unsafe { object(pointer, name) }).collect()
}

/// The elements of an array.
///
/// # Safety
/// `first` is NULL with `count` 0, or the array is readable for as long as the answer is used.
pub(crate) unsafe fn array<'a, T>(first: *const T, count: usize, name: &str) -> Outcome<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if first.is_null() {
        let message =
            format!("The array `{name}` has a length and no data: give it elements, or the length 0");
        return Err(Fault::new(ErrorCode::InvalidArgument, message));
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(first, count) })
}

/// What an accessor answers about an object, or the default for NULL.
///
/// # Safety
/// The pointer is NULL or valid.
pub(crate) unsafe fn value_of<T, R: Copy>(pointer: *const T, default: R, value: impl FnOnce(&T) -> R) -> R {
    // SAFETY: the caller's promise.
    answer(default, || unsafe { pointer.as_ref() }.map_or(default, value))
}

/// The same for a text that the object owns.
///
/// # Safety
/// The pointer is NULL or valid.
pub(crate) unsafe fn text_of<T>(pointer: *const T, text: impl FnOnce(&T) -> &str) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { value_of(pointer, matriline_str::of(""), |object| matriline_str::of(text(object))) }
}

/// Where an output goes.
///
/// # Safety
/// The pointer is NULL or may be written to.
pub(crate) unsafe fn slot<'a, T>(pointer: *mut *mut T, name: &str) -> Outcome<&'a mut *mut T> {
    // SAFETY: the caller's promise.
    unsafe { object_mut(pointer, name) }
}

/// Gives an object to C.
pub(crate) fn give<T>(slot: &mut *mut T, object: T) {
    *slot = given(object);
}

/// The object as C owns it.
pub(crate) fn given<T>(object: T) -> *mut T {
    Box::into_raw(Box::new(object))
}

/// Takes an object back from C and drops it.
///
/// # Safety
/// The pointer is NULL, or came from [`given`] and is used no more.
pub(crate) unsafe fn take<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: the caller's promise.
        answer((), || drop(unsafe { Box::from_raw(pointer) }));
    }
}

#[cold]
pub(crate) fn null(name: &str) -> Box<Fault> {
    Fault::new(ErrorCode::InvalidArgument, format!("The argument `{name}` is NULL; give it an object"))
}
