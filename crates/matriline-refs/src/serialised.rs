//! Lists of strings as preset files hold them: a JSON array, and the escaped form of INI files.
//!
//! Both give any list back as it was.

use crate::{EscapeFault, RefError};

/// Joins strings by `;`, in quotes where one holds a blank, a tab, a line end, `;`, `\` or `"`.
///
/// Inside quotes `\` and `"` follow a backslash and line ends are written `\r` and `\n`. A list of one empty
/// string is `""` in quotes, to differ from no string.
pub fn escape_strings<S: AsRef<str>>(strings: &[S]) -> String {
    if let [only] = strings
        && only.as_ref().is_empty()
    {
        return "\"\"".to_owned();
    }
    let mut text = String::new();
    for (index, string) in strings.iter().map(AsRef::as_ref).enumerate() {
        if index > 0 {
            text.push(';');
        }
        escape(string, &mut text);
    }
    text
}

/// Splits what [`escape_strings`] has joined; fails with the offset of what is wrong.
///
/// More is understood than is written: blanks and tabs around a string in quotes and before one without,
/// which ends at the next `;` and keeps everything else as it is.
pub fn unescape_strings(text: &str) -> Result<Vec<String>, RefError> {
    let mut strings = Vec::new();
    let mut at = 0;
    while at < text.len() {
        at = skip_blanks(text, at);
        if at == text.len() {
            break;
        }
        let (string, end) = match text[at..].strip_prefix('"') {
            Some(quoted) => unquote(quoted, at + 1)?,
            None => {
                let end = text[at..].find(';').map_or(text.len(), |length| at + length);
                (text[at..end].to_owned(), end)
            }
        };
        strings.push(string);
        at = skip_blanks(text, end);
        match text[at..].chars().next() {
            None => break,
            Some(';') => at += 1,
            Some(_) => return Err(RefError::Escaped { offset: at, fault: EscapeFault::NoSeparator }),
        }
        if at == text.len() {
            strings.push(String::new());
        }
    }
    Ok(strings)
}

/// The JSON array of strings.
pub fn refs_to_json<S: AsRef<str>>(strings: &[S]) -> String {
    let strings: Vec<_> = strings.iter().map(AsRef::as_ref).collect();
    serde_json::to_string(&strings).expect("Strings are always JSON")
}

/// Reads a JSON array of strings; fails for anything else.
pub fn refs_from_json(text: &str) -> Result<Vec<String>, RefError> {
    serde_json::from_str(text).map_err(|error| json_error("array of strings", &error))
}

pub(crate) fn json_error(expected: &'static str, error: &serde_json::Error) -> RefError {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let problem = text.strip_suffix(&place).unwrap_or(&text).to_owned();
    RefError::Json { expected, line: error.line(), column: error.column(), problem }
}

fn escape(string: &str, text: &mut String) {
    if !string.contains([' ', '\t', ';', '\\', '"', '\r', '\n']) {
        text.push_str(string);
        return;
    }
    text.push('"');
    for letter in string.chars() {
        match letter {
            '\\' | '"' => text.extend(['\\', letter]),
            '\r' => text.push_str("\\r"),
            '\n' => text.push_str("\\n"),
            _ => text.push(letter),
        }
    }
    text.push('"');
}

/// Reads up to the closing quote; `start` is where `quoted` stands in the whole text. Answers the string and
/// where the text goes on.
fn unquote(quoted: &str, start: usize) -> Result<(String, usize), RefError> {
    let mut string = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((string, start + at + 1)),
            '\\' => match letters.next() {
                Some((_, 'r')) => string.push('\r'),
                Some((_, 'n')) => string.push('\n'),
                Some((_, escaped)) => string.push(escaped),
                None => {
                    return Err(RefError::Escaped { offset: start + at, fault: EscapeFault::NothingEscaped });
                }
            },
            _ => string.push(letter),
        }
    }
    Err(RefError::Escaped { offset: start - 1, fault: EscapeFault::Unterminated })
}

