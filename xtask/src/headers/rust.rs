//! The Rust files of the table: for each type its bridge and its C functions.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use matriline_capability::{CapabilityType, Kind, MethodSpec, RecordSpec, TypeSpec};

use super::kinds::{
    answer, c_field, c_parameter, c_read, c_read_field, c_value, flatten, records as known, rows,
};
use super::{Generated, NOTE, RUST, native};
use crate::workspace;

pub(super) fn files() -> Result<Vec<Generated>> {
    let mut files = vec![file("mod", modules())?, file("capability_type", capability_types())?];
    files.push(file("records", records()?)?);
    for row in rows() {
        files.push(file(row.prefix, capability(row)?)?);
    }
    Ok(files)
}

fn file(name: &str, text: String) -> Result<Generated> {
    Ok(Generated::new(format!("{RUST}/generated/{name}.rs"), formatted(&text)?))
}

fn modules() -> String {
    let mut names = ["capability_type", "members", "records"].map(String::from).to_vec();
    names.extend(rows().map(|row| row.prefix.to_owned()));
    names.extend(native::modules());
    names.sort_unstable();
    let lines: String = names.iter().map(|name| format!("pub mod {name};\n")).collect();
    format!("//! The part that knows capability types one by one.\n//!\n//! {NOTE}\n\n{lines}")
}

fn capability_types() -> String {
    let variants: String = CapabilityType::ALL
        .iter()
        .map(|kind| format!("/// `{}`\n{} = {},\n", kind.as_str(), kind.member(), kind.number()))
        .collect();
    format!(
        "//! The capability types in C.\n//!\n//! {NOTE}\n\n\
         /// The kind of work a capability does. Functions take it as a `uint8_t`.\n\
         #[derive(Clone, Copy, Debug)]\n#[repr(u8)]\npub enum matriline_capability_type {{\n{variants}}}\n"
    )
}

fn records() -> Result<String> {
    let mut text = format!(
        "//! The records in C.\n//!\n//! {NOTE}\n\nuse matriline::Value;\n\nuse crate::boundary::Outcome;\nuse crate::capi::text::matriline_str;\n"
    );
    for record in known().filter(|record| is_taken(record)) {
        text += &record_struct(record)?;
    }
    Ok(text)
}

/// Whether a method takes the record; C has no use for a base of one.
fn is_taken(record: &RecordSpec) -> bool {
    let args = rows().flat_map(|row| row.methods).flat_map(|method| method.args);
    args.into_iter().any(|arg| matches!(arg.kind, Kind::Record(taken) if taken.class == record.class))
}

fn record_struct(record: &RecordSpec) -> Result<String> {
    let (mut fields, mut reads) = (String::new(), String::new());
    for field in record.fields() {
        _ = writeln!(fields, "///{}\npub {}: {},", field.doc, field.name, c_field(field.kind)?);
        _ = writeln!(reads, "// SAFETY: the caller's promise.\n{},", c_read_field(field.name, field.kind)?);
    }
    Ok(format!(
        "\n///{doc}\n#[derive(Clone, Copy)]\n#[repr(C)]\npub struct matriline_{snake} {{\n{fields}}}\n\n\
         impl matriline_{snake} {{\n/// The fields in the order of the table.\n///\n/// # Safety\n\
         /// Every text is readable for as long as the record is borrowed.\npub(crate) unsafe fn read(&self) -> Outcome<[Value<'_>; {count}]> {{\nOk([{reads}])\n}}\n}}\n",
        doc = record.doc,
        snake = record.snake,
        count = record.fields().len(),
    ))
}

fn capability(row: &TypeSpec) -> Result<String> {
    let (mut declarations, mut functions) = (String::new(), String::new());
    for (index, method) in row.methods.iter().enumerate() {
        let (declaration, function) = bridge_function(row, index, method)?;
        declarations += &declaration;
        functions += &function;
        functions += &c_function(row, index, method)?;
    }
    let answers: Vec<_> = row.methods.iter().map(answer).collect::<Result<_>>()?;
    let held = || answers.iter().filter_map(|answer| answer.held.as_ref());
    let mut types: Vec<_> = held().map(|it| it.bridge).chain(["CapabilityHandle", "Failure"]).collect();
    types.sort_unstable();
    types.dedup();
    // the text of C++ is a type of cxx itself
    let strings = if types.contains(&"CxxString") { "use cxx::CxxString;\n" } else { "" };
    types.retain(|name| *name != "CxxString");
    let mut outputs: Vec<_> = held().map(|it| (it.module, it.c)).collect();
    outputs.sort_unstable();
    outputs.dedup();
    let aliases: String = types.iter().map(|it| format!("type {it} = crate::bridge::{it};\n")).collect();
    let takes_record = row
        .methods
        .iter()
        .flat_map(|method| method.args)
        .any(|arg| c_parameter(arg).is_ok_and(|it| it.contains("*const")));
    let records = if takes_record { "use crate::generated::records::*;\n" } else { "" };
    let objects = if takes_record { "object, " } else { "" };
    let takes_text = row
        .methods
        .iter()
        .flat_map(|method| method.args)
        .any(|arg| c_parameter(arg).is_ok_and(|it| it.contains("matriline_str")));
    if takes_text {
        outputs.push(("text", "matriline_str"));
    }
    let used: String =
        outputs.iter().map(|(module, name)| format!("use crate::capi::{module}::{name};\n")).collect();
    let values = if row.methods.iter().any(|method| !method.args.is_empty()) { ", Value" } else { "" };
    let checks = if values.is_empty() { "" } else { ", text" };
    Ok(format!(
        "//! `{member}` capabilities: the bridge and the C functions.\n//!\n//! {NOTE}\n\n\
         use std::pin::Pin;\n\n{strings}use matriline::{{CapabilityType{values}}};\n\nuse crate::boundary::{{run{checks}}};\n\
         use crate::bridge::{{{imports}}};\nuse crate::capi::capability::matriline_capability;\n\
         use crate::capi::error::{{matriline_error, matriline_result}};\n\
         {used}use crate::capi::{{enter, {objects}slot}};\n{records}\n\
         #[cxx::bridge(namespace = \"matriline::detail\")]\n#[allow(unreachable_pub)]\nmod ffi {{\n    unsafe extern \"C++\" {{\n\
         include!(\"glue.hpp\");\ninclude!(\"generated/bridge.hpp\");\n\n{aliases}}}\n\n\
         extern \"Rust\" {{\n{declarations}}}\n}}\n{functions}",
        member = row.kind.member(),
        imports = types.join(", "),
    ))
}

