//! Where a plugin may write: the decision, made on bytes, against the same rules read component by component.
//!
//! The first byte chooses the reach. The rest is the path, and after each NUL a folder that is writable for the
//! length of a call.

use matriline_policy::{PlaceRules, Reach};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

const DATA: &str = "/data";
const OWN: &str = "/data/orca_plugins/stamp";
const PROTECTED: [&str; 5] =
    ["/data/orca_plugins", "/data/log", "/data/cache", "/data/python", "/data/state"];

pub(crate) fn check(bytes: &[u8]) {
    let Some((reach, rest)) = bytes.split_first() else { return };
    let reach = [Reach::Contents, Reach::Entry, Reach::Tree][usize::from(reach % 3)];
    let mut paths = rest.split(|&byte| byte == 0).map(|path| Path::new(OsStr::from_bytes(path)));
    let path = paths.next().unwrap_or(Path::new(""));
    let scoped: Vec<_> = paths.filter(|path| is_canonical(path)).collect();

    let decision = PlaceRules::for_plugin(Path::new(DATA), Path::new(OWN)).decide(path, reach, &scoped);
    if is_canonical(path) {
        assert_eq!(decision.is_ok(), may_write(path, reach, &scoped), "{path:?} {reach:?} in {scoped:?}");
    } else if decision.is_ok() {
        let roots = scoped.iter().copied().chain([Path::new(DATA)]);
        assert!(roots.into_iter().any(|root| path.starts_with(root)), "{path:?} is outside of {scoped:?}");
        assert!(!path.components().any(|part| part == Component::ParentDir), "{path:?} can leave");
    }
}

/// An absolute path in its shortest spelling, without `..`.
fn is_canonical(path: &Path) -> bool {
    let shortest: PathBuf = path.components().collect();
    let climbs = path.components().any(|part| part == Component::ParentDir);
    path.is_absolute() && !climbs && shortest.as_os_str() == path.as_os_str()
}

fn may_write(path: &Path, reach: Reach, scoped: &[&Path]) -> bool {
    if reach == Reach::Contents && path == Path::new("/dev/null") {
        return true;
    }
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    if name.as_bytes().starts_with(b".install_state") {
        return false;
    }
    let device = ["/proc", "/sys", "/dev"].into_iter().any(|place| path.starts_with(place));
    if device && !path.starts_with("/dev/shm") {
        return false;
    }
    let deepest = |roots: &[&Path]| {
        roots.iter().filter(|root| path.starts_with(root)).map(|root| root.components().count()).max()
    };
    let ruled = PROTECTED.map(Path::new);
    let denied = ruled.iter().filter(|place| is_below(path, place)).map(|place| place.components().count());
    let (allowed, denied) = (deepest(&[DATA, OWN].map(Path::new)).max(deepest(scoped)), denied.max());
    // `None` is less than any depth; of two places of one depth the protected one counts
    let keeps = |place: &&Path| is_below(place, path);
    let holds = ruled.iter().chain(&[DATA, OWN].map(Path::new)).chain(scoped).any(keeps);
    allowed > denied && !(reach == Reach::Tree && holds)
}

/// Whether `path` is `folder` or below it, without regard to the case of ASCII letters.
fn is_below(path: &Path, folder: &Path) -> bool {
    let mut parts = path.components();
    folder.components().all(|part| {
        parts.next().is_some_and(|found| found.as_os_str().eq_ignore_ascii_case(part.as_os_str()))
    })
}
