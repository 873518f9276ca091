//! Options of a preset or an object, as text.

/// Options by name, each with its value as a configuration file writes it. A value: clones are cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config(std::sync::Arc<[(String, String)]>);

impl Config {
    /// The value of an option.
    pub fn value(&self, key: &str) -> Option<&str> {
        let place = self.0.binary_search_by(|(name, _)| name.as_str().cmp(key)).ok()?;
        Some(&self.0[place].1)
    }

    /// The options and their values, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// How many options there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Of two values of one option the later counts.
impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Config {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(options: I) -> Self {
        let sorted: std::collections::BTreeMap<String, String> =
            options.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self(sorted.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_value_counts_and_names_are_sorted() {
        let config: Config = [("b", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
        assert_eq!(config.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "3")]);
        assert_eq!((config.value("b"), config.value("c")), (Some("3"), None));
    }
}
