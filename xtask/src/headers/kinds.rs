//! What each kind of value is in C++, C and Rust. The one place that tells kinds apart.

use anyhow::{Result, bail};
use matriline_capability::table::{RECORDS, TYPES};
use matriline_capability::{ArgSpec, Failures, Kind, MethodSpec, RecordSpec, TypeSpec};

use super::native;

/// The rows that C++ and C have: those whose values are all of kinds that are told apart below. A plugin has every row.
pub(super) fn rows() -> impl Iterator<Item = &'static TypeSpec> {
    let takes =
        |method: &MethodSpec| answer(method).is_ok() && method.args.iter().all(|arg| is_known(arg.kind));
    let is_plain = |row: &&TypeSpec| row.failures == Failures::Errors;
    TYPES.iter().copied().filter(is_plain).filter(move |row| row.methods.iter().all(takes))
}

/// The records that C++ and C have, for the same reason. Those of other rows C++ alone has.
pub(super) fn records() -> impl Iterator<Item = &'static RecordSpec> {
    let of_others = native::records();
    let is_other = move |record: &RecordSpec| of_others.iter().any(|other| other.class == record.class);
    RECORDS.iter().copied().filter(move |record| is_known(Kind::Record(record)) && !is_other(record))
}

fn is_known(kind: Kind) -> bool {
    match kind {
        Kind::Text | Kind::Json => true,
        Kind::Record(record) => record.fields().iter().all(|field| is_known(field.kind)),
        _ => false,
    }
}

/// One text on its way over the bridge: records travel as their fields.
pub(super) struct Leaf {
    /// The name of the bridge function's parameter.
    pub(super) name: String,
    /// How C++ reads it from the method's parameters.
    pub(super) cpp: String,
}

/// The type of a field of a record in C++.
pub(super) fn cpp_field(kind: Kind) -> Result<String> {
    Ok(match kind {
        Kind::Text => "std::string".into(),
        Kind::Record(record) => record.class.into(),
        _ => bail!("A field can't be of kind `{kind:?}`"),
    })
}

/// The type of a field of a record in C.
pub(super) fn c_field(kind: Kind) -> Result<String> {
    Ok(match kind {
        Kind::Text => "matriline_str".into(),
        Kind::Record(record) => format!("matriline_{}", record.snake),
        _ => bail!("A field can't be of kind `{kind:?}`"),
    })
}

/// A parameter of a C++ method.
pub(super) fn cpp_parameter(arg: &ArgSpec) -> Result<String> {
    Ok(match arg.kind {
        Kind::Text | Kind::Json => format!("std::string_view {}", arg.name),
        Kind::Record(record) => format!("const {} &{}", record.class, arg.name),
        _ => bail!("The argument `{}` can't be of kind `{:?}`", arg.name, arg.kind),
    })
}

/// A parameter of a C function, as Rust writes it.
pub(super) fn c_parameter(arg: &ArgSpec) -> Result<String> {
    Ok(match arg.kind {
        Kind::Text | Kind::Json => format!("{}: matriline_str", arg.name),
        Kind::Record(record) => format!("{}: *const matriline_{}", arg.name, record.snake),
        _ => bail!("The argument `{}` can't be of kind `{:?}`", arg.name, arg.kind),
    })
}

/// The statement of a C function that reads a parameter into a Rust value of the same name.
pub(super) fn c_read(arg: &ArgSpec) -> Result<String> {
    Ok(match arg.kind {
        Kind::Text | Kind::Json => format!("let {0} = unsafe {{ {0}.read(\"{0}\") }}?;", arg.name),
        Kind::Record(_) => {
            format!("let {0} = unsafe {{ object({0}, \"{0}\")?.read() }}?;", arg.name)
        }
        _ => bail!("The argument `{}` can't be of kind `{:?}`", arg.name, arg.kind),
    })
}

/// The expression that reads a field of a C record into a value.
pub(super) fn c_read_field(name: &str, kind: Kind) -> Result<String> {
    Ok(match kind {
        Kind::Text => format!("Value::Text(unsafe {{ self.{name}.read(\"{name}\") }}?)"),
        _ => bail!("A field of C can't be of kind `{kind:?}` yet"),
    })
}

