//! JSON text, as pages, plugins and applications exchange it: nested so deep and no deeper.

use serde::Deserialize;
use serde_json::Value;

/// How deep arrays and objects may be nested.
pub const DEPTH: usize = 200;

/// Why a text is no JSON value that can be exchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Arrays and objects are nested deeper than [`DEPTH`].
    #[error(
        "The JSON is nested deeper than {DEPTH}: send something flatter, and nothing that contains itself"
    )]
    TooDeep,
    /// It is no JSON.
    #[error("The text is no JSON: {0}")]
    Invalid(String),
}

/// The value of a JSON text.
///
/// # Errors
/// [`JsonError`].
pub fn parse(text: &str) -> Result<Value, JsonError> {
    parse_within(text, DEPTH)
}

/// The same with another limit, which the stack of any thread must have room for.
pub(crate) fn parse_within(text: &str, depth: usize) -> Result<Value, JsonError> {
    if depth_of(text) > depth {
        return Err(JsonError::TooDeep);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| JsonError::Invalid(error.to_string()))
}

/// How deep the brackets of a text are nested. Of a text that is no JSON, at least as deep as its beginning that is.
fn depth_of(text: &str) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' => now = now.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

/// Goes on behind the end of a string.
fn skip_string(bytes: &mut impl Iterator<Item = u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            // Whatever is escaped does not end it.
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn nested(depth: usize) -> String {
        "[".repeat(depth) + &"]".repeat(depth)
    }

    fn check(text: &str, expected: Result<Value, JsonError>) {
        assert_eq!(parse(text), expected, "{text}");
    }

    /// 12.15, as text.
    #[test]
    fn the_depth_has_a_limit() {
        assert!(parse(&nested(DEPTH)).is_ok());
        for depth in [DEPTH + 1, 300, 1_000_000] {
            check(&nested(depth), Err(JsonError::TooDeep));
            check(&"{\"a\":".repeat(depth), Err(JsonError::TooDeep));
        }
        check(r#"{"a":1,"b":["x",2]}"#, Ok(json!({"a": 1, "b": ["x", 2]})));
    }

    #[test]
    fn brackets_beside_each_other_are_not_deep() {
        let many = format!("[{}[]]", "[],".repeat(1000));
        assert!(parse(&many).is_ok());
    }

    #[test]
    fn brackets_in_texts_do_not_count() {
        let text = "[".repeat(300);
        check(&json!(text).to_string(), Ok(json!(text)));
        let escaped = format!("\\\"{text}");
        check(&json!([escaped]).to_string(), Ok(json!([escaped])));
    }

    proptest! {
        #[test]
        fn what_is_not_deep_is_read_as_by_others(text in r#"[\[\]{}",:\\a0 ]{0,60}"#) {
            prop_assert_eq!(parse(&text).ok(), serde_json::from_str::<Value>(&text).ok());
        }
    }

    #[test]
    fn other_texts_are_no_json() {
        for text in ["", "{no json", "1 2", "[1,]", "NaN", "\"", "\"\\", "]]]]", "\"\\ud800\""] {
            assert!(matches!(parse(text), Err(JsonError::Invalid(_))), "{text}");
        }
    }
}
