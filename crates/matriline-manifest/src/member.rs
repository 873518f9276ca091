//! The names inside an archive: which of them can be unpacked safely, on any system.

use crate::ArchiveError;
use std::collections::HashMap;
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
    /// The name is not UTF-8.
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
    /// The name holds one of `<>"|?*`, which Windows cannot store.
    #[error("it holds one of `<>\"|?*`")]
    Forbidden,
    /// A part of the name ends with `.` or a space, which Windows drops.
    #[error("a part of it ends with `.` or a space")]
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
    let is_plain = raw.iter().all(|&byte| is_plain(byte));
    if !is_plain {
        check_letters(name)?;
    }
    if name.starts_with('/') {
        return Err(NameFault::Absolute);
    }
    let path = name.strip_suffix('/').unwrap_or(name);
    for part in path.as_bytes().split(|&byte| byte == b'/') {
        if matches!(part, b"" | b"." | b"..") {
            return Err(NameFault::Relative);
        }
        if !is_plain && part.iter().any(|byte| b"<>\"|?*".contains(byte)) {
            return Err(NameFault::Forbidden);
        }
        if part.ends_with(b".") || part.ends_with(b" ") {
            return Err(NameFault::Ending);
        }
        if is_device(part) {
            return Err(NameFault::Device);
        }
    }
    Ok(path)
}

/// True for what nearly all names consist of: bytes that are allowed anywhere, and need no closer look.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'..=b'/' | b'_')
}

fn check_letters(name: &str) -> Result<(), NameFault> {
    if name.chars().any(char::is_control) {
        return Err(NameFault::Control);
    }
    if name.contains('\\') {
        return Err(NameFault::Backslash);
    }
    if name.contains(':') {
        return Err(NameFault::Colon);
    }
    Ok(())
}

/// True for a name that Windows opens as a device, in any folder and with any extension.
fn is_device(part: &[u8]) -> bool {
    let Some((word, rest)) = part.split_first_chunk::<3>() else { return false };
    let rest = || rest.split(|&byte| byte == b'.').next().unwrap_or_default().trim_ascii_end();
    match &word.map(|byte| byte.to_ascii_lowercase()) {
        b"prn" | b"aux" | b"nul" => rest().is_empty(),
        b"con" => [&b""[..], b"in$", b"out$"].iter().any(|name| rest().eq_ignore_ascii_case(name)),
        // a port's number may be one of `¹²³`, too
        b"com" | b"lpt" => matches!(rest(), [b'1'..=b'9'] | [0xc2, 0xb2 | 0xb3 | 0xb9]),
        _ => false,
    }
}

/// Refuses members that would be one file or folder on a system that ignores case or Unicode's normal forms, and a
/// file that is another member's folder.
///
/// Sorted by what they have in common there, members in each other's way are neighbours: the time is that of sorting,
/// and the memory that of the names, however deep they are.
pub(crate) fn check_paths(members: &[Member]) -> Result<(), ArchiveError> {
    let mut folding = Folding::default();
    let fold = |member| folding.path(member).map(|folded| (folded, member));
    let mut sorted = members.iter().map(fold).collect::<Result<Vec<_>, _>>()?;
    // stable, so that the one that comes first is told first
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    sorted.windows(2).try_for_each(|pair| check_neighbours(&pair[0], &pair[1]))
}

/// The most bytes of a wheel's folders and files, each name counted once, that have other letters than those of ASCII:
/// folding them is what takes the time.
pub const MAX_FOLDED_BYTES: usize = 512 << 10;

/// Names as such a system compares them. Those that had to be folded are kept, because folders are named often.
#[derive(Default)]
struct Folding<'m> {
    known: HashMap<&'m str, Vec<u8>>,
    bytes: usize,
}

impl<'m> Folding<'m> {
    /// The path of a member. A NUL, which no name holds, parts the folders: a folder comes right before what is in it.
    fn path(&mut self, member: &'m Member) -> Result<Vec<u8>, ArchiveError> {
        let mut folded = Vec::with_capacity(member.path.len() + 1);
        for part in member.path.split('/') {
            if part.is_ascii() {
                folded.extend(part.bytes().map(|byte| byte.to_ascii_lowercase()));
            } else if let Some(known) = self.known.get(part) {
                folded.extend(known);
            } else {
                self.bytes += part.len();
                if self.bytes > MAX_FOLDED_BYTES {
                    return Err(ArchiveError::TooManyLetters);
                }
                let known = fold(part);
                folded.extend(&known);
                self.known.insert(part, known);
            }
            folded.push(0);
        }
        folded.pop();
        Ok(folded)
    }
}

fn fold(part: &str) -> Vec<u8> {
    // letters with two small or two capital forms, such as `ς` and `ẞ`, meet on the way there and back
    let lower = part.nfd().flat_map(char::to_lowercase);
    let folded = lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfd();
    folded.collect::<String>().into_bytes()
}

fn check_neighbours(a: &(Vec<u8>, &Member), b: &(Vec<u8>, &Member)) -> Result<(), ArchiveError> {
    let ((a_folded, a), (b_folded, b)) = (a, b);
    let twins = |first: &str, second: &str| {
        Err(ArchiveError::Twins { first: first.to_owned(), second: second.to_owned() })
    };
    let is_end = |byte: &u8| *byte == 0;
    let common = a_folded.split(is_end).zip(b_folded.split(is_end)).take_while(|(a, b)| a == b).count();
    let (a_top, b_top) = (top(&a.path, common), top(&b.path, common));
    if a_top != b_top {
        return twins(a_top, b_top);
    }
    // the shorter path comes first; if it is whole in the longer one, it must be a folder
    let is_above = common > 0 && a_top.len() == a.path.len();
    if is_above && !(a.is_folder && (b.is_folder || b_top.len() < b.path.len())) {
        return twins(&a.path, &b.path);
    }
    Ok(())
}

/// The first parts of a path.
fn top(path: &str, parts: usize) -> &str {
    let Some(last) = parts.checked_sub(1) else { return "" };
    let ends = path.bytes().enumerate().filter(|&(_, byte)| byte == b'/');
    ends.map(|(at, _)| &path[..at]).nth(last).unwrap_or(path)
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
    fn letters_are_bounded() {
        let member = |path: String| Member { path, size: 0, is_folder: false };
        let few: Vec<_> = (0..20_000).map(|index| member(format!("größe/éé/{index}"))).collect();
        assert!(super::check_paths(&few).is_ok());
        let many: Vec<_> = (0..20_000).map(|index| member(format!("{}{index}", "é".repeat(20)))).collect();
        assert!(matches!(super::check_paths(&many), Err(ArchiveError::TooManyLetters)));
    }

    #[test]
    fn a_file_is_no_folder() {
        check_paths(&["a", "a/b"], Some(("a", "a/b")));
        check_paths(&["a/b", "a"], Some(("a", "a/b")));
        check_paths(&["a/", "a"], Some(("a", "a")));
        check_paths(&["a", "a.b", "a b", "a/b"], Some(("a", "a/b")));
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
