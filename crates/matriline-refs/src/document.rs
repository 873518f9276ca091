//! A preset's JSON text, of which only the `plugins` member ever changes.

use crate::serialised::json_error;
use crate::{OptionValue, PluginOptions, Preset, PresetKind, RefError, unescape_strings};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};
use std::fmt;

/// How deep a preset may nest; OrcaSlicer's own reach a depth of two.
const DEPTH: usize = 128;
const PLUGINS: &str = "plugins";

/// The JSON text of a preset.
///
/// Members that are not asked for are never interpreted: numbers of any size, repeated keys, escapes and what
/// they nest are written as they were read. Of a repeated key the last one counts.
#[derive(Debug, Clone)]
pub struct PresetDocument {
    members: Vec<Member>,
}

#[derive(Debug, Clone)]
struct Member {
    key: String,
    /// The key as it is written, with its quotes.
    raw_key: Box<RawValue>,
    value: Box<RawValue>,
}

impl PresetDocument {
    /// Reads a preset; fails for what is no JSON object or nests too deep.
    pub fn parse(text: &str) -> Result<Self, RefError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        check_depth(text)?;
        let Members(members) = serde_json::from_str(text).map_err(|error| json_error("preset", &error))?;
        Ok(Self { members })
    }

    /// The value of a member: the items of an array, or one text for a text, number or Boolean.
    ///
    /// Items that are no texts stand there as they are written; `null`, objects and arrays inside an array
    /// are left out. `None` when there is no such member.
    pub fn strings(&self, key: &str) -> Option<Vec<String>> {
        let value = self.value(key)?.get();
        if !value.starts_with('[') {
            return Some(scalar(value).into_iter().collect());
        }
        let items: Vec<&RawValue> = serde_json::from_str(value).expect("The text was read before");
        Some(items.into_iter().filter_map(|item| scalar(item.get())).collect())
    }

    /// The `plugins` array, empty where there is none; one that stands there as an escaped list is read too.
    pub fn plugins(&self) -> Vec<String> {
        self.list(PLUGINS).unwrap_or_default()
    }

    /// Replaces the `plugins` array; an empty one goes altogether.
    ///
    /// A new member comes last. One that says the same already stays as it is written. Of several the last one
    /// counts; the earlier ones go, as does whatever stood there that is no list of texts.
    pub fn set_plugins(&mut self, plugins: &[String]) {
        if self.value(PLUGINS).is_some() && !plugins.is_empty() && self.plugins() == plugins {
            return;
        }
        let place = self.members.iter().position(|member| member.key == PLUGINS);
        self.members.retain(|member| member.key != PLUGINS);
        if plugins.is_empty() {
            return;
        }
        let lines: Vec<_> = plugins.iter().map(|plugin| format!("\n\t\t{}", quoted(plugin))).collect();
        let value = RawValue::from_string(format!("[{}\n\t]", lines.join(","))).expect("An array is JSON");
        let raw_key = to_raw_value(PLUGINS).expect("A text is JSON");
        let member = Member { key: PLUGINS.to_owned(), raw_key, value };
        self.members.insert(place.unwrap_or(self.members.len()), member);
    }

    /// The JSON text: a member on each line after a tab, and a line end at the end.
    pub fn to_json(&self) -> String {
        if self.members.is_empty() {
            return "{}\n".to_owned();
        }
        let line = |member: &Member| format!("\n\t{}: {}", member.raw_key.get(), member.value.get());
        let lines: Vec<_> = self.members.iter().map(line).collect();
        format!("{{{}\n}}\n", lines.join(","))
    }

    /// What the preset says of plugins. Its name is the member `name`.
    ///
    /// A text that stands where a list of capability names is expected is an escaped list
    /// ([`unescape_strings`]), or one name where it is none.
    pub fn preset(&self, kind: PresetKind, options: &PluginOptions) -> Preset {
        let values = |option: &crate::PluginOption| {
            let values = match option.value {
                OptionValue::CapabilityName => self.list(&option.key),
                OptionValue::AgentId => self.strings(&option.key),
            };
            Some((option.key.clone(), values?))
        };
        let name = self.strings("name").and_then(|names| names.into_iter().next());
        Preset {
            kind,
            name: name.unwrap_or_default(),
            options: options.iter().filter_map(values).collect(),
            plugins: self.plugins(),
        }
    }

    fn value(&self, key: &str) -> Option<&RawValue> {
        self.members.iter().rfind(|member| member.key == key).map(|member| &*member.value)
    }

    /// The strings of a member, where a text stands for an escaped list.
    fn list(&self, key: &str) -> Option<Vec<String>> {
        let mut strings = self.strings(key)?;
        if self.value(key)?.get().starts_with('"')
            && let [only] = &*strings
            && let Ok(list) = unescape_strings(only)
        {
            strings = list;
        }
        Some(strings)
    }
}

