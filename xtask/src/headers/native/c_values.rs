//! What those functions take and give in C: records, and functions of the application.

use std::fmt::Write;

use anyhow::{Result, bail};
use matriline_capability::{FunctionSpec, Kind, RecordSpec, TypeSpec};

use super::{class_of, comes_back, functions_of, is_filled};
use crate::headers::NOTE;

/// The records: those that plugins only read are plain structs, the others objects.
pub(super) fn records() -> Result<String> {
    let (mut classes, mut text) = (Vec::new(), String::new());
    for record in super::records() {
        classes.push(record.class);
        text += &match comes_back(record) {
            true => object(record)?,
            false => plain(record)?,
        };
    }
    Ok(format!(
        "//! The records that functions of C take and give.\n//!\n//! {NOTE}\n\nuse matriline::{{{}}};\n\n\
         use crate::boundary::Outcome;\nuse crate::capi::error::{{matriline_error, matriline_result}};\n\
         use crate::capi::text::matriline_str;\nuse crate::capi::{{enter, given, object_mut, take, text_of}};\n{text}",
        classes.join(", ")
    ))
}

fn plain(record: &RecordSpec) -> Result<String> {
    let (mut fields, mut reads) = (String::new(), String::new());
    for field in record.own_fields {
        let name = field.name;
        let (kind, read) = match field.kind {
            Kind::Text => (
                "matriline_str",
                format!(
                    "// SAFETY: the caller's promise.\n{name}: unsafe {{ self.{name}.read(\"{name}\") }}?,\n"
                ),
            ),
            Kind::Number => ("i64", format!("{name}: self.{name},\n")),
            Kind::Flag => ("bool", format!("{name}: self.{name},\n")),
            other => bail!("The field `{name}` can't be of kind `{other:?}` in C"),
        };
        _ = writeln!(fields, "///{}\npub {name}: {kind},", field.doc);
        reads += &read;
    }
    Ok(format!(
        "\n///{doc} What is zero is empty.\n#[derive(Clone, Copy)]\n#[repr(C)]\npub struct matriline_{snake} {{\n{fields}}}\n\n\
         impl matriline_{snake} {{\n/// The same as Rust has it.\n///\n/// # Safety\n\
         /// Every text is readable for as long as the record is borrowed.\n\
         pub(crate) unsafe fn read(&self) -> Outcome<{class}<'_>> {{\nOk({class} {{\n{reads}}})\n}}\n}}\n",
        doc = record.doc,
        snake = record.snake,
        class = record.class,
    ))
}

fn object(record: &RecordSpec) -> Result<String> {
    let RecordSpec { doc, snake, class, .. } = record;
    let mut text = format!(
        "\n///{doc} Free it with `matriline_{snake}_free`.\npub struct matriline_{snake}(pub(crate) {class});\n"
    );
    if is_filled(record) {
        _ = write!(
            text,
            "\n/// One with empty texts, to be filled in. Threads: any.\n#[unsafe(no_mangle)]\n\
             pub extern \"C\" fn matriline_{snake}_new() -> *mut matriline_{snake} {{\n\
             given(matriline_{snake}({class}::default()))\n}}\n"
        );
    }
    for field in record.own_fields {
        let (name, words) = (field.name, field.doc);
        if !matches!(field.kind, Kind::Text) {
            bail!("The field `{name}` can't be of kind `{:?}` in C", field.kind);
        }
        _ = write!(
            text,
            "\n///{words} The text lives until the object is changed or freed; empty for NULL.\n///\n/// Threads: any.\n///\n/// # Safety\n\
             /// `object` is NULL or valid.\n#[unsafe(no_mangle)]\n\
             pub unsafe extern \"C\" fn matriline_{snake}_{name}(object: *const matriline_{snake}) -> matriline_str {{\n\
             // SAFETY: the caller's promise.\nunsafe {{ text_of(object, |object| &object.0.{name}) }}\n}}\n"
        );
        if is_filled(record) {
            _ = write!(
                text,
                "\n/// Sets what `matriline_{snake}_{name}` answers; the text is copied.\n///\n/// Threads: one at a time.\n///\n/// # Safety\n\
                 /// Every pointer is NULL or valid, the text readable.\n#[unsafe(no_mangle)]\n\
                 pub unsafe extern \"C\" fn matriline_{snake}_set_{name}(object: *mut matriline_{snake}, text: matriline_str, \
                 error_out: *mut *mut matriline_error) -> matriline_result {{\nenter(error_out, || {{\n\
                 // SAFETY: the caller's promise.\nlet (object, text) = unsafe {{ (object_mut(object, \"object\")?, text.read(\"text\")?) }};\n\
                 object.0.{name} = text.to_owned();\nOk(())\n}})\n}}\n"
            );
        }
    }
    _ = write!(
        text,
        "\n/// Frees it. Threads: any.\n///\n/// # Safety\n/// `object` is NULL or valid, and used no more.\n#[unsafe(no_mangle)]\n\
         pub unsafe extern \"C\" fn matriline_{snake}_free(object: *mut matriline_{snake}) {{\n\
         // SAFETY: the caller's promise.\nunsafe {{ take(object) }}\n}}\n"
    );
    Ok(text)
}

