//! JSON that is kept as it was written.
//!
//! What a file holds for others must come back unchanged, whatever its numbers and names are. So a value stays text,
//! less the blanks between its tokens, and is only opened where its meaning is needed.

use json_comments::CommentSettings;
use matriline_host::json::DEPTH;
use serde::de::{DeserializeOwned, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

/// How deep lists and objects of a file may be nested: as deep as what plugins and the application exchange, and what
/// stands around it in a file.
pub const MAX_DEPTH: usize = DEPTH + LEVELS_AROUND;

/// The object of the file, its list and the entry stand around a configuration.
const LEVELS_AROUND: usize = 3;

/// The members of an object, in the order in which they are written.
pub(crate) type Members = BTreeMap<String, Json>;

/// A JSON value in its shortest spelling; equal if the spelling is.
///
/// Serialised as a text, for formats that describe themselves as little as a cache does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Json(String);

impl Json {
    /// Reads a whole file, in which a byte order mark and comments (`//` and `/* */`) may stand. Of several members
    /// with one name the last counts.
    ///
    /// # Errors
    /// What is wrong with the text, with its line and column.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
        let text = match serde_json::from_str::<&RawValue>(text) {
            Ok(value) => Cow::Borrowed(value.get()),
            Err(_) => Cow::Owned(without_comments(text)?),
        };
        compact(&text).map(Self)
    }

    /// The JSON of a value.
    pub(crate) fn of(value: impl Serialize) -> Self {
        Self(serde_json::to_string(&value).expect("Texts, Booleans and lists of them are JSON"))
    }

    pub(crate) fn object(members: &Members) -> Self {
        let members: Vec<_> = members.iter().map(|(key, value)| Self::of(key).0 + ":" + &value.0).collect();
        Self(format!("{{{}}}", members.join(",")))
    }

    /// The array of items that are JSON, several joined by commas included.
    pub(crate) fn array(items: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut text = String::from("[");
        for item in items {
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(item.as_ref());
        }
        text.push(']');
        Self(text)
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// How deep the value is nested; 0 for a number or a text.
    pub(crate) fn depth(&self) -> usize {
        let (mut tokens, mut depth, mut deepest) = (Tokens::default(), 0, 0);
        for letter in self.0.chars().filter(|&letter| !tokens.is_inside_text(letter)) {
            match letter {
                '{' | '[' => depth += 1,
                '}' | ']' => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
        }
        deepest
    }

    /// The value as a Rust type, or `None` if it is of another kind.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }

    /// The members of an object, or `None` for another kind of value.
    pub(crate) fn members(&self) -> Option<Members> {
        members(&self.0)
    }

    /// The items of an array, or `None` for another kind of value.
    pub(crate) fn items(&self) -> Option<Vec<Self>> {
        let mut items = Vec::new();
        self.for_each_item(|item| items.push(Self(item.to_owned())))?;
        Some(items)
    }

    /// Takes the items of an array one by one, so that only what is kept of them takes room; `None` for another kind
    /// of value.
    pub(crate) fn for_each_item(&self, take: impl FnMut(&str)) -> Option<()> {
        serde_json::Deserializer::from_str(&self.0).deserialize_seq(Items(take)).ok()
    }

    /// This list with more items.
    pub(crate) fn with_items(self, more: &[Self]) -> Self {
        match (more.is_empty(), self.items()) {
            (false, Some(items)) => Self::array(items.iter().chain(more)),
            _ => self,
        }
    }

    /// What kind of value it is, in a sentence.
    pub(crate) fn kind(&self) -> &'static str {
        match self.0.as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a text",
            Some(b't' | b'f') => "a Boolean",
            Some(b'n') => "null",
            _ => "a number",
        }
    }

    /// The value with a line for each item and member, moved in by `indent` for each level; in one line if that is
    /// longer than `limit`, as deep nesting makes much of a short text.
    pub(crate) fn text(&self, indent: &str, limit: usize) -> String {
        self.indented(indent, limit).unwrap_or_else(|| self.0.clone())
    }

    fn indented(&self, indent: &str, limit: usize) -> Option<String> {
        let mut out = String::new();
        let mut tokens = Tokens::default();
        let mut depth = 0;
        let mut before = ' ';
        for letter in self.0.chars() {
            if out.len() > limit {
                return None;
            }
            let goes_on = tokens.in_text;
            let is_text = tokens.is_inside_text(letter);
            let opens = !is_text && matches!(letter, '{' | '[');
            let closes = !is_text && matches!(letter, '}' | ']');
            depth -= usize::from(closes);
            // behind a bracket or before one, but the brackets of an empty list stay together
            let is_new_line = before == ',' || matches!(before, '{' | '[') != closes;
            if !goes_on && is_new_line {
                out.push('\n');
                out.extend(std::iter::repeat_n(indent, depth));
            }
            out.push(letter);
            if !is_text && letter == ':' {
                out.push(' ');
            }
            depth += usize::from(opens);
            before = letter;
        }
        (out.len() <= limit).then_some(out)
    }
}

