//! Paths in a real file system: links that lead out and back, names that don't exist, names that aren't UTF-8.
#![cfg(unix)]

use matriline_roots::{Follow, LazyRoot, Root, RootError, canonical_target, resolve};
use proptest::prelude::*;
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// ```text
/// root/             file  folder/file  deep/er/file
///   in_link    -> folder           out_link     -> ../outside
///   file_link  -> file             dangling     -> folder/none
///   out_dangling -> ../outside/none               up -> ..
///   loop -> loop                   chain -> in_link
/// outside/          file  back -> ../root
/// root_link -> root
/// ```
struct Tree {
    _keep: TempDir,
    top: PathBuf,
    root: Root,
}

fn tree() -> Tree {
    let keep = tempfile::tempdir().unwrap();
    let top = keep.path().canonicalize().unwrap();
    for folder in ["root/folder", "root/deep/er", "outside"] {
        fs::create_dir_all(top.join(folder)).unwrap();
    }
    for file in ["root/file", "root/folder/file", "root/deep/er/file", "outside/file"] {
        fs::write(top.join(file), file).unwrap();
    }
    for (link, target) in [
        ("root/in_link", "folder"),
        ("root/out_link", "../outside"),
        ("root/file_link", "file"),
        ("root/dangling", "folder/none"),
        ("root/out_dangling", "../outside/none"),
        ("root/up", ".."),
        ("root/loop", "loop"),
        ("root/chain", "in_link"),
        ("outside/back", "../root"),
        ("root_link", "root"),
    ] {
        symlink(target, top.join(link)).unwrap();
    }
    let root = Root::open(&top.join("root")).unwrap();
    Tree { _keep: keep, top, root }
}

/// Resolving and walking agree on `expected`, both relative to the folder above the root.
fn check(path: &str, follow: Follow, expected: &str) {
    let tree = tree();
    let (path, expected) = (tree.top.join(path), tree.top.join(expected));
    let resolved = resolve(&path, follow, [&tree.root]).unwrap();
    assert_eq!(resolved.path, expected, "{path:?} {follow:?}, beneath the root");
    let walked = canonical_target(&path, follow).unwrap();
    assert_eq!(walked, expected, "{path:?} {follow:?}, walked");
}

fn check_both(path: &str, expected: &str) {
    check(path, Follow::Yes, expected);
    check(path, Follow::No, expected);
}

#[test]
fn plain_paths_stay() {
    for path in ["root", "root/file", "root/folder/file", "root/deep/er", "outside/file"] {
        check_both(path, path);
    }
}

#[test]
fn names_that_do_not_exist_stay() {
    for path in ["root/new", "root/folder/new", "root/new/er/still", "root/file/new", "outside/new"] {
        check_both(path, path);
    }
}

#[test]
fn dots_and_doubled_separators_go() {
    check_both("root/./folder//file", "root/folder/file");
    check_both("root//file", "root/file");
    check_both("root/folder/", "root/folder");
    check_both("root/folder/.", "root/folder");
    check_both("root/", "root");
}

#[test]
fn parents_inside() {
    check_both("root/folder/../file", "root/file");
    check_both("root/deep/er/../../new", "root/new");
    check_both("root/folder/..", "root");
}

#[test]
fn parents_that_lead_out() {
    check_both("root/../outside/file", "outside/file");
    check_both("root/folder/../../outside/new", "outside/new");
}

#[test]
fn out_and_back() {
    check_both("root/../root/file", "root/file");
    check_both("root/out_link/back/file", "root/file");
    check_both("outside/back/folder/new", "root/folder/new");
}

#[test]
fn links_on_the_way_are_followed() {
    check_both("root/in_link/file", "root/folder/file");
    check_both("root/chain/new", "root/folder/new");
    check_both("root/out_link/file", "outside/file");
    check_both("root/out_link/new", "outside/new");
    check_both("root/up/outside/file", "outside/file");
}

#[test]
fn parents_behind_links_are_those_of_the_target() {
    check_both("root/out_link/../root/file", "root/file");
    check_both("root/in_link/../file", "root/file");
    check_both("root/out_link/../file", "file");
}

#[test]
fn a_last_link_is_followed_or_kept() {
    check("root/in_link", Follow::Yes, "root/folder");
    check("root/in_link", Follow::No, "root/in_link");
    check("root/file_link", Follow::Yes, "root/file");
    check("root/out_link", Follow::Yes, "outside");
    check("root/out_link", Follow::No, "root/out_link");
    check("root/folder/../out_link", Follow::No, "root/out_link");
}

#[test]
fn a_last_link_before_a_separator_is_followed() {
    check_both("root/out_link/", "outside");
    check_both("root/out_link/.", "outside");
}

#[test]
fn a_dangling_link_leads_to_where_a_file_would_be_made() {
    check("root/dangling", Follow::Yes, "root/folder/none");
    check("root/out_dangling", Follow::Yes, "outside/none");
    check("root/out_dangling", Follow::No, "root/out_dangling");
}

#[test]
fn a_linked_root_is_another_spelling_of_it() {
    check_both("root_link/file", "root/file");
    let tree = tree();
    let linked = Root::open(&tree.top.join("root_link")).unwrap();
    assert_eq!(linked.path(), tree.root.path());
}

