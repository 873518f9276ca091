//! Types whose calls always answer: their methods take records, functions and enumerations. In C++ they are classes whose
//! arguments go as values, in C functions.

mod c;
mod c_values;
mod header;
mod shell;

use anyhow::{Result, bail};
use matriline_capability::table::TYPES;
use matriline_capability::{
    ArgSpec, EnumSpec, Failures, FunctionSpec, Kind, MethodSpec, RecordSpec, TypeSpec,
};

use super::{CPP, Generated, INCLUDE, RUST, rust};

/// The rows whose calls always answer.
pub(super) fn rows() -> impl Iterator<Item = &'static TypeSpec> {
    TYPES.iter().copied().filter(|row| row.failures != Failures::Errors)
}

/// The records of those rows.
pub(super) fn records() -> Vec<&'static RecordSpec> {
    let mut found: Vec<&RecordSpec> = Vec::new();
    each_kind(|kind| {
        if let Kind::Record(record) | Kind::Filled(record) = kind
            && !found.iter().any(|known| known.class == record.class)
        {
            found.push(record);
        }
    });
    found
}

/// The headers that belong to a row beside its own.
pub(super) fn headers() -> Vec<String> {
    let mut headers: Vec<String> = records().iter().map(|record| record.snake.to_owned()).collect();
    headers.extend(rows().flat_map(|row| [functions_header(row), members_header(row)]));
    headers
}

pub(super) fn files() -> Result<Vec<Generated>> {
    let mut files = Vec::new();
    for record in records() {
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", record.snake), header::record(record)?));
    }
    for row in rows() {
        files.push(Generated::new(
            format!("{INCLUDE}/{}.hpp", functions_header(row)),
            header::functions(row)?,
        ));
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", members_header(row)), header::members(row)));
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", row.header), header::interface(row)?));
        files.push(Generated::new(format!("{CPP}/{}.cpp", row.header), shell::object(row)?));
        files.push(Generated::new(format!("{CPP}/{}.hpp", functions_header(row)), shell::sinks_header(row)));
        files.push(Generated::new(format!("{CPP}/{}.cpp", functions_header(row)), shell::sinks(row)));
        files.push(c_file(row.prefix, c::functions(row)?)?);
        files.push(c_file(&functions_header(row), c_values::functions(row)?)?);
        files.push(c_file(&format!("{}_records", row.prefix), c_values::records()?)?);
    }
    Ok(files)
}

/// The modules of Rust that hold the functions of C, and what these take.
pub(super) fn modules() -> Vec<String> {
    rows()
        .flat_map(|row| [row.prefix.into(), functions_header(row), format!("{}_records", row.prefix)])
        .collect()
}

fn c_file(name: &str, text: String) -> Result<Generated> {
    Ok(Generated::new(format!("{RUST}/generated/{name}.rs"), rust::formatted(&text)?))
}

fn functions_header(row: &TypeSpec) -> String {
    format!("{}_functions", row.prefix)
}

fn members_header(row: &TypeSpec) -> String {
    format!("{}_members", row.prefix)
}

fn each_kind(mut see: impl FnMut(Kind)) {
    for method in rows().flat_map(|row| row.methods) {
        see(method.returns);
        method.args.iter().for_each(|arg| see(arg.kind));
    }
}

/// The functions that the methods of a row take, each once.
fn functions_of(row: &TypeSpec) -> Vec<&'static FunctionSpec> {
    let mut found: Vec<&FunctionSpec> = Vec::new();
    for arg in row.methods.iter().flat_map(|method| method.args) {
        if let Kind::Function(function) = arg.kind
            && !found.iter().any(|known| known.name == function.name)
        {
            found.push(function);
        }
    }
    found
}

/// The name of a function's type: `UpdateFn`.
fn class_of(function: &FunctionSpec) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    function.name.split('_').map(capital).collect()
}

/// The enumerations of a row that stand in its module, each once.
fn members_of(row: &TypeSpec) -> Vec<&'static EnumSpec> {
    let mut found: Vec<&EnumSpec> = Vec::new();
    each_kind(|kind| {
        if let Kind::Member(spec) = kind
            && !found.iter().any(|known| known.class == spec.class)
            && spec.python_module == row.python_module
        {
            found.push(spec);
        }
    });
    found
}

/// The type that a method answers with.
fn answer(method: &MethodSpec) -> Result<String> {
    Ok(match method.returns {
        Kind::Unit => "Answered<void>".into(),
        Kind::Code | Kind::CodeAndText => "Answered<int>".into(),
        Kind::Flag => "Answered<bool>".into(),
        Kind::Text => "Answered<std::string>".into(),
        Kind::Member(spec) => format!("Answered<{}>", spec.class),
        Kind::Record(record) => format!("Answered<{}>", record.class),
        other => bail!("The method `{}` can't answer with `{other:?}` in C++", method.name),
    })
}

fn parameters(method: &MethodSpec) -> Result<String> {
    let mut all = method.args.iter().map(parameter).collect::<Result<Vec<_>>>()?;
    if matches!(method.returns, Kind::CodeAndText) {
        all.push("std::string &text".into());
    }
    Ok(all.join(", "))
}

fn parameter(arg: &ArgSpec) -> Result<String> {
    let kind = match arg.kind {
        Kind::Text => "std::string_view ".into(),
        Kind::Number => "std::int64_t ".into(),
        Kind::Real => "double ".into(),
        Kind::Flag => "bool ".into(),
        Kind::Member(spec) => format!("{} ", spec.class),
        Kind::Record(record) => format!("const {} &", record.class),
        Kind::Filled(record) => format!("{} &", record.class),
        Kind::Function(function) => format!("{} ", class_of(function)),
        other => bail!("The argument `{}` can't be of kind `{other:?}` in C++", arg.name),
    };
    Ok(kind + arg.name)
}

/// Whether a record comes back: as a whole answer, or filled in.
fn comes_back(record: &RecordSpec) -> bool {
    let answers =
        |method: &MethodSpec| matches!(method.returns, Kind::Record(it) if it.class == record.class);
    is_filled(record) || rows().flat_map(|row| row.methods).any(answers)
}

/// Whether a method fills it in.
fn is_filled(record: &RecordSpec) -> bool {
    let args = rows().flat_map(|row| row.methods).flat_map(|method| method.args);
    args.into_iter().any(|arg| matches!(arg.kind, Kind::Filled(it) if it.class == record.class))
}

/// The name of an enumeration in C: `filament_sync_mode`.
fn snake(class: &str) -> String {
    let mut name = String::new();
    for letter in class.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
