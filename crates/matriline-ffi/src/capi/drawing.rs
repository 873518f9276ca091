//! Capabilities that draw: what they can, and their sessions.

use std::cell::RefCell;

use matriline::{Drawn, VisualizationContext, VisualizationInput, VisualizationInputSpec};

use super::error::{matriline_error, matriline_result};
use super::execution_result::matriline_execution_result;
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, give, object, slot, value_of};
use crate::boundary::Outcome;

/// The kinds of input that a capability can draw, the best first.
pub struct matriline_drawable_inputs(Vec<VisualizationInputSpec>);

/// A kind of input that a capability can draw, between two versions of its format; its texts live as long as the list.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_drawable_input {
    /// What is drawn, such as `toolpath`.
    pub kind: matriline_str,
    /// The format, such as `gltf-binary`.
    pub format: matriline_str,
    /// How it comes, such as `file`.
    pub transport: matriline_str,
    /// The oldest version of the format: its first number.
    pub min_major: i64,
    /// The oldest version of the format: its second number.
    pub min_minor: i64,
    /// The newest version of the format: its first number.
    pub max_major: i64,
    /// The newest version of the format: its second number.
    pub max_minor: i64,
}

/// What a capability of type `visualization` can draw. It is asked once for each load. `inputs_out` receives a list to free
/// with `matriline_drawable_inputs_free`. Fails when its plugin is not loaded, when it is disabled, raises or answers
/// something else.
///
/// Threads: any; waits for a call of the capability that is inside.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_drawable_inputs(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    name: matriline_str,
    inputs_out: *mut *mut matriline_drawable_inputs,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let (name, out) = unsafe { (name.read("name")?, slot(inputs_out, "inputs_out")?) };
        let inputs = RefCell::default();
        manager.0.drawable_input(key, name, &|input| {
            RefCell::<Vec<_>>::borrow_mut(&inputs).push(input.clone());
            false
        })?;
        give(out, matriline_drawable_inputs(inputs.into_inner()));
        Ok(())
    })
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `inputs` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_drawable_inputs_len(inputs: *const matriline_drawable_inputs) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(inputs, 0, |inputs| inputs.0.len()) }
}

/// One of them goes to `input_out`. False beyond the end and for NULL. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_drawable_inputs_get(
    inputs: *const matriline_drawable_inputs,
    index: usize,
    input_out: *mut matriline_drawable_input,
) -> bool {
    super::answer(false, || {
        // SAFETY: the caller's promise.
        let (inputs, out) = unsafe { (inputs.as_ref(), input_out.as_mut()) };
        let input = inputs.and_then(|inputs| inputs.0.get(index));
        let Some((input, out)) = input.zip(out) else { return false };
        *out = matriline_drawable_input {
            kind: matriline_str::of(&input.kind),
            format: matriline_str::of(&input.format),
            transport: matriline_str::of(&input.transport),
            min_major: input.min_major,
            min_minor: input.min_minor,
            max_major: input.max_major,
            max_minor: input.max_minor,
        };
        true
    })
}

/// Frees a list. Threads: any.
///
/// # Safety
/// `inputs` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_drawable_inputs_free(inputs: *mut matriline_drawable_inputs) {
    // SAFETY: the caller's promise.
    unsafe { super::take(inputs) }
}

/// A snapshot of what is to be drawn.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_drawing {
    /// The version of the application.
    pub orca_version: matriline_str,
    /// The number of the snapshot; a later one has a higher number.
    pub revision: i64,
    /// What it is, such as `toolpath`.
    pub kind: matriline_str,
    /// Its format, such as `gltf-binary`.
    pub format: matriline_str,
    /// How it comes, such as `file`.
    pub transport: matriline_str,
    /// Where it is: a path, for a file.
    pub location: matriline_str,
    /// The version of the format: its first number.
    pub major_version: i64,
    /// The version of the format: its second number.
    pub minor_version: i64,
    /// What else is to be known: a JSON object, with `plate_index`; empty for none.
    pub metadata: matriline_str,
}

/// What a session shows.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct matriline_shown {
    /// Whether there is a session.
    pub is_open: bool,
    /// The revision that it shows now, of whose snapshot the file must stay.
    pub revision: i64,
}

/// Has a capability draw a snapshot: it begins a session, or goes on with the one it has. A snapshot that is answered with
/// success is the session's from now on; others leave it as it was, and a fatal error ends it. `result_out` receives what
/// the capability answered, to free with `matriline_execution_result_free`; `shown_out` may be NULL, otherwise it receives
/// what the session shows then. Fails as `matriline_manager_drawable_inputs` does; the session stays as it was.
///
/// Threads: any, best one of its own; waits for a call of the capability that is inside.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_draw(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    name: matriline_str,
    drawing: *const matriline_drawing,
    result_out: *mut *mut matriline_execution_result,
    shown_out: *mut matriline_shown,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let (name, drawing) = unsafe { (name.read("name")?, object(drawing, "drawing")?) };
        // SAFETY: the caller's promise.
        let (result_out, shown_out) = unsafe { (slot(result_out, "result_out")?, shown_out.as_mut()) };
        // SAFETY: the caller's promise.
        let input = unsafe { drawing.input() }?;
        let context = VisualizationContext {
            // SAFETY: the caller's promise.
            orca_version: unsafe { drawing.orca_version.read("orca_version") }?,
            revision: drawing.revision,
            input: &input,
            // SAFETY: the caller's promise.
            metadata: match unsafe { drawing.metadata.read("metadata") }? {
                "" => "{}",
                metadata => metadata,
            },
        };
        let Drawn { result, revision } = manager.0.draw(key, name, &context)?;
        give(result_out, matriline_execution_result(result));
        if let Some(out) = shown_out {
            *out = matriline_shown { is_open: revision.is_some(), revision: revision.unwrap_or_default() };
        }
        Ok(())
    })
}

impl matriline_drawing {
    /// # Safety
    /// Every text is readable for as long as the answer is used.
    unsafe fn input(&self) -> Outcome<VisualizationInput<'_>> {
        // SAFETY: the caller's promise.
        unsafe {
            Ok(VisualizationInput {
                kind: self.kind.read("kind")?,
                format: self.format.read("format")?,
                transport: self.transport.read("transport")?,
                location: self.location.read("location")?,
                major_version: self.major_version,
                minor_version: self.minor_version,
            })
        }
    }
}

/// Ends the session of a capability, if it has one. Fails as `matriline_manager_drawable_inputs` does; the session has
/// ended all the same.
///
/// Threads: any; waits for a call of the capability that is inside.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_end_drawing(
    manager: *const matriline_manager,
    plugin_key: matriline_str,
    name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let name = unsafe { name.read("name") }?;
        Ok(manager.0.end_drawing(key, name)?)
    })
}
