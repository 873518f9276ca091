use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const FILE: &str = "victim.txt";
const FOLDER: &str = "victim_dir";
const TEXT: &str = "untouched\n";
const MODE: u32 = 0o640;

/// A file and an empty folder that a test plugin tries to change, and the proof that it could not.
///
/// The fixture `ways_to_write` expects `victim.txt` and `victim_dir/` in its target folder before each call.
#[derive(Debug)]
pub struct Victim {
    folder: PathBuf,
    modified: SystemTime,
}

impl Victim {
    /// Makes (or restores) `victim.txt` and `victim_dir/` in an existing folder.
    pub fn prepare(folder: &Path) -> Self {
        let file = folder.join(FILE);
        // an hour ago, so that a touch shows even where a file system keeps whole seconds
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let made = fs::write(&file, TEXT)
            .and_then(|()| fs::set_permissions(&file, Permissions::from_mode(MODE)))
            .and_then(|()| fs::File::options().write(true).open(&file)?.set_modified(modified))
            .and_then(|()| fs::create_dir_all(folder.join(FOLDER)));
        made.unwrap_or_else(|error| panic!("`{}` can't be prepared: {error}", folder.display()));
        Self { folder: folder.to_path_buf(), modified }
    }

    /// What differs from the prepared state, empty when nothing does.
    pub fn changes(&self) -> Vec<String> {
        let mut changes = Vec::new();
        let mut check = |same: bool, what: &str| {
            if !same {
                changes.push(what.to_owned());
            }
        };
        let file = self.folder.join(FILE);
        check(fs::read(&file).is_ok_and(|text| text == TEXT.as_bytes()), "the text of `victim.txt`");
        let metadata = fs::metadata(&file).ok();
        let metadata = metadata.as_ref();
        check(
            metadata.is_some_and(|data| data.permissions().mode() & 0o7777 == MODE),
            "the mode of `victim.txt`",
        );
        check(
            metadata.is_some_and(|data| data.modified().is_ok_and(|time| time == self.modified)),
            "the time of `victim.txt`",
        );
        check(fs::read_dir(self.folder.join(FOLDER)).is_ok_and(|found| found.count() == 0), "`victim_dir`");
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name != FILE && name != FOLDER {
                changes.push(format!("a new entry `{}`", name.to_string_lossy()));
            }
        }
        changes
    }

    /// Panics with everything that differs from the prepared state.
    pub fn assert_untouched(&self) {
        assert_eq!(self.changes(), Vec::<String>::new(), "in `{}`", self.folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(act: impl FnOnce(&Path), expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let victim = Victim::prepare(folder.path());
        act(folder.path());
        assert_eq!(victim.changes(), expected);
    }

    #[test]
    fn nothing_changed() {
        check(|_| {}, &[]);
    }

    #[test]
    fn a_new_file_shows() {
        check(|folder| fs::write(folder.join("x"), "").unwrap(), &["a new entry `x`"]);
    }

    #[test]
    fn a_changed_mode_shows() {
        let open = Permissions::from_mode(0o666);
        check(|folder| fs::set_permissions(folder.join(FILE), open).unwrap(), &["the mode of `victim.txt`"]);
    }

    #[test]
    fn a_write_shows() {
        let expected = ["the text of `victim.txt`", "the time of `victim.txt`"];
        check(|folder| fs::write(folder.join(FILE), "x").unwrap(), &expected);
    }

    #[test]
    fn a_removed_folder_shows() {
        check(|folder| fs::remove_dir(folder.join(FOLDER)).unwrap(), &["`victim_dir`"]);
    }

    #[test]
    fn preparing_restores() {
        let folder = tempfile::tempdir().unwrap();
        Victim::prepare(folder.path());
        fs::write(folder.path().join(FILE), "x").unwrap();
        Victim::prepare(folder.path()).assert_untouched();
    }
}