impl AsRef<str> for Json {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The members of an object in its shortest spelling, or `None` for another kind of value.
pub(crate) fn members(text: &str) -> Option<Members> {
    if !text.starts_with('{') {
        return None;
    }
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    Some(members.into_iter().map(|(key, value)| (key, Json(value.get().to_owned()))).collect())
}

struct Items<F>(F);

impl<'de, F: FnMut(&str)> Visitor<'de> for Items<F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<&RawValue>()? {
            (self.0)(item.get());
        }
        Ok(())
    }
}

fn without_comments(text: &str) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut comments = CommentSettings::c_style().strip_comments(text.as_bytes());
    comments.read_to_string(&mut plain).map_err(|error| error.to_string())?;
    let value: &RawValue = serde_json::from_str(&plain).map_err(|error| error.to_string())?;
    Ok(value.get().to_owned())
}

/// JSON without the blanks between its tokens.
fn compact(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut tokens = Tokens::default();
    let mut depth = 0;
    let mut copied = 0;
    for (index, letter) in text.bytes().enumerate() {
        if tokens.is_inside_text(char::from(letter)) {
            continue;
        }
        match letter {
            b' ' | b'\t' | b'\r' | b'\n' => {
                out.push_str(&text[copied..index]);
                copied = index + 1;
            }
            b'{' | b'[' if depth == MAX_DEPTH => {
                return Err(format!("it is nested more than {MAX_DEPTH} levels deep"));
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    out.push_str(&text[copied..]);
    Ok(out)
}

/// Tells the letters of texts from those between them.
#[derive(Default)]
struct Tokens {
    in_text: bool,
    is_escaped: bool,
}

impl Tokens {
    /// False for a letter between texts; both quotes of a text belong to it.
    fn is_inside_text(&mut self, letter: char) -> bool {
        let was_in_text = self.in_text;
        match letter {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' if self.in_text => self.is_escaped = true,
            '"' => self.in_text = !self.in_text,
            _ => {}
        }
        was_in_text || self.in_text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(Json::parse(text.as_bytes()).as_ref().map(Json::as_str), Ok(expected));
    }

    fn check_error(text: impl AsRef<[u8]>, expected: &str) {
        let error = Json::parse(text.as_ref()).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn blanks_go_and_tokens_stay() {
        check(" { \"a b\" : [ 1.0e+07 , -0 ] }\r\n", "{\"a b\":[1.0e+07,-0]}");
        check("123456789012345678901234567890", "123456789012345678901234567890");
        check(r#"["\" , \\", "\u00e9"]"#, r#"["\" , \\","\u00e9"]"#);
    }

    #[test]
    fn comments_and_a_byte_order_mark_are_passed_over() {
        check("\u{feff}{// one\n\"a\":/* two\n */1}", "{\"a\":1}");
        check("[\"http://x\", /* \" */ 1]", "[\"http://x\",1]");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        check_error("{\n \"a\": }", "line 2 column 7");
        check_error("", "EOF");
        check_error("{} {}", "trailing characters");
        check_error("[1,]", "line 1 column 4");
        check_error("[] /* ", "");
        check_error(b"\"\xff\"", "utf-8");
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        check(&nested(MAX_DEPTH), &nested(MAX_DEPTH));
        check_error(nested(MAX_DEPTH + 1), "more than 203 levels");
        check_error(nested(200_000), "more than 203 levels");
        assert_eq!(Json::parse(b"[\"[[\",{\"a\":[]},[]]").unwrap().depth(), 3);
    }

    #[test]
    fn lines_are_moved_in() {
        let json = Json::parse(br#"{"a":[],"b":{},"c":[1,{"d":"{,:["}],"e":"\""}"#).unwrap();
        let expected = "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": \"{,:[\"\n    }\n  ],\n  \"e\": \"\\\"\"\n}";
        assert_eq!(json.text("  ", 1000), expected);
    }

    #[test]
    fn lines_may_be_too_long() {
        let json = Json::parse(b"[1,[2]]").unwrap();
        let text = json.text("  ", 1000);
        assert_eq!(json.text("  ", text.len()), text);
        assert_eq!(json.text("  ", text.len() - 1), "[1,[2]]");
    }

    #[test]
    fn the_last_member_of_a_name_counts() {
        let members = Json::parse(br#"{"a":1,"b":2,"a":3}"#).unwrap().members().unwrap();
        assert_eq!(Json::object(&members).as_str(), r#"{"a":3,"b":2}"#);
    }

    proptest! {
        #[test]
        fn layout_changes_no_value(keys in proptest::collection::vec(any::<String>(), 0..4), number in any::<f64>()) {
            let value = serde_json::json!({ "keys": keys, "nested": [[{}, { "n": number }], []] });
            let json = Json::of(&value);
            prop_assert_eq!(Json::parse(json.text("\t", usize::MAX).as_bytes()), Ok(json));
        }
    }
}
