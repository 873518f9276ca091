//! The order of a list of plugins.

use crate::{PluginSource, PluginStatus};
use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Chars;

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// By source, then by name, whatever the order asked for.
    #[default]
    None,
    /// By name.
    Name,
    /// Own plugins, subscribed ones, local ones.
    Source,
    /// Activated, with an error, inactive, loading.
    Status,
}

impl SortKey {
    /// The key of the dialog's word, or `fallback` for any other.
    pub fn from_text(text: &str, fallback: Self) -> Self {
        match text {
            "none" => Self::None,
            "name" => Self::Name,
            "source" => Self::Source,
            "status" => Self::Status,
            _ => fallback,
        }
    }

    /// The dialog's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Name => "name",
            Self::Source => "source",
            Self::Status => "status",
        }
    }
}

/// The direction of a list. Rows that are equal by its key keep their order in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SortOrder {
    /// The least first.
    #[default]
    Asc,
    /// The greatest first.
    Desc,
}

impl SortOrder {
    /// The order of the dialog's word, or `fallback` for any other.
    pub fn from_text(text: &str, fallback: Self) -> Self {
        match text {
            "asc" => Self::Asc,
            "desc" => Self::Desc,
            _ => fallback,
        }
    }

    /// The dialog's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}

/// What a row is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortRow<'a> {
    /// Where the plugin belongs.
    pub source: PluginSource,
    /// What it is doing.
    pub status: PluginStatus,
    /// Its name.
    pub name: &'a str,
    /// Its key, which decides between plugins of one name.
    pub plugin_key: &'a str,
}

/// Sorts rows by a key; rows that are equal by it are sorted by source, name and plugin key.
pub fn sort_plugins<T>(rows: &mut [T], key: SortKey, order: SortOrder, row: impl Fn(&T) -> SortRow<'_>) {
    rows.sort_by(|a, b| {
        let (a, b) = (row(a), row(b));
        let by_key = match key {
            SortKey::None => Ordering::Equal,
            SortKey::Name => compare_natural(a.name, b.name),
            SortKey::Source => a.source.cmp(&b.source),
            SortKey::Status => rank(a.status).cmp(&rank(b.status)),
        };
        let by_key = match order {
            SortOrder::Asc => by_key,
            SortOrder::Desc => by_key.reverse(),
        };
        by_key.then_with(|| base_order(&a, &b))
    });
}

/// Both kinds of errors are one group.
fn rank(status: PluginStatus) -> PluginStatus {
    match status {
        PluginStatus::RuntimeError => PluginStatus::Error,
        status => status,
    }
}

fn base_order(a: &SortRow<'_>, b: &SortRow<'_>) -> Ordering {
    let by_name = || compare_natural(a.name, b.name).then_with(|| a.name.cmp(b.name));
    a.source.cmp(&b.source).then_with(by_name).then_with(|| a.plugin_key.cmp(b.plugin_key))
}

/// Compares texts as people sort them: numbers in them by value, letters in any case. Texts that differ in leading
/// zeros alone are sorted by those, the fewer first.
pub fn compare_natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.chars().peekable(), b.chars().peekable());
    let mut by_zeros = Ordering::Equal;
    loop {
        let (left, right) = match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return by_zeros,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => (left, right),
        };
        let by_part = if left.is_ascii_digit() && right.is_ascii_digit() {
            let (left, right) = (Number::take(&mut a), Number::take(&mut b));
            by_zeros = by_zeros.then(left.zeros.cmp(&right.zeros));
            // without leading zeros, more digits are more
            left.digits.len().cmp(&right.digits.len()).then_with(|| left.digits.cmp(&right.digits))
        } else {
            a.next();
            b.next();
            left.to_lowercase().cmp(right.to_lowercase())
        };
        if by_part.is_ne() {
            return by_part;
        }
    }
}

struct Number {
    zeros: usize,
    digits: String,
}

