//! What a plugin's method has answered, as a value of the table.

use matriline_capability::{EnumSpec, Kind, OwnedValue, Sink, Value, with_values};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyList, PyString, PyTuple};

use crate::classes::{enumeration, record};
use crate::objects::{Misread, class_of};
use crate::{exception, json};

/// How an answer is taken for what the table asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// It is what it is.
    Strict,
    /// As C++ would: a number for yes or no, nothing for no, `bytes` for text.
    Native,
}

/// Tells `answer` what a method has answered.
///
/// # Errors
/// [`Misread`] for what is no answer of that kind.
pub(crate) fn tell(
    result: &Bound<'_, PyAny>,
    kind: Kind,
    conversion: Conversion,
    answer: Sink<'_>,
) -> Result<(), Misread> {
    match kind {
        Kind::Json => answer(Value::Json(&json::to_text(result)?)),
        Kind::Object(spec) => answer(Value::Object(&*class_of(spec)?.read(result)?)),
        Kind::Number => answer(Value::Number(number(result)?)),
        _ => return told(result, kind, conversion, answer).ok_or_else(|| Misread::of(result)),
    }
    Ok(())
}

/// The same of kinds whose answers have nothing more to say than that they are of another.
fn told(result: &Bound<'_, PyAny>, kind: Kind, conversion: Conversion, answer: Sink<'_>) -> Option<()> {
    match kind {
        // What is not asked for may be anything.
        Kind::Unit => answer(Value::Unit),
        Kind::Text => answer(Value::Text(&text(result, conversion)?)),
        Kind::Flag => answer(Value::Flag(flag(result, conversion)?)),
        Kind::Real => answer(Value::Real(real(result)?)),
        Kind::Code => answer(Value::Code(code(result)?)),
        Kind::CodeAndText => {
            let (first, second) = pair(result)?;
            answer(Value::CodeAndText(code(&first)?, &text(&second, conversion)?));
        }
        Kind::Member(spec) => answer(Value::Number(member(result, spec)?)),
        Kind::Record(spec) => {
            let fields = record::read_record(result, spec)?;
            with_values(&fields, &mut |fields| answer(Value::Record(fields)));
        }
        Kind::List(spec) => {
            let all = result
                .cast::<PyList>()
                .map(|list| list.to_tuple())
                .or_else(|_| result.cast::<PyTuple>().cloned());
            let all: Option<Vec<_>> = (all.ok()?.iter())
                .map(|one| record::read_record(&one, spec).map(OwnedValue::Record))
                .collect();
            with_values(&all?, &mut |all| answer(Value::List(all)));
        }
        _ => return None,
    }
    Some(())
}

fn text(result: &Bound<'_, PyAny>, conversion: Conversion) -> Option<String> {
    if let Ok(text) = result.cast::<PyString>() {
        return Some(exception::lossy(text));
    }
    let bytes = result.cast::<PyBytes>().ok().filter(|_| conversion == Conversion::Native)?;
    String::from_utf8(bytes.as_bytes().to_vec()).ok()
}

fn flag(result: &Bound<'_, PyAny>, conversion: Conversion) -> Option<bool> {
    if let Ok(flag) = result.cast::<PyBool>() {
        return Some(flag.is_true());
    }
    // Numbers and `None` can be asked for their truth; texts and lists only for their length.
    let has_truth = conversion == Conversion::Native && result.get_type().hasattr("__bool__").ok()?;
    has_truth.then(|| result.is_truthy().ok()).flatten()
}

/// A whole number. `True` is an `int` as well, and hardly meant.
fn number(result: &Bound<'_, PyAny>) -> Result<i64, Misread> {
    if result.is_instance_of::<PyBool>() {
        return Err(Misread::of(result));
    }
    result.extract().map_err(|error: PyErr| match error.is_instance_of::<PyOverflowError>(result.py()) {
        true => Misread::Other("int beyond 64 bits".into()),
        false => Misread::of(result),
    })
}

fn real(result: &Bound<'_, PyAny>) -> Option<f64> {
    if result.is_instance_of::<PyBool>() {
        return None;
    }
    result.extract().ok()
}

fn code(result: &Bound<'_, PyAny>) -> Option<i32> {
    result.extract().ok()
}

/// A tuple or a list of two.
fn pair<'py>(result: &Bound<'py, PyAny>) -> Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    match result.cast::<PyList>() {
        Ok(list) if list.len() == 2 => Some((list.get_item(0).ok()?, list.get_item(1).ok()?)),
        _ => result.extract().ok(),
    }
}

fn member(result: &Bound<'_, PyAny>, spec: &EnumSpec) -> Option<i64> {
    let places = 0..spec.members.len() as i64;
    let is_it =
        |place: &i64| enumeration::member(result.py(), spec, *place).is_ok_and(|member| member.is(result));
    places.into_iter().find(is_it)
}

/// What a method must return, in the words of a plugin's author.
pub(crate) const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Result => "an `orca.ExecutionResult`, such as `orca.ExecutionResult.success()`",
        Kind::Text | Kind::File => "a `str`",
        Kind::Object(spec) => spec.expected,
        Kind::Flag => "a `bool`",
        Kind::Json => "a value that JSON can hold",
        Kind::Number | Kind::Index => "an `int`",
        Kind::Code => "an `int` of 32 bits, 0 for success",
        Kind::CodeAndText => "a `tuple` of an `int` of 32 bits and a `str`",
        Kind::Real => "a `float`",
        Kind::Unit | Kind::Slice => "`None`",
        Kind::Member(_) => "a member of an enumeration",
        Kind::Record(spec) | Kind::Filled(spec) => spec.class,
        Kind::List(_) => "a `list` of records",
        Kind::Function(_) | Kind::Task => "a function",
    }
}
