//! The error object and the result codes.

use matriline::{Error, ErrorCode};

use super::text::matriline_str;
use super::{give, text_of, value_of};
use crate::boundary::Fault;

/// How a function ended. 0 is success; a number is never given to another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum matriline_result {
    /// Success.
    OK = 0,
    /// An argument is NULL, is not UTF-8 or is out of range.
    INVALID_ARGUMENT = 1,
    /// The manager is not started.
    NOT_STARTED = 2,
    /// The manager or Python could not be started.
    START_FAILED = 3,
    /// No plugin has the key.
    PLUGIN_NOT_FOUND = 10,
    /// The plugin was found and cannot be loaded.
    PLUGIN_INVALID = 11,
    /// The plugin failed while it was loaded.
    LOAD_FAILED = 12,
    /// The plugin failed while it was unloaded.
    UNLOAD_FAILED = 13,
    /// The load of the plugin was cancelled.
    LOAD_CANCELLED = 14,
    /// The plugin is not loaded, or has no such capability.
    NO_CAPABILITY = 15,
    /// A package was not installed, removed or brought back.
    INSTALL_FAILED = 16,
    /// The packages that a plugin depends on were not installed.
    ENVIRONMENT_FAILED = 17,
    /// The plugin is being loaded or unloaded, and that was not over in time.
    BUSY = 18,
    /// A configuration was not stored.
    CONFIG_FAILED = 19,
    /// The capability's plugin is not loaded any more.
    CAPABILITY_UNLOADED = 20,
    /// The capability is switched off.
    CAPABILITY_DISABLED = 21,
    /// Python is going.
    SHUTTING_DOWN = 22,
    /// The plugin raised an exception.
    PLUGIN_RAISED = 23,
    /// The plugin answered with something else than it must.
    WRONG_ANSWER = 24,
    /// The plugin takes longer than the caller waits.
    TIMED_OUT = 25,
    /// A post-processing run failed.
    POST_PROCESS_FAILED = 30,
    /// An export was cancelled.
    EXPORT_CANCELLED = 31,
    /// A file or folder could not be read or written.
    IO = 40,
    /// The library failed inside; please report it.
    PANIC = 90,
}

impl From<ErrorCode> for matriline_result {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidArgument => Self::INVALID_ARGUMENT,
            ErrorCode::NotStarted => Self::NOT_STARTED,
            ErrorCode::StartFailed => Self::START_FAILED,
            ErrorCode::PluginNotFound => Self::PLUGIN_NOT_FOUND,
            ErrorCode::PluginInvalid => Self::PLUGIN_INVALID,
            ErrorCode::LoadFailed => Self::LOAD_FAILED,
            ErrorCode::UnloadFailed => Self::UNLOAD_FAILED,
            ErrorCode::LoadCancelled => Self::LOAD_CANCELLED,
            ErrorCode::NoCapability => Self::NO_CAPABILITY,
            ErrorCode::InstallFailed => Self::INSTALL_FAILED,
            ErrorCode::EnvironmentFailed => Self::ENVIRONMENT_FAILED,
            ErrorCode::Busy => Self::BUSY,
            ErrorCode::ConfigFailed => Self::CONFIG_FAILED,
            ErrorCode::CapabilityUnloaded => Self::CAPABILITY_UNLOADED,
            ErrorCode::CapabilityDisabled => Self::CAPABILITY_DISABLED,
            ErrorCode::ShuttingDown => Self::SHUTTING_DOWN,
            ErrorCode::PluginRaised => Self::PLUGIN_RAISED,
            ErrorCode::WrongAnswer => Self::WRONG_ANSWER,
            ErrorCode::TimedOut => Self::TIMED_OUT,
            ErrorCode::PostProcessFailed => Self::POST_PROCESS_FAILED,
            ErrorCode::ExportCancelled => Self::EXPORT_CANCELLED,
            ErrorCode::Io => Self::IO,
            ErrorCode::Panic => Self::PANIC,
        }
    }
}

/// What went wrong. The caller owns it.
pub struct matriline_error(pub(crate) Fault);

/// Gives C the error there is, or NULL.
pub(crate) fn give_error(out: &mut *mut matriline_error, error: Option<Error>) {
    match error {
        Some(error) => give(out, matriline_error(*Box::<Fault>::from(error))),
        None => *out = std::ptr::null_mut(),
    }
}

/// Its code; `MATRILINE_RESULT_OK` for NULL. Threads: any.
///
/// # Safety
/// `error` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_error_code(error: *const matriline_error) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { value_of(error, matriline_result::OK, |error| error.0.code.into()) }
}

/// One message for a person; empty for NULL. Threads: any.
///
/// # Safety
/// `error` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_error_message(error: *const matriline_error) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(error, |error| &error.0.message) }
}

/// The key of the plugin it happened in, or an empty text. Threads: any.
///
/// # Safety
/// `error` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_error_plugin(error: *const matriline_error) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(error, |error| &error.0.plugin) }
}

/// The whole Python traceback with its chained causes, or an empty text. Threads: any.
///
/// # Safety
/// `error` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_error_traceback(error: *const matriline_error) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(error, |error| &error.0.traceback) }
}

/// Frees an error. Threads: any.
///
/// # Safety
/// `error` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_error_free(error: *mut matriline_error) {
    // SAFETY: the caller's promise.
    unsafe { super::take(error) }
}