/// The functions of the application that the methods of a row take.
pub(super) fn functions(row: &TypeSpec) -> Result<String> {
    let functions = functions_of(row);
    let classes: Vec<_> = functions.iter().map(|function| class_of(function)).collect();
    let text = functions.into_iter().map(function).collect::<Result<String>>()?;
    Ok(format!(
        "//! The functions that an application of C gives to plugins: each with its `userdata`, and what frees that.\n//!\n//! {NOTE}\n\n\
         use std::ffi::c_void;\n\nuse matriline::{{{}}};\n\n\
         use crate::capi::callback::{{Callback, matriline_drop_callback}};\nuse crate::capi::task::matriline_task;\n\
         use crate::capi::text::matriline_str;\n{text}",
        classes.join(", ")
    ))
}

fn function(function: &FunctionSpec) -> Result<String> {
    let (mut parameters, mut names, mut passed) =
        (vec!["userdata: *mut c_void".to_owned()], Vec::new(), String::new());
    let mut task = "";
    for arg in function.args {
        let name = arg.name;
        names.push(name);
        let (kind, value) = match arg.kind {
            Kind::Text => ("matriline_str", format!("matriline_str::of({name})")),
            Kind::Code => ("i32", name.to_owned()),
            Kind::Task => {
                task = " The task is run with `matriline_task_run`, and freed if it is not.";
                ("*mut matriline_task", format!("matriline_task::of({name})"))
            }
            other => bail!("The function `{}` can't take `{other:?}` in C", function.name),
        };
        parameters.push(format!("{name}: {kind}"));
        _ = write!(passed, ", {value}");
    }
    let (returns, call) = match function.returns {
        Kind::Flag => (" -> bool", "ask(false, "),
        _ => ("", "with("),
    };
    Ok(format!(
        "\n///{doc}{task}\n#[derive(Clone, Copy)]\n#[repr(C)]\npub struct matriline_{name} {{\n\
         /// What `call` is given.\npub userdata: *mut c_void,\n\
         /// The function; NULL for none. It is called on any thread of the plugin, without the GIL; its texts live until it returns.\n\
         pub call: Option<extern \"C\" fn({parameters}){returns}>,\n\
         /// Frees `userdata`, once, on any thread, when the plugin cannot call any more. It may be NULL.\n\
         pub drop: matriline_drop_callback,\n}}\n\n\
         impl matriline_{name} {{\n/// The same as Rust has it; `None` for NULL. From now on `userdata` is freed.\n///\n/// # Safety\n\
         /// The pointer is NULL or valid, and the function can be called on any thread.\n\
         pub(crate) unsafe fn read(pointer: *const Self) -> Option<{class}> {{\n// SAFETY: the caller's promise.\n\
         let Self {{ userdata, call, drop }} = *unsafe {{ pointer.as_ref() }}?;\n\
         let callback = Callback::new(userdata, call, drop);\n\
         call.map(|_| {class}::new(move |{names}| callback.{call}|call, userdata| call(userdata{passed}))))\n}}\n}}\n",
        doc = function.doc,
        name = function.name,
        class = class_of(function),
        parameters = parameters.join(", "),
        names = names.join(", "),
    ))
}
