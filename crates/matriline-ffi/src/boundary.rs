//! The one boundary that panics do not pass, and the fault that goes over it instead.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use matriline::{CallError, Error, ErrorCode};
use matriline_refs::RefError;
use matriline_roots::RootError;

use crate::bridge::ffi;

/// What either surface makes its error object of.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) plugin: String,
    pub(crate) traceback: String,
}

/// What a body behind the boundary answers with. Boxed: the path without a fault carries one word.
pub(crate) type Outcome<R> = Result<R, Box<Fault>>;

impl Fault {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { code, message: message.into(), plugin: String::new(), traceback: String::new() })
    }

    /// A call that succeeded without the answer its row of the table promises.
    #[cold]
    pub(crate) fn no_answer() -> Box<Self> {
        Self::new(ErrorCode::Panic, "matriline lost the answer of a call; please report this")
    }

    #[cold]
    fn of_panic(payload: &(dyn Any + Send)) -> Box<Self> {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        Self::new(ErrorCode::Panic, format!("matriline failed inside: {text}; please report this"))
    }
}

impl From<Error> for Box<Fault> {
    #[cold]
    fn from(error: Error) -> Self {
        Box::new(Fault {
            code: error.code(),
            message: error.to_string(),
            plugin: error.plugin().unwrap_or_default().into(),
            traceback: error.traceback().unwrap_or_default().into(),
        })
    }
}

impl From<CallError> for Box<Fault> {
    #[cold]
    fn from(error: CallError) -> Self {
        Error::from(error).into()
    }
}

/// A file that could not be written.
impl From<RootError> for Box<Fault> {
    #[cold]
    fn from(error: RootError) -> Self {
        Fault::new(ErrorCode::Io, error.to_string())
    }
}

/// What a reference or a preset's text has wrong, its caller gave.
impl From<RefError> for Box<Fault> {
    #[cold]
    fn from(error: RefError) -> Self {
        Fault::new(ErrorCode::InvalidArgument, error.to_string())
    }
}

/// The text of bytes that came over the border.
#[inline]
pub(crate) fn text<'a>(bytes: &'a [u8], argument: &str) -> Outcome<&'a str> {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return Ok(unsafe { std::str::from_utf8_unchecked(bytes) });
    }
    std::str::from_utf8(bytes).map_err(|_| not_utf8(argument))
}

#[cold]
fn not_utf8(argument: &str) -> Box<Fault> {
    let message = format!("The text `{argument}` is not UTF-8; convert it before the call");
    Fault::new(ErrorCode::InvalidArgument, message)
}

/// Runs `body`; a panic in it is a fault.
#[inline]
pub(crate) fn catch<R>(body: impl FnOnce() -> Outcome<R>) -> Outcome<R> {
    // the state behind the boundary is the facade's, which keeps itself whole when a body unwinds
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(Fault::of_panic(&*payload)))
}

/// The boundary of a C++ bridge function: a fault goes into `failure`, and the answer is the default.
#[inline]
pub(crate) fn run<R: Default>(failure: Pin<&mut ffi::Failure>, body: impl FnOnce() -> Outcome<R>) -> R {
    catch(body).unwrap_or_else(|fault| {
        tell(failure, &fault);
        R::default()
    })
}

#[cold]
fn tell(failure: Pin<&mut ffi::Failure>, fault: &Fault) {
    // when even the error object cannot be made, for want of memory, the C++ side remembers that there was one
    let _ = ffi::fail(failure, fault.code as i32, &fault.message, &fault.plugin, &fault.traceback);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault() {
        let fault = catch::<()>(|| panic!("number {}", 7)).unwrap_err();
        assert_eq!(fault.code as i32, ErrorCode::Panic as i32);
        assert!(fault.message.contains("number 7"), "{}", fault.message);
    }

    #[test]
    fn text_is_checked() {
        assert_eq!(text("Größe".as_bytes(), "name").unwrap(), "Größe");
        assert_eq!(text(b"plain", "name").unwrap(), "plain");
        assert!(text(b"caf\xe9", "name").unwrap_err().message.contains("`name` is not UTF-8"));
    }

    #[test]
    fn a_result_passes() {
        assert_eq!(catch(|| Ok(3)).unwrap(), 3);
    }
}
