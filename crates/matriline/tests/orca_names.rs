//! Every name of the module `orca`, each with a call whose result is known.
//!
//! The rows stand in `orca_names/*.names`. A plugin evaluates them where the application offers everything, nothing, or
//! an older generation; the page `docs/orca-module.md` is made of what it finds. Run with `MATRILINE_BLESS=1` to write
//! the page.

mod common;
mod host_common;
#[path = "orca_names/application.rs"]
mod names_application;
#[path = "orca_names/page.rs"]
mod page;
#[path = "orca_names/rows.rs"]
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use common::eval;
use matriline::host::Generation;
use matriline_testkit::process_tests;
use names_application::Names;
use rows::{Row, Since, rows};

/// What an application offers.
#[derive(Clone, Copy)]
struct Offered {
    generation: Generation,
    /// A host with every feature, and all types of plugins.
    everything: bool,
}

const EVERYTHING: Offered = Offered { generation: Generation::Newest, everything: true };
const NOTHING: Offered = Offered { generation: Generation::Newest, everything: false };

impl Offered {
    /// Whether a name is there for plugins.
    fn has(self, row: &Row, all: &BTreeMap<String, Since>) -> bool {
        let is_there = match row.since {
            Since::Own => true,
            Since::Declared => self.everything,
            Since::Fork | Since::Never | Since::Later => false,
            Since::Generation(generation) => {
                // Members of classes and of enumerations stay; those of the root are asked for.
                let in_class = !is_module(&row.owner) && row.owner != "orca.PythonPluginBase";
                in_class || generation <= self.generation
            }
        };
        // The storage is the manager's own.
        let needs = row.needs.as_deref().is_none_or(|feature| self.everything || feature == "storage");
        let owner = all.get(&row.owner).is_none_or(|since| match since {
            Since::Declared => self.everything,
            Since::Generation(generation) => *generation <= self.generation,
            _ => true,
        });
        is_there && needs && owner
    }
}

/// Whether it is the path of a module, which is written small.
fn is_module(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap();
    last.starts_with(char::is_lowercase) && path != "orca.base"
}

/// The names of a table that stand for modules and classes, and since when they are there.
fn owners(rows: &[Row]) -> BTreeMap<String, Since> {
    let owners: BTreeSet<&str> = rows.iter().map(|row| row.owner.as_str()).collect();
    let of = |row: &Row| (row.path(), row.since);
    rows.iter().filter(|row| owners.contains(&*row.path())).map(of).collect()
}

/// Whether each row is what it should be, and there is nothing else.
fn check(offered: Offered) {
    let (rows, all) = (rows(), owners(&rows()));
    let found = Names::start(offered.generation, offered.everything).find(&rows);
    let mut wrong = Vec::new();
    for (row, found) in rows.iter().zip(&found.rows) {
        let path = row.path();
        match (offered.has(row, &all), &found.what) {
            (true, Err(absent)) => wrong.push(format!("{path} is absent: {absent}")),
            (false, Ok(what)) => wrong.push(format!("{path} is there, a {what}")),
            (false, Err(absent))
                if row.since != Since::Never
                    && is_module(&row.owner)
                    && absent.starts_with("AttributeError") =>
            {
                // Where the owner is absent itself, its owner says why.
                if !absent.contains("': ") {
                    wrong.push(format!("{path} is absent without a reason: {absent}"));
                }
            }
            (false, Err(absent)) if absent.starts_with("AttributeError") => {}
            (false, Err(absent)) => wrong.push(format!("{path} raises {absent}")),
            // 12.12: whoever asks for an application that is not there is told so.
            (true, Ok(what)) if !offered.everything => {
                let asks = what == "function" && row.owner.starts_with("orca.host") && row.needs.is_none();
                if asks
                    && !found.outcome.0.contains("RuntimeError: OrcaSlicer application is not initialized")
                {
                    wrong.push(format!("{path}: `{}` gives {}", row.call, found.outcome.0));
                }
            }
            (true, Ok(_)) => {
                let (answer, expected) = &found.outcome;
                if answer != expected {
                    wrong.push(format!("{path}: `{}` gives {answer}, not {expected}", row.call));
                }
            }
        }
    }
    let known: BTreeSet<String> = rows.iter().map(Row::path).collect();
    let unknown = found.names.iter().filter(|name| !known.contains(*name));
    wrong.extend(unknown.map(|name| format!("{name} is in no table")));
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn everything_is_offered() {
    check(EVERYTHING);
}

fn nothing_is_offered() {
    check(NOTHING);
    for (module, reason) in [
        ("orca.importer", "No module named 'orca.importer': this application takes no plugins of that kind"),
        ("orca.other", "No module named 'orca.other'"),
    ] {
        let import = format!("names.raised(__import__, {module:?})");
        assert_eq!(eval_there(&import), format!("ModuleNotFoundError: {reason}"));
        let look = format!("__import__('importlib.util').util.find_spec({module:?})");
        assert_eq!(eval_there(&look), "None");
    }
}

fn the_generation_before() {
    check(Offered { generation: Generation::Newer, everything: true });
}

fn the_specifications_generation() {
    check(Offered { generation: Generation::Spec, everything: true });
    let import = eval_there("names.raised(__import__, 'orca.pages')");
    assert_eq!(
        import,
        "ModuleNotFoundError: No module named 'orca.pages': this application offers an older generation of the \
         interface; OrcaSlicer has it since it has orca.pages"
    );
    assert_eq!(eval_there("__import__('orca').gcode.__name__"), "orca.gcode");
}

/// Evaluates an expression in which `names` is the plugin.
fn eval_there(expression: &str) -> String {
    eval(&format!("(lambda names: {expression})(__import__('sys').modules['names'])"))
}

fn the_page_says_so() {
    let (rows, all) = (rows(), owners(&rows()));
    let found = Names::start(EVERYTHING.generation, EVERYTHING.everything).find(&rows);
    let states = rows.iter().zip(&found.rows).map(|(row, found)| page::Line {
        row,
        what: found.what.clone().ok(),
        with_everything: EVERYTHING.has(row, &all),
        with_nothing: NOTHING.has(row, &all),
    });
    page::compare(&page::page(&states.collect::<Vec<_>>()));
}

process_tests!(
    everything_is_offered,
    nothing_is_offered,
    the_generation_before,
    the_specifications_generation,
    the_page_says_so,
);
