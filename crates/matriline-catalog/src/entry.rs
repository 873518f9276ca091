//! One plugin folder as it was found.

use crate::state::InstallState;
use matriline_manifest::{Descriptor, Problem, Severity};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a plugin is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// One `.py` file.
    Script,
    /// One `.whl` file.
    Wheel,
}

/// A plugin that is installed, whether or not it can be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogEntry {
    /// What the plugin says about itself, as far as it can be read. The key is always set.
    pub descriptor: Descriptor,
    /// The plugin's folder, below the folder that was scanned; symbolic links are not resolved.
    pub folder: PathBuf,
    /// The file to load; `None` if the folder has no single one.
    pub entry: Option<PathBuf>,
    /// The kind of the entry file.
    pub kind: Option<EntryKind>,
    /// Wheels that the plugin brings for its dependencies, sorted: those beside a script, those in the folder
    /// `wheels/` beside a wheel.
    pub bundled_wheels: Vec<PathBuf>,
    /// Everything that is wrong, worst or not.
    pub problems: Vec<Problem>,
    /// What the sidecar remembers of the installation; `None` without one, and for one that can't be understood.
    pub install_state: Option<Box<InstallState>>,
}

/// How many reasons [`CatalogEntry::error`] spells out.
const MAX_ERROR_LINES: usize = 10;
/// How many problems an entry keeps.
const MAX_PROBLEMS: usize = 50;

impl CatalogEntry {
    /// True if no problem keeps the plugin from being loaded. One that only the cloud has is valid, and has to be
    /// installed first ([`CatalogEntry::has_local_package`]).
    pub fn is_valid(&self) -> bool {
        self.errors().next().is_none()
    }

    /// Why the plugin can't be used, with its folder; one line for each of the first reasons, and one that counts the
    /// others.
    pub fn error(&self) -> Option<String> {
        let folder = self.folder.display();
        let line = |problem| format!("Plugin folder `{folder}`: {problem}");
        let mut lines: Vec<_> = self.errors().take(MAX_ERROR_LINES).map(line).collect();
        let others = self.errors().skip(MAX_ERROR_LINES).count();
        if others > 0 {
            lines.push(format!("and {others} more"));
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// True if the plugin is to be loaded at the start: its sidecar says so, or is there and doesn't say no. A plugin
    /// without a sidecar was put there by hand and is loaded when it is asked for.
    pub fn is_enabled(&self) -> bool {
        self.install_state.as_ref().is_some_and(|state| state.enabled)
    }

    /// Leaves so many problems that a plugin made to have many takes no room: the errors first, then the others, in
    /// their order.
    pub(crate) fn limit_problems(&mut self) {
        let others = self.problems.len().saturating_sub(MAX_PROBLEMS);
        if others > 0 {
            self.problems.sort_by_key(|problem| problem.severity != Severity::Error);
            self.problems.truncate(MAX_PROBLEMS - 1);
            self.problems.push(Problem::note(format!("And {} more problems", others + 1)));
        }
    }

    fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_problems(problems: Vec<Problem>) -> CatalogEntry {
        CatalogEntry {
            descriptor: Descriptor::default(),
            folder: PathBuf::from("f"),
            entry: None,
            kind: None,
            bundled_wheels: Vec::new(),
            problems,
            install_state: None,
        }
    }

    #[test]
    fn only_the_first_errors_are_spelt_out() {
        let check = |count: usize, last: &str| {
            let error = with_problems(vec![Problem::error("Bad"); count]).error().unwrap();
            assert!(error.lines().count() <= 11 && error.ends_with(last), "{error}");
        };
        check(10, "Plugin folder `f`: Bad");
        check(11, "\nand 1 more");
        check(100_000, "\nand 99990 more");
    }

    #[test]
    fn an_error_behind_many_warnings_stays() {
        let mut problems = vec![Problem::warning("Odd"); 1000];
        problems.push(Problem::error("Bad"));
        let mut entry = with_problems(problems);
        entry.limit_problems();
        assert_eq!((entry.problems.len(), entry.is_valid()), (50, false));
        assert_eq!(entry.problems[49], Problem::note("And 952 more problems"));
        let mut few = with_problems(vec![Problem::warning("Odd"); 50]);
        few.limit_problems();
        assert_eq!(few.problems.len(), 50);
    }
}
