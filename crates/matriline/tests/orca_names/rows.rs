//! The rows of `*.names`.
//!
//! A file has sections, `[owner] since`, and lines:
//!
//! ```text
//! name [+since] [needs feature] | call -> answer      an expression and what it gives; both are Python
//! name +since                                         a name that is absent
//! members Class 0 [+since] = A B                      members of an enumeration, which are counted from 0
//! exports Class [+since] = A B                        the same members as names of the module
//! fields Class kind = a b                             fields that can be set
//! agent name [+since] arguments                       a method that an agent must write
//! ```

use std::path::Path;

use matriline::host::Generation;

/// Since when a name is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// The generation that has brought it.
    Generation(Generation),
    /// OrcaSlicer does not have it.
    Own,
    /// It is there where the application takes plugins of a type.
    Declared,
    /// Only programs derived from OrcaSlicer have it.
    Fork,
    /// No version has it, though plugins ask for it.
    Never,
    /// It comes with the slicing graph.
    Later,
}

#[derive(Debug)]
pub(crate) struct Row {
    /// The module or class.
    pub(crate) owner: String,
    /// The name, and the arguments where there are several ways to write it.
    pub(crate) name: String,
    pub(crate) since: Since,
    /// The feature that the application must offer.
    pub(crate) needs: Option<String>,
    pub(crate) call: String,
    pub(crate) answer: String,
}

impl Row {
    /// What Python calls it.
    pub(crate) fn path(&self) -> String {
        format!("{}.{}", self.owner, self.name.split('(').next().unwrap())
    }
}

/// The rows of all files.
pub(crate) fn rows() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/orca_names");
    let names = ["core", "events", "calls", "printer_agent", "host", "ui", "geometry"];
    names.iter().flat_map(|name| read(&folder.join(format!("{name}.names")))).collect()
}

fn read(file: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut rows = Vec::new();
    let mut section = Head::default();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.split_once("] ")) {
            Some((owner, since)) => section = Head::of(&format!("{owner} +{since}"), &Head::default()),
            None => rows.extend(section.rows(line).unwrap_or_else(|| panic!("{}: {line}", file.display()))),
        }
    }
    rows
}

/// What stands before a row, or a section.
#[derive(Clone, Default)]
struct Head {
    name: String,
    since: Option<Since>,
    needs: Option<String>,
}

impl Head {
    fn of(text: &str, section: &Self) -> Self {
        let (text, needs) = match text.split_once(" needs ") {
            Some((text, feature)) => (text, Some(feature.trim().to_owned())),
            None => (text, section.needs.clone()),
        };
        let (name, since) = match text.split_once(" +") {
            Some((name, since)) => (name, Some(since_of(since.trim()))),
            None => (text, section.since),
        };
        Self { name: name.trim().into(), since, needs }
    }

    fn row(&self, owner: &str, name: &str, call: String, answer: String) -> Row {
        let (since, needs) = (self.since.expect("a section says since when"), self.needs.clone());
        Row { owner: owner.into(), name: name.into(), since, needs, call, answer }
    }

    /// The rows of a line of this section.
    fn rows(&self, line: &str) -> Option<Vec<Row>> {
        let owner = &*self.name;
        let (keyword, rest) = line.split_once(' ').unwrap_or((line, ""));
        match keyword {
            "members" => {
                let (head, members) = rest.split_once(" = ")?;
                let head = Self::of(head, self);
                let (class, first) = head.name.split_once(' ')?;
                let (class, first) = (format!("{owner}.{class}"), first.parse::<i64>().ok()?);
                let member = |(number, name): (i64, &str)| {
                    head.row(&class, name, format!("{class}.{name}.value"), number.to_string())
                };
                Some((first..).zip(members.split_whitespace()).map(member).collect())
            }
            "exports" => {
                let (head, names) = rest.split_once(" = ")?;
                let head = Self::of(head, self);
                let class = format!("{owner}.{}", head.name);
                let export =
                    |name| head.row(owner, name, format!("{owner}.{name} is {class}.{name}"), "True".into());
                Some(names.split_whitespace().map(export).collect())
            }
            "fields" => {
                let (class, rest) = rest.split_once(' ')?;
                let (kind, names) = rest.split_once(" = ")?;
                let value = match kind {
                    "str" => "'text'",
                    "int" => "7",
                    _ => "True",
                };
                let field = |name| {
                    self.row(
                        owner,
                        name,
                        format!("kept({class}(), {name:?}, {value})"),
                        format!("({value}, True)"),
                    )
                };
                Some(names.split_whitespace().map(field).collect())
            }
            "agent" => {
                let (name, args) = rest.split_once(' ').unwrap_or((rest, ""));
                let (since, args) = match args.strip_prefix('+') {
                    Some(args) => args.split_once(' ').unwrap_or((args, "")),
                    None => ("spec", args),
                };
                let args: String = args.split_whitespace().map(|arg| format!(", {arg}")).collect();
                let call = format!("unwritten({owner}().{name}{args})");
                let head = Self { since: Some(since_of(since)), ..self.clone() };
                Some(vec![head.row(owner, name, call, "True".into())])
            }
            _ => {
                let (head, rest) = line.split_once(" | ").unwrap_or((line, ""));
                let (call, answer) = rest.split_once(" -> ").unwrap_or_default();
                let head = Self::of(head, self);
                Some(vec![head.row(owner, &head.name, call.into(), answer.into())])
            }
        }
    }
}

fn since_of(text: &str) -> Since {
    match text {
        "spec" => Since::Generation(Generation::Spec),
        "newer" => Since::Generation(Generation::Newer),
        "newest" => Since::Generation(Generation::Newest),
        "own" => Since::Own,
        "declared" => Since::Declared,
        "fork" => Since::Fork,
        "never" => Since::Never,
        "later" => Since::Later,
        _ => panic!("No name is there since `{text}`"),
    }
}