fn bridge_function(row: &TypeSpec, index: usize, method: &MethodSpec) -> Result<(String, String)> {
    let answer = answer(method)?;
    let (mut parameters, mut values) = (vec!["handle: &CapabilityHandle".to_owned()], Vec::new());
    for arg in method.args {
        let (leaves, value) = flatten(arg)?;
        parameters.extend(leaves.iter().map(|leaf| format!("{}: &[u8]", leaf.name)));
        values.push(value);
    }
    parameters.extend(answer.held.as_ref().map(|held| format!("answer: Pin<&mut {}>", held.bridge)));
    parameters.push("failure: Pin<&mut Failure>".into());
    let signature = format!("fn {}_{}({})", row.prefix, method.name, parameters.join(", "));
    let many = if parameters.len() > 7 { "#[allow(clippy::too_many_arguments)]\n" } else { "" };
    let held = if answer.held.is_some() { ", answer" } else { "" };
    let body = format!("run(failure, || handle.{}({index}, &[{}]{held}));", answer.call, values.join(", "));
    Ok((format!("{signature};\n"), format!("\n{many}{signature} {{\n{body}\n}}\n")))
}

fn c_function(row: &TypeSpec, index: usize, method: &MethodSpec) -> Result<String> {
    let answer = answer(method)?;
    let mut parameters = vec!["capability: *const matriline_capability".to_owned()];
    let (mut reads, mut values) = (String::new(), Vec::new());
    for arg in method.args {
        parameters.push(c_parameter(arg)?);
        _ = writeln!(reads, "// SAFETY: the caller's promise.\n{}", c_read(arg)?);
        values.push(c_value(arg)?);
    }
    let (mut words, mut held) = (String::new(), "");
    if let Some(answer) = &answer.held {
        parameters.push(format!("result_out: *mut *mut {}", answer.c));
        words = format!(" On success `result_out` receives an object to free with\n/// `{}_free`.", answer.c);
        reads += "// SAFETY: the caller's promise.\nlet result_out = unsafe { slot(result_out, \"result_out\") }?;\n";
        held = ", result_out";
    }
    parameters.push("error_out: *mut *mut matriline_error".into());
    Ok(format!(
        "\n///{doc}\n///\n/// `capability` must be of type `{text}`.{words} Fails when the plugin raises, answers with another kind, or is unloaded.\n///\n\
         /// Threads: any; plugins expect {caller}.\n///\n/// # Safety\n\
         /// Every pointer is NULL or valid, every text readable, for the whole call.\n\
         #[unsafe(no_mangle)]\npub unsafe extern \"C\" fn matriline_{prefix}_{name}({parameters}) -> matriline_result {{\n\
         enter(error_out, || {{\n\
         // SAFETY: the caller's promise.\nlet capability = unsafe {{ matriline_capability::of_type(capability, CapabilityType::{member}) }}?;\n\
         {reads}capability.{call}({index}, &[{values}]{held})\n}})\n}}\n",
        doc = method.doc,
        text = row.kind.as_str(),
        caller = method.caller.describe(),
        prefix = row.prefix,
        name = method.name,
        parameters = parameters.join(", "),
        member = row.kind.member(),
        call = answer.call,
        values = values.join(", "),
    ))
}

/// The text as `cargo fmt` would leave it.
pub(super) fn formatted(text: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(workspace::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("`rustfmt` can't be started; install it with `rustup component add rustfmt`")?;
    rustfmt.stdin.take().expect("a piped stdin").write_all(text.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    ensure!(output.status.success(), "`rustfmt` refused a generated file:\n{text}");
    Ok(String::from_utf8(output.stdout)?)
}
