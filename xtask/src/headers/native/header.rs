//! The public headers of those types.

use std::fmt::Write;

use anyhow::{Result, bail};
use matriline_capability::{Kind, RecordSpec, TypeSpec};

use super::{answer, class_of, functions_of, headers, members_of, parameters};
use crate::headers::NOTE;
use crate::headers::cpp::include_lines;

pub(super) fn record(record: &RecordSpec) -> Result<String> {
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

pub(super) fn functions(row: &TypeSpec) -> Result<String> {
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

pub(super) fn members(row: &TypeSpec) -> String {
    let mut text = String::new();
    for spec in members_of(row) {
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

pub(super) fn interface(row: &TypeSpec) -> Result<String> {
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
