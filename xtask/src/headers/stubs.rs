//! What the table says in the type stubs of `python-sdk/orca-stubs`.
//!
//! A stub file is written by hand, but for its regions: what stands between `# table: <words>` and `# table end` is
//! made from the table. Types, records and enumerations that are new ask for a file, or a region of one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use matriline_capability::table::{RECORDS, TYPES};
use matriline_capability::{
    Access, CapabilityType, Common, Duty, ENUMERATIONS, Failures, FunctionSpec, Kind, LifecycleEvtCode,
    MethodSpec, RecordSpec, Status, TypeSpec,
};

use super::Generated;
use super::docs::older_call;
use crate::workspace;

const STUBS: &str = "python-sdk/orca-stubs";
const BEGIN: &str = "# table: ";
const END: &str = "# table end";

/// The longest line.
const WIDTH: usize = 100;

pub(super) fn files() -> Result<Vec<Generated>> {
    let modules: BTreeSet<_> = (ENUMERATIONS.iter().map(|spec| spec.python_module))
        .chain(RECORDS.iter().map(|record| record.python_module))
        .chain(TYPES.iter().map(|row| row.python_module))
        .collect();
    modules.into_iter().map(stub).collect()
}

/// The stub of a module, with its regions as the table says.
fn stub(module: &str) -> Result<Generated> {
    let name = if module.is_empty() { "__init__" } else { module };
    let path = format!("{STUBS}/{name}.pyi");
    let there = fs::read_to_string(workspace::root().join(&path))
        .with_context(|| format!("`{path}` can't be read; write one with a line `{BEGIN}values`"))?;
    let (mut text, mut regions, mut lines) = (String::new(), BTreeSet::new(), there.lines());
    while let Some(line) = lines.next() {
        _ = writeln!(text, "{line}");
        let Some(words) = line.trim_start().strip_prefix(BEGIN) else { continue };
        ensure!(regions.insert(words.to_owned()), "`{path}` has two regions `{words}`");
        text += &region(module, words).with_context(|| format!("`{path}` has a region `{words}`"))?;
        let end = lines.by_ref().find(|line| line.trim() == END);
        _ = writeln!(text, "{}", end.with_context(|| format!("`{path}`: the region `{words}` doesn't end"))?);
    }
    let wants_values = ENUMERATIONS.iter().any(|spec| spec.python_module == module)
        || RECORDS.iter().any(|record| record.python_module == module);
    for (words, is_needed) in [("values", wants_values), ("base", row(module).is_some())] {
        ensure!(!is_needed || regions.contains(words), "`{path}` has no line `{BEGIN}{words}`");
    }
    Ok(Generated::new(path, text))
}

fn region(module: &str, words: &str) -> Result<String> {
    match (words, row(module)) {
        ("values", _) => Ok(values(module).trim_start().to_owned()),
        ("base", Some(row)) => Ok(base(row)),
        ("common methods", _) => Ok(Common::METHODS.iter().map(|spec| method(spec, false)).collect()),
        _ => bail!("The table has nothing of that name for it"),
    }
}

fn row(module: &str) -> Option<&'static TypeSpec> {
    TYPES.iter().copied().find(|row| row.python_module == module)
}

/// Enumerations, the members that stand in the module as well, and records.
fn values(module: &str) -> String {
    let (mut text, mut constants) = (String::new(), Vec::new());
    let mut add = |class: &str, doc: &str, members: &[&'static str], stand_in_module: bool| {
        text += &enumeration(class, doc, members);
        for member in members.iter().filter(|_| stand_in_module) {
            // Of two members of one name that of the older enumeration is meant.
            if !constants.iter().any(|(known, _)| known == member) {
                constants.push((*member, class.to_owned()));
            }
        }
    };
    if module.is_empty() {
        let statuses = Status::ALL.map(Status::member);
        add("PluginResult", "How a call ended.", &statuses, true);
        let kinds = CapabilityType::ALL.map(CapabilityType::member);
        add("PluginType", "What a capability is for.", &kinds, true);
    }
    for spec in ENUMERATIONS.iter().filter(|spec| spec.python_module == module) {
        // Those of the codes are words that a module has other uses for.
        add(spec.class, spec.doc, spec.members, spec.class != LifecycleEvtCode::SPEC.class);
    }
    for (name, class) in &constants {
        _ = writeln!(text, "{name}: Final[{class}]");
    }
    text.extend(RECORDS.iter().filter(|record| record.python_module == module).map(|spec| record(spec)));
    text
}

fn enumeration(class: &str, doc: &str, members: &[&str]) -> String {
    let mut text = format!("class {class}(_Member):\n{}\n", docstring(doc, 4));
    for member in members {
        _ = writeln!(text, "    {member}: ClassVar[{class}]");
    }
    text + &format!("    __members__: ClassVar[dict[str, {class}]]\n\n")
}

