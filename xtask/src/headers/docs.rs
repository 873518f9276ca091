//! The reference page of capability types.

use std::fmt::Write;

use matriline_capability::table::{RECORDS, TYPES};
use matriline_capability::{Common, Duty, FUNCTIONS, Failures, Kind, Life, MethodSpec};

use super::kinds::{doc, records, rows};
use super::native;
use super::{Generated, NOTE};

pub(super) fn file() -> Generated {
    let mut text = format!("<!-- {NOTE} -->\n# Capability types\n\n");
    text += "A plugin derives a class from the Python base of a type and registers it. An application looks the \
             capability up\nand casts it to the C++ class, or calls the C function.\n";
    for row in TYPES {
        let module = dotted(row.python_module);
        _ = write!(text, "\n## {}\n\n{}\n\n", row.kind.member(), row.doc.trim());
        _ = writeln!(text, "| | |\n|---|---|\n| text | `{}` |", row.kind.as_str());
        _ = writeln!(text, "| Python | `orca.{module}{}` |", row.python_class);
        if rows().chain(native::rows()).any(|known| known.kind == row.kind) {
            _ = writeln!(text, "| C++ | `matriline::{}` in `matriline/{}.hpp` |", row.cpp_class, row.header);
            _ = writeln!(text, "| C | `matriline_{}_…` in `matriline/matriline.h` |", row.prefix);
        }
        if row.failures != Failures::Errors {
            text += "\nA call that fails is answered all the same: -1 for a code, `False`, an empty text, the first member of an\n\
                     enumeration, a record of nothing; the application is told why, and the log.\n";
        }
        for method in row.methods {
            _ = write!(text, "\n### {}.{}\n\n{}", row.kind.member(), method.name, method_section(method));
        }
    }
    text += "\n## Any type\n\nA capability of any type may have these methods.\n";
    for method in Common::METHODS {
        _ = write!(text, "\n### {}\n\n{}", method.name, method_section(method));
    }
    text += "\n# Functions\n\nFunctions of the application that plugins call, on any thread.\n";
    for function in FUNCTIONS {
        let names: Vec<_> =
            function.args.iter().map(|arg| format!("{}: {}", arg.name, doc(arg.kind))).collect();
        let life = match (function.life, function.over) {
            (Life::Load, _) => "until the plugin is unloaded",
            (Life::Call, None) => "until the call returns that it was given to",
            (Life::Call, Some(true)) => "until the call returns that it was given to; `True` afterwards",
            (Life::Call, Some(false)) => "until the call returns that it was given to; `False` afterwards",
        };
        _ = write!(
            text,
            "\n## {}\n\n{}\n\n```python\n{}({}) -> {}\n```\n\nIt can be called {life}.\n",
            function.name,
            function.doc.trim(),
            function.name,
            names.join(", "),
            doc(function.returns)
        );
    }
    text +=
        "\n# Records\n\nA record holds values. Plugins read it; what they change in it is not read back.\n";
    for record in RECORDS {
        let class = format!("orca.{}{}", dotted(record.python_module), record.class);
        _ = write!(text, "\n## {}\n\n{}\n\n", record.class, record.doc.trim());
        let mut of_cpp = records().chain(native::records());
        match of_cpp.any(|known| known.class == record.class) {
            true => _ = writeln!(text, "Python: `{class}`, C++: `matriline::{}`.\n", record.class),
            false => _ = writeln!(text, "Python: `{class}`.\n"),
        }
        text += "| field | kind | meaning |\n|---|---|---|\n";
        for field in record.fields() {
            let (kind, meaning) = (doc(field.kind), field.doc.trim());
            match field.kind {
                Kind::Slice => {
                    _ = writeln!(text, "| `config_value(key)`, `cancelled()` | {kind} | {meaning} |")
                }
                _ => _ = writeln!(text, "| `{}` | `{kind}` | {meaning} |", field.name),
            }
        }
    }
    Generated::new("docs/capability-types.md", text)
}

fn method_section(method: &MethodSpec) -> String {
    let parameters: Vec<_> =
        method.args.iter().map(|arg| format!(", {}: {}", arg.name, doc(arg.kind))).collect();
    format!(
        "{}{}\n\n```python\ndef {}(self{}) -> {}: ...\n```\n\n{}Thread: {}.\n",
        method.doc.trim(),
        if method.duty == Duty::Optional { " May be left out." } else { "" },
        method.name,
        parameters.concat(),
        doc(method.returns),
        older(method),
        method.caller.describe()
    )
}

/// How an older generation is written, where it is written otherwise.
fn older(method: &MethodSpec) -> String {
    let line = |call| format!("Plugins of an older generation write `{call}`.\n\n");
    older_call(method).map(line).unwrap_or_default()
}

/// The method as an older generation writes it, where that is otherwise.
pub(super) fn older_call(method: &MethodSpec) -> Option<String> {
    let names = method.older?.iter().map(|arg| {
        let whole = &method.args[arg.argument];
        match (whole.kind, arg.field) {
            (Kind::Record(record), Some(field)) => format!(", {}", record.fields()[field].name),
            _ => format!(", {}", whole.name),
        }
    });
    let names: String = names.collect();
    Some(format!("{}(self{names})", method.name))
}

fn dotted(module: &str) -> String {
    if module.is_empty() { String::new() } else { format!("{module}.") }
}
