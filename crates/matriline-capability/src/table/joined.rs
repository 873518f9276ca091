//! Lists of the table, put together while the crate is compiled.

use crate::{ArgSpec, Kind, OlderArg};

/// How many there are in all lists.
pub(super) const fn count<T>(lists: &[&[T]]) -> usize {
    let (mut all, mut list) = (0, 0);
    while list < lists.len() {
        all += lists[list].len();
        list += 1;
    }
    all
}

/// All lists as one.
pub(super) const fn joined<T: Copy, const N: usize>(lists: &[&[T]]) -> [T; N] {
    let mut all = [lists[0][0]; N];
    let (mut list, mut place, mut at) = (0, 0, 0);
    while list < lists.len() {
        match place < lists[list].len() {
            true => {
                all[at] = lists[list][place];
                at += 1;
                place += 1;
            }
            false => {
                list += 1;
                place = 0;
            }
        }
    }
    all
}

/// The argument of an older generation that was called so, or is that field of it.
pub(super) const fn older_arg(args: &[ArgSpec], argument: &str, field: Option<&str>) -> OlderArg {
    let mut place = 0;
    while !same(args[place].name, argument) {
        place += 1;
    }
    let field = match (field, args[place].kind) {
        (None, _) => None,
        (Some(field), Kind::Record(record)) => {
            let mut place = 0;
            while !same(record.own_fields[place].name, field) {
                place += 1;
            }
            Some(place)
        }
        (Some(_), _) => panic!("only a record has fields"),
    };
    OlderArg { argument: place, field }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut place = 0;
    while place < a.len() && place < b.len() && a[place] == b[place] {
        place += 1;
    }
    place == a.len() && place == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_follow_each_other() {
        const LISTS: &[&[u8]] = &[&[1, 2], &[], &[3]];
        assert_eq!(joined::<_, { count(LISTS) }>(LISTS), [1, 2, 3]);
    }

    #[test]
    fn texts_are_the_same_or_not() {
        assert!(same("ab", "ab") && !same("ab", "abc") && !same("abc", "ab") && !same("b", "a"));
    }
}
