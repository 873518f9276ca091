//! Folders that every plugin may write to, and where paths really lead.

use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Weak};

use matriline_policy::PlaceRules;
use matriline_registry::lock::Mutex;

use super::{AuditOptions, with_places};
use crate::loader::Inner;

/// The folders that the application has added, canonical. They stay as long as the process.
static GLOBAL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The loader of the manager that runs.
static RUNNING: Mutex<Weak<Inner>> = Mutex::new(Weak::new());

/// The manager of this loader runs from now on.
pub(crate) fn set_running(loader: &Arc<Inner>) {
    let earlier = std::mem::replace(&mut *RUNNING.lock(), Arc::downgrade(loader));
    drop(earlier);
}

pub(crate) fn running() -> Option<Arc<Inner>> {
    let running = RUNNING.lock().clone();
    running.upgrade()
}

pub(crate) fn global() -> Vec<PathBuf> {
    GLOBAL.lock().clone()
}

/// Lets every plugin that is loaded from now on write below a folder, less what would let it rule itself or others. The
/// data folder of a manager is such a folder already. An empty path adds nothing.
///
/// Threads: any.
pub fn add_global_allowed_root(folder: impl AsRef<Path>) {
    let folder = folder.as_ref();
    if folder.as_os_str().is_empty() {
        return;
    }
    let real = weakly_canonical(folder);
    let mut global = GLOBAL.lock();
    if !global.contains(&real) {
        global.push(real);
    }
}

/// Whether a path is a folder, or lies in it, once symbolic links and `..` are followed as far as the path exists.
/// Compared by component, with regard to case.
///
/// Threads: any; asks the file system.
pub fn is_inside_allowed_root(candidate: impl AsRef<Path>, root: impl AsRef<Path>) -> bool {
    let (candidate, root) = (candidate.as_ref(), root.as_ref());
    let is_named = !candidate.as_os_str().is_empty() && !root.as_os_str().is_empty();
    is_named && weakly_canonical(candidate).starts_with(weakly_canonical(root))
}

/// Whether a file has a name that the running manager's application keeps secrets under
/// ([`ManagerBuilder::secrets`](crate::ManagerBuilder::secrets)).
///
/// Threads: any.
pub fn is_denied_filename(path: impl AsRef<Path>) -> bool {
    let Some(running) = running() else { return false };
    PlaceRules::nothing().with_secrets(&running.audit.options.secrets).is_secret(path.as_ref())
}

/// Where a plugin may write; of one that is not loaded, where it might if it were.
pub(super) fn rules_of(key: &str) -> PlaceRules {
    let Some(running) = running() else {
        return with_places(PlaceRules::nothing(), &AuditOptions::default());
    };
    let catalog = running.catalog.load();
    let folder = match catalog.get(key) {
        Some(entry) => weakly_canonical(&entry.folder),
        None => running.data_dir.join(matriline_catalog::PLUGINS_FOLDER).join(key),
    };
    with_places(PlaceRules::for_plugin(&running.data_dir, &folder), &running.audit.options)
}

/// The path without links, `.` and `..`: as the file system says where it exists, by the text behind that.
pub(super) fn weakly_canonical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let known = absolute
        .ancestors()
        .find_map(|known| Some((known.canonicalize().ok()?, absolute.strip_prefix(known).ok()?)));
    let (mut real, rest) = known.unwrap_or_else(|| (PathBuf::new(), &absolute));
    for part in rest.components() {
        match part {
            Component::ParentDir => drop(real.pop()),
            Component::CurDir => {}
            part => real.push(part),
        }
    }
    real
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(candidate: &Path, root: &Path, expected: bool) {
        assert_eq!(is_inside_allowed_root(candidate, root), expected, "{candidate:?} {root:?}");
    }

    /// The vectors of the specification's time below 12.13.
    #[test]
    fn inside_of_a_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("data");
        std::fs::create_dir_all(root.join("plugins")).unwrap();
        check(&root, &root, true);
        check(&root.join("a.txt"), &root, true);
        check(&root.join("missing/b/c.txt"), &root, true);
        check(&root.join("../x"), &root, false);
        check(&root.join("missing/../../x"), &root, false);
        check(&root.join("plugins/../a.txt"), &root, true);
        check(&folder.path().join("database/x"), &root, false);
        check(Path::new(""), &root, false);
        check(&root, Path::new(""), false);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_where_it_leads() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("data"), folder.path().join("outside"));
        std::fs::create_dir(&root).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("out")).unwrap();
        std::os::unix::fs::symlink(&root, folder.path().join("in")).unwrap();
        check(&root.join("out/x"), &root, false);
        check(&folder.path().join("in/x"), &root, true);
        check(&root.join("x"), &folder.path().join("in"), true);
    }
}
