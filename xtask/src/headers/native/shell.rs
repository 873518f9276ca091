//! The objects behind the classes of C++, and what carries functions of the application to Rust.

use std::fmt::Write;

use anyhow::{Result, bail};
use matriline_capability::{FieldSpec, FunctionSpec, Kind, MethodSpec, RecordSpec, TypeSpec};

use super::{answer, class_of, comes_back, functions_header, functions_of, parameters, records};
use crate::headers::NOTE;
use crate::headers::cpp::shell_source;

pub(super) fn object(row: &TypeSpec) -> Result<String> {
    let (mut helpers, mut methods) = (String::new(), String::new());
    for record in records() {
        helpers += &add_record(record)?;
    }
    for record in records().into_iter().filter(|record| comes_back(record)) {
        helpers += &read_record(record);
    }
    for (place, method) in row.methods.iter().enumerate() {
        methods += &body(place, method)?;
    }
    let include = format!("#include \"generated/{}.hpp\"\n#include \"calling.hpp\"\n", functions_header(row));
    Ok(shell_source(row, &include, &helpers, &methods))
}

/// The functions that make sinks of those that the methods of a row take.
pub(super) fn sinks_header(row: &TypeSpec) -> String {
    let declarations: String = (functions_of(row).iter())
        .map(|function| {
            format!(
                "std::shared_ptr<FunctionSink> sink_of_{}({} function);\n",
                function.name,
                class_of(function)
            )
        })
        .collect();
    format!(
        "// {NOTE}\n#pragma once\n\n#include <memory>\n\n#include \"matriline/{}.hpp\"\n#include \"value_glue.hpp\"\n\n\
         namespace matriline::detail {{\n\n// What Rust calls an application's functions through; null for an empty one.\n\n\
         {declarations}\n}} // namespace matriline::detail\n",
        functions_header(row)
    )
}

/// Their bodies.
pub(super) fn sinks(row: &TypeSpec) -> String {
    let bodies: String = functions_of(row).into_iter().map(sink).collect();
    format!(
        "// {NOTE}\n#include \"generated/{}.hpp\"\n\n#include \"generated/values.hpp\"\n#include \"glue.hpp\"\n\n\
         namespace matriline::detail {{\n\n{bodies}}} // namespace matriline::detail\n",
        functions_header(row)
    )
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
