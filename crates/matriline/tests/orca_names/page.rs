//! The page `docs/orca-module.md`.

use std::fmt::Write;
use std::path::Path;

use matriline::host::Generation;

use crate::rows::{Row, Since};

/// A row of the page.
pub(crate) struct Line<'a> {
    pub(crate) row: &'a Row,
    /// What it is; `None` for what is absent.
    pub(crate) what: Option<String>,
    pub(crate) with_everything: bool,
    pub(crate) with_nothing: bool,
}

const HEAD: &str = "\
# The module `orca`, name by name

This page is made by `crates/matriline/tests/orca_names.rs`, which makes a call of each name and compares what comes of it; `MATRILINE_BLESS=1 cargo test -p matriline --test orca_names` writes it.

*Since* is the generation of OrcaSlicer that has brought a name: `spec` is the specification's, `newer` has `orca.slicing`, `newest` has `orca.pages`; `own` names are matriline's.
All generations are offered at once.
A name works, or it is absent because the application does not offer it: then `hasattr` says no, and the AttributeError why.
The last column is that of an application that offers nothing.
What comes *later* is the geometry of slicing.
Only programs derived from OrcaSlicer have what is called *fork*, and nobody what is called *never*, though plugins ask for it.
";

/// The whole page.
pub(crate) fn page(lines: &[Line<'_>]) -> String {
    let mut page = HEAD.to_owned();
    let mut owners: Vec<&str> = Vec::new();
    for line in lines {
        if !owners.contains(&&*line.row.owner) {
            owners.push(&line.row.owner);
        }
    }
    owners.sort_by_key(|owner| {
        let place = |path: &str| lines.iter().position(|line| line.row.path() == path);
        let module = owner.split('.').take_while(|part| part.starts_with(char::is_lowercase));
        let module = module.collect::<Vec<_>>().join(".");
        (place(&module), place(owner))
    });
    for owner in owners {
        _ = write!(
            page,
            "\n## `{owner}`\n\n| name | what | since | works | with nothing |\n|---|---|---|---|---|\n"
        );
        for line in lines.iter().filter(|line| line.row.owner == *owner) {
            let Line { row, what, with_everything, with_nothing } = line;
            let what = what.as_deref().unwrap_or("");
            let later = |is: &bool| match (is, row.since) {
                (true, _) => "works",
                (false, Since::Later) => "later",
                (false, _) => "absent",
            };
            let (now, then) = (later(with_everything), later(with_nothing));
            _ = writeln!(page, "| `{}` | {what} | {} | {now} | {then} |", row.name, since(row.since));
        }
    }
    page
}

fn since(since: Since) -> &'static str {
    match since {
        Since::Generation(Generation::Spec) => "spec",
        Since::Generation(Generation::Newer) => "newer",
        Since::Generation(Generation::Newest) => "newest",
        Since::Own | Since::Declared => "own",
        Since::Fork => "fork",
        Since::Never => "never",
        Since::Later => "newer",
    }
}

/// Whether the page is the one of the project; written, if the environment asks for that.
pub(crate) fn compare(page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/orca-module.md");
    if std::env::var_os("MATRILINE_BLESS").is_some() {
        std::fs::write(&file, page).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(there == page, "`docs/orca-module.md` is out of date: run this test with MATRILINE_BLESS=1");
}
