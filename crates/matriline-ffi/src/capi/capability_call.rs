//! Calls of a method by its name, for types that have no functions of their own.

use ::matriline_capability::{ArgumentKind, OwnedValue, table};
use matriline::{CapabilityId, ErrorCode, Kind, Value, kinds};

use super::capability::matriline_capability;
use super::error::{matriline_error, matriline_result};
use super::host_model::matriline_host_model;
use super::lifecycle::matriline_lifecycle_context;
use super::progress::matriline_progress;
use super::returned::matriline_returned;
use super::text::matriline_str;
use super::{array, enter, give, object};
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
    /// A whole number; also that of an event.
    pub number: i64,
    /// A number with a fraction.
    pub real: f64,
    /// Yes or no.
    pub flag: bool,
    /// A model.
    pub model: *const matriline_host_model,
    /// Who is told how far the call is.
    pub progress: *const matriline_progress,
    /// What is told of an event.
    pub context: *const matriline_lifecycle_context,
}

impl matriline_value {
    /// The fields of what is told of an event; `None` for any other kind.
    ///
    /// # Safety
    /// The context and its texts are readable for as long as the answer is used.
    unsafe fn fields<'a>(&self) -> Outcome<Option<Vec<Value<'a>>>> {
        Ok(match value_kind(self.kind)? {
            // SAFETY: the caller's promise.
            Kind::Record(_) => Some(unsafe { object(self.context, "context")?.read() }?.values().to_vec()),
            _ => None,
        })
    }

    /// Anything else.
    ///
    /// # Safety
    /// The text is readable, and the object lives, for as long as the answer is used.
    unsafe fn read<'a>(&self) -> Outcome<Value<'a>> {
        let kind = value_kind(self.kind)?;
        if kind == kinds::Model::KIND {
            // SAFETY: the caller's promise.
            return Ok(Value::Object(unsafe { &object(self.model, "model")?.0 }));
        }
        if kind == kinds::Progress::KIND {
            // SAFETY: the caller's promise.
            return Ok(Value::Object(unsafe { &object(self.progress, "progress")?.0 }));
        }
        Ok(match kind {
            // SAFETY: the caller's promise.
            Kind::Text | Kind::File => Value::Text(unsafe { self.text.read("arguments") }?),
            // SAFETY: the caller's promise.
            Kind::Json => Value::Json(unsafe { self.text.read("arguments") }?),
            Kind::Number | Kind::Member(_) => Value::Number(self.number),
            Kind::Real => Value::Real(self.real),
            Kind::Flag => Value::Flag(self.flag),
            _ => Value::Unit,
        })
    }
}

/// Calls the method of that name. `returned_out` may be NULL; otherwise it receives the answer, to free with
/// `matriline_returned_free`. Fails when the type has no such method, for other arguments than it takes, and when the plugin
/// raises, answers with another kind, or is unloaded.
///
/// Threads: any; runs Python.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable, `arguments` an array of `count`, and what they point to valid, for the whole call.
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
        let records = arguments.iter().map(|argument| unsafe { argument.fields() });
        let records = records.collect::<Outcome<Vec<_>>>()?;
        let values = arguments.iter().zip(&records).map(|(argument, record)| match record {
            Some(fields) => Ok(Value::Record(fields)),
            // SAFETY: the caller's promise.
            None => unsafe { argument.read() },
        });
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
