//! The files of the activity log: `activity.jsonl`, and the four before it, `activity.1.jsonl` to `activity.4.jsonl`.
//!
//! Several processes may write to one data folder: each opens the file anew for what it has gathered, under a lock, and
//! adds whole lines at its end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use matriline_roots::{FileLock, LOCK_WAIT, RootError, replace};
use serde::Serialize;

use super::activity::{Happened, Line, decision};
use crate::Error;

/// From this size on a new file is begun.
const MAX_BYTES: u64 = 4 << 20;

/// How many files are kept beside the one that is written.
const KEPT: u32 = 4;

/// The longest target that is written whole, in bytes.
const MAX_TARGET_BYTES: usize = 4 << 10;

/// Where the lines go.
pub(crate) struct ActivityFile {
    folder: PathBuf,
    max_bytes: u64,
}

/// A line, in the order of its members.
#[derive(Serialize)]
struct Written<'a> {
    /// When it happened first, by RFC 3339, in UTC.
    time: String,
    plugin: &'a str,
    capability: &'a str,
    act: &'a str,
    category: &'a str,
    targets: Vec<&'a str>,
    decision: &'static str,
    rule: &'static str,
    count: u64,
}

/// What stands for acts that nobody could keep.
#[derive(Serialize)]
struct Dropped {
    time: String,
    dropped: u64,
}

