//! Calls of a method by its name, for types that have no functions of their own.

use ::matriline_capability::{OwnedValue, table};
use matriline::{CapabilityId, ErrorCode, ExecutionResult, Kind, Value};

use super::capability::matriline_capability;
use super::capability_types::matriline_value_kind;
use super::error::{matriline_error, matriline_result};
use super::execution_result::matriline_execution_result;
use super::text::matriline_str;
use super::{array, enter, give, object, value_of};
use crate::boundary::{Fault, Outcome};
use crate::number::value_kind;

/// An argument: its kind says which member counts.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_value {
    /// A `matriline_value_kind`.
    pub kind: u8,
    /// A text, a path, or a JSON text.
    pub text: matriline_str,
    /// A whole number.
    pub number: i64,
    /// A number with a fraction.
    pub real: f64,
    /// Yes or no.
    pub flag: bool,
}

impl matriline_value {
    /// # Safety
    /// The text is readable for as long as the answer is used.
    unsafe fn read<'a>(&self) -> Outcome<Value<'a>> {
        Ok(match value_kind(self.kind)? {
            // SAFETY: the caller's promise.
            Kind::Text | Kind::File => Value::Text(unsafe { self.text.read("arguments") }?),
            // SAFETY: the caller's promise.
            Kind::Json => Value::Json(unsafe { self.text.read("arguments") }?),
            Kind::Number => Value::Number(self.number),
            Kind::Real => Value::Real(self.real),
            Kind::Flag => Value::Flag(self.flag),
            _ => Value::Unit,
        })
    }
}

/// What a method has answered.
pub struct matriline_returned {
    value: OwnedValue,
    result: Option<matriline_execution_result>,
}

/// Calls the method of that name. `returned_out` may be NULL; otherwise it receives the answer, to free with
/// `matriline_returned_free`. Fails when the type has no such method, for other arguments than it takes, and when the plugin
/// raises, answers with another kind, or is unloaded.
///
/// Threads: any; runs Python.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable, `arguments` an array of `count`, for the whole call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_call(
    capability: *const matriline_capability,
    method: matriline_str,
    arguments: *const matriline_value,
    count: usize,
    returned_out: *mut *mut matriline_returned,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (capability, method) = unsafe { (object(capability, "capability")?, method.read("method")?) };
        // SAFETY: the caller's promise.
        let arguments = unsafe { array(arguments, count, "arguments") }?;
        // SAFETY: the caller's promise.
        let values = arguments.iter().map(|argument| unsafe { argument.read() });
        let values = values.collect::<Outcome<Vec<_>>>()?;
        let called = capability.called();
        let mut returned = OwnedValue::Unit;
        called.call(place(called.id(), method)?, &values, &mut |value| returned = value.into())?;
        // SAFETY: the caller's promise.
        if let Some(out) = unsafe { returned_out.as_mut() } {
            give(out, matriline_returned::of(returned));
        }
        Ok(())
    })
}

/// The place of a method in the row of its type.
fn place(id: &CapabilityId, method: &str) -> Outcome<usize> {
    let methods = table::row(id.kind).map_or(&[][..], |row| row.methods);
    methods.iter().position(|known| known.name == method).ok_or_else(|| {
        let names: Vec<_> = methods.iter().map(|known| format!("`{}`", known.name)).collect();
        let names = names.join(", ");
        let message = format!("The capability {id} has no method `{method}`: call one of {names}");
        Fault::new(ErrorCode::InvalidArgument, message)
    })
}

impl matriline_returned {
    fn of(value: OwnedValue) -> Self {
        let result = match &value {
            OwnedValue::Result(status, message, data) => Some(matriline_execution_result(ExecutionResult {
                status: *status,
                message: message.clone(),
                data: data.clone(),
            })),
            _ => None,
        };
        Self { value, result }
    }

    fn kind(&self) -> matriline_value_kind {
        match self.value {
            OwnedValue::Text(_) => matriline_value_kind::TEXT,
            OwnedValue::Json(_) => matriline_value_kind::JSON,
            OwnedValue::Number(_) | OwnedValue::Code(_) => matriline_value_kind::NUMBER,
            OwnedValue::Real(_) => matriline_value_kind::REAL,
            OwnedValue::Flag(_) => matriline_value_kind::FLAG,
            OwnedValue::Result(..) => matriline_value_kind::RESULT,
            _ => matriline_value_kind::NOTHING,
        }
    }
}

/// What it is, a `matriline_value_kind`; nothing for NULL. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_kind(returned: *const matriline_returned) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, matriline_value_kind::NOTHING as u8, |returned| returned.kind() as u8) }
}

/// The text of a text or of JSON; it lives as long as `returned`. Empty for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_text(returned: *const matriline_returned) -> matriline_str {
    let text = |returned: &matriline_returned| match &returned.value {
        OwnedValue::Text(text) | OwnedValue::Json(text) => matriline_str::of(text),
        _ => matriline_str::of(""),
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, matriline_str::of(""), text) }
}

/// The whole number; 0 for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_number(returned: *const matriline_returned) -> i64 {
    let number = |returned: &matriline_returned| match returned.value {
        OwnedValue::Number(number) => number,
        OwnedValue::Code(code) => code.into(),
        _ => 0,
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, 0, number) }
}

/// The number with a fraction; 0 for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_real(returned: *const matriline_returned) -> f64 {
    let real = |returned: &matriline_returned| match returned.value {
        OwnedValue::Real(number) => number,
        _ => 0.0,
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, 0.0, real) }
}

/// Yes or no; false for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_flag(returned: *const matriline_returned) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, false, |returned| matches!(returned.value, OwnedValue::Flag(true))) }
}

/// The result of a method that answers with one; it lives as long as `returned`. NULL for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_result(
    returned: *const matriline_returned,
) -> *const matriline_execution_result {
    let result =
        |returned: &matriline_returned| returned.result.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, std::ptr::null(), result) }
}

/// Frees an answer. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_free(returned: *mut matriline_returned) {
    // SAFETY: the caller's promise.
    unsafe { super::take(returned) }
}
