//! Which of several references stands for a value of an option.

use crate::{CapabilityRefBorrowed, CapabilityState, LoadedPlugins};
use matriline_capability::CapabilityType;

/// How well a reference serves an option: the smaller, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Its plugin has an enabled capability of the type and name.
    Enabled,
    /// Its plugin has one that is disabled.
    Disabled,
    /// Its plugin is not loaded: nothing is known.
    NotLoaded,
    /// Its plugin is loaded and has no such capability.
    Missing,
}

/// The reference that stands for a value, of those that name it, in the order of the `plugins` array.
///
/// The first whose plugin has an enabled capability of the type (`None`: of any type) and name; else the
/// first with a disabled one; else the first whose plugin is not loaded; else the first. The resolver, the
/// update of a preset and the export all ask this, so that what one calls fine the other runs.
pub fn choose_reference<'a, L: LoadedPlugins + ?Sized>(
    kind: Option<CapabilityType>,
    candidates: impl IntoIterator<Item = CapabilityRefBorrowed<'a>>,
    loaded: &L,
) -> Option<CapabilityRefBorrowed<'a>> {
    best(kind, candidates, |&reference| reference, loaded)
}

/// The same for anything that has a reference.
pub(crate) fn best<'a, T, L: LoadedPlugins + ?Sized>(
    kind: Option<CapabilityType>,
    candidates: impl IntoIterator<Item = T>,
    reference: impl Fn(&T) -> CapabilityRefBorrowed<'a>,
    loaded: &L,
) -> Option<T> {
    let mut candidates = candidates.into_iter();
    let mut best = candidates.next()?;
    let mut best_fit = None;
    for candidate in candidates {
        // a candidate that is alone, as most are, is never looked up
        let known = *best_fit.get_or_insert_with(|| rank(kind, reference(&best), loaded));
        if known == Fit::Enabled {
            break;
        }
        let found = rank(kind, reference(&candidate), loaded);
        if found < known {
            (best, best_fit) = (candidate, Some(found));
        }
    }
    Some(best)
}

/// How well a reference serves an option.
pub(crate) fn rank<L: LoadedPlugins + ?Sized>(
    kind: Option<CapabilityType>,
    reference: CapabilityRefBorrowed<'_>,
    loaded: &L,
) -> Fit {
    let key = reference.plugin_key();
    match loaded.capability(key, kind, reference.capability_name) {
        Some(CapabilityState::Enabled) => Fit::Enabled,
        Some(CapabilityState::Disabled) => Fit::Disabled,
        None if loaded.plugin(key) => Fit::Missing,
        None => Fit::NotLoaded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CapabilityType::{PostProcessing, Script};

    /// `on` and `on2` offer a post-processing `a`, `off` a disabled one, `script` a script of that name.
    struct World;

    impl LoadedPlugins for World {
        fn plugin(&self, plugin_key: &str) -> bool {
            ["on", "on2", "off", "script"].contains(&plugin_key)
        }

        fn capability(&self, key: &str, kind: Option<CapabilityType>, _: &str) -> Option<CapabilityState> {
            let (state, of) = match key {
                "on" | "on2" => (CapabilityState::Enabled, PostProcessing),
                "off" => (CapabilityState::Disabled, PostProcessing),
                "script" => (CapabilityState::Enabled, Script),
                _ => return None,
            };
            kind.is_none_or(|kind| kind == of).then_some(state)
        }
    }

    fn check(kind: Option<CapabilityType>, keys: &[&str], expected: Option<&str>) {
        let texts: Vec<_> = keys.iter().map(|key| format!("{key};;a")).collect();
        let references = texts.iter().filter_map(|text| CapabilityRefBorrowed::parse(text));
        let chosen = choose_reference(kind, references, &World);
        assert_eq!(chosen.map(|chosen| chosen.plugin_key()), expected, "{keys:?}");
    }

    #[test]
    fn an_enabled_one_comes_first() {
        check(Some(PostProcessing), &["script", "gone", "off", "on2", "on"], Some("on2"));
    }

    #[test]
    fn then_a_disabled_one() {
        check(Some(PostProcessing), &["script", "gone", "off"], Some("off"));
    }

    #[test]
    fn then_one_that_is_not_loaded() {
        check(Some(PostProcessing), &["script", "gone", "lost"], Some("gone"));
    }

    #[test]
    fn then_any() {
        check(Some(PostProcessing), &["script"], Some("script"));
        check(Some(PostProcessing), &[], None);
    }

    #[test]
    fn any_type_takes_the_first_enabled() {
        check(None, &["off", "script", "on"], Some("script"));
    }
}
