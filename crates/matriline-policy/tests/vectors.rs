//! OrcaSlicer's own cases: the tests of its audit (12.13 of the facts, by row) and what follows from its first policy,
//! which had none.
//!
//! Rows that are reversed here, and why:
//! - 12.13 row *key words* (`secret`, `cert`, `conf` in any part of a path are denied) and the row *cert below a read-only
//!   root*: names that applications, packages and certificate stores use are not refused for a word. What is secret is
//!   named by the application.
//! - 12.13 row *persisted grant*: an approved call site is a frame that still runs, not a line that is remembered for ever.
//! - 12.13 row *no current plugin*: it holds for the application's own threads. A thread of nobody is held to the
//!   strictest policy.
//! - 5.1: `x` is a write; a thread without context may do nothing beyond the standard library.

use matriline_policy::{
    Act, Category, Decision, Denied, Grants, Mode, Need, PlaceRules, Reach, Rule, Subject, Target, Use,
    open_writes,
};
use std::path::Path;

const DATA: &str = "/data";
const PLUGIN: &str = "/data/orca_plugins/test_plugin";
const SECRETS: [&str; 5] =
    ["OrcaSlicer.conf", "OrcaSlicer-gcodeviewer.conf", "OrcaSlicer.ini", "OrcaSlicer-gcodeviewer.ini", TOKEN];
const TOKEN: &str = "orca_refresh_token.sec";

fn rules() -> PlaceRules {
    PlaceRules::for_plugin(Path::new(DATA), Path::new(PLUGIN))
        .with_secrets(SECRETS)
        .with_readable("/resources".into())
}

/// What the built-in `open` of a canonical path ends in.
fn open(rules: &PlaceRules, audit: Mode, path: &str, mode: &str, scoped: &[&Path]) -> Decision {
    let writes = open_writes(Some(mode), 0);
    let (category, used) = match writes {
        true => (Category::FsReadWrite, Use::Writes(Reach::Contents)),
        false => (Category::FsRead, Use::Reads),
    };
    let subject = Subject { mode: audit, rules, scoped, readable: &[], grants: &Grants::default() };
    subject.decide(&Act { category, need: Need::Place, targets: &[Target::Path(Path::new(path), used)] })
}

fn check_in(audit: Mode, path: &str, mode: &str, expected: &str) {
    check_scoped(audit, path, mode, &[], expected);
}

fn check_scoped(audit: Mode, path: &str, mode: &str, scoped: &[&Path], expected: &str) {
    let found = match open(&rules(), audit, path, mode, scoped) {
        Decision::Allow(_) => "allowed".to_owned(),
        Decision::Deny(denied) => denied.to_string(),
        Decision::Ask(_) => "asked".to_owned(),
    };
    assert_eq!(found, expected, "{audit}: {path} {mode}");
}

/// In both modes of the first policy.
fn check(path: &str, mode: &str, expected: &str) {
    check_in(Mode::Loading, path, mode, expected);
    check_in(Mode::Enforcing, path, mode, expected);
}

const ALLOWED: &str = "allowed";
const OUTSIDE: &str = "outside allowed root";
const NAME: &str = "denied filename";

/// 12.13 rows 1 to 5.
#[test]
fn denied_filenames() {
    let denied = |path: &str| rules().is_secret(Path::new(path));
    for name in SECRETS {
        assert!(denied(name), "{name}");
    }
    for name in ["OrcaSlicer.conf.bak", "orca_refresh_token.sec.tmp", "OrcaSlicer.conf:stream"] {
        assert!(denied(name), "{name}");
    }
    for path in
        ["/tmp/OrcaSlicer.conf", "/some/plugin/dir/OrcaSlicer.conf", "/data/plugins/../OrcaSlicer.conf"]
    {
        assert!(denied(path), "{path}");
    }
    for name in ["orcaslicer.conf", "ORCASLICER.CONF", "ORCA_REFRESH_TOKEN.SEC"] {
        assert!(denied(name), "{name}");
    }
    for name in ["OrcaSlicer_other.txt", "OrcaSlicer.json", "orca_refresh_token.txt", ""] {
        assert!(!denied(name), "{name}");
    }
}

/// 12.13 row 6.
#[test]
fn a_write_in_the_data_folder_is_allowed() {
    check("/data/plugin_data.txt", "w", ALLOWED);
}

/// 12.13 row 7, as the path canonically is.
#[test]
fn what_leaves_the_root_is_outside() {
    check_in(Mode::Enforcing, "/outside.txt", "r", OUTSIDE);
}

/// 12.13 rows 8 and 9.
#[test]
fn secrets_below_the_root_are_denied() {
    for mode in ["w", "r"] {
        check("/data/OrcaSlicer.conf", mode, NAME);
    }
    check("/data/orca_refresh_token.sec", "r", NAME);
    check("/data/orca_refresh_token.sec.tmp", "w", NAME);
    check("/data/plugins/OrcaSlicer.conf", "r", NAME);
}