#[test]
fn names_need_not_be_utf8() {
    let tree = tree();
    let name = OsStr::from_bytes(b"\xff\xfe\n");
    let path = tree.root.path().join(name);
    let resolved = resolve(&path, Follow::Yes, [&tree.root]).unwrap();
    assert!(matches!(resolved.path, Cow::Borrowed(found) if found == path));
}

#[test]
fn a_clean_path_is_borrowed() {
    let tree = tree();
    for path in ["file", "new", "folder/new", ""] {
        let path = match path {
            "" => tree.root.path().to_owned(),
            path => tree.root.path().join(path),
        };
        let resolved = resolve(&path, Follow::Yes, [&tree.root]).unwrap();
        assert!(matches!(resolved.path, Cow::Borrowed(_)), "{path:?}");
    }
}

#[test]
fn the_second_root_answers_too() {
    let tree = tree();
    let outside = Root::open(&tree.top.join("outside")).unwrap();
    let path = tree.top.join("outside/file");
    let resolved = resolve(&path, Follow::Yes, [&tree.root, &outside]).unwrap();
    assert!(matches!(resolved.path, Cow::Borrowed(_)));
}

#[cfg(target_os = "linux")]
#[test]
fn only_a_path_without_links_is_direct() {
    let tree = tree();
    for (path, direct) in [("folder/../file", true), ("in_link/file", false)] {
        let path = tree.root.path().join(path);
        let resolved = resolve(&path, Follow::Yes, [&tree.root]).unwrap();
        assert_eq!(resolved.direct, direct, "{path:?}");
    }
}

#[test]
fn parents_of_what_does_not_exist_are_an_error() {
    let tree = tree();
    for path in ["root/none/../file", "root/none/../out_link/file"] {
        let wanted = tree.top.join(path);
        let found = resolve(&wanted, Follow::Yes, [&tree.root]);
        assert!(matches!(found, Err(RootError::Resolve { .. })), "{path}");
    }
}

#[test]
fn circles_are_an_error() {
    let tree = tree();
    let path = tree.top.join("root/loop/x");
    let found = resolve(&path, Follow::Yes, [&tree.root]);
    assert!(matches!(found, Err(RootError::TooManyLinks { .. })));
}

#[test]
fn a_relative_path_is_an_error() {
    let found = resolve(Path::new("file"), Follow::Yes, []);
    assert!(matches!(found, Err(RootError::NotAbsolute { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn links_of_the_kernel_are_an_error() {
    for path in ["/proc/self/cwd/file", "/proc/self/root/etc", "/dev/fd/1"] {
        let found = resolve(Path::new(path), Follow::Yes, []);
        assert!(matches!(found, Err(RootError::MagicLink { .. })), "{path}: {found:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_kernel_tells_five_cases_apart() {
    use matriline_roots::Beneath;
    let tree = tree();
    let check = |path: &str, follow, expected| {
        assert_eq!(tree.root.beneath(Path::new(path), follow), expected, "{path}");
    };
    check("file", Follow::Yes, Beneath::Existing);
    check("folder/new", Follow::Yes, Beneath::Missing);
    check("in_link/file", Follow::Yes, Beneath::MeetsLink);
    check("in_link", Follow::Yes, Beneath::MeetsLink);
    check("in_link", Follow::No, Beneath::Existing);
    check("../outside", Follow::Yes, Beneath::Leaves);
    check("/", Follow::Yes, Beneath::Leaves);
}

#[test]
fn a_root_must_be_a_folder() {
    let tree = tree();
    for path in ["root/file", "root/none"] {
        let found = Root::open(&tree.top.join(path));
        assert!(matches!(found, Err(RootError::Open { .. })), "{path}");
    }
}

#[test]
fn a_lazy_root_tries_again() {
    let tree = tree();
    let path = tree.top.join("later");
    let file = path.join("job.gcode");
    let lazy = LazyRoot::of_file(&file);
    assert!(lazy.get().is_err());
    fs::create_dir(&path).unwrap();
    assert_eq!(lazy.get().unwrap().path(), path);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Where a path exists, all three ways agree: the short way, the walk, and the standard library.
    #[test]
    fn every_way_leads_to_the_same_place(
        names in prop::collection::vec(
            prop::sample::select(vec![
                "folder", "file", "deep", "er", "in_link", "out_link", "file_link", "dangling",
                "up", "chain", "back", "outside", "root", "none", "..", ".", "",
            ]),
            0..7,
        ),
        keep in any::<bool>(),
    ) {
        thread_local!(static TREE: Tree = tree());
        TREE.with(|tree| {
            let path = PathBuf::from(format!("{}/{}", tree.root.path().display(), names.join("/")));
            let follow = if keep { Follow::No } else { Follow::Yes };
            let resolved = resolve(&path, follow, [&tree.root]);
            let walked = canonical_target(&path, follow);
            if let (Ok(resolved), Ok(walked)) = (&resolved, &walked) {
                prop_assert_eq!(&resolved.path, walked);
            }
            if let (Follow::Yes, Ok(expected)) = (follow, path.canonicalize()) {
                prop_assert_eq!(&resolved.unwrap().path, &expected);
                prop_assert_eq!(walked.unwrap(), expected);
            }
            Ok(())
        })?;
    }
}
