//! The slow way to where a path leads: link by link, as the kernel walks.

use crate::{Follow, RootError, sys};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// As many as Linux follows in one path.
const MOST_LINKS: usize = 40;

/// Where an absolute path leads: every symbolic link on the way followed, `.` and `..` resolved as the kernel does
/// (after the links before them), names that don't exist kept as they are. At the end a link is followed (also one
/// that dangles) or kept, as `follow` says; a separator or `.` behind it always follows it, as for the kernel.
///
/// # Errors
/// [`RootError::Resolve`] if a folder can't be looked into, or `..` follows a name that doesn't exist,
/// [`RootError::TooManyLinks`], [`RootError::MagicLink`] for links below `/proc`, [`RootError::NotAbsolute`].
pub fn canonical_target(path: &Path, follow: Follow) -> Result<PathBuf, RootError> {
    if !path.is_absolute() {
        return Err(RootError::NotAbsolute { path: path.to_owned() });
    }
    let mut walk = Walk::new(path);
    let keeps_last = follow == Follow::No && !ends_at_a_folder(path);
    while let Some(step) = walk.ahead.pop() {
        match step {
            Step::Start(start) => walk.reached = start,
            Step::Up if walk.missing => {
                return Err(RootError::Resolve {
                    path: walk.reached,
                    source: io::ErrorKind::NotFound.into(),
                });
            }
            // At the top `..` stays where it is.
            Step::Up => {
                walk.reached.pop();
            }
            Step::Name(name) => {
                walk.reached.push(name);
                let is_kept = keeps_last && walk.ahead.is_empty();
                if !is_kept && !walk.missing {
                    walk.follow_link(path)?;
                }
            }
        }
    }
    Ok(walk.reached)
}

/// A walk through the file system.
struct Walk {
    /// Where the walk stands; canonical.
    reached: PathBuf,
    /// What is still to walk, the next step last. The first entry stays the path's own last name until it is taken.
    ahead: Vec<Step>,
    /// The last name doesn't exist, so nothing behind it does.
    missing: bool,
    links: usize,
}

enum Step {
    Start(PathBuf),
    Up,
    Name(OsString),
}

impl Walk {
    fn new(path: &Path) -> Self {
        let mut walk = Self { reached: PathBuf::new(), ahead: Vec::new(), missing: false, links: 0 };
        walk.put_ahead(path);
        walk
    }

    fn put_ahead(&mut self, path: &Path) {
        let steps = path.components().rev().filter_map(|part| match part {
            Component::Normal(name) => Some(Step::Name(name.to_owned())),
            Component::ParentDir => Some(Step::Up),
            Component::CurDir => None,
            // On Windows the root follows its prefix: one start made of both.
            Component::Prefix(_) => None,
            Component::RootDir => Some(Step::Start(start_of(path))),
        });
        self.ahead.extend(steps);
    }

    /// If the place reached is a symbolic link, steps back from it and puts its target ahead.
    fn follow_link(&mut self, whole: &Path) -> Result<(), RootError> {
        let target = match std::fs::read_link(&self.reached) {
            Ok(target) => target,
            Err(error) if sys::is_not_a_link(&error) => return Ok(()),
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                    self.missing = true;
                    return Ok(());
                }
                _ => {
                    return Err(RootError::Resolve {
                        path: std::mem::take(&mut self.reached),
                        source: error,
                    });
                }
            },
        };
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(RootError::TooManyLinks { path: whole.to_owned() });
        }
        let folder = self.reached.parent().unwrap_or(&self.reached);
        if sys::is_magic_folder(folder) {
            return Err(RootError::MagicLink { path: std::mem::take(&mut self.reached) });
        }
        self.reached.pop();
        self.put_ahead(&target);
        Ok(())
    }
}

/// The prefix and root of an absolute path, of which Unix has the root only.
fn start_of(path: &Path) -> PathBuf {
    let is_start = |part: &Component| matches!(part, Component::Prefix(_) | Component::RootDir);
    path.components().take_while(is_start).collect()
}

/// Whether the path ends in a separator or `.`, which asks for what a link at its end points at.
pub(crate) fn ends_at_a_folder(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_separator = |byte: &u8| std::path::is_separator(char::from(*byte));
    match bytes {
        [.., last] if is_separator(last) => true,
        [.., before, b'.'] => is_separator(before),
        _ => false,
    }
}
