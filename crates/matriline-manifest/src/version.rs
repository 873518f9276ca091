//! Versions and ranges of versions (PEP 440).

use crate::bounds::shown;
use crate::{Descriptor, Problem, Target, plain};
use pep440_rs::{Version, VersionSpecifiers};
use std::str::FromStr;

/// What a plugin that asks for another Python is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RequiresPython {
    /// A plugin with a warning; most of those that ask for more than they need run well.
    #[default]
    Warn,
    /// A plugin that cannot be used.
    Enforce,
}

/// True if version `a` is newer than `b`: greater by PEP 440 if both are versions, else just another text.
pub fn is_newer(a: &str, b: &str) -> bool {
    match (Version::from_str(a.trim()), Version::from_str(b.trim())) {
        (Ok(a), Ok(b)) => a > b,
        _ => a != b,
    }
}

/// Tells a plugin that asks for another Python than the one it will run on.
///
/// A `requires-python` that cannot be read asks for nothing; reading the manifest has reported it.
pub fn check_requires_python(
    descriptor: &Descriptor,
    target: &Target,
    severity: RequiresPython,
) -> Option<Problem> {
    let wanted = descriptor.requires_python.as_deref()?;
    if accepts(wanted, target)? {
        return None;
    }
    let python = target.python_version();
    let message = format!(
        "The plugin asks for Python `{}` and would run on {python}: widen its `requires-python` if it runs there, or take a Python that fits",
        shown(wanted)
    );
    Some(match severity {
        RequiresPython::Warn => Problem::warning(message),
        RequiresPython::Enforce => Problem::error(message),
    })
}

/// Whether the target's Python is in the range; `None` if the range cannot be read.
///
/// Without a third number of its version, the target is in the range if any of them is.
fn accepts(range: &str, target: &Target) -> Option<bool> {
    let specifiers = VersionSpecifiers::from_str(range).ok()?;
    let minor = u64::from(target.python_minor);
    let contains = |micro| specifiers.contains(&Version::new([3, minor, micro]));
    Some(match target.python_micro {
        Some(micro) => contains(u64::from(micro)),
        None => (0..=HIGHEST_MICRO).any(contains),
    })
}

/// No release of CPython had a higher third number yet.
const HIGHEST_MICRO: u64 = 40;

/// What is wrong with a plugin's version, and what to write.
pub(crate) fn fault(version: &str) -> Option<String> {
    let version = version.trim();
    if version.is_empty() || Version::from_str(version).is_ok() {
        return None;
    }
    Some(format!(
        "The version `{}` cannot be compared with others: write numbers, like `1.2.0`",
        shown(version)
    ))
}

/// What is wrong with a range of versions of Python, and what to write.
pub(crate) fn range_fault(range: &str) -> Option<String> {
    let is_range = plain::is_range(range) || VersionSpecifiers::from_str(range).is_ok();
    (!is_range).then(|| {
        format!(
            "The range of Python versions `{}` is not valid: write one like `>=3.10` or `>=3.10,<4`",
            shown(range)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_newer(a: &str, b: &str, expected: bool) {
        assert_eq!(is_newer(a, b), expected, "{a} after {b}");
    }

    #[test]
    fn versions_are_compared_by_number() {
        check_newer("1.10", "1.9", true);
        check_newer("1.9", "1.10", false);
        check_newer("1.0", "1.0.0", false);
        check_newer("v2", "1", true);
        check_newer("1.0", "1.0rc1", true);
        check_newer("1!0.1", "9", true);
        check_newer("1.0+b", "1.0+a", true);
    }

    #[test]
    fn other_texts_are_newer_if_they_differ() {
        check_newer("spring", "1.0", true);
        check_newer("1.0", "spring", true);
        check_newer("spring", "spring", false);
        check_newer("", "", false);
    }

    /// `micro` is that of a Python 3.11.
    fn check(wanted: &str, micro: Option<u32>, expected: &str) {
        let descriptor = Descriptor { requires_python: Some(wanted.to_owned()), ..Descriptor::default() };
        let target = Target { python_minor: 11, python_micro: micro, ..Target::default() };
        let problem = check_requires_python(&descriptor, &target, RequiresPython::Warn);
        let shown = problem.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(if expected.is_empty() { shown.is_empty() } else { shown.contains(expected) }, "{shown}");
    }

    #[test]
    fn ranges_that_fit() {
        check(">=3.9", Some(7), "");
        check(">=3.9,<4", None, "");
        check(">=3.11.4", Some(7), "");
        check(">=3.11.4", None, "");
        check("==3.11.*", None, "");
        check("~=3.11", None, "");
        check("", Some(7), "");
    }

    #[test]
    fn ranges_that_do_not_fit() {
        check(">=3.12", Some(7), "asks for Python `>=3.12` and would run on 3.11.7: widen");
        check(">=3.12", None, "would run on 3.11: ");
        check(">=3.11.4", Some(3), "would run on 3.11.3: ");
        check("<3", None, "asks for Python `<3`");
    }

    #[test]
    fn what_is_no_range_asks_for_nothing() {
        check("three", Some(7), "");
    }

    #[test]
    fn an_application_may_enforce_it() {
        let descriptor = Descriptor { requires_python: Some(">=3.12".to_owned()), ..Descriptor::default() };
        let target = Target { python_minor: 11, ..Target::default() };
        let problem = check_requires_python(&descriptor, &target, RequiresPython::Enforce);
        assert_eq!(problem.map(|problem| problem.severity), Some(crate::Severity::Error));
    }

    #[test]
    fn nothing_is_asked() {
        let target = Target { python_minor: 11, ..Target::default() };
        assert_eq!(check_requires_python(&Descriptor::default(), &target, RequiresPython::Enforce), None);
    }
}
