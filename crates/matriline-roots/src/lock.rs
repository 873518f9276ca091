//! One writer at a time, whatever process or thread it is in.

use crate::RootError;
use crate::open::open_regular_with;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How long a writer usually waits for another: longer than any write of ours takes, short enough to tell a user.
pub const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The longest pause between two looks at a lock that another holds.
const LONGEST_PAUSE: Duration = Duration::from_millis(16);

/// A lock that is held until the value is dropped, or its process ends in whatever way.
///
/// The lock is the system's, on an empty file that stays when the lock is gone: a removed file could be locked by one
/// while another locks its successor. It keeps out every other holder, in this process too, so taking it twice in one
/// thread waits in vain. Readers of files that are [replaced](crate::replace()) whole need no lock.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Locks a file, which is made if it is missing; its folder must be there. Waits at most `wait` for another
    /// holder, looking again every few milliseconds, as no system waits for a lock with a limit.
    ///
    /// # Errors
    /// [`RootError::Locked`] when the wait is over, [`RootError::Lock`] if the file can't be made or locked, or is no
    /// regular file.
    pub fn acquire(path: &Path, wait: Duration) -> Result<Self, RootError> {
        let fail = |source| RootError::Lock { path: path.to_owned(), source };
        let file = open_regular_with(path, OpenOptions::new().write(true).create(true).truncate(false))
            .map_err(fail)?;
        let begin = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::Error(source)) => return Err(fail(source)),
                Err(TryLockError::WouldBlock) => {}
            }
            let left = wait.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return Err(RootError::Locked { path: path.to_owned(), waited: wait });
            }
            thread::sleep(pause.min(left));
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

impl Drop for FileLock {
    /// Unlocks by name: closing alone would leave the lock with a child process that was forked meanwhile.
    fn drop(&mut self) {
        // a file that can't be unlocked is closed at once, which unlocks it
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const MOMENT: Duration = Duration::from_millis(20);

    #[test]
    fn a_second_holder_waits_and_gives_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let _held = FileLock::acquire(&path, LOCK_WAIT).unwrap();
        let error = FileLock::acquire(&path, MOMENT).unwrap_err();
        let expected = format!(
            "The file `{}` was locked for more than 0.02 s: close the other program that works in this folder, or try again",
            path.display()
        );
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_dropped_lock_is_free_and_its_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        drop(FileLock::acquire(&path, MOMENT).unwrap());
        drop(FileLock::acquire(&path, MOMENT).unwrap());
        assert!(path.is_file());
    }

    #[test]
    fn what_the_file_holds_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        std::fs::write(&path, "text").unwrap();
        drop(FileLock::acquire(&path, MOMENT).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"text");
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let failed = FileLock::acquire(&folder.path().join("none/.lock"), MOMENT);
        assert!(matches!(failed, Err(RootError::Lock { .. })), "{failed:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_in_its_place_stops_nobody() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let failed = FileLock::acquire(&path, MOMENT);
        assert!(matches!(failed, Err(RootError::Lock { .. })), "{failed:?}");
    }

    #[test]
    fn threads_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let (inside, entered) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let _held = FileLock::acquire(&path, LOCK_WAIT).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        entered.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(entered.into_inner(), 40);
    }
}