impl ActivityFile {
    /// The files below a data folder.
    pub(crate) fn below(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("log"), max_bytes: MAX_BYTES }
    }

    /// Adds lines, and how many acts are missing behind them.
    pub(crate) fn append(&self, lines: &[Line], dropped: u64) -> Result<(), RootError> {
        let mut text = Vec::new();
        for line in lines {
            put(&mut text, &line.written());
        }
        if dropped > 0 {
            put(&mut text, &Dropped { time: shown(Timestamp::now()), dropped });
        }
        let path = self.path(0);
        let failed = |source| RootError::Replace { path: path.clone(), source };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let _lock = self.lock()?;
        if fs::symlink_metadata(&path).is_ok_and(|found| found.len() >= self.max_bytes) {
            self.rotate().map_err(failed)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        // what an earlier process could not write to its end stays a line of its own
        if !ends_with_a_line(&path).map_err(failed)? {
            text.insert(0, b'\n');
        }
        file.write_all(&text).map_err(failed)
    }

    /// Writes all files to one, oldest first, whole or not at all.
    pub(crate) fn export(&self, path: &Path) -> Result<(), Error> {
        let mut all = Vec::new();
        let gathered = self.gather(&mut all);
        let written = gathered.and_then(|()| replace(path, &all));
        written.map_err(|error| Error::File {
            act: "write",
            path: path.into(),
            cause: Arc::new(io::Error::other(error)),
        })
    }

    fn gather(&self, all: &mut Vec<u8>) -> Result<(), RootError> {
        if !self.folder.is_dir() {
            return Ok(());
        }
        let _lock = self.lock()?;
        for number in (0..=KEPT).rev() {
            let path = self.path(number);
            match File::open(&path).and_then(|mut file| file.read_to_end(all)) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(RootError::Replace { path, source }),
            }
        }
        Ok(())
    }

    fn lock(&self) -> Result<FileLock, RootError> {
        FileLock::acquire(&self.folder.join(".activity.lock"), LOCK_WAIT)
    }

    fn rotate(&self) -> io::Result<()> {
        for number in (0..KEPT).rev() {
            match fs::rename(self.path(number), self.path(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The file of that age.
    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(match number {
            0 => "activity.jsonl".to_owned(),
            number => format!("activity.{number}.jsonl"),
        })
    }
}

impl Line {
    fn written(&self) -> Written<'_> {
        let Happened { act, verdict, rule } = &self.happened;
        Written {
            time: shown(self.time),
            plugin: &act.plugin_key,
            capability: &act.capability,
            act: &act.event,
            category: act.category.as_str(),
            targets: act.targets.iter().map(|target| clipped(target)).collect(),
            decision: decision(*verdict),
            rule,
            count: self.count,
        }
    }
}

/// To the millisecond, by RFC 3339.
fn shown(time: Timestamp) -> String {
    format!("{time:.3}")
}

fn clipped(target: &str) -> &str {
    let mut end = target.len().min(MAX_TARGET_BYTES);
    while !target.is_char_boundary(end) {
        end -= 1;
    }
    &target[..end]
}

fn put(text: &mut Vec<u8>, line: &impl Serialize) {
    let begin = text.len();
    match serde_json::to_writer(&mut *text, line) {
        Ok(()) => text.push(b'\n'),
        // texts and numbers always can be written
        Err(_) => text.truncate(begin),
    }
}

fn ends_with_a_line(path: &Path) -> io::Result<bool> {
    use std::io::{Seek, SeekFrom};
    let mut file = File::open(path)?;
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use matriline_policy::{AuditAct, Category, Verdict};
    use std::time::Duration;

    fn line(target: &str, count: u64) -> Line {
        let act = AuditAct {
            plugin_key: "stamp".into(),
            capability: "Stamp".into(),
            event: "open".into(),
            category: Category::FsRead,
            targets: vec![target.into()],
        };
        let happened = Happened { act, verdict: Verdict::Allowed, rule: "mode" };
        Line { happened, time: Timestamp::UNIX_EPOCH + Duration::from_millis(1500), count }
    }

    fn file(max_bytes: u64) -> (tempfile::TempDir, ActivityFile) {
        let data = tempfile::tempdir().unwrap();
        let file = ActivityFile { max_bytes, ..ActivityFile::below(data.path()) };
        (data, file)
    }

    fn exported(file: &ActivityFile) -> String {
        let path = file.folder.join("export");
        file.export(&path).unwrap();
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_line_is_an_object() {
        let (_data, file) = file(MAX_BYTES);
        file.append(&[line("/etc/hosts", 3)], 7).unwrap();
        let text = exported(&file);
        let (first, second) = text.split_once('\n').unwrap();
        assert_eq!(
            first,
            r#"{"time":"1970-01-01T00:00:01.500Z","plugin":"stamp","capability":"Stamp","act":"open","category":"fs_read","targets":["/etc/hosts"],"decision":"allowed","rule":"mode","count":3}"#
        );
        assert!(second.contains(r#""dropped":7"#), "{second}");
    }

    #[test]
    fn five_files_are_kept() {
        let (_data, file) = file(1);
        for number in 0..9 {
            file.append(&[line(&format!("/{number}"), 1)], 0).unwrap();
        }
        let text = exported(&file);
        let targets: Vec<_> = text.lines().map(|line| line.split('"').nth(23).unwrap()).collect();
        assert_eq!(targets, ["/4", "/5", "/6", "/7", "/8"]);
    }

    #[test]
    fn a_line_that_was_cut_stays_alone() {
        let (_data, file) = file(MAX_BYTES);
        file.append(&[line("/a", 1)], 0).unwrap();
        let mut text = fs::read(file.path(0)).unwrap();
        text.truncate(20);
        fs::write(file.path(0), text).unwrap();
        file.append(&[line("/b", 1)], 0).unwrap();
        assert_eq!(exported(&file).lines().count(), 2);
    }

    #[test]
    fn a_target_may_be_long() {
        let (_data, file) = file(MAX_BYTES);
        file.append(&[line(&"ö".repeat(MAX_TARGET_BYTES), 1)], 0).unwrap();
        assert!(exported(&file).len() < 2 * MAX_TARGET_BYTES);
    }

    #[test]
    fn without_an_act_there_is_nothing() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("export");
        ActivityFile::below(data.path()).export(&path).unwrap();
        assert_eq!(fs::read(path).unwrap(), b"");
    }
}
