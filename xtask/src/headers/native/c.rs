//! The functions of C that call methods of such types.

use std::fmt::Write;

use anyhow::{Result, bail};
use matriline_capability::{ArgSpec, Kind, MethodSpec, TypeSpec};

use super::{comes_back, functions_header, functions_of, snake};
use crate::headers::NOTE;

pub(super) fn functions(row: &TypeSpec) -> Result<String> {
    let functions = row.methods.iter().map(|method| function(row, method)).collect::<Result<String>>()?;
    Ok(format!(
        "//! `{member}` capabilities: the functions of C.\n//!\n//! {NOTE}\n\n{imports}\n{functions}",
        member = row.kind.member(),
        imports = imports(row)?,
    ))
}

/// What such a file imports: each of these where one of its functions uses it.
fn imports(row: &TypeSpec) -> Result<String> {
    let args = || row.methods.iter().flat_map(|method| method.args);
    let takes = |is: fn(Kind) -> bool| args().any(|arg| is(arg.kind));
    let mut text = format!("use matriline::{{{}, {}}};\n\n", "Answered", trait_of(row));
    let mut members: Vec<_> = args().filter_map(|arg| member(arg.kind)).collect();
    members.sort_unstable();
    members.dedup();
    for name in &members {
        text = text.replace("Answered,", &format!("Answered, {name},"));
    }
    text += "use crate::capi::capability::matriline_capability;\nuse crate::capi::error::matriline_error;\n\
             use crate::capi::text::{matriline_str, matriline_text};\n";
    let mut helpers = vec!["answered", "give", "given", "slot"];
    helpers.extend(takes(|kind| matches!(kind, Kind::Record(_))).then_some("object"));
    helpers.extend(takes(|kind| matches!(kind, Kind::Filled(_))).then_some("object_mut"));
    _ = writeln!(text, "use crate::capi::{{{}}};", helpers.join(", "));
    if !functions_of(row).is_empty() {
        _ = writeln!(text, "use crate::generated::{}::*;", functions_header(row));
    }
    _ = writeln!(text, "use crate::generated::{}_records::*;", row.prefix);
    if !members.is_empty() {
        text += "use crate::number::unknown;\n";
    }
    Ok(text)
}

/// The trait of such capabilities in Rust: the name of their class in C++ but for one word.
fn trait_of(row: &TypeSpec) -> String {
    row.cpp_class.replace("Plugin", "")
}

fn member(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Member(spec) => Some(spec.class),
        _ => None,
    }
}

fn function(row: &TypeSpec, method: &MethodSpec) -> Result<String> {
    let (mut parameters, mut given, mut reads, mut values) = (
        vec!["capability: *const matriline_capability".to_owned()],
        String::new(),
        String::new(),
        Vec::new(),
    );
    for arg in method.args {
        parameters.push(parameter(arg)?);
        match arg.kind {
            Kind::Function(function) => {
                let class = format!("matriline_{}", function.name);
                _ = writeln!(
                    given,
                    "// SAFETY: the caller's promise.\nlet {0} = unsafe {{ {class}::read({0}) }};",
                    arg.name
                );
            }
            _ => reads += &read(arg)?,
        }
        values.push(value(arg));
    }
    let answer = Answer::of(method)?;
    let call = format!("agent.{}({})", method.name, values.join(", "));
    let mut body = format!("Ok({call})");
    if matches!(method.returns, Kind::CodeAndText) {
        parameters.push("text_out: *mut *mut matriline_text".into());
        reads +=
            "// SAFETY: the caller's promise.\nlet text_out = unsafe { slot(text_out, \"text_out\") }?;\n";
        body = format!(
            "let Answered {{ value: (code, text), error }} = {call};\nif error.is_none() {{\n\
             give(text_out, matriline_text(text));\n}}\nOk(Answered {{ value: code, error }})"
        );
    }
    parameters.push("error_out: *mut *mut matriline_error".into());
    let called = format!(
        "answered(error_out, || {{\n// SAFETY: the caller's promise.\n\
         let agent = unsafe {{ matriline_capability::view::<dyn {}>(capability) }}?;\n{reads}{body}\n}})",
        trait_of(row)
    );
    Ok(format!(
        "\n///{doc}\n///\n/// {words}\n/// `capability` must be of type `{text}`. `error_out` may be NULL; otherwise it receives why the call failed,\n\
         /// to free with `matriline_error_free`, or NULL when it did well.\n///\n\
         /// Threads: any; plugins expect {caller}.\n///\n/// # Safety\n\
         /// Every pointer is NULL or valid, every text readable, for the whole call; functions can be called on any thread.\n\
         #[unsafe(no_mangle)]\npub unsafe extern \"C\" fn matriline_{prefix}_{name}({parameters}){returns} {{\n{given}{body}\n}}\n",
        doc = method.doc,
        text = row.kind.as_str(),
        words = answer.words,
        caller = method.caller.describe(),
        prefix = row.prefix,
        name = method.name,
        parameters = parameters.join(", "),
        returns = answer.returns,
        body = answer.wrap.replace("{}", &called),
    ))
}

