//! The entry points of a wheel (entry points specification), of the one group that matters here.

use serde::{Deserialize, Serialize};

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

/// Reads the entry points of [`GROUP`] from the text of `entry_points.txt`, and gives the lines in it that are none,
/// each with its number.
///
/// Sections, `name = value` and comments that begin a line with `#` or `;`. Extras after the object, `[name]`, are
/// read over, as the specification asks for.
pub(crate) fn read(text: &str) -> (Vec<EntryPoint>, Vec<(usize, &str)>) {
    let (mut found, mut faults) = (Vec::<EntryPoint>::new(), Vec::new());
    let mut inside = false;
    let lines = text.lines().map(str::trim).zip(1..);
    for (line, number) in lines.filter(|(line, _)| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if let Some(group) = line.strip_prefix('[') {
            inside = group.strip_suffix(']').map(str::trim) == Some(GROUP);
        } else if inside {
            match entry_point(line) {
                Some(point) if found.iter().all(|known| known.name != point.name) => found.push(point),
                _ => faults.push((number, line)),
            }
        }
    }
    (found, faults)
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

    /// `expected` is one `name module attribute` a line, `faults` the numbers of the lines that are none.
    fn check(text: &str, expected: &str, faults: &[usize]) {
        let (found, bad) = read(text);
        let shown: Vec<_> = found
            .iter()
            .map(|point| format!("{} {} {}", point.name, point.module, point.attribute))
            .collect();
        assert_eq!(shown.join("\n"), expected);
        assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), faults);
    }

    #[test]
    fn one_group_matters() {
        check(
            "[console_scripts]\na = b:c\n[octoprint.plugin]\nstats = print_stats\n[x]\nd=e",
            "stats print_stats ",
            &[],
        );
    }

    #[test]
    fn objects_and_extras() {
        check("[octoprint.plugin]\r\n a=b.c : d.e [x,y]\r\nm = n [z]", "a b.c d.e\nm n ", &[]);
    }

    #[test]
    fn comments_and_blanks() {
        check("# one\n\n[ octoprint.plugin ]\n; two\na = b", "a b ", &[]);
    }

    #[test]
    fn what_is_no_entry_point() {
        check("[octoprint.plugin]\na\n= b\nb = 3d\nc = d:\nc = e:f g", "c d ", &[2, 3, 4, 6]);
    }

    #[test]
    fn a_name_counts_once() {
        check("[octoprint.plugin]\na = b\na = c", "a b ", &[3]);
    }

    #[test]
    fn no_group() {
        check("", "", &[]);
        check("a = b", "", &[]);
    }
}
