//! The columns of the table: what a row says of a capability type, a method, a record.

use crate::CapabilityType;

/// What a value is, as an argument, a field or a result.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Nothing (`None` in Python, `void` in C++).
    Unit,
    /// UTF-8 text (`str`, `std::string`).
    Text,
    /// An [`ExecutionResult`](crate::ExecutionResult).
    Result,
    /// A record of the table.
    Record(&'static RecordSpec),
}

/// A record: a class with named fields and no behaviour, such as the context of a call.
#[derive(Debug)]
pub struct RecordSpec {
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// The module below `orca` it stands in, empty for `orca` itself.
    pub python_module: &'static str,
    /// Its class in Python, and in C++ as well.
    pub class: &'static str,
    /// Its header in C++ and its prefix in C: `gcode_plugin_context`.
    pub snake: &'static str,
    /// The record it extends.
    pub base: Option<&'static RecordSpec>,
    /// Its own fields, after those of its base.
    pub own_fields: &'static [FieldSpec],
}

impl RecordSpec {
    /// All fields: those of the base first.
    pub fn fields(&self) -> Vec<&'static FieldSpec> {
        let mut fields = self.base.map(Self::fields).unwrap_or_default();
        fields.extend(self.own_fields);
        fields
    }
}

/// A field of a record.
#[derive(Debug)]
pub struct FieldSpec {
    /// Its name, the same in every language.
    pub name: &'static str,
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// It names a file, and the call may write to the folder of that file.
    pub grants_folder: bool,
}

/// An argument of a method.
#[derive(Debug)]
pub struct ArgSpec {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// The thread an application calls a method on. A plugin may rely on no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The thread that slices and exports.
    Export,
    /// The thread of the user interface.
    Interface,
}

impl Caller {
    /// The words that documentation uses.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Export => "the thread that exports",
            Self::Interface => "the thread of the user interface",
        }
    }
}

/// A method that plugins implement and applications call. A class that lacks it loads, and a call of it
/// is an error that names class and method.
#[derive(Debug)]
pub struct MethodSpec {
    /// Its name, the same in every language.
    pub name: &'static str,
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// What it takes.
    pub args: &'static [ArgSpec],
    /// What it answers.
    pub returns: Kind,
    /// Who calls it.
    pub caller: Caller,
}

/// A capability type: one row of the table.
#[derive(Debug)]
pub struct TypeSpec {
    /// The type.
    pub kind: CapabilityType,
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// The module below `orca` its base class stands in.
    pub python_module: &'static str,
    /// The base class that plugins derive from.
    pub python_class: &'static str,
    /// The class that applications cast to in C++.
    pub cpp_class: &'static str,
    /// Its header in C++: `gcode_plugin_capability`.
    pub header: &'static str,
    /// Its prefix in C: `gcode`.
    pub prefix: &'static str,
    /// Its methods; a method is known by its place here.
    pub methods: &'static [MethodSpec],
}
