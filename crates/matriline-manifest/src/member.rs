//! The names inside an archive: which of them can be unpacked safely, on any system.

use crate::ArchiveError;
use std::str;
use unicode_normalization::UnicodeNormalization;

/// The longest name of a member that is accepted: what every system can store below a plugin's folder.
pub const MAX_NAME_BYTES: usize = 512;

/// The most folders above a member, and itself: more are no package.
pub const MAX_DEPTH: usize = 64;

/// A file or folder in an archive whose name has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The path below the archive's root: parts joined by `/`, without an empty part, `.` or `..`, and without a
    /// `/` at either end.
    pub path: String,
    /// The size once unpacked, as the archive's directory says.
    pub size: u64,
    /// True for a folder; it has no content.
    pub is_folder: bool,
}

/// Why the name of a member is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// The name is no UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// The name is longer than [`MAX_NAME_BYTES`].
    #[error("it is longer than {MAX_NAME_BYTES} bytes")]
    TooLong,
    /// The name has more than [`MAX_DEPTH`] parts.
    #[error("it has more than {MAX_DEPTH} parts")]
    TooDeep,
    /// The name begins with `/`.
    #[error("it is an absolute path")]
    Absolute,
    /// The name has an empty part, `.` or `..`.
    #[error("a part of it is empty, `.` or `..`")]
    Relative,
    /// The name holds `\`, which separates folders on one system and not on another.
    #[error("it holds a `\\`")]
    Backslash,
    /// The name holds `:`: a drive, or a hidden stream of a file.
    #[error("it holds a `:`")]
    Colon,
    /// The name holds a control character.
    #[error("it holds a control character")]
    Control,
    /// The name holds one of `<>"|?*`, which Windows can't store.
    #[error("it holds one of `<>\"|?*`")]
    Forbidden,
    /// A part of the name ends with `.` or a blank, which Windows drops.
    #[error("a part of it ends with `.` or a blank")]
    Ending,
    /// A part of the name is a device on Windows, whatever its extension: `con`, `nul.txt`.
    #[error("a part of it is the name of a device on Windows")]
    Device,
}

/// The checked path of a member, without the `/` that ends the name of a folder.
pub(crate) fn checked_path(raw: &[u8]) -> Result<&str, NameFault> {
    if raw.len() > MAX_NAME_BYTES {
        return Err(NameFault::TooLong);
    }
    if raw.iter().filter(|&&byte| byte == b'/').count() > MAX_DEPTH {
        return Err(NameFault::TooDeep);
    }
    let name = str::from_utf8(raw).map_err(|_| NameFault::NotUtf8)?;
    if name.chars().any(char::is_control) {
        return Err(NameFault::Control);
    }
    if name.contains('\\') {
        return Err(NameFault::Backslash);
    }
    if name.contains(':') {
        return Err(NameFault::Colon);
    }
    if name.starts_with('/') {
        return Err(NameFault::Absolute);
    }
    let path = name.strip_suffix('/').unwrap_or(name);
    for part in path.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err(NameFault::Relative);
        }
        if part.contains(['<', '>', '"', '|', '?', '*']) {
            return Err(NameFault::Forbidden);
        }
        if part.ends_with(['.', ' ']) {
            return Err(NameFault::Ending);
        }
        if is_device(part) {
            return Err(NameFault::Device);
        }
    }
    Ok(path)
}

/// True for a name that Windows opens as a device, in any folder and with any extension.
fn is_device(part: &str) -> bool {
    const NAMES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
    let stem = part.split('.').next().unwrap_or_default().trim_end_matches(' ');
    let is_port = |prefix: &str| {
        let number = stem.get(..3).filter(|start| start.eq_ignore_ascii_case(prefix)).map(|_| &stem[3..]);
        number.is_some_and(|number| {
            matches!(number, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        })
    };
    NAMES.iter().any(|name| stem.eq_ignore_ascii_case(name)) || is_port("com") || is_port("lpt")
}

/// Refuses members that would be one file or folder on a system that ignores case or Unicode's normal forms, and a
/// file that is another member's folder.
///
/// Sorted by what they have in common there, members in each other's way are neighbours: the time is that of sorting,
/// and the memory that of the names, however deep they are.
pub(crate) fn check_paths(members: &[Member]) -> Result<(), ArchiveError> {
    let mut sorted: Vec<_> = members.iter().map(|member| (folded(&member.path), member)).collect();
    // stable, so that the one that comes first is told first
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    sorted.windows(2).try_for_each(|pair| check_neighbours(&pair[0], &pair[1]))
}

/// The path as such a system compares it. A NUL, which no name holds, parts the folders: a folder comes right before
/// what is in it.
fn folded(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase().replace('/', "\0");
    }
    let part = |letter| if letter == '/' { '\0' } else { letter };
    // letters with two small or two capital forms, such as `ς` and `ẞ`, meet on the way there and back
    let lower = path.nfd().flat_map(char::to_lowercase);
    lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfd().map(part).collect()
}