fn record(spec: &RecordSpec) -> String {
    let base = spec.base.map_or(String::new(), |base| format!("({})", base.class));
    // Its fields lie in the object itself, so that nothing derives from two records.
    let mut text = format!("\n@disjoint_base\nclass {}{base}:\n{}", spec.class, docstring(spec.doc, 4));
    if spec.access == Access::Make {
        let arguments = spec.fields().into_iter().map(|field| {
            let usual = match field.kind {
                Kind::Text => "\"\"",
                Kind::Flag => "False",
                _ => "0",
            };
            format!("        {}: {} = {usual},\n", field.name, python(field.kind))
        });
        let arguments: String = arguments.collect();
        _ = write!(text, "\n    def __new__(\n        cls,\n{arguments}    ) -> Self: ...\n");
    }
    for field in spec.own_fields {
        let (name, kind) = (field.name, python(field.kind));
        match (field.kind, spec.access) {
            (Kind::Slice, _) => text += SLICE,
            (_, Access::ReadOnly) => {
                let doc = docstring(field.doc, 8);
                _ = write!(text, "\n    @property\n    def {name}(self) -> {kind}:\n{doc}");
            }
            _ => _ = write!(text, "\n    {name}: {kind}\n{}", docstring(field.doc, 4)),
        }
    }
    text
}

/// The methods by which a record tells of the slice under way.
const SLICE: &str = r#"
    def config_value(self, key: str) -> str | None:
        """The value of an option of the whole print configuration, as presets spell it; None for an
        unknown one."""

    def cancelled(self) -> bool:
        """Whether the user has cancelled the slice; look at it in long loops, and return. True as
        well once the call is over."""
"#;

/// The base class of a row. A class is whole without a method that has an answer all the same, unless that is an empty
/// record.
fn base(row: &TypeSpec) -> String {
    let doc = docstring(row.doc, 4);
    let must_be_written = |spec: &MethodSpec| {
        let is_error = row.failures == Failures::Errors || matches!(spec.returns, Kind::Record(_));
        is_error && spec.duty == Duty::Required
    };
    let methods: String = row.methods.iter().map(|spec| method(spec, must_be_written(spec))).collect();
    format!("class {}(PythonPluginBase):\n{doc}{methods}", row.python_class)
}

fn method(spec: &MethodSpec, is_abstract: bool) -> String {
    let duty = if spec.duty == Duty::Required { " To be written." } else { "" };
    let doc = format!("{}{duty}\n\nThread: {}.", spec.doc.trim(), spec.caller.describe());
    let mut text = String::from("\n");
    if let Some(call) = older_call(spec) {
        _ = writeln!(text, "    # Older plugins: {call}");
    }
    if is_abstract {
        text += "    @abstractmethod\n";
    }
    let arguments: Vec<_> =
        spec.args.iter().map(|arg| format!("{}: {}", arg.name, python(arg.kind))).collect();
    let answer = python(spec.returns);
    let line: String = arguments.iter().map(|argument| format!(", {argument}")).collect();
    let line = format!("    def {}(self{line}) -> {answer}:\n", spec.name);
    if line.len() <= WIDTH {
        text += &line;
    } else {
        let lines: String = arguments.iter().map(|argument| format!("        {argument},\n")).collect();
        _ = write!(text, "    def {}(\n        self,\n{lines}    ) -> {answer}:\n", spec.name);
    }
    text + &docstring(&doc, 8)
}

/// The words Python's type checkers use for a kind.
fn python(kind: Kind) -> String {
    match kind {
        Kind::Unit => "None".into(),
        Kind::Text | Kind::File => "str".into(),
        Kind::Object(spec) => spec.name.into(),
        Kind::Result => "ExecutionResult".into(),
        Kind::Record(record) | Kind::Filled(record) => record.class.into(),
        Kind::Number | Kind::Index | Kind::Code => "int".into(),
        Kind::CodeAndText => "tuple[int, str]".into(),
        Kind::Real => "float".into(),
        Kind::Flag => "bool".into(),
        Kind::Member(spec) => spec.class.into(),
        Kind::Json | Kind::Slice => "Any".into(),
        Kind::List(record) => format!("list[{0}] | tuple[{0}, ...]", record.class),
        Kind::Function(function) => format!("{} | None", callable(function)),
        Kind::Task => "Callable[[], object]".into(),
    }
}

fn callable(function: &FunctionSpec) -> String {
    let arguments: Vec<_> = function.args.iter().map(|arg| python(arg.kind)).collect();
    format!("Callable[[{}], {}]", arguments.join(", "), python(function.returns))
}

/// A docstring in lines that are not too long; paragraphs stay.
fn docstring(doc: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut text = format!("{margin}\"\"\"");
    let mut room = WIDTH - indent - 3;
    for (place, paragraph) in doc.trim().split("\n\n").enumerate() {
        if place > 0 {
            text += &format!("\n\n{margin}");
            room = WIDTH - indent;
        }
        let mut is_first = true;
        for word in paragraph.split_whitespace() {
            let needed = word.chars().count() + usize::from(!is_first);
            if !is_first && needed + 3 > room {
                text += &format!("\n{margin}{word}");
                room = WIDTH - indent - word.chars().count();
            } else {
                text += if is_first { "" } else { " " };
                text += word;
                room = room.saturating_sub(needed);
            }
            is_first = false;
        }
    }
    text + "\"\"\"\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docstrings_are_broken_between_words() {
        let text = docstring(&format!("{} end", "word ".repeat(30)), 4);
        assert!(text.lines().all(|line| line.len() <= WIDTH && line.starts_with("    ")), "{text}");
        assert_eq!(docstring(" One. ", 4), "    \"\"\"One.\"\"\"\n");
        assert_eq!(docstring("One.\n\nTwo.", 0), "\"\"\"One.\n\nTwo.\"\"\"\n");
    }
}