fn parameter(arg: &ArgSpec) -> Result<String> {
    let kind = match arg.kind {
        Kind::Text => "matriline_str".into(),
        Kind::Number => "i64".into(),
        Kind::Real => "f64".into(),
        Kind::Flag => "bool".into(),
        Kind::Member(_) => "u8".into(),
        Kind::Record(record) => format!("*const matriline_{}", record.snake),
        Kind::Filled(record) => format!("*mut matriline_{}", record.snake),
        Kind::Function(function) => format!("*const matriline_{}", function.name),
        other => bail!("The argument `{}` can't be of kind `{other:?}` in C", arg.name),
    };
    Ok(format!("{}: {kind}", arg.name))
}

/// The statement that reads a parameter into a value of the same name.
fn read(arg: &ArgSpec) -> Result<String> {
    let name = arg.name;
    let promised =
        |read: String| format!("// SAFETY: the caller's promise.\nlet {name} = unsafe {{ {read} }}?;\n");
    Ok(match arg.kind {
        Kind::Text => promised(format!("{name}.read(\"{name}\")")),
        Kind::Record(record) if comes_back(record) => promised(format!("object({name}, \"{name}\")")),
        Kind::Record(_) => promised(format!("object({name}, \"{name}\")?.read()")),
        Kind::Filled(_) => promised(format!("object_mut({name}, \"{name}\")")),
        Kind::Member(spec) => format!(
            "let {name} = {0}::from_number({name}).ok_or_else(|| unknown(\"member of `{0}`\", {name}))?;\n",
            spec.class
        ),
        _ => String::new(),
    })
}

/// The same value as the method takes it.
fn value(arg: &ArgSpec) -> String {
    match arg.kind {
        Kind::Record(_) => format!("&{}", arg.name),
        Kind::Filled(_) => format!("&mut {}.0", arg.name),
        Kind::Function(_) => format!("{}.as_ref()", arg.name),
        _ => arg.name.to_owned(),
    }
}

/// How the answer of a method comes back.
struct Answer {
    returns: String,
    /// What is around the call.
    wrap: String,
    words: String,
}

impl Answer {
    fn of(method: &MethodSpec) -> Result<Self> {
        let plain = |returns: &str, words: &str| Self {
            returns: format!(" -> {returns}"),
            wrap: "{}".into(),
            words: words.into(),
        };
        Ok(match method.returns {
            Kind::Unit => Self { returns: String::new(), ..plain("", "It answers nothing.") },
            Kind::Code => plain("i32", "Answers the code, -1 when the call failed."),
            Kind::CodeAndText => plain(
                "i32",
                "Answers the code, -1 when the call failed; else `text_out` receives the text, to free with \
                 `matriline_text_free`.",
            ),
            Kind::Flag => plain("bool", "False when the call failed."),
            Kind::Text => Self {
                wrap: "given(matriline_text({}))".into(),
                ..plain(
                    "*mut matriline_text",
                    "Answers a text to free with `matriline_text_free`, an empty one when the call failed.",
                )
            },
            Kind::Member(spec) => Self {
                wrap: "{} as u8".into(),
                ..plain(
                    "u8",
                    &format!("Answers a `matriline_{}`, 0 when the call failed.", snake(spec.class)),
                )
            },
            Kind::Record(record) => Self {
                wrap: format!("given(matriline_{}({{}}))", record.snake),
                ..plain(
                    &format!("*mut matriline_{}", record.snake),
                    &format!(
                        "Answers an object to free with `matriline_{}_free`, with empty texts when the call failed.",
                        record.snake
                    ),
                )
            },
            other => bail!("The method `{}` can't answer with `{other:?}` in C", method.name),
        })
    }
}
