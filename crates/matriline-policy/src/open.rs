//! When an opening writes: files by mode and flags, SQLite databases by name.

use crate::Denied;
use libc::c_int;

/// Whether an `open` event writes.
///
/// `mode` is the event's second argument: the mode of the built-in `open`, or `None` from `os.open`. `x` creates
/// and so is a write. `flags` is the third; either one is enough, since some callers fill in only one of them.
#[inline]
pub fn open_writes(mode: Option<&str>, flags: c_int) -> bool {
    let by_mode = |mode: &str| mode.bytes().any(|byte| matches!(byte, b'w' | b'a' | b'x' | b'+'));
    flags_write(flags) || mode.is_some_and(by_mode)
}

/// Any flag that writes, creates or empties. Both bits of the access mode count: 3 opens for control calls, which
/// need the right to write.
fn flags_write(flags: c_int) -> bool {
    const WRITES: c_int = libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;
    flags & WRITES != 0 || makes_temporary(flags)
}

/// `O_TMPFILE` contains `O_DIRECTORY`, which alone only reads: all of its bits must be there.
#[cfg(target_os = "linux")]
fn makes_temporary(flags: c_int) -> bool {
    flags & libc::O_TMPFILE == libc::O_TMPFILE
}

#[cfg(not(target_os = "linux"))]
fn makes_temporary(_: c_int) -> bool {
    false
}

/// The path that `sqlite3.connect` opens, which it creates and writes beside, or `None` if it is in memory or a
/// nameless temporary file.
///
/// # Errors
/// [`Denied::NotUnderstood`] for `file:` URIs, whose parameters decide what is opened and how.
pub fn database_path(name: &[u8]) -> Result<Option<&[u8]>, Denied> {
    match name {
        b"" | b":memory:" => Ok(None),
        _ if name.starts_with(b"file:") => {
            Err(Denied::NotUnderstood { why: "a `file:` URI names the database; pass its plain path" })
        }
        path => Ok(Some(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_mode(mode: &str, writes: bool) {
        assert_eq!(open_writes(Some(mode), libc::O_RDONLY), writes, "mode {mode}");
    }

    fn check_flags(flags: c_int, writes: bool) {
        assert_eq!(open_writes(None, flags), writes, "flags {flags:#o}");
    }

    #[test]
    fn reading_modes() {
        for mode in ["r", "rb", "rt", "", "U"] {
            check_mode(mode, false);
        }
    }

    #[test]
    fn writing_modes() {
        for mode in ["w", "wb", "a", "ab", "r+", "rb+", "r+b", "w+", "a+", "x", "xb", "x+"] {
            check_mode(mode, true);
        }
    }

    #[test]
    fn flags_of_os_open() {
        check_flags(libc::O_RDONLY, false);
        for flag in [libc::O_WRONLY, libc::O_RDWR, libc::O_CREAT, libc::O_TRUNC, libc::O_APPEND, 3] {
            check_flags(flag, true);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_is_read_and_a_temporary_file_written() {
        check_flags(libc::O_DIRECTORY | libc::O_CLOEXEC, false);
        check_flags(libc::O_TMPFILE, true);
    }

    #[test]
    fn flags_count_beside_a_reading_mode() {
        assert!(open_writes(Some("r"), libc::O_WRONLY));
    }

    fn check_database(name: &[u8], path: Option<&[u8]>) {
        assert_eq!(database_path(name), Ok(path));
    }

    #[test]
    fn databases_without_a_file() {
        check_database(b":memory:", None);
        check_database(b"", None);
    }

    #[test]
    fn databases_with_a_file() {
        check_database(b"prints.db", Some(b"prints.db"));
        check_database(b":memory:x", Some(b":memory:x"));
    }

    #[test]
    fn database_uris_are_not_understood() {
        let denied = database_path(b"file:/data/x.db?mode=ro");
        assert!(matches!(denied, Err(Denied::NotUnderstood { .. })));
    }
}
