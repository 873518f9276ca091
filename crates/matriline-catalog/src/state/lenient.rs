//! Objects that people edit: what has no meaning here, and what is of the wrong kind, has no effect and is not lost.

use super::INSTALL_STATE_FILE;
use super::json::{Json, Members};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an object holds beside the values that were understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rest {
    /// Members without a meaning here.
    unknown: Members,
    /// Members of the wrong kind, by their names, and lists with such items.
    ignored: BTreeMap<String, Ignored>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ignored {
    text: Json,
    /// What is written for the value that was taken instead; `None` for no member.
    taken_as: Option<Json>,
    /// Of a list, the items of the wrong kind.
    items: Vec<Json>,
}

impl Rest {
    /// The object with these known members. A member that was ignored comes back as it was, unless its value has been
    /// changed since; the items that were ignored in a list that has been changed stand at its end.
    pub(crate) fn object(&self, mut known: Members) -> Json {
        for (key, ignored) in &self.ignored {
            match known.remove(key) {
                value if value == ignored.taken_as => known.insert(key.clone(), ignored.text.clone()),
                Some(value) => known.insert(key.clone(), value.with_items(&ignored.items)),
                None => None,
            };
        }
        known.extend(self.unknown.clone());
        Json::object(&known)
    }
}

/// Takes known members out, so that the unknown ones remain.
#[derive(Default)]
pub(crate) struct Reader {
    members: Members,
    ignored: BTreeMap<String, Ignored>,
    /// What had no effect, and what to write instead.
    pub(crate) messages: Vec<String>,
}

impl Reader {
    pub(crate) fn of(members: Members) -> Self {
        Self { members, ..Self::default() }
    }

    /// The value of a member, or `None` if it is missing or ignored.
    pub(crate) fn take<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&Json) -> Option<T>,
    ) -> Option<T> {
        let text = self.members.remove(key)?;
        let value = read(&text);
        if value.is_none() {
            self.messages.push(format!(
                "The value of `{key}` in `{INSTALL_STATE_FILE}` is {} and is ignored: write {expected}",
                text.kind()
            ));
            self.ignored.insert(key.to_owned(), Ignored { text, taken_as: None, items: Vec::new() });
        }
        value
    }

    pub(crate) fn text(&mut self, key: &str) -> String {
        self.take(key, "a text", Json::read).unwrap_or_default()
    }

    /// A flag that is off if it is there and is none, since nobody knows what was meant.
    pub(crate) fn flag_or_off(&mut self, key: &str, missing: bool) -> bool {
        let is_there = self.members.contains_key(key);
        self.take(key, "true or false; until then it counts as false", Json::read)
            .unwrap_or(missing && !is_there)
    }

    pub(crate) fn texts(&mut self, key: &str) -> Vec<String> {
        self.list(key, "a list of texts", |item, texts| match item.read() {
            Some(text) => {
                texts.push(text);
                None
            }
            None => Some(item),
        })
    }

    /// The good items of a list; `take` gives back what it has no use for.
    pub(crate) fn list<T>(
        &mut self,
        key: &str,
        expected: &str,
        mut take: impl FnMut(Json, &mut Vec<T>) -> Option<Json>,
    ) -> Vec<T> {
        let text = self.members.get(key).cloned();
        let Some((text, items)) = text.zip(self.take(key, expected, Json::items)) else { return Vec::new() };
        let mut taken = Vec::new();
        let items: Vec<_> = items.into_iter().filter_map(|item| take(item, &mut taken)).collect();
        if let Some(first) = items.first() {
            self.messages.push(format!(
                "An item of `{key}` in `{INSTALL_STATE_FILE}` is {} and is ignored: write {expected}",
                match first.kind() {
                    "an object" => "an object with other values",
                    kind => kind,
                }
            ));
            self.ignored.insert(key.to_owned(), Ignored { text, taken_as: None, items });
        }
        taken
    }

    /// What remains, once the known members are taken; `known` is what is written for them.
    pub(crate) fn rest(self, known: &Members) -> Rest {
        let mut ignored = self.ignored;
        for (key, member) in &mut ignored {
            member.taken_as = known.get(key).cloned();
        }
        Rest { unknown: self.members, ignored }
    }
}
