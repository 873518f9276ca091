//! What an `execute` answers.

use matriline::{ExecutionResult, Status};

use super::text::matriline_str;
use super::{text_of, value_of};

/// How a call ended. The numbers are those of `orca.PluginResult`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum matriline_status {
    /// The work is done.
    SUCCESS = 0,
    /// There was nothing to do.
    SKIPPED = 1,
    /// It failed, and the plugin can go on.
    RECOVERABLE_ERROR = 2,
    /// It failed, and the plugin should not be asked again.
    FATAL_ERROR = 3,
}

impl From<Status> for matriline_status {
    fn from(status: Status) -> Self {
        match status {
            Status::Success => Self::SUCCESS,
            Status::Skipped => Self::SKIPPED,
            Status::RecoverableError => Self::RECOVERABLE_ERROR,
            Status::FatalError => Self::FATAL_ERROR,
        }
    }
}

/// The answer of an `execute`.
pub struct matriline_execution_result(pub(crate) ExecutionResult);

/// How the call ended; `MATRILINE_STATUS_FATAL_ERROR` for NULL. Threads: any.
///
/// # Safety
/// `result` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_execution_result_status(
    result: *const matriline_execution_result,
) -> matriline_status {
    // SAFETY: the caller's promise.
    unsafe { value_of(result, matriline_status::FATAL_ERROR, |result| result.0.status.into()) }
}

/// What the user is told; empty for NULL. Threads: any.
///
/// # Safety
/// `result` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_execution_result_message(
    result: *const matriline_execution_result,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(result, |result| &result.0.message) }
}

/// What the application is told; empty for NULL. Threads: any.
///
/// # Safety
/// `result` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_execution_result_data(
    result: *const matriline_execution_result,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(result, |result| &result.0.data) }
}

/// Frees a result. Threads: any.
///
/// # Safety
/// `result` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_execution_result_free(result: *mut matriline_execution_result) {
    // SAFETY: the caller's promise.
    unsafe { super::take(result) }
}
