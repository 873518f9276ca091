//! From the capability names in a setting to the references in the preset's `plugins` array.

use crate::{CapabilityRefBorrowed, LoadedPlugins, choose_reference};
use hashbrown::HashMap;
use matriline_capability::CapabilityType;

/// What one value of a setting stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedValue<'a> {
    /// The reference that the preset gives for the value.
    Resolved(CapabilityRefBorrowed<'a>),
    /// The preset has no reference for the value: its plugin is unknown.
    Unresolved {
        /// The capability name in the setting.
        value: &'a str,
    },
}

/// Resolves the values of a setting that takes capabilities of a type (`None`: of any), in order.
///
/// An empty value is skipped; a value listed twice is there twice. Of several references to one capability
/// name the one that [`choose_reference`] prefers wins; entries that are no reference are skipped. Without a
/// `plugins` array nothing resolves.
pub fn resolve_values<'a, V, P, L>(
    values: &'a [V],
    plugins: Option<&'a [P]>,
    kind: Option<CapabilityType>,
    loaded: &L,
) -> Vec<ResolvedValue<'a>>
where
    V: AsRef<str>,
    P: AsRef<str>,
    L: LoadedPlugins + ?Sized,
{
    let mut by_name = HashMap::<_, Vec<_>>::new();
    for plugin in plugins.unwrap_or_default() {
        if let Some(reference) = CapabilityRefBorrowed::parse(plugin.as_ref()) {
            by_name.entry(reference.capability_name).or_default().push(reference);
        }
    }
    let mut chosen = HashMap::new();
    let values = values.iter().map(AsRef::as_ref).filter(|value: &&str| !value.is_empty());
    let resolve = |value| {
        let candidates = by_name.get(value).into_iter().flatten().copied();
        match *chosen.entry(value).or_insert_with(|| choose_reference(kind, candidates, loaded)) {
            Some(reference) => ResolvedValue::Resolved(reference),
            None => ResolvedValue::Unresolved { value },
        }
    };
    values.map(resolve).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` holds the built reference of each value, or `!value` where it stays unresolved.
    fn check(values: &[&str], plugins: Option<&[&str]>, expected: &[&str]) {
        let text = |value: &ResolvedValue<'_>| match value {
            ResolvedValue::Resolved(reference) => reference.to_string(),
            ResolvedValue::Unresolved { value } => format!("!{value}"),
        };
        let found: Vec<_> = resolve_values(values, plugins, None, &()).iter().map(text).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_order_is_that_of_the_setting() {
        check(&["b", "a"], Some(&["p;;a", "q;;b"]), &["q;;b", "p;;a"]);
    }

    #[test]
    fn a_value_listed_twice_is_there_twice() {
        check(&["a", "b", "a"], Some(&["p;;a", "p;;b"]), &["p;;a", "p;;b", "p;;a"]);
    }

    #[test]
    fn empty_values_are_skipped() {
        check(&["", "a", ""], Some(&["p;;a"]), &["p;;a"]);
    }

    #[test]
    fn the_first_reference_wins() {
        check(&["a"], Some(&["p;;a", "q;;a"]), &["p;;a"]);
    }

    #[test]
    fn garbage_entries_are_skipped() {
        check(&["a"], Some(&["", "a", "p;;", ";;a", "p;;a"]), &["p;;a"]);
    }

    #[test]
    fn an_unknown_name_stays_unresolved() {
        check(&["a", "A"], Some(&["p;;a"]), &["p;;a", "!A"]);
    }

    #[test]
    fn without_an_array_nothing_resolves() {
        check(&["a"], None, &["!a"]);
    }

    #[test]
    fn a_capability_name_may_hold_separators() {
        check(&["c;d"], Some(&["a;b;c;d"]), &["a;b;c;d"]);
    }
}
