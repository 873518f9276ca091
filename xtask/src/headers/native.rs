//! The C++ classes of types whose calls always answer: their methods take records, functions and enumerations, and their
//! arguments go as values. C has none of them.

use std::fmt::Write;

use anyhow::{Result, bail};
use matriline_capability::table::TYPES;
use matriline_capability::{
    ArgSpec, EnumSpec, Failures, FieldSpec, FunctionSpec, Kind, MethodSpec, RecordSpec, TypeSpec,
};

use super::cpp::include_lines;
use super::{CPP, Generated, INCLUDE, NOTE};

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
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", record.snake), record_header(record)?));
    }
    for row in rows() {
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", functions_header(row)), functions(row)?));
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", members_header(row)), members(row)));
        files.push(Generated::new(format!("{INCLUDE}/{}.hpp", row.header), interface(row)?));
        files.push(Generated::new(format!("{CPP}/{}.cpp", row.header), shell(row)?));
    }
    Ok(files)
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

fn record_header(record: &RecordSpec) -> Result<String> {
    let (mut fields, mut includes) =
        (String::new(), vec!["<string>".into(), "\"matriline/version.hpp\"".into()]);
    for field in record.own_fields {
        let kind = match field.kind {
            Kind::Text => "std::string",
            Kind::Number => {
                includes.push("<cstdint>".into());
                "std::int64_t"
            }
            Kind::Flag => "bool",
            other => bail!("The field `{}` can't be of kind `{other:?}` in C++", field.name),
        };
        let initial = match field.kind {
            Kind::Number => " = 0",
            Kind::Flag => " = false",
            _ => "",
        };
        _ = writeln!(fields, "    ///{}\n    {kind} {}{initial};", field.doc, field.name);
    }
    Ok(format!(
        "// {NOTE}\n#pragma once\n\n{}MATRILINE_BEGIN_NAMESPACE\n\n///{}\nstruct {} {{\n{fields}}};\n\n\
         MATRILINE_END_NAMESPACE\n",
        include_lines(includes),
        record.doc,
        record.class
    ))
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

fn functions(row: &TypeSpec) -> Result<String> {
    let mut text = String::new();
    for function in functions_of(row) {
        let args = function.args.iter().map(|arg| {
            Ok(match arg.kind {
                Kind::Text => format!("std::string_view {}", arg.name),
                Kind::Code => format!("int {}", arg.name),
                Kind::Task => format!("std::function<void()> {}", arg.name),
                other => bail!("The function `{}` can't take `{other:?}`", function.name),
            })
        });
        let args = args.collect::<Result<Vec<_>>>()?.join(", ");
        let returns = if matches!(function.returns, Kind::Flag) { "bool" } else { "void" };
        _ = write!(
            text,
            "///{}\nusing {} = std::function<{returns}({args})>;\n\n",
            function.doc,
            class_of(function)
        );
    }
    Ok(format!(
        "// {NOTE}\n#pragma once\n\n#include <functional>\n#include <string_view>\n\n#include \"matriline/version.hpp\"\n\n\
         MATRILINE_BEGIN_NAMESPACE\n\n\
         // Functions that an application gives to a plugin, which calls them on any of its threads, and keeps those that it\n\
         // is not given for a call until it is unloaded. What they throw is told to the plugin, and logged.\n\n\
         {text}MATRILINE_END_NAMESPACE\n"
    ))
}

fn members(row: &TypeSpec) -> String {
    let mut found: Vec<&EnumSpec> = Vec::new();
    each_kind(|kind| {
        if let Kind::Member(spec) = kind
            && !found.iter().any(|known| known.class == spec.class)
            && spec.python_module == row.python_module
        {
            found.push(spec);
        }
    });
    let mut text = String::new();
    for spec in found {
        let members: String = (0..)
            .zip(spec.members)
            .map(|(number, name): (u8, _)| format!("    {name} = {number},\n"))
            .collect();
        _ = write!(
            text,
            "///{} The numbers are those of `orca.{}.{}`.\nenum class {} : unsigned char {{\n{members}}};\n\n",
            spec.doc, spec.python_module, spec.class, spec.class
        );
    }
    format!(
        "// {NOTE}\n#pragma once\n\n#include \"matriline/version.hpp\"\n\nMATRILINE_BEGIN_NAMESPACE\n\n\
         {text}MATRILINE_END_NAMESPACE\n"
    )
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

fn interface(row: &TypeSpec) -> Result<String> {
    let mut includes: Vec<String> = vec!["<cstdint>".into(), "<string>".into(), "<string_view>".into()];
    let ours = ["answered", "export", "plugin_capability_interface", "version"].map(str::to_owned);
    includes.extend(ours.into_iter().chain(headers()).map(|header| format!("\"matriline/{header}.hpp\"")));
    let mut methods = String::new();
    for method in row.methods {
        let fills = match method.returns {
            Kind::CodeAndText => {
                " `text` is what comes with the code, and stays as it is when the call fails."
            }
            _ => "",
        };
        _ = write!(
            methods,
            "\n    ///{}{fills}\n    ///\n    /// Threads: any; plugins expect {}.\n    virtual {} {}({}) = 0;\n",
            method.doc,
            method.caller.describe(),
            answer(method)?,
            method.name,
            parameters(method)?
        );
    }
    Ok(format!(
        "// {NOTE}\n#pragma once\n\n{}MATRILINE_BEGIN_NAMESPACE\n\n///{} Its calls never throw: one that fails has an \
         answer all the same,\n/// with the error beside it. A function may be empty.\n\
         class MATRILINE_EXPORT {class} : public PluginCapabilityInterface {{\npublic:\n    ~{class}() override;\n\
         {methods}}};\n\nMATRILINE_END_NAMESPACE\n",
        include_lines(includes),
        row.doc,
        class = row.cpp_class
    ))
}

fn shell(row: &TypeSpec) -> Result<String> {
    let (mut helpers, mut methods) = (String::new(), String::new());
    for record in records() {
        helpers += &add_record(record)?;
    }
    for record in filled() {
        helpers += &read_record(record);
    }
    for function in functions_of(row) {
        helpers += &sink(function);
    }
    for (place, method) in row.methods.iter().enumerate() {
        methods += &body(place, method)?;
    }
    Ok(format!(
        r#"// {NOTE}
#include "matriline/{header}.hpp"

#include "calling.hpp"
#include "generated/capabilities.hpp"
#include "shell.hpp"

MATRILINE_BEGIN_NAMESPACE

{class}::~{class}() = default;

MATRILINE_END_NAMESPACE

namespace matriline::detail {{

namespace {{

{helpers}class {class}Shell final : public Shell<{class}> {{
public:
    using Shell::Shell;
{methods}}};

}} // namespace

std::shared_ptr<PluginCapabilityInterface> make_{prefix}(rust::Box<CapabilityHandle> handle, PluginCapabilityType type,
                                                         rust::Str name) {{
    return std::make_shared<{class}Shell>(std::move(handle), type, name);
}}

}} // namespace matriline::detail
"#,
        header = row.header,
        prefix = row.prefix,
        class = row.cpp_class,
    ))
}

/// The records that come back: whole answers, and what is filled in.
fn filled() -> Vec<&'static RecordSpec> {
    let comes_back = |record: &&RecordSpec| {
        let methods = rows().flat_map(|row| row.methods);
        methods.into_iter().any(|method| {
            let is_it = |kind: Kind| matches!(kind, Kind::Filled(it) if it.class == record.class);
            matches!(method.returns, Kind::Record(it) if it.class == record.class)
                || method.args.iter().any(|arg| is_it(arg.kind))
        })
    };
    records().into_iter().filter(comes_back).collect()
}

fn add_record(record: &RecordSpec) -> Result<String> {
    let add = |field: &FieldSpec| {
        let name = field.name;
        Ok(match field.kind {
            Kind::Text => format!("    call.text(value.{name}, \"{name}\");\n"),
            Kind::Number | Kind::Flag => format!("    call.number(value.{name});\n"),
            other => bail!("The field `{name}` can't be of kind `{other:?}` in C++"),
        })
    };
    let fields = record.own_fields.iter().map(add).collect::<Result<String>>()?;
    Ok(format!("[[maybe_unused]] void add(Call &call, const {} &value) {{\n{fields}}}\n\n", record.class))
}

fn read_record(record: &RecordSpec) -> String {
    let fields: String = (record.own_fields.iter().enumerate())
        .map(|(place, field)| format!("    value.{} = texts.at({place});\n", field.name))
        .collect();
    format!("void read(const std::vector<std::string> &texts, {} &value) {{\n{fields}}}\n\n", record.class)
}

fn sink(function: &FunctionSpec) -> String {
    let class = class_of(function);
    let takes_task = function.args.iter().any(|arg| matches!(arg.kind, Kind::Task));
    let body = match takes_task {
        true => "    sink->give = [function = std::move(function)](rust::Box<PluginTask> task) {\n        \
                 const auto shared = std::make_shared<rust::Box<PluginTask>>(std::move(task));\n        \
                 function([shared] { (*shared)->run(); });\n    };\n"
            .to_owned(),
        false => {
            let args: Vec<_> = (function.args.iter().enumerate())
                .map(|(place, arg)| match arg.kind {
                    Kind::Text => format!("view(args[{place}].text)"),
                    _ => format!("args[{place}].code"),
                })
                .collect();
            let args = args.join(", ");
            let call = match function.returns {
                Kind::Flag => format!("return function({args});"),
                _ => format!("function({args});\n        return false;"),
            };
            let unused = if function.args.is_empty() { "" } else { " args" };
            format!(
                "    sink->call = [function = std::move(function)](rust::Slice<const GivenData>{unused}) {{\n        \
                 {call}\n    }};\n"
            )
        }
    };
    format!(
        "std::shared_ptr<FunctionSink> sink_of_{}({class} function) {{\n    if (!function) {{\n        return nullptr;\n    }}\n    \
         auto sink = std::make_shared<FunctionSink>();\n{body}    return sink;\n}}\n\n",
        function.name
    )
}

fn body(place: usize, method: &MethodSpec) -> Result<String> {
    let mut text = format!(
        "\n    {} {}({}) override {{\n        Call call(handle(), {place});\n",
        answer(method)?,
        method.name,
        parameters(method)?
    );
    for arg in method.args {
        let name = arg.name;
        _ = match arg.kind {
            Kind::Text => writeln!(text, "        call.text({name}, \"{name}\");"),
            Kind::Real => writeln!(text, "        call.real({name});"),
            Kind::Record(_) | Kind::Filled(_) => writeln!(text, "        add(call, {name});"),
            Kind::Member(_) => writeln!(text, "        call.number(static_cast<std::int64_t>({name}));"),
            Kind::Function(function) => {
                writeln!(text, "        call.function(sink_of_{}(std::move({name})));", function.name)
            }
            _ => writeln!(text, "        call.number({name});"),
        };
    }
    let filled = method.args.iter().find(|arg| matches!(arg.kind, Kind::Filled(_)));
    text += &match (method.returns, filled) {
        (Kind::Unit, _) => "        return call.nothing();\n".to_owned(),
        (Kind::Code, None) => "        return call.code();\n".into(),
        (Kind::Code, Some(arg)) => format!(
            "        auto answer = call.code();\n        if (!answer.error) {{\n            read(call.texts(), {});\n        \
             }}\n        return answer;\n",
            arg.name
        ),
        (Kind::CodeAndText, _) => {
            "        auto answer = call.code();\n        if (!answer.error) {\n            \
             text = call.texts().at(0);\n        }\n        return answer;\n"
                .into()
        }
        (Kind::Flag, _) => "        return call.flag();\n".into(),
        (Kind::Text, _) => "        return call.text();\n".into(),
        (Kind::Member(spec), _) => format!("        return call.member<{}>();\n", spec.class),
        (Kind::Record(record), _) => format!(
            "        Answered<{}> answer;\n        answer.error = call.run();\n        if (!answer.error) {{\n            \
             read(call.texts(), answer.value);\n        }}\n        return answer;\n",
            record.class
        ),
        (other, _) => bail!("The method `{}` can't answer with `{other:?}` in C++", method.name),
    };
    Ok(text + "    }\n")
}
