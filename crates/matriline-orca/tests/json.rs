//! What pages and plugins exchange arrives as it was sent.

use matriline_host::json::DEPTH;
use matriline_python::json::{from_text, to_json, to_python, to_text};
use matriline_python::{Interpreter, InterpreterOptions};
use matriline_testkit::process_tests;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Number, Value};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn what_is_sent_arrives() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let there_and_back = |value: Value| {
        let back = Interpreter::with(|py| to_json(&to_python(py, &value)?)).unwrap();
        prop_assert_eq!(back.unwrap(), value);
        Ok(())
    };
    runner.run(&value(), there_and_back).unwrap();
}

fn python_agrees() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 64, ..Config::default() });
    let as_python_reads = |value: Value| {
        let same = Interpreter::with(|py| {
            let read = py.import("json")?.call_method1("loads", (value.to_string(),))?;
            to_python(py, &value)?.eq(read)
        });
        prop_assert!(same.unwrap().unwrap());
        Ok(())
    };
    runner.run(&value(), as_python_reads).unwrap();
}

/// 12.15.
fn depth() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    Interpreter::with(|py| {
        assert!(to_python(py, &nested(DEPTH)).is_ok() && to_python(py, &nested(DEPTH + 1)).is_err());
        let text = nested(DEPTH).to_string();
        assert_eq!(to_text(&from_text(py, &text).unwrap()).unwrap(), text);
        let error = from_text(py, &nested(300).to_string()).unwrap_err();
        assert!(error.to_string().contains("nested deeper than 200"), "{error}");
        let made =
            py.eval(c"__import__('functools').reduce(lambda inner, _: [inner], range(300), 0)", None, None);
        assert!(to_json(&made.unwrap()).unwrap_err().to_string().contains("nested deeper than 200"));
        let plain = PyDict::new(py);
        plain.set_item("a", 1).unwrap();
        plain.set_item("b", ("x", 2)).unwrap();
        assert_eq!(to_json(&plain).unwrap(), serde_json::json!({"a": 1, "b": ["x", 2]}));
    })
    .unwrap();
}

process_tests!(what_is_sent_arrives, python_agrees, depth);