/// 12.13 rows 10 and 11.
#[test]
fn a_scoped_root_is_read_and_written_but_for_secrets() {
    let scoped = [Path::new("/job")];
    for audit in [Mode::Loading, Mode::Enforcing] {
        check_scoped(audit, "/job/state.json", "r", &scoped, ALLOWED);
        check_scoped(audit, "/job/state.json", "w", &scoped, ALLOWED);
        check_scoped(audit, "/job/OrcaSlicer.conf", "w", &scoped, NAME);
    }
}

/// 12.13 row 14.
#[test]
fn harmless_names_are_not_denied() {
    for path in ["/data/output/model.gcode", "/data/storage/state.json"] {
        check(path, "w", ALLOWED);
    }
}

/// 12.13 row 13, reversed.
#[test]
fn key_words_are_not_blocked() {
    for path in
        ["/data/secrets/api_key.json", "/data/cert/a.cer", "/data/conf/settings.json", "/data/CONFIG.JSON"]
    {
        check(path, "r", ALLOWED);
    }
}

/// 12.13 row 15, and row 16 reversed.
#[test]
fn a_read_only_root_is_read_only() {
    check("/resources/profiles/vendor.json", "r", ALLOWED);
    check("/resources/profiles/vendor.json", "w", OUTSIDE);
    check("/resources/cert/slicer_base64.cer", "r", ALLOWED);
    let subject = Subject {
        mode: Mode::Enforcing,
        rules: &rules(),
        scoped: &[],
        readable: &[],
        grants: &Grants::default(),
    };
    let targets = [Target::Path(Path::new("/resources/new"), Use::Writes(Reach::Entry))];
    let create = Act { category: Category::FsCreate, need: Need::Place, targets: &targets };
    assert_eq!(subject.decide(&create), Decision::Deny(Denied::Outside));
}

/// 12.13 row 18: a folder that may be read during a call.
#[test]
fn a_read_only_scoped_root_is_read_only() {
    let readable = [Path::new("/scoped")];
    let (rules, grants) = (rules(), Grants::default());
    let subject =
        Subject { mode: Mode::Enforcing, rules: &rules, scoped: &[], readable: &readable, grants: &grants };
    let decide = |category, used| {
        let targets = [Target::Path(Path::new("/scoped/vendor.json"), used)];
        subject.decide(&Act { category, need: Need::Place, targets: &targets })
    };
    assert_eq!(decide(Category::FsRead, Use::Reads), Decision::Allow(Rule::OwnPlace));
    let write = decide(Category::FsReadWrite, Use::Writes(Reach::Contents));
    assert_eq!(write, Decision::Deny(Denied::Outside));
}

#[test]
fn reads_outside_roots_by_mode() {
    check_in(Mode::Loading, "/outside.txt", "r", ALLOWED);
    check_in(Mode::Enforcing, "/outside.txt", "r", OUTSIDE);
    check_in(Mode::Ask, "/outside.txt", "r", "asked");
}

#[test]
fn writes_outside_roots_are_denied() {
    for mode in ["w", "a", "r+"] {
        check("/outside.txt", mode, OUTSIDE);
    }
}

#[test]
fn exclusive_creation_outside_roots_is_denied_too() {
    check("/outside.txt", "x", OUTSIDE);
}

#[test]
fn a_root_is_inside_itself() {
    check(DATA, "r", ALLOWED);
}

#[test]
fn a_root_with_dots_after_it_is_not_inside() {
    let denied = open(&rules(), Mode::Loading, "/data/../x", "w", &[]);
    assert!(matches!(denied, Decision::Deny(Denied::NotUnderstood { .. })));
    check_in(Mode::Enforcing, "/data/../x", "r", OUTSIDE);
}

#[test]
fn a_scoped_root_ends_with_its_context_and_is_not_that_of_another() {
    check("/job/state.json", "w", OUTSIDE);
    let (outer, inner) = ([Path::new("/tmp/outer")], [Path::new("/tmp/inner")]);
    check_scoped(Mode::Loading, "/tmp/outer/x", "w", &outer, ALLOWED);
    check_scoped(Mode::Loading, "/tmp/outer/x", "w", &inner, OUTSIDE);
    check_scoped(Mode::Loading, "/tmp/inner/x", "w", &inner, ALLOWED);
}

#[test]
fn a_thread_without_context_may_do_nothing() {
    let nobody = PlaceRules::nothing();
    assert_eq!(open(&nobody, Mode::Enforcing, "/data/x", "w", &[]), Decision::Deny(Denied::Outside));
    assert_eq!(open(&nobody, Mode::Enforcing, "/data/x", "r", &[]), Decision::Deny(Denied::Outside));
}
