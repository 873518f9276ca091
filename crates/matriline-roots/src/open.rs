//! Files that are opened only if they are files.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Opens a file for reading. Whatever else stands under the name is an error at once: opening a pipe the ordinary way
/// waits for its other end, a device may act on being opened, and a symbolic link may lead to either.
///
/// # Errors
/// [`ErrorKind::NotFound`] if there is nothing, [`ErrorKind::InvalidInput`] with the reason for what is no regular
/// file, and the system's own.
pub fn open_regular(path: &Path) -> io::Result<File> {
    open_regular_with(path, OpenOptions::new().read(true))
}

/// As [`open_regular`], in another way than for reading.
pub(crate) fn open_regular_with(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    prepare(path, options)?;
    let file = options.open(path).map_err(|error| named(path, error))?;
    match file.metadata()?.file_type() {
        kind if kind.is_file() => Ok(file),
        kind if kind.is_dir() => Err(refused("it is a folder")),
        _ => Err(refused("it is no regular file")),
    }
}

fn refused(reason: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, reason)
}

#[cfg(unix)]
fn prepare(_: &Path, options: &mut OpenOptions) -> io::Result<()> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY | OFlags::CLOEXEC;
    options.custom_flags(flags.bits().cast_signed());
    Ok(())
}

/// Without such flags the name is looked at first, which leaves a moment for a change that nobody but the user makes.
#[cfg(not(unix))]
fn prepare(path: &Path, _: &mut OpenOptions) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => Err(refused("it is a symbolic link")),
        Ok(found) if !found.is_file() => Err(refused("it is no regular file")),
        _ => Ok(()),
    }
}

/// The system's words for a link, a folder or a pipe in the place of a file ("Too many levels of symbolic links",
/// "No such device or address") say nothing of that.
fn named(path: &Path, error: io::Error) -> io::Error {
    match path.symlink_metadata().map(|found| found.file_type()) {
        Ok(kind) if kind.is_symlink() => refused("it is a symbolic link"),
        Ok(kind) if kind.is_dir() => refused("it is a folder"),
        Ok(kind) if !kind.is_file() => refused("it is no regular file"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Read;

    fn check(path: &Path, kind: ErrorKind, text: &str) {
        let error = open_regular(path).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(text), "{error}");
    }

    #[test]
    fn a_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "text").unwrap();
        let mut text = String::new();
        open_regular(&folder.path().join("a")).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn folders_and_nothing_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        check(folder.path(), ErrorKind::InvalidInput, "it is a folder");
        check(&folder.path().join("none"), ErrorKind::NotFound, "");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn pipes_devices_and_links_are_refused_at_once() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let (pipe, link) = (folder.path().join("pipe"), folder.path().join("link"));
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        check(&pipe, ErrorKind::InvalidInput, "it is no regular file");
        check(Path::new("/dev/null"), ErrorKind::InvalidInput, "it is no regular file");
        check(&link, ErrorKind::InvalidInput, "it is a symbolic link");
        let failed = open_regular_with(&pipe, OpenOptions::new().write(true)).unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::InvalidInput);
    }
}
