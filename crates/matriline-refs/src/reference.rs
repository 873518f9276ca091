//! One reference: `<name>;<uuid>;<capability>`.

use crate::{Part, RefError};
use memchr::memchr;
use std::borrow::Cow;
use std::fmt;

const SEPARATOR: char = ';';

/// A capability of a plugin as a preset names it.
///
/// The text is built by `Display`. What [`new`](Self::new) accepts reads back as it was; a reference whose
/// `name` or `uuid` is set to a text with `;` reads back as another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CapabilityRef {
    /// The plugin key of a local plugin, the display name of a cloud plugin; never empty.
    pub name: String,
    /// The name of the capability inside the plugin; never empty.
    pub capability_name: String,
    /// The identity of a cloud plugin, empty for a local one.
    pub uuid: String,
}

/// A [`CapabilityRef`] whose parts are slices of the text it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CapabilityRefBorrowed<'a> {
    /// See [`CapabilityRef::name`].
    pub name: &'a str,
    /// See [`CapabilityRef::capability_name`].
    pub capability_name: &'a str,
    /// See [`CapabilityRef::uuid`].
    pub uuid: &'a str,
}

/// Reads a reference and copies its parts; `None` for what [`CapabilityRefBorrowed::parse`] refuses.
pub fn parse_capability_ref(text: &str) -> Option<CapabilityRef> {
    CapabilityRefBorrowed::parse(text).map(CapabilityRefBorrowed::into_owned)
}

impl<'a> CapabilityRefBorrowed<'a> {
    /// Reads a reference without copying.
    ///
    /// The first two `;` separate; further ones belong to the capability name. Name and capability must not
    /// be empty. Nothing is trimmed, and the uuid may be any text.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (name, rest) = split(text)?;
        let (uuid, capability_name) = split(rest)?;
        let complete = !name.is_empty() && !capability_name.is_empty();
        complete.then_some(Self { name, capability_name, uuid })
    }

    /// The key of the plugin in the catalog: the uuid of a cloud plugin, the name of a local one.
    pub fn plugin_key(self) -> &'a str {
        if self.uuid.is_empty() { self.name } else { self.uuid }
    }

    /// A copy that outlives the text.
    pub fn into_owned(self) -> CapabilityRef {
        CapabilityRef {
            name: self.name.to_owned(),
            capability_name: self.capability_name.to_owned(),
            uuid: self.uuid.to_owned(),
        }
    }
}

/// A display name as the first part of a reference may hold it: every `;` becomes `_`.
pub fn sanitize_name(name: &str) -> Cow<'_, str> {
    match memchr(SEPARATOR as u8, name.as_bytes()) {
        Some(_) => name.replace(SEPARATOR, "_").into(),
        None => name.into(),
    }
}

impl CapabilityRef {
    /// A reference to a capability of a local plugin (`name` is its key, `uuid` is empty) or of a cloud
    /// plugin (`name` is its display name, see [`sanitize_name`]).
    ///
    /// Name and capability must not be empty, name and uuid must not hold a `;`; the capability name may.
    pub fn new(name: &str, uuid: &str, capability_name: &str) -> Result<Self, RefError> {
        for (part, text) in [(Part::Name, name), (Part::Capability, capability_name)] {
            if text.is_empty() {
                return Err(RefError::Empty { part });
            }
        }
        for (part, text) in [(Part::Name, name), (Part::Uuid, uuid)] {
            if text.contains(SEPARATOR) {
                return Err(RefError::Separator { part, text: text.to_owned() });
            }
        }
        Ok(CapabilityRefBorrowed { name, capability_name, uuid }.into_owned())
    }

    /// The key of the plugin in the catalog: the uuid of a cloud plugin, the name of a local one.
    pub fn plugin_key(&self) -> &str {
        self.as_borrowed().plugin_key()
    }

    /// The same reference, borrowed.
    pub fn as_borrowed(&self) -> CapabilityRefBorrowed<'_> {
        CapabilityRefBorrowed { name: &self.name, capability_name: &self.capability_name, uuid: &self.uuid }
    }
}

impl fmt::Display for CapabilityRefBorrowed<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, capability_name, uuid } = self;
        write!(out, "{name}{SEPARATOR}{uuid}{SEPARATOR}{capability_name}")
    }
}

impl fmt::Display for CapabilityRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_borrowed().fmt(out)
    }
}