/// The text of a value that holds no others; `None` for `null`, arrays and objects.
fn scalar(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        // what is half a UTF-16 pair is no text: it stays as it is written, for whoever reports it
        b'"' => Some(serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())),
        b'[' | b'{' | b'n' => None,
        _ => Some(value.to_owned()),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("A text is JSON")
}

/// Readers that recurse must be able to read what this one has let pass.
fn check_depth(text: &str) -> Result<(), RefError> {
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > DEPTH {
                    return Err(RefError::TooDeep { limit: DEPTH, offset });
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

struct Members(Vec<Member>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some((raw_key, value)) = map.next_entry::<Box<RawValue>, Box<RawValue>>()? {
            let key = serde_json::from_str(raw_key.get()).map_err(serde::de::Error::custom)?;
            members.push(Member { key, raw_key, value });
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn document(text: &str) -> PresetDocument {
        PresetDocument::parse(text).expect("it can be read")
    }

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|&text| text.to_owned()).collect()
    }

    /// `expected` is the text after `plugins` were set.
    fn check_set(text: &str, plugins: &[&str], expected: &str) {
        let mut document = document(text);
        document.set_plugins(&texts(plugins));
        assert_eq!(document.to_json(), expected);
    }

    fn check_strings(value: &str, expected: &[&str]) {
        assert_eq!(document(&format!(r#"{{"x": {value}}}"#)).strings("x").unwrap(), expected, "{value}");
    }

    fn check_refused(text: &str, expected: &str) {
        assert_eq!(PresetDocument::parse(text).unwrap_err().to_string(), expected);
    }

    /// Without anything that knows capabilities nothing is derived: writing is all there is.
    #[test]
    fn c1_a_preset_without_plugins_gets_none() {
        let values =
            ["local_plugin;;post_process", "cloud_plugin;550e8400-e29b-41d4-a716-446655440000;post_process"];
        let text = format!(r#"{{"post_process_plugin": ["{}", "{}"]}}"#, values[0], values[1]);
        let written = document(&text).to_json();
        assert!(!written.contains("\"plugins\""));
        let read = document(&written);
        assert_eq!(read.strings("post_process_plugin").unwrap(), values);
        assert_eq!(read.preset(PresetKind::Print, &PluginOptions::orca()).plugins, [""; 0]);
    }

    #[test]
    fn the_order_and_the_bytes_of_members_stay() {
        check_set(
            r#"{"z": 123456789012345678901234567890.10, "a":{"b" : [1 ,2]}, "é\u00e9": "\u0041", "z": 1E+2}"#,
            &["p;;x"],
            concat!(
                "{\n\t\"z\": 123456789012345678901234567890.10,\n\t\"a\": {\"b\" : [1 ,2]},\n\t\"é\\u00e9\": ",
                "\"\\u0041\",\n\t\"z\": 1E+2,\n\t\"plugins\": [\n\t\t\"p;;x\"\n\t]\n}\n"
            ),
        );
    }

    #[test]
    fn plugins_are_replaced_in_place() {
        check_set(
            r#"{"plugins": ["a;;b"], "z": 1, "plugins": []}"#,
            &["p;;x", "q;;\""],
            "{\n\t\"plugins\": [\n\t\t\"p;;x\",\n\t\t\"q;;\\\"\"\n\t],\n\t\"z\": 1\n}\n",
        );
    }

    #[test]
    fn no_plugins_are_no_member() {
        check_set(r#"{"plugins": ["a;;b"], "z": 1}"#, &[], "{\n\t\"z\": 1\n}\n");
        check_set(r#"{"plugins": []}"#, &[], "{}\n");
    }

    #[test]
    fn the_same_plugins_stay_as_they_are_written() {
        check_set(r#"{"plugins": [ "a;;\u0062" ]}"#, &["a;;b"], "{\n\t\"plugins\": [ \"a;;\\u0062\" ]\n}\n");
    }

    #[test]
    fn scalars_are_one_text() {
        check_strings(r#""a;b""#, &["a;b"]);
        check_strings("1.50", &["1.50"]);
        check_strings("true", &["true"]);
        check_strings("null", &[]);
        check_strings("{}", &[]);
    }

    #[test]
    fn half_a_pair_stays_as_it_is_written() {
        check_strings(r#""\ud800""#, &[r#""\ud800""#]);
    }

    #[test]
    fn arrays_are_their_items() {
        check_strings(r#"["a", 1, null, [], "\u0062"]"#, &["a", "1", "b"]);
    }

    #[test]
    fn an_absent_member_has_no_strings() {
        assert_eq!(document("{}").strings("x"), None);
    }

    #[test]
    fn plugins_may_be_an_escaped_list() {
        let text = r#"{"plugins": "\"a;;b\";\"c;d;e\""}"#;
        assert_eq!(document(text).plugins(), ["a;;b", "c;d;e"]);
        assert_eq!(document(r#"{"plugins": "\"a;;b"}"#).plugins(), ["\"a;;b"]);
    }

    #[test]
    fn a_preset_has_the_values_of_the_options() {
        let text =
            r#"{"name": "Fine", "post_process_plugin": "a;\"b c\"", "printer_agent": "x;y", "other": "z"}"#;
        let preset = document(text).preset(PresetKind::Print, &PluginOptions::orca());
        assert_eq!((preset.kind, preset.name.as_str()), (PresetKind::Print, "Fine"));
        let expected = [("post_process_plugin", texts(&["a", "b c"])), ("printer_agent", texts(&["x;y"]))];
        assert_eq!(preset.options, expected.map(|(key, values)| (key.to_owned(), values)));
    }

    #[test]
    fn a_mark_at_the_start_is_skipped() {
        assert_eq!(document("\u{feff}{\"name\": 1}").strings("name").unwrap(), ["1"]);
    }

    #[test]
    fn other_values_are_no_preset() {
        check_refused(
            "[]",
            "The JSON text is no preset (line 1, column 0), invalid type: sequence, expected an object: give one JSON object, such as `{\"name\": \"Fine\"}`",
        );
        check_refused(
            "{\"a\": 1",
            "The JSON text is no preset (line 1, column 7), EOF while parsing an object: give one JSON object, such as `{\"name\": \"Fine\"}`",
        );
    }

    #[test]
    fn depth_has_a_bound() {
        let nested = |depth: usize| format!("{{\"a\": {}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(PresetDocument::parse(&nested(DEPTH)).is_ok());
        check_refused(
            &nested(DEPTH + 1),
            "The JSON text nests deeper than 128 levels at byte 133: remove what is no preset",
        );
        let brackets = format!("{{\"a\": \"\\\"{}\"}}", "[".repeat(1000));
        assert!(PresetDocument::parse(&brackets).is_ok());
    }

    proptest! {
        #[test]
        fn plugins_read_back(plugins: Vec<String>) {
            let mut document = document(r#"{"name": "x"}"#);
            document.set_plugins(&plugins);
            let read = PresetDocument::parse(&document.to_json()).unwrap();
            prop_assert_eq!(read.plugins(), plugins);
        }
    }
}
