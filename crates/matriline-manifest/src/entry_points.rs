//! The entry points of a wheel (entry points specification), of the one group that matters here.

use crate::Problem;
use crate::bounds::shown;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What a wheel offers under a name: `name = module:attribute`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPoint {
    /// The name, unique within its group.
    pub name: String,
    /// The module to import.
    pub module: String,
    /// The dotted path to the object inside the module; empty for the module itself.
    pub attribute: String,
}

/// The group of plugins of OctoPrint.
pub(crate) const GROUP: &str = "octoprint.plugin";

/// The most entry points of one wheel that are read.
const MAX_COUNT: usize = 1000;

/// Reads the entry points of [`GROUP`] from the text of `entry_points.txt`, at most [`MAX_COUNT`], and tells the lines
/// in it that are not one.
///
/// Sections, `name = value` and comments that begin a line with `#` or `;`. Extras after the object, `[name]`, are
/// read over, as the specification asks for.
pub(crate) fn read(text: &str) -> (Vec<EntryPoint>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut names = HashSet::new();
    let mut inside = false;
    let lines = text.lines().map(str::trim).zip(1..);
    for (line, number) in lines.filter(|(line, _)| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if let Some(group) = line.strip_prefix('[') {
            inside = group.strip_suffix(']').map(str::trim) == Some(GROUP);
        } else if inside {
            if found.len() == MAX_COUNT {
                let message = format!(
                    "The file `entry_points.txt` has more than {MAX_COUNT} entry points, line {number} and those below it are not read: remove some"
                );
                problems.push(Problem::warning(message));
                break;
            }
            match entry_point(line) {
                Some(point) if names.insert(point.name.clone()) => found.push(point),
                Some(point) => problems.push(Problem::warning(format!(
                    "Line {number} of the file `entry_points.txt` has the name of another entry point, `{}`: rename one",
                    shown(&point.name)
                ))),
                None => problems.push(Problem::warning(format!(
                    "Line {number} of the file `entry_points.txt` is not an entry point: write `{}` like `name = module`",
                    shown(line)
                ))),
            }
        }
    }
    (found, problems)
}

fn entry_point(line: &str) -> Option<EntryPoint> {
    let (name, value) = line.split_once('=')?;
    let object = value.split('[').next().unwrap_or_default();
    let (module, attribute) = object.split_once(':').unwrap_or((object, ""));
    let [name, module, attribute] = [name, module, attribute].map(|part| part.trim().to_owned());
    let valid = !name.is_empty() && is_dotted(&module) && (attribute.is_empty() || is_dotted(&attribute));
    valid.then_some(EntryPoint { name, module, attribute })
}

/// True for names that Python can import, joined by dots.
pub(crate) fn is_dotted(path: &str) -> bool {
    let starts = |part: &str| part.starts_with(|first: char| first == '_' || first.is_alphabetic());
    let continues = |letter: char| letter == '_' || letter.is_alphanumeric();
    path.split('.').all(|part| starts(part) && part.chars().all(continues))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `expected` is one `name module attribute` a line, `faults` the numbers of the lines that are told.
    fn check(text: &str, expected: &str, faults: &str) {
        let (found, bad) = read(text);
        let shown: Vec<_> = found
            .iter()
            .map(|point| format!("{} {} {}", point.name, point.module, point.attribute))
            .collect();
        assert_eq!(shown.join("\n"), expected);
        let numbers: Vec<_> = bad.iter().map(|problem| problem.message.split(' ').nth(1).unwrap()).collect();
        assert_eq!(numbers.join(" "), faults);
    }

    #[test]
    fn one_group_matters() {
        check(
            "[console_scripts]\na = b:c\n[octoprint.plugin]\nstats = print_stats\n[x]\nd=e",
            "stats print_stats ",
            "",
        );
    }

    #[test]
    fn objects_and_extras() {
        check("[octoprint.plugin]\r\n a=b.c : d.e [x,y]\r\nm = n [z]", "a b.c d.e\nm n ", "");
    }

    #[test]
    fn comments_and_blanks() {
        check("# one\n\n[ octoprint.plugin ]\n; two\na = b", "a b ", "");
    }

    #[test]
    fn what_is_no_entry_point() {
        check("[octoprint.plugin]\na\n= b\nb = 3d\nc = d:\nc = e:f g", "c d ", "2 3 4 6");
    }

    #[test]
    fn a_name_counts_once() {
        check("[octoprint.plugin]\na = b\na = c", "a b ", "3");
    }

    #[test]
    fn only_so_many_are_read() {
        let lines: String = (0..=MAX_COUNT).map(|index| format!("a{index} = b\n")).collect();
        let (found, problems) = read(&format!("[octoprint.plugin]\n{lines}a = b\n"));
        assert_eq!((found.len(), problems.len()), (MAX_COUNT, 1), "{problems:?}");
    }

    #[test]
    fn no_group() {
        check("", "", "");
        check("a = b", "", "");
    }
}
