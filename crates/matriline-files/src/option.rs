//! The values of options, as configuration files write them.

use matriline_refs::escape_strings;
use serde_json::Value;

/// The text of an option's value, which JSON has as a text or as a list of texts; none for what is neither.
///
/// The format does not say what an option holds. A list whose texts are all numbers, percentages or points is joined by
/// commas, as lists of numbers are; any other by semicolons and with quotes, as lists of texts are.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(u8::from(*flag).to_string()),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().map(text_of).collect::<Option<_>>()?;
            let are_numbers = texts.iter().all(|text| is_number(text));
            Some(if are_numbers { texts.join(",") } else { escape_strings(&texts) })
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// `0.2`, `15%`, `nil`, `10x20`.
fn is_number(text: &str) -> bool {
    let text = text.strip_suffix('%').unwrap_or(text);
    let plain = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    text == "nil" || plain(text) || text.split_once('x').is_some_and(|(x, y)| plain(x) && plain(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value, expected: Option<&str>) {
        assert_eq!(text_of(&value).as_deref(), expected, "{value}");
    }

    #[test]
    fn plain_values_stay() {
        check(json!("0.2"), Some("0.2"));
        check(json!(5), Some("5"));
        check(json!(true), Some("1"));
    }

    #[test]
    fn lists_of_numbers_have_commas() {
        check(json!(["0.4", "0.6"]), Some("0.4,0.6"));
        check(json!(["15%", "nil"]), Some("15%,nil"));
        check(json!(["0x0", "200x0", "200x200"]), Some("0x0,200x0,200x200"));
        check(json!([]), Some(""));
    }

    #[test]
    fn lists_of_texts_have_semicolons() {
        check(json!(["PLA", "PETG"]), Some("PLA;PETG"));
        check(json!(["G28 ; home", "a"]), Some("\"G28 ; home\";a"));
    }

    #[test]
    fn other_values_are_none() {
        check(json!(null), None);
        check(json!({"a": 1}), None);
        check(json!([["a", null]]), None);
    }
}
