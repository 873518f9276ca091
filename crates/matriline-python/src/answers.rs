//! What a plugin's method has answered, as a value of the table.

use matriline_capability::{EnumSpec, Kind, OwnedValue, Sink, Value, with_values};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyList, PyString, PyTuple};

use crate::classes::{enumeration, record};
use crate::exception;

/// How an answer is taken for what the table asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// It is what it is.
    Strict,
    /// As C++ would: a number for yes or no, nothing for no, `bytes` for text.
    Native,
}

/// Tells `answer` what a method has answered; `None` when that is no answer of that kind. JSON, whose conversion raises,
/// is not told here.
pub(crate) fn tell(
    result: &Bound<'_, PyAny>,
    kind: Kind,
    conversion: Conversion,
    answer: Sink<'_>,
) -> Option<()> {
    match kind {
        // What is not asked for may be anything.
        Kind::Unit => answer(Value::Unit),
        Kind::Text => answer(Value::Text(&text(result, conversion)?)),
        Kind::Flag => answer(Value::Flag(flag(result, conversion)?)),
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
        Kind::Text => "a `str`",
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