fn split(text: &str) -> Option<(&str, &str)> {
    let at = memchr(SEPARATOR as u8, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reference(name: &str, uuid: &str, capability_name: &str) -> Option<CapabilityRef> {
        let [name, uuid, capability_name] = [name, uuid, capability_name].map(str::to_owned);
        Some(CapabilityRef { name, capability_name, uuid })
    }

    fn check(text: &str, expected: Option<CapabilityRef>) {
        let found = parse_capability_ref(text);
        assert_eq!(found, expected, "parsing {text:?}");
        if let Some(found) = found {
            assert_eq!(found.to_string(), text);
        }
    }

    #[test]
    fn c3_local_plugin() {
        check("local_plugin;;post_process", reference("local_plugin", "", "post_process"));
    }

    #[test]
    fn c4_cloud_plugin() {
        let uuid = "550e8400-e29b-41d4-a716-446655440000";
        let text = format!("cloud_plugin;{uuid};post_process");
        check(&text, reference("cloud_plugin", uuid, "post_process"));
    }

    #[test]
    fn c5_incomplete_references() {
        for text in
            ["", "plugin", "plugin;uuid", ";;capability", ";uuid;capability", "plugin;;", "plugin;uuid;"]
        {
            check(text, None);
        }
    }

    #[test]
    fn display_names_may_hold_blanks_and_brackets() {
        let uuid = "1f998ea9-0183-4cc5-957f-4eef659ba4e6";
        let text = format!("Sample Plugin;{uuid};G-code Benchmark (.py)");
        check(&text, reference("Sample Plugin", uuid, "G-code Benchmark (.py)"));
    }

    #[test]
    fn further_separators_belong_to_the_capability() {
        check("a;b;c;d", reference("a", "b", "c;d"));
        check("a;;;", reference("a", "", ";"));
    }

    #[test]
    fn blanks_are_kept() {
        check(" ;;x", reference(" ", "", "x"));
    }

    #[test]
    fn names_may_be_of_any_script() {
        check("Größe;;印刷", reference("Größe", "", "印刷"));
    }

    #[test]
    fn the_key_is_the_uuid_of_a_cloud_plugin() {
        assert_eq!(reference("name", "uuid", "x").unwrap().plugin_key(), "uuid");
        assert_eq!(reference("name", "", "x").unwrap().plugin_key(), "name");
    }

    fn check_refused(parts: [&str; 3], expected: &str) {
        let [name, uuid, capability_name] = parts;
        let error = CapabilityRef::new(name, uuid, capability_name).expect_err("it is refused");
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_reference_needs_a_name() {
        check_refused(
            ["", "", "x"],
            "The plugin name of a reference is empty: give the plugin key of a local plugin, or the name of a \
             cloud plugin with `_` for `;`",
        );
    }

    #[test]
    fn a_reference_needs_a_capability() {
        check_refused(
            ["a", "", ""],
            "The capability name of a reference is empty: give the name that the capability's `get_name()` answers",
        );
    }

    #[test]
    fn separators_stand_between_parts_only() {
        check_refused(
            ["a", "b;c", "x"],
            "The uuid `b;c` contains `;`, which separates the parts of a reference: give the cloud plugin's uuid, \
             or an empty text for a local plugin",
        );
        check_refused(
            ["a;b", "", "x"],
            "The plugin name `a;b` contains `;`, which separates the parts of a reference: give the plugin key of \
             a local plugin, or the name of a cloud plugin with `_` for `;`",
        );
    }

    #[test]
    fn a_sanitised_name_can_be_referenced() {
        assert_eq!(sanitize_name("a;b;"), "a_b_");
        assert!(matches!(sanitize_name("plain"), Cow::Borrowed("plain")));
    }

    proptest! {
        #[test]
        fn what_new_accepts_reads_back(parts in prop::array::uniform3("[a-c; ]{0,4}")) {
            let [name, uuid, capability_name] = parts;
            let built = CapabilityRef::new(&name, &uuid, &capability_name).ok();
            let read = parse_capability_ref(&format!("{name};{uuid};{capability_name}"));
            let reads_back = read.filter(|read| (&read.name, &read.uuid) == (&name, &uuid));
            prop_assert_eq!(built, reads_back);
        }

        #[test]
        fn what_is_built_reads_back(name in "[^;]+", uuid in "[^;]*", capability in ".+") {
            let built = reference(&name, &uuid, &capability);
            let text = built.as_ref().unwrap().to_string();
            prop_assert_eq!(parse_capability_ref(&text), built);
        }

        #[test]
        fn what_is_read_builds_the_same_text(text in "[a-c; ]{0,12}") {
            if let Some(found) = parse_capability_ref(&text) {
                prop_assert_eq!(found.to_string(), text);
            }
        }
    }
}
