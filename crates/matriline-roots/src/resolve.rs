//! The short way to where a path leads, and the slow one where that doesn't do.

use crate::canonical::ends_at_a_folder;
use crate::{Beneath, Follow, Root, RootError, canonical_target};
use std::borrow::Cow;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

/// Where a path leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<'p> {
    /// The canonical path; borrowed if the path was canonical as written.
    pub path: Cow<'p, Path>,
    /// No symbolic link was met, so the answer is the same for [`Follow::Yes`] and [`Follow::No`]. False also where
    /// nobody looked.
    pub direct: bool,
}

/// Where an absolute path leads (see [`canonical_target`]), with as little asking as possible: one question to the
/// kernel for a path beneath one of `roots` that meets no symbolic link, none for a root itself, and a walk otherwise.
///
/// A clean path (no `.`, `..`, doubled or trailing separator) beneath a root allocates nothing if it is shorter than
/// 256 bytes. Only the canonical spelling of a root leads to the short way, because a link in another spelling may
/// have been changed since the root was opened.
///
/// # Errors
/// Those of [`canonical_target`].
pub fn resolve<'p, 'r>(
    path: &'p Path,
    follow: Follow,
    roots: impl IntoIterator<Item = &'r Root>,
) -> Result<Resolved<'p>, RootError> {
    let follow = match follow {
        Follow::No if ends_at_a_folder(path) => Follow::Yes,
        follow => follow,
    };
    let found = roots.into_iter().find_map(|root| {
        let relative = root.relative(path)?;
        Some(is_canonical_beneath(root, relative, follow).then_some((root, relative)))
    });
    if let Some(Some((root, relative))) = found {
        let path = match is_clean(path) {
            true => Cow::Borrowed(path),
            false => Cow::Owned(tidy(root.path(), relative)),
        };
        return Ok(Resolved { path, direct: true });
    }
    let target = canonical_target(path, follow)?;
    let path = match target.as_os_str() == path.as_os_str() {
        true => Cow::Borrowed(path),
        false => Cow::Owned(target),
    };
    Ok(Resolved { path, direct: false })
}

/// Whether a path beneath a root, made tidy, is where it leads.
fn is_canonical_beneath(root: &Root, relative: &Path, follow: Follow) -> bool {
    if relative.as_os_str().is_empty() {
        return true;
    }
    match root.beneath(relative, follow) {
        Beneath::Existing => true,
        // The kernel stopped at the missing name: `..` behind it may hide a link.
        Beneath::Missing => !relative.components().any(|part| part == Component::ParentDir),
        Beneath::MeetsLink | Beneath::Leaves | Beneath::Unknown => false,
    }
}

/// Whether a path has no `.`, `..`, doubled or trailing separator.
fn is_clean(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut names = bytes.split(|&byte| byte == MAIN_SEPARATOR as u8);
    names.next().is_some_and(<[u8]>::is_empty) && names.all(|name| !matches!(name, b"" | b"." | b".."))
}

/// `relative` below `root` with `.`, `..` and doubled separators removed; it is known to stay below.
fn tidy(root: &Path, relative: &Path) -> PathBuf {
    let mut path = root.to_owned();
    for part in relative.components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}