fn skip_blanks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(strings: &[&str], text: &str) {
        assert_eq!(escape_strings(strings), text);
        check_read(text, strings);
    }

    fn check_read(text: &str, strings: &[&str]) {
        assert_eq!(unescape_strings(text).expect("it can be read"), strings, "reading {text:?}");
    }

    fn check_fault(text: &str, offset: usize, fault: EscapeFault) {
        assert_eq!(unescape_strings(text), Err(RefError::Escaped { offset, fault }), "reading {text:?}");
    }

    #[test]
    fn c2_references_stand_in_quotes() {
        check(
            &[
                "master_plugin;;header-stamp",
                "Sample Plugin;1f998ea9-0183-4cc5-957f-4eef659ba4e6;G-code Benchmark (.py)",
            ],
            r#""master_plugin;;header-stamp";"Sample Plugin;1f998ea9-0183-4cc5-957f-4eef659ba4e6;G-code Benchmark (.py)""#,
        );
    }

    #[test]
    fn no_string() {
        check(&[], "");
    }

    #[test]
    fn one_empty_string() {
        check(&[""], "\"\"");
    }

    #[test]
    fn empty_strings_beside_others() {
        check(&["", ""], ";");
        check(&["", "a", ""], ";a;");
    }

    #[test]
    fn plain_words_stand_alone() {
        check(&["a", "größe"], "a;größe");
    }

    #[test]
    fn what_is_quoted_and_escaped() {
        check(&["a b", "c\td"], "\"a b\";\"c\td\"");
        check(&[r#"\ ""#], r#""\\ \"""#);
        check(&["a\r\nb"], r#""a\r\nb""#);
    }

    #[test]
    fn blanks_around_strings_are_skipped() {
        check_read(" \t\"a\"  ; b ;\tc", &["a", "b ", "c"]);
        check_read("  ", &[]);
        check_read("a; ", &["a"]);
    }

    #[test]
    fn a_string_without_quotes_keeps_what_is_in_it() {
        check_read(r#"a\nb"c"#, &[r#"a\nb"c"#]);
    }

    #[test]
    fn other_escaped_letters_stand_for_themselves() {
        check_read(r#""\a\t""#, &["at"]);
    }

    #[test]
    fn a_string_without_end() {
        check_fault("a;\"b", 2, EscapeFault::Unterminated);
        check_fault("\"", 0, EscapeFault::Unterminated);
    }

    #[test]
    fn a_backslash_at_the_end() {
        check_fault("\"é\\", 3, EscapeFault::NothingEscaped);
    }

    #[test]
    fn something_after_a_string() {
        check_fault("\"a\" b", 4, EscapeFault::NoSeparator);
    }

    #[test]
    fn json_is_an_array_of_strings() {
        assert_eq!(refs_to_json(&["a;;b", "\""]), r#"["a;;b","\""]"#);
        let error = refs_from_json("[\"a\",\n1]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "The JSON text is no array of strings (line 2, column 1), invalid type: integer `1`, expected a string: give a list such as `[\"a\", \"b\"]`"
        );
    }

    proptest! {
        #[test]
        fn any_list_reads_back(strings: Vec<String>) {
            prop_assert_eq!(unescape_strings(&escape_strings(&strings)).unwrap(), strings.clone());
            prop_assert_eq!(refs_from_json(&refs_to_json(&strings)).unwrap(), strings);
        }

        #[test]
        fn what_is_special_reads_back(strings in prop::collection::vec("[a; \\t\\\\\"\\r\\n]{0,4}", 0..4)) {
            prop_assert_eq!(unescape_strings(&escape_strings(&strings)).unwrap(), strings);
        }

        #[test]
        fn what_is_read_writes_to_what_reads_the_same(text in "[ab; \\t\\\\\"n]{0,10}") {
            if let Ok(strings) = unescape_strings(&text) {
                prop_assert_eq!(unescape_strings(&escape_strings(&strings)).unwrap(), strings);
            }
        }
    }
}
