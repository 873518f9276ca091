//! Values that own what they hold, for calls that outlive who made them.

use std::sync::{Arc, OnceLock};

use crate::call::{Fill, Object, Slice, Value};
use crate::{Function, Status, Task};

/// A [`Value`] that owns what it holds.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the variants are those of `Value`")]
pub enum OwnedValue {
    Unit,
    Text(String),
    Result(Status, String, String),
    Record(Vec<OwnedValue>),
    Number(i64),
    Flag(bool),
    Json(String),
    Slice(Option<Arc<dyn Slice>>),
    Real(f64),
    Object(Arc<dyn Object>),
    Code(i32),
    CodeAndText(i32, String),
    Filled(Vec<OwnedValue>, FilledFields),
    List(Vec<OwnedValue>),
    Function(Option<Function>),
    Task(Task),
}

impl From<Value<'_>> for OwnedValue {
    /// A copy. A record that is filled in is filled in elsewhere.
    fn from(value: Value<'_>) -> Self {
        let all = |values: &[Value<'_>]| values.iter().map(|value| Self::from(*value)).collect();
        match value {
            Value::Unit => Self::Unit,
            Value::Text(text) => Self::Text(text.into()),
            Value::Result(status, message, data) => Self::Result(status, message.into(), data.into()),
            Value::Record(fields) => Self::Record(all(fields)),
            Value::Filled(fields, _) => Self::Filled(all(fields), FilledFields::default()),
            Value::Nested(record) => {
                let mut owned = Vec::new();
                record.with(&mut |fields| owned = all(fields));
                Self::Record(owned)
            }
            Value::Number(number) => Self::Number(number),
            Value::Flag(flag) => Self::Flag(flag),
            Value::Json(text) => Self::Json(text.into()),
            Value::Slice(slice) => Self::Slice(slice.cloned()),
            Value::Real(number) => Self::Real(number),
            Value::Object(object) => Self::Object(object.shared()),
            Value::Code(code) => Self::Code(code),
            Value::CodeAndText(code, text) => Self::CodeAndText(code, text.into()),
            Value::List(values) => Self::List(all(values)),
            Value::Function(function) => Self::Function(function.cloned()),
            Value::Task(task) => Self::Task(task.clone()),
        }
    }
}

/// Where the fields of a record go that a method fills in.
pub type FilledFields = Arc<OnceLock<Vec<OwnedValue>>>;

impl Fill for OnceLock<Vec<OwnedValue>> {
    fn fill(&self, fields: &[Value<'_>]) {
        // The first that are filled in count.
        let _ = self.set(fields.iter().map(|field| (*field).into()).collect());
    }
}

/// Lends owned values out, in their order.
pub fn with_values(owned: &[OwnedValue], act: &mut dyn FnMut(&[Value<'_>])) {
    lend(owned, &[], act);
}

/// Lends the rest out behind those that are lent already.
fn lend(rest: &[OwnedValue], lent: &[Value<'_>], act: &mut dyn FnMut(&[Value<'_>])) {
    let Some((first, rest)) = rest.split_first() else { return act(lent) };
    let mut go = |value: Value<'_>| {
        let mut all = lent.to_vec();
        all.push(value);
        lend(rest, &all, act);
    };
    match first {
        OwnedValue::Unit => go(Value::Unit),
        OwnedValue::Text(text) => go(Value::Text(text)),
        OwnedValue::Result(status, message, data) => go(Value::Result(*status, message, data)),
        OwnedValue::Record(fields) => lend(fields, &[], &mut |fields| go(Value::Record(fields))),
        OwnedValue::Number(number) => go(Value::Number(*number)),
        OwnedValue::Flag(flag) => go(Value::Flag(*flag)),
        OwnedValue::Json(text) => go(Value::Json(text)),
        OwnedValue::Slice(slice) => go(Value::Slice(slice.as_ref())),
        OwnedValue::Real(number) => go(Value::Real(*number)),
        OwnedValue::Object(object) => go(Value::Object(&**object)),
        OwnedValue::Code(code) => go(Value::Code(*code)),
        OwnedValue::CodeAndText(code, text) => go(Value::CodeAndText(*code, text)),
        OwnedValue::Filled(fields, filled) => {
            lend(fields, &[], &mut |fields| go(Value::Filled(fields, &**filled)));
        }
        OwnedValue::List(values) => lend(values, &[], &mut |values| go(Value::List(values))),
        OwnedValue::Function(function) => go(Value::Function(function.as_ref())),
        OwnedValue::Task(task) => go(Value::Task(task)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let inner = [Value::Text("a"), Value::Flag(true)];
        let list = [Value::Record(&inner), Value::Record(&[])];
        let values = [Value::Number(1), Value::List(&list), Value::CodeAndText(-1, "b"), Value::Real(0.5)];
        let owned: Vec<OwnedValue> = values.iter().map(|value| (*value).into()).collect();
        let mut lent = String::new();
        with_values(&owned, &mut |values| lent = format!("{values:?}"));
        assert_eq!(lent, format!("{values:?}"));
    }

    #[test]
    fn objects_are_cloned() {
        let owned = [OwnedValue::from(Value::Object(&vec![1, 2]))];
        with_values(&owned, &mut |values| match values {
            [Value::Object(object)] => {
                assert_eq!(object.downcast_ref(), Some(&vec![1, 2]));
                assert_eq!(object.downcast_ref::<String>(), None);
            }
            other => panic!("{other:?}"),
        });
    }

    #[test]
    fn what_is_filled_in_is_kept() {
        let filled = FilledFields::default();
        let owned = [OwnedValue::Filled(vec![OwnedValue::Text("before".into())], filled.clone())];
        with_values(&owned, &mut |values| match values {
            [Value::Filled([Value::Text("before")], fill)] => fill.fill(&[Value::Text("after")]),
            other => panic!("{other:?}"),
        });
        assert!(matches!(filled.get().unwrap().as_slice(), [OwnedValue::Text(text)] if text == "after"));
    }
}
