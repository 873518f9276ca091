//! No sequence of symbolic links, `..`, bytes, case, trailing dots, relative paths and renamed folders makes a write
//! outside of a root succeed: random sequences on the real hook, looked at from outside.

use std::fs;
use std::path::Path;

use matriline_policy::{Mode, PlaceRules};
use matriline_python::identity::{Identity, IdentityOptions, lifecycle};
use matriline_python::{Interpreter, InterpreterOptions};
use matriline_testkit::{Victim, process_tests};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What Python does with a list of steps; what is refused or fails is passed over.
const INTERPRETER: &str = r#"
import os, pathlib
def spell(path, how):
    if how == 1: return os.fsencode(path)
    if how == 2: return pathlib.Path(path)
    if how == 3: return path + "/."
    if how == 4: return path + "."
    if how == 5: return os.path.relpath(path)
    if how == 6: return path.swapcase()
    if how == 7: return "//" + path.lstrip("/")
    if how == 8: return path.replace("/", "//")
    if how == 9: return "/proc/self/root" + path
    if how == 10: return "/proc/self/cwd/" + os.path.relpath(path)
    if how == 11: return bytearray(os.fsencode(path))
    return path
def step(act, one, two, how, other):
    one, two = spell(one, how), spell(two, other)
    if act == 0: open(one, "w").write("changed")
    elif act == 1: os.close(os.open(one, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    elif act == 2: os.symlink(one, two)
    elif act == 3: os.rename(one, two)
    elif act == 4: os.link(one, two)
    elif act == 5: os.mkdir(one)
    elif act == 6: os.remove(one)
    elif act == 7: os.chdir(one)
    elif act == 8: os.chmod(one, 0o600)
    elif act == 9: os.truncate(one, 0)
    elif act == 10:
        folder = os.open(one, os.O_RDONLY)
        try: os.close(os.open(os.path.basename(str(two)), os.O_WRONLY | os.O_CREAT, dir_fd=folder))
        finally: os.close(folder)
    elif act == 11: os.rmdir(one)
    elif act == 12: os.utime(one, (1, 1))
    elif act == 13:
        file = os.open(one, os.O_RDONLY)
        try: open("/proc/self/fd/%d" % file, "w").write("changed")
        finally: os.close(file)
def run(steps):
    worked = 0
    for given in steps:
        try:
            step(*given)
            worked += 1
        except (OSError, ValueError, TypeError, RecursionError): pass
    return worked
"#;

fn paths() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        8 => prop::sample::select(vec!["a", "b", "kept.txt"]).prop_map(str::to_owned),
        2 => Just("..".to_owned()),
        1 => prop::sample::select(vec!["inside", "outside", "KEPT.TXT", "a.", "."]).prop_map(str::to_owned),
    ];
    let base = prop_oneof![3 => Just("<in>"), 1 => Just("<out>")];
    (base, prop::collection::vec(name, 1..3))
        .prop_map(|(base, names)| names.iter().fold(base.to_owned(), |path, name| format!("{path}/{name}")))
}

/// As it is, half of the time.
fn spelling() -> impl Strategy<Value = u8> {
    prop_oneof![Just(0), 1..12_u8]
}

type Step = (u8, String, String, u8, u8);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..14_u8, paths(), paths(), spelling(), spelling()), 4..16)
}

/// Runs a sequence as a plugin whose only root is the folder `inside`. Answers how many of its steps worked.
fn try_escape(place: &Path, run: &Py<PyAny>, steps: &[Step]) -> u32 {
    let (inside, outside) = (place.join("inside"), place.join("outside"));
    for folder in [&inside, &outside] {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder.join("a/b")).unwrap();
    }
    fs::write(inside.join("kept.txt"), "inside").unwrap();
    let victim = Victim::prepare(&outside);
    fs::write(outside.join("kept.txt"), "outside").unwrap();
    fs::write(outside.join("a/kept.txt"), "outside").unwrap();
    let before = listing(&outside);
    let identity = Identity::new(IdentityOptions {
        mode: Mode::Loading,
        ..IdentityOptions::new(
            "escapes",
            PlaceRules::new([(inside.clone(), matriline_policy::Access::Write)]),
        )
    });
    let real = |path: &String| {
        path.replace("<in>", inside.to_str().unwrap()).replace("<out>", outside.to_str().unwrap())
    };
    let steps: Vec<_> =
        steps.iter().map(|(act, one, two, how, other)| (*act, real(one), real(two), *how, *other)).collect();
    let act =
        |py: Python<'_>| -> PyResult<u32> { lifecycle(&identity, || run.call1(py, (steps,))?.extract(py)) };
    let worked = Interpreter::with(act).unwrap().unwrap();
    std::env::set_current_dir(place).unwrap();
    assert_eq!(listing(&outside), before);
    drop(victim);
    Interpreter::with(|py| identity.retire(py)).unwrap();
    worked
}

/// Every entry of a folder with its mode, times and contents.
fn listing(folder: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        let meta = path.symlink_metadata().unwrap();
        let times =
            if meta.is_dir() { String::new() } else { format!("{}.{}", meta.mtime(), meta.mtime_nsec()) };
        let text = if meta.is_file() { fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
        found.push(format!("{} {:o} {times} {} {text}", path.display(), meta.mode(), meta.nlink()));
        if meta.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found.sort();
    found
}

fn no_sequence_writes_outside() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let place = place.path().canonicalize().unwrap();
    let run = Interpreter::with(|py| {
        let globals = PyDict::new(py);
        let code = std::ffi::CString::new(INTERPRETER).unwrap();
        py.run(&code, Some(&globals), None).unwrap();
        globals.get_item("run").unwrap().unwrap().unbind()
    })
    .unwrap();
    let mut runner = TestRunner::new(Config { cases: 500, failure_persistence: None, ..Config::default() });
    let worked = std::cell::Cell::new(0);
    let tried = runner.run(&steps(), |steps| {
        worked.set(worked.get() + try_escape(&place, &run, &steps));
        Ok(())
    });
    Interpreter::with(|_| drop(run)).unwrap();
    tried.unwrap();
    assert!(worked.get() > 300, "only {} steps worked inside", worked.get());
}

process_tests!(no_sequence_writes_outside);
