//! Several texts, as an answer.

use matriline_capability::{AnswerKind, Kind, Object, ObjectSpec, Value};
use matriline_python::{Misread, ObjectClass, lossy, type_name};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

pub(super) static SPEC: ObjectSpec = ObjectSpec { name: "list[str]", expected: "a list of `str`" };

/// Texts: `list[str]`; a tuple does as well.
#[derive(Debug)]
pub struct Texts;

impl AnswerKind for Texts {
    const KIND: Kind = Kind::Object(&SPEC);

    type Answer = Vec<String>;

    fn answer(value: Value<'_>) -> Option<Vec<String>> {
        match value {
            Value::Object(texts) => texts.downcast_ref().cloned(),
            _ => None,
        }
    }
}

pub(super) struct Class;

impl ObjectClass for Class {
    fn read(&self, object: &Bound<'_, PyAny>) -> Result<Box<dyn Object>, Misread> {
        if object.is_none() {
            return Ok(Box::new(Vec::<String>::new()));
        }
        let text = |(place, item): (usize, Bound<'_, PyAny>)| match item.cast::<PyString>() {
            Ok(text) => Ok(lossy(text)),
            Err(_) => Err(other(object, place, &item)),
        };
        let texts: Result<Vec<String>, Misread> = items(object)?.into_iter().enumerate().map(text).collect();
        Ok(Box::new(texts?))
    }
}

/// What a list or a tuple holds; anything else, a text above all, is no list.
pub(super) fn items<'py>(object: &Bound<'py, PyAny>) -> Result<Vec<Bound<'py, PyAny>>, Misread> {
    if let Ok(list) = object.cast::<PyList>() {
        return Ok(list.iter().collect());
    }
    object.cast::<PyTuple>().map(|tuple| tuple.iter().collect()).map_err(|_| Misread::of(object))
}

/// Another object in a list.
pub(super) fn other(list: &Bound<'_, PyAny>, place: usize, item: &Bound<'_, PyAny>) -> Misread {
    let (list, item) = (type_name(&list.get_type()), type_name(&item.get_type()));
    Misread::Other(format!("{list}` whose item {place} is `{item}"))
}
