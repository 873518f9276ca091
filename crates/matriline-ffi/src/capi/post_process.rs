//! A run of the post-processing plugins.

use std::ffi::c_void;
use std::sync::Arc;

use matriline::{PostProcess, PostProcessStep, Slice};

use super::error::{matriline_error, matriline_result};
use super::execution_result::matriline_execution_result;
use super::manager::matriline_manager;
use super::text::{matriline_str, matriline_text};
use super::{enter, give, object, object_mut, slot};
use crate::boundary::Fault;

/// One run of the post-processing plugins over a G-code file.
pub struct matriline_post_process {
    source: String,
    make_copy: bool,
    host: String,
    output_name: String,
    values: Vec<String>,
    plugins: Option<Vec<String>>,
    pub(crate) slicing_values: Vec<String>,
    pub(crate) slice: Option<Arc<dyn Slice>>,
}

/// What one capability of a run did. Either `result` or `error` is not NULL. Everything lives until the callback
/// returns.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_post_process_step {
    /// The type of the capability, a `matriline_capability_type`.
    pub r#type: u8,
    /// Its name.
    pub name: matriline_str,
    /// The key of its plugin.
    pub plugin_key: matriline_str,
    /// Its answer.
    pub result: *const matriline_execution_result,
    /// Why it gave none.
    pub error: *const matriline_error,
    /// How long it took.
    pub elapsed_ns: u64,
}

/// Is told of each step of a run when it is done, on the thread of the run.
pub type matriline_step_callback =
    Option<extern "C" fn(userdata: *mut c_void, step: *const matriline_post_process_step)>;

/// A run over the G-code file `source`. It works on `<source>.pp`, names no capability and no `plugins` array,
/// and goes to the host `File`. `run_out` receives it, to free with `matriline_post_process_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_new(
    source: matriline_str,
    run_out: *mut *mut matriline_post_process,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (source, run_out) = unsafe { (source.read("source")?, slot(run_out, "run_out")?) };
        let run = matriline_post_process {
            source: source.to_owned(),
            make_copy: true,
            host: "File".into(),
            output_name: String::new(),
            values: Vec::new(),
            plugins: None,
            slicing_values: Vec::new(),
            slice: None,
        };
        give(run_out, run);
        Ok(())
    })
}

/// Sets whether the plugins work on `<source>.pp`, so that `source` stays as it is.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_set_make_copy(
    run: *mut matriline_post_process,
    make_copy: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { change(run, error_out, |run| run.make_copy = make_copy) }
}

/// Sets where the G-code goes (`File`, `OctoPrint`, …) and the name the output will have.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_set_target(
    run: *mut matriline_post_process,
    host: matriline_str,
    output_name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let run = unsafe { object_mut(run, "run") }?;
        // SAFETY: the caller's promise.
        let (host, name) = unsafe { (host.read("host")?, output_name.read("output_name")?) };
        (run.host, run.output_name) = (host.to_owned(), name.to_owned());
        Ok(())
    })
}

/// Adds a value of the setting: the name of the capability that runs next. A name added twice runs twice.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_add_value(
    run: *mut matriline_post_process,
    capability_name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (run, name) = unsafe { (object_mut(run, "run")?, capability_name.read("capability_name")?) };
        run.values.push(name.to_owned());
        Ok(())
    })
}

/// Adds an entry of the preset's `plugins` array, through which the values are resolved.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_add_plugin(
    run: *mut matriline_post_process,
    reference: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (run, text) = unsafe { (object_mut(run, "run")?, reference.read("reference")?) };
        run.plugins.get_or_insert_default().push(text.to_owned());
        Ok(())
    })
}

/// Frees a run. Threads: any.
///
/// # Safety
/// `run` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_post_process_free(run: *mut matriline_post_process) {
    // SAFETY: the caller's promise.
    unsafe { super::take(run) }
}

/// Runs the capabilities in order. On success `path_out` receives the path of the edited file, to free with
/// `matriline_text_free`, or NULL when the run names no capability. A failing capability ends the run, and the
/// working copy is gone. `callback` may be NULL.
///
/// Threads: any; the thread that exports.
///
/// # Safety
/// Every pointer is NULL or valid; `callback` may be called with `userdata`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_run_post_process(
    manager: *const matriline_manager,
    run: *const matriline_post_process,
    userdata: *mut c_void,
    callback: matriline_step_callback,
    path_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, run) = unsafe { (object(manager, "manager")?, object(run, "run")?) };
        // SAFETY: the caller's promise.
        let path_out = unsafe { slot(path_out, "path_out") }?;
        let post_process = PostProcess {
            source: run.source.as_ref(),
            make_copy: run.make_copy,
            host: &run.host,
            output_name: &run.output_name,
            post_process_plugin: &run.values,
            slicing_pipeline_plugin: &run.slicing_values,
            slice: run.slice.as_ref(),
            plugins: run.plugins.as_deref(),
        };
        let mut report = |step: &PostProcessStep| tell(userdata, callback, step);
        match manager.0.run_post_process_plugins(&post_process, &mut report)? {
            Some(path) => give(path_out, matriline_text(path.to_string_lossy().into_owned())),
            None => *path_out = std::ptr::null_mut(),
        }
        Ok(())
    })
}

fn tell(userdata: *mut c_void, callback: matriline_step_callback, step: &PostProcessStep) {
    let Some(callback) = callback else { return };
    let result = step.outcome.as_ref().ok().cloned().map(matriline_execution_result);
    let error = step.outcome.as_ref().err().cloned().map(|error| matriline_error(*Box::<Fault>::from(error)));
    let step = matriline_post_process_step {
        r#type: step.id.kind.number(),
        name: matriline_str::of(&step.id.name),
        plugin_key: matriline_str::of(&step.id.plugin_key),
        result: result.as_ref().map_or(std::ptr::null(), std::ptr::from_ref),
        error: error.as_ref().map_or(std::ptr::null(), std::ptr::from_ref),
        elapsed_ns: u64::try_from(step.elapsed.as_nanos()).unwrap_or(u64::MAX),
    };
    callback(userdata, &step);
}

/// # Safety
/// As the functions above.
unsafe fn change(
    run: *mut matriline_post_process,
    error_out: *mut *mut matriline_error,
    change: impl FnOnce(&mut matriline_post_process),
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        change(unsafe { object_mut(run, "run") }?);
        Ok(())
    })
}
