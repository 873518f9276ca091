//! Keys that have no meaning here and are kept for the application.

use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::DeValue;

/// The most bytes that the kept keys and values of one plugin have together. Paths repeat the names of their tables,
/// so that a small block could become much more.
const MAX_BYTES: usize = 32 << 10;

/// Flattens tables to dotted paths, within a limit.
#[derive(Default)]
pub(crate) struct Extra {
    taken: usize,
}

impl Extra {
    /// Adds the value at `path`, or the values of a table below it. A text is taken for what it says, anything else as
    /// it is written.
    pub(crate) fn add(
        &mut self,
        toml: &str,
        path: &str,
        value: &Spanned<DeValue<'_>>,
        into: &mut BTreeMap<String, String>,
    ) {
        if let Some(table) = value.get_ref().as_table().filter(|table| !table.is_empty()) {
            for (key, value) in table {
                let dot = if path.is_empty() { "" } else { "." };
                // what does not fit in the limit is not even put together
                if self.taken + path.len() + key.get_ref().len() <= MAX_BYTES {
                    self.add(toml, &format!("{path}{dot}{}", key.get_ref()), value, into);
                }
            }
            return;
        }
        let written = || toml.get(value.span()).unwrap_or_default();
        let text = value.get_ref().as_str().unwrap_or_else(written);
        self.taken += path.len() + text.len();
        if self.taken <= MAX_BYTES {
            into.insert(path.to_owned(), text.to_owned());
        }
    }
}
