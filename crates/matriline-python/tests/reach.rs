//! What the audit reaches: acts of plugin code, each in a process of its own, in every mode of the policy.
//!
//! What is found is compared with `tests/acts/reach-3.*.txt`, one file for each CPython, and with the table in
//! `docs/security.md` that is made of them. `MATRILINE_BLESS=1` writes both.

mod stage;

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use matriline_policy::{Known, Mode, classify};
use matriline_python::MINOR;
use matriline_testkit::run_cases;
use stage::{Act, KEY, Outcome, act_if_asked, acts};

const ACTS: &str = include_str!("acts/acts.py");

/// The table in the document is between these lines.
const MARKS: [&str; 2] =
    ["<!-- reach: made by `cargo test -p matriline-python --test reach` -->", "<!-- reach: end -->"];

/// What becomes of an act in one mode.
fn word(act: &Act, outcome: &Outcome) -> &'static str {
    // A forked child has nobody to tell.
    let refused = outcome.told.iter().any(|told| told.denied)
        || outcome.raised.as_deref().is_some_and(|raised| raised.starts_with("PermissionError"));
    match (outcome.worked, outcome.asked.is_empty(), refused) {
        _ if outcome.is_unavailable => "absent",
        (true, true, false) if outcome.told.is_empty() => match act.passes.as_deref().map(str::as_bytes) {
            None => "unseen",
            Some(event) if classify(event) == Known::Harmless => "passed",
            Some(_) => panic!("Nobody claims the event of `{}`", act.name),
        },
        (true, true, false) => "seen",
        (false, false, _) => "asked",
        (false, true, true) => "stopped",
        _ => panic!("`{}` in an unclear way: {}", act.name, outcome.output),
    }
}

/// The words of all acts, by act.
fn reach(acts: &[Act]) -> BTreeMap<usize, [&'static str; 3]> {
    let jobs: Vec<_> = (0..acts.len()).flat_map(|act| Mode::ALL.map(|mode| (act, mode))).collect();
    let (next, found) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some((number, mode)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let act = &acts[*number];
            let outcome = std::panic::catch_unwind(|| act.run(*mode)).and_then(|outcome| {
                let named = outcome.told.iter().all(|told| told.plugin == KEY);
                assert!(named, "`{}` was another's: {}", act.name, outcome.output);
                std::panic::catch_unwind(|| word(act, &outcome))
            });
            match outcome {
                Ok(word) => found.lock().unwrap().entry(*number).or_insert(["?"; 3])[*mode as usize] = word,
                Err(_) => wrong.lock().unwrap().push(format!("{} ({mode})", act.name)),
            }
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    found.into_inner().unwrap()
}

fn the_reach_is_as_written() {
    let acts = acts(ACTS);
    assert!(acts.len() >= 100, "{} acts", acts.len());
    let found = reach(&acts);
    let mut text = String::new();
    for (number, words) in &found {
        writeln!(text, "{}\t{}", acts[*number].name, words.join("\t")).unwrap();
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = here.join(format!("tests/acts/reach-3.{MINOR}.txt"));
    let document = here.join("../../docs/security.md");
    if env::var_os("MATRILINE_BLESS").is_some() {
        std::fs::write(&file, &text).unwrap();
        let before = std::fs::read_to_string(&document).unwrap();
        std::fs::write(&document, with_table(&before, &table(&acts, here))).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let written = std::fs::read_to_string(&document).unwrap();
    assert_eq!(
        written,
        with_table(&written, &table(&acts, here)),
        "`docs/security.md` is older than the acts"
    );
    let count = |mode: Mode, word: &str| found.values().filter(|words| words[mode as usize] == word).count();
    for mode in Mode::ALL {
        let counts = ["stopped", "asked", "seen", "passed", "unseen"]
            .map(|word| format!("{} {word}", count(mode, word)));
        matriline_testkit::report(&format!("{} acts in mode {mode}: {}", acts.len(), counts.join(", ")));
    }
}

/// The document with another table.
fn with_table(document: &str, table: &str) -> String {
    let [begin, end] = MARKS;
    let (head, rest) = document.split_once(begin).expect("the mark of the table");
    let (_, tail) = rest.split_once(end).expect("the end of the table");
    format!("{head}{begin}\n{table}{end}{tail}")
}

/// The table of all versions that were looked at.
fn table(acts: &[Act], here: &Path) -> String {
    let files: Vec<(u32, PathBuf)> =
        (10..=13).map(|minor| (minor, here.join(format!("tests/acts/reach-3.{minor}.txt")))).collect();
    let read = |path: &PathBuf| std::fs::read_to_string(path).ok();
    let texts: Vec<(u32, String)> =
        files.iter().filter_map(|(minor, path)| Some((*minor, read(path)?))).collect();
    let words = |text: &str, act: &Act, mode: Mode| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{}\t", act.name)));
        line.and_then(|line| line.split('\t').nth(mode as usize).map(str::to_owned))
    };
    let mut table = String::new();
    let mut section = "";
    for act in acts {
        if act.section != section {
            section = &act.section;
            write!(table, "\n### {section}\n\n| act | `Loading` | `Enforcing` | `Ask`, answered *no* |\n|---|---|---|---|\n")
                .unwrap();
        }
        let cells = Mode::ALL.map(|mode| {
            let mut by_word: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (minor, text) in &texts {
                let word = words(text, act, mode).unwrap_or_else(|| "?".into());
                if word != "absent" {
                    by_word.entry(word).or_default().push(format!("3.{minor}"));
                }
            }
            match by_word.len() {
                1 => by_word.into_keys().next().unwrap_or_default(),
                _ => {
                    let parts = by_word.into_iter().map(|(word, on)| format!("{word} ({})", on.join(", ")));
                    parts.collect::<Vec<_>>().join(", ")
                }
            }
        });
        writeln!(table, "| {} | {} |", act.name, cells.join(" | ")).unwrap();
    }
    table + "\n"
}

fn main() -> std::process::ExitCode {
    match act_if_asked() {
        true => std::process::ExitCode::SUCCESS,
        false => run_cases(&[("the_reach_is_as_written", the_reach_is_as_written as fn())]),
    }
}