fn check_neighbours(a: &(String, &Member), b: &(String, &Member)) -> Result<(), ArchiveError> {
    let ((a_folded, a), (b_folded, b)) = (a, b);
    let twins = |first: &str, second: &str| {
        Err(ArchiveError::Twins { first: first.to_owned(), second: second.to_owned() })
    };
    let common = a_folded.split('\0').zip(b_folded.split('\0')).take_while(|(a, b)| a == b).count();
    let (a_top, b_top) = (top(&a.path, common), top(&b.path, common));
    if a_top != b_top {
        return twins(a_top, b_top);
    }
    // the shorter path comes first; if it is whole in the longer one, it must be a folder
    let is_above = common > 0 && a_top.len() == a.path.len();
    if is_above && !(a.is_folder && (b.is_folder || b_top.len() < b.path.len())) {
        return twins(&a.path, b_top);
    }
    Ok(())
}

/// The first parts of a path.
fn top(path: &str, parts: usize) -> &str {
    let Some(last) = parts.checked_sub(1) else { return "" };
    path.match_indices('/').nth(last).map_or(path, |(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    fn check(name: impl AsRef<[u8]>, expected: Result<&str, NameFault>) {
        assert_eq!(checked_path(name.as_ref()), expected);
    }

    fn check_paths(names: &[&str], expected: Option<(&str, &str)>) {
        let member = |name: &&str| Member {
            path: name.trim_end_matches('/').to_owned(),
            size: 0,
            is_folder: name.ends_with('/'),
        };
        let members: Vec<_> = names.iter().map(member).collect();
        match (super::check_paths(&members), expected) {
            (Ok(()), None) => {}
            (Err(ArchiveError::Twins { first, second }), Some(expected)) => {
                assert_eq!((first.as_str(), second.as_str()), expected);
            }
            (found, expected) => panic!("{names:?}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn ordinary_names() {
        check("a/b.py", Ok("a/b.py"));
        check("a/b/", Ok("a/b"));
        check("größe.py", Ok("größe.py"));
        check("..a/b..c", Ok("..a/b..c"));
        check("console.py", Ok("console.py"));
        check("com10/lpt.py", Ok("com10/lpt.py"));
    }

    #[test]
    fn names_that_leave_the_folder() {
        check("/etc/passwd", Err(NameFault::Absolute));
        check("../a", Err(NameFault::Relative));
        check("a/../b", Err(NameFault::Relative));
        check("./a", Err(NameFault::Relative));
        check("a//b", Err(NameFault::Relative));
        check("", Err(NameFault::Relative));
        check("/", Err(NameFault::Absolute));
    }

    #[test]
    fn names_that_mean_more_on_another_system() {
        check("C:/a", Err(NameFault::Colon));
        check("a.py:stream", Err(NameFault::Colon));
        check("a\\..\\b", Err(NameFault::Backslash));
        check("a\0.py", Err(NameFault::Control));
        check(b"\xff", Err(NameFault::NotUtf8));
        check("a".repeat(MAX_NAME_BYTES + 1), Err(NameFault::TooLong));
        check("a/".repeat(MAX_DEPTH + 1), Err(NameFault::TooDeep));
    }

    #[test]
    fn names_that_windows_changes() {
        check("a/b.", Err(NameFault::Ending));
        check("a /b", Err(NameFault::Ending));
        check("a?.py", Err(NameFault::Forbidden));
        for name in ["con", "a/NUL.txt", "Aux.tar.gz", "com1", "lpt9.py", "COM\u{b9}", "nul .txt", "conin$"] {
            check(name, Err(NameFault::Device));
        }
    }

    #[test]
    fn folders_may_be_named_often() {
        check_paths(&["a/", "a/b", "a/c", "a/"], None);
    }

    #[test]
    fn duplicates() {
        check_paths(&["a", "b", "a"], Some(("a", "a")));
    }

    #[test]
    fn twins_that_differ_in_case() {
        check_paths(&["a/B.py", "a/b.py"], Some(("a/B.py", "a/b.py")));
        check_paths(&["A/x", "a/y"], Some(("A", "a")));
        check_paths(&["ΑΣ", "ας"], Some(("ΑΣ", "ας")));
        check_paths(&["ẞ", "ß"], Some(("ẞ", "ß")));
        check_paths(&["Straße", "STRASSE"], Some(("Straße", "STRASSE")));
    }

    #[test]
    fn twins_that_differ_in_normal_form() {
        check_paths(&["\u{e9}.py", "e\u{301}.py"], Some(("\u{e9}.py", "e\u{301}.py")));
        check_paths(&["\u{c9}/a", "e\u{301}/b"], Some(("\u{c9}", "e\u{301}")));
        check_paths(&["\u{212b}", "\u{e5}"], Some(("\u{212b}", "\u{e5}")));
        check_paths(&["e", "\u{e9}"], None);
    }

    #[test]
    fn a_file_is_no_folder() {
        check_paths(&["a", "a/b"], Some(("a", "a")));
        check_paths(&["a/b", "a"], Some(("a", "a")));
        check_paths(&["a/", "a"], Some(("a", "a")));
        check_paths(&["a", "a.b", "a b", "a/b"], Some(("a", "a")));
        check_paths(&["a/b/", "a.c", "a/b/c/d", "a/"], None);
    }

    proptest! {
        #[test]
        fn an_accepted_path_stays_below(name in "[a./\\\\: ?]{0,12}|(con|nul|/|\\.|é){0,4}") {
            if let Ok(path) = checked_path(name.as_bytes()) {
                prop_assert!(Path::new(path).components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
