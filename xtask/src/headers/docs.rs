//! The reference page of capability types.

use std::fmt::Write;

use matriline_capability::MethodSpec;
use matriline_capability::table::{RECORDS, TYPES};

use super::kinds::doc;
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
        _ = writeln!(text, "| C++ | `matriline::{}` in `matriline/{}.hpp` |", row.cpp_class, row.header);
        _ = writeln!(text, "| C | `matriline_{}_…` in `matriline/matriline.h` |", row.prefix);
        for method in row.methods {
            _ = write!(text, "\n### {}.{}\n\n{}", row.kind.member(), method.name, method_section(method));
        }
    }
    text += "\n# Records\n\nA record holds values and has no behaviour. Plugins read it; what they change in it is not read back.\n";
    for record in RECORDS {
        let class = format!("orca.{}{}", dotted(record.python_module), record.class);
        _ = write!(text, "\n## {}\n\n{}\n\n", record.class, record.doc.trim());
        _ = writeln!(text, "Python: `{class}`, C++: `matriline::{}`.\n", record.class);
        text += "| field | kind | meaning |\n|---|---|---|\n";
        for field in record.fields() {
            _ = writeln!(text, "| `{}` | `{}` | {} |", field.name, doc(field.kind), field.doc.trim());
        }
    }
    Generated::new("docs/capability-types.md", text)
}

fn method_section(method: &MethodSpec) -> String {
    let parameters: Vec<_> =
        method.args.iter().map(|arg| format!(", {}: {}", arg.name, doc(arg.kind))).collect();
    format!(
        "{}\n\n```python\ndef {}(self{}) -> {}: ...\n```\n\nThread: {}.\n",
        method.doc.trim(),
        method.name,
        parameters.concat(),
        doc(method.returns),
        method.caller.describe()
    )
}

fn dotted(module: &str) -> String {
    if module.is_empty() { String::new() } else { format!("{module}.") }
}