/// The same value as the call takes it.
pub(super) fn c_value(arg: &ArgSpec) -> Result<String> {
    Ok(match arg.kind {
        Kind::Text => format!("Value::Text({})", arg.name),
        Kind::Json => format!("Value::Json({})", arg.name),
        Kind::Record(_) => format!("Value::Record(&{})", arg.name),
        _ => bail!("The argument `{}` can't be of kind `{:?}`", arg.name, arg.kind),
    })
}

/// The texts an argument travels as, and the Rust expression that puts them together again.
pub(super) fn flatten(arg: &ArgSpec) -> Result<(Vec<Leaf>, String)> {
    flatten_value(arg.kind, arg.name, arg.name, arg.name)
}

fn flatten_value(kind: Kind, name: &str, cpp: &str, label: &str) -> Result<(Vec<Leaf>, String)> {
    Ok(match kind {
        Kind::Text => {
            let leaf = Leaf { name: name.into(), cpp: cpp.into() };
            (vec![leaf], format!("Value::Text(text({name}, \"{label}\")?)"))
        }
        Kind::Json => {
            let leaf = Leaf { name: name.into(), cpp: cpp.into() };
            (vec![leaf], format!("Value::Json(text({name}, \"{label}\")?)"))
        }
        Kind::Record(record) => {
            let (mut leaves, mut values) = (Vec::new(), Vec::new());
            for field in record.fields() {
                let name = format!("{name}_{}", field.name);
                let cpp = format!("{cpp}.{}", field.name);
                let (more, value) = flatten_value(field.kind, &name, &cpp, field.name)?;
                leaves.extend(more);
                values.push(value);
            }
            (leaves, format!("Value::Record(&[{}])", values.join(", ")))
        }
        _ => bail!("The argument `{label}` can't be of kind `{kind:?}`"),
    })
}

/// How an answer comes back.
pub(super) struct Answer {
    /// The C++ type of the method.
    pub(super) cpp: &'static str,
    /// What the bridge and C hold it in; `None` where there is nothing.
    pub(super) held: Option<Held>,
    /// The function that calls and copies such an answer, the same word for C++ and C.
    pub(super) call: &'static str,
}

/// What holds an answer.
pub(super) struct Held {
    /// The header of the C++ type.
    pub(super) include: &'static str,
    /// The bridge's name of that type.
    pub(super) bridge: &'static str,
    /// The C type, which the caller receives a pointer to.
    pub(super) c: &'static str,
    /// The module of that.
    pub(super) module: &'static str,
}

/// The answer of a method.
pub(super) fn answer(method: &MethodSpec) -> Result<Answer> {
    Ok(match method.returns {
        Kind::Result => Answer {
            cpp: "ExecutionResult",
            held: Some(Held {
                include: "\"matriline/execution_result.hpp\"",
                bridge: "ExecutionResult",
                c: "matriline_execution_result",
                module: "execution_result",
            }),
            call: "call_for_result",
        },
        Kind::Text => Answer {
            cpp: "std::string",
            held: Some(Held {
                include: "<string>",
                bridge: "CxxString",
                c: "matriline_text",
                module: "text",
            }),
            call: "call_for_text",
        },
        Kind::Unit => Answer { cpp: "void", held: None, call: "call_for_nothing" },
        _ => {
            bail!("No method answers with `{:?}` yet; say here how it comes back", method.returns)
        }
    })
}

/// The words documentation uses for the kind of an argument or a field.
pub(super) fn doc(kind: Kind) -> &'static str {
    match kind {
        Kind::Unit => "None",
        Kind::Text | Kind::File => "str",
        Kind::Real => "float",
        Kind::Object(spec) => spec.name,
        Kind::Result => "ExecutionResult",
        Kind::Record(record) => record.class,
        Kind::Number | Kind::Index | Kind::Code => "int",
        Kind::CodeAndText => "tuple[int, str]",
        Kind::Flag => "bool",
        Kind::Member(spec) => spec.class,
        Kind::Json => "object",
        Kind::Slice => "methods",
        Kind::Filled(record) => record.class,
        Kind::List(_) => "list",
        Kind::Function(_) | Kind::Task => "Callable",
    }
}

/// The headers of the classes a kind needs.
pub(super) fn cpp_includes(kind: Kind) -> Vec<String> {
    match kind {
        Kind::Text | Kind::Json => vec!["<string_view>".into()],
        Kind::Result => vec!["\"matriline/execution_result.hpp\"".into()],
        Kind::Record(record) => vec![format!("\"matriline/{}.hpp\"", record.snake)],
        _ => vec![],
    }
}