impl Number {
    fn take(text: &mut Peekable<Chars<'_>>) -> Self {
        let mut zeros = 0;
        while text.next_if_eq(&'0').is_some() {
            zeros += 1;
        }
        let mut digits = String::new();
        while let Some(digit) = text.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        Self { zeros, digits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PluginSource::{Local, Mine, Subscribed};
    use PluginStatus::{Activated, Error, Inactive, Loading, RuntimeError};
    use proptest::prelude::*;

    fn check(rows: &[(PluginSource, PluginStatus, &str)], key: SortKey, order: SortOrder, expected: &[&str]) {
        let mut rows = rows.to_vec();
        sort_plugins(&mut rows, key, order, |&(source, status, name)| SortRow {
            source,
            status,
            name,
            plugin_key: name,
        });
        let names: Vec<_> = rows.iter().map(|row| row.2).collect();
        assert_eq!(names, expected);
    }

    const STATUSES: [(PluginSource, PluginStatus, &str); 5] = [
        (Local, Inactive, "local_inactive"),
        (Mine, Error, "mine_error"),
        (Mine, Activated, "mine_activated"),
        (Local, Activated, "local_activated"),
        (Subscribed, Loading, "subscribed_loading"),
    ];

    /// 12.10: equal rows keep the ascending base order in both directions.
    #[test]
    fn c10_by_status() {
        let expected =
            ["mine_activated", "local_activated", "mine_error", "local_inactive", "subscribed_loading"];
        check(&STATUSES, SortKey::Status, SortOrder::Asc, &expected);
        let expected =
            ["subscribed_loading", "local_inactive", "mine_error", "mine_activated", "local_activated"];
        check(&STATUSES, SortKey::Status, SortOrder::Desc, &expected);
    }

    #[test]
    fn both_kinds_of_errors_are_one_group() {
        let rows = [(Local, Error, "b"), (Mine, RuntimeError, "c"), (Local, RuntimeError, "a")];
        check(&rows, SortKey::Status, SortOrder::Asc, &["c", "a", "b"]);
    }

    const SOURCES: [(PluginSource, PluginStatus, &str); 3] =
        [(Local, Inactive, "l"), (Mine, Inactive, "m"), (Subscribed, Inactive, "s")];

    /// 12.10
    #[test]
    fn c10_by_source() {
        check(&SOURCES, SortKey::Source, SortOrder::Asc, &["m", "s", "l"]);
        check(&SOURCES, SortKey::Source, SortOrder::Desc, &["l", "s", "m"]);
    }

    /// 12.10
    #[test]
    fn c10_by_name() {
        let names = ["Rig 10", "ada", "Rig 2", "Ada"].map(|name| (Local, Inactive, name));
        check(&names, SortKey::Name, SortOrder::Asc, &["Ada", "ada", "Rig 2", "Rig 10"]);
        check(&names, SortKey::Name, SortOrder::Desc, &["Rig 10", "Rig 2", "Ada", "ada"]);
    }

    /// 12.10: without a key, source and name, the same both ways.
    #[test]
    fn c10_by_nothing() {
        let rows = [(Local, Inactive, "a"), (Mine, Loading, "item 10"), (Mine, Error, "item 2")];
        for order in [SortOrder::Asc, SortOrder::Desc] {
            check(&rows, SortKey::None, order, &["item 2", "item 10", "a"]);
        }
    }

    fn check_natural(a: &str, b: &str, expected: Ordering) {
        assert_eq!(compare_natural(a, b), expected, "{a:?} and {b:?}");
        assert_eq!(compare_natural(b, a), expected.reverse(), "{b:?} and {a:?}");
    }

    /// 12.10
    #[test]
    fn c10_natural_order() {
        check_natural("item2", "item10", Ordering::Less);
        check_natural("2", "10", Ordering::Less);
        check_natural("Camera", "camera", Ordering::Equal);
        check_natural("app", "apple", Ordering::Less);
        check_natural("1", "01", Ordering::Less);
        check_natural("", "", Ordering::Equal);
        check_natural("", "a", Ordering::Less);
    }

    #[test]
    fn zeros_come_after_everything_else() {
        check_natural("1b", "01a", Ordering::Greater);
        check_natural("0", "00", Ordering::Less);
        check_natural("1x01", "01x1", Ordering::Less);
    }

    #[test]
    fn numbers_may_be_long() {
        check_natural("99999999999999999999", "100000000000000000000", Ordering::Less);
    }

    /// 12.10
    #[test]
    fn c10_words() {
        assert_eq!(SortKey::from_text("source", SortKey::Name), SortKey::Source);
        assert_eq!(SortKey::from_text("none", SortKey::Name), SortKey::None);
        assert_eq!(SortKey::from_text("missing", SortKey::Status), SortKey::Status);
        assert_eq!(SortOrder::from_text("desc", SortOrder::Asc), SortOrder::Desc);
        assert_eq!(SortOrder::from_text("down", SortOrder::Asc), SortOrder::Asc);
        for key in [SortKey::None, SortKey::Name, SortKey::Source, SortKey::Status] {
            assert_eq!(SortKey::from_text(key.as_str(), SortKey::None), key);
        }
        for order in [SortOrder::Asc, SortOrder::Desc] {
            assert_eq!(SortOrder::from_text(order.as_str(), SortOrder::Asc), order);
        }
    }

    proptest! {
        /// A comparison that is no order would make sorting panic.
        #[test]
        fn natural_order_is_an_order(texts in proptest::collection::vec("[0-2aAbB]{0,5}", 3)) {
            let [a, b, c] = &texts[..] else { unreachable!("Three texts were made") };
            prop_assert_eq!(compare_natural(a, b), compare_natural(b, a).reverse());
            if compare_natural(a, b).is_le() && compare_natural(b, c).is_le() {
                prop_assert!(compare_natural(a, c).is_le(), "{a} {b} {c}");
            }
        }
    }
}
