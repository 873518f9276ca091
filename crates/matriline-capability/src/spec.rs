//! The columns of the table: what a row says of a capability type, a method, a record.

use crate::CapabilityType;

/// What a value is, as an argument, a field or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing (`None` in Python, `void` in C++).
    Unit,
    /// UTF-8 text (`str`, `std::string`).
    Text,
    /// An [`ExecutionResult`](crate::ExecutionResult).
    Result,
    /// A record of the table.
    Record(&'static RecordSpec),
    /// A whole number (`int`, `std::int64_t`).
    Number,
    /// A number with a fraction (`float`, `double`).
    Real,
    /// The path of a file (`str`). The call may write to its folder.
    File,
    /// Something of the application, or made for it, that Python has a class for.
    Object(&'static ObjectSpec),
    /// A code of 32 bits: 0 for success, -1 for failure, others as the method says (`int`).
    Code,
    /// A code and a text (`tuple[int, str]`).
    CodeAndText,
    /// A place in a list, -1 for none.
    Index,
    /// Yes or no (`bool`).
    Flag,
    /// A member of an enumeration, passed as its number.
    Member(&'static EnumSpec),
    /// Any value that JSON can hold, passed as its text.
    Json,
    /// The [`Slice`](crate::Slice) under way, which a record offers as its methods `config_value` and `cancelled`.
    Slice,
    /// A record that the method fills in: what it holds afterwards is read back, if the call does well.
    Filled(&'static RecordSpec),
    /// Records, in a list.
    List(&'static RecordSpec),
    /// A [`Function`](crate::Function) of the application, or none.
    Function(&'static FunctionSpec),
    /// Something that the application is to do: a function of the plugin, without arguments.
    Task,
}

/// A function of the application that plugins call.
#[derive(Debug, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Its name, as arguments are called that take it.
    pub name: &'static str,
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// What it takes, by position.
    pub args: &'static [ArgSpec],
    /// What it answers: [`Kind::Flag`] or [`Kind::Unit`].
    pub returns: Kind,
    /// How long it can be called.
    pub life: Life,
    /// What it answers when that is over; without an answer it raises then.
    pub over: Option<bool>,
}

/// How long a function of the application can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Until the call returns that it was given to.
    Call,
    /// Until the plugin is unloaded.
    Load,
}

/// A kind of object. The Python layer knows how to make one of it, and how to read it.
#[derive(Debug, PartialEq, Eq)]
pub struct ObjectSpec {
    /// What documentation calls it, as a type of Python: `orca.host.Model`.
    pub name: &'static str,
    /// What a method must return that answers with it, in words: "a list of `str`".
    pub expected: &'static str,
}

/// An enumeration, whose members stand in its module as well.
#[derive(Debug, PartialEq, Eq)]
pub struct EnumSpec {
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// The module below `orca` it stands in, empty for `orca` itself.
    pub python_module: &'static str,
    /// Its class in Python.
    pub class: &'static str,
    /// Its members in the order of their numbers, from zero.
    pub members: &'static [&'static str],
}

/// What plugins may do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Change its fields; nobody reads that back.
    Open,
    /// Read its fields.
    ReadOnly,
    /// Make one, with its fields as arguments, and change them.
    Make,
}

/// A record: a class with named fields and no behaviour, such as the context of a call.
#[derive(Debug, PartialEq, Eq)]
pub struct RecordSpec {
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// The module below `orca` it stands in, empty for `orca` itself.
    pub python_module: &'static str,
    /// Its class in Python, and in C++ as well.
    pub class: &'static str,
    /// What plugins may do with it.
    pub access: Access,
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
#[derive(Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name, the same in every language.
    pub name: &'static str,
    /// The sentence of its documentation.
    pub doc: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// It names a file, and the call may write to the folder of that file.
    pub grants_folder: bool,
    /// No message shows it.
    pub is_secret: bool,
}

/// An argument of a method.
#[derive(Debug, PartialEq, Eq)]
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
    /// A thread of a job, such as an upload.
    Job,
    /// A thread of its own, one call after the other.
    Worker,
    /// Whichever thread something happens on.
    Any,
}

impl Caller {
    /// The words that documentation uses.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Export => "the thread that exports",
            Self::Interface => "the thread of the user interface",
            Self::Job => "the thread of a job",
            Self::Worker => "a thread of its own, one call after the other",
            Self::Any => "any",
        }
    }
}

/// Whether a plugin must write a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It must. A class that lacks it loads, and a call of it is an error that names class and method.
    Required,
    /// It may. Where it does not, the base class answers with nothing: `None`, `""`, `False`, an empty object.
    Optional,
}

/// A method that plugins implement and applications call.
#[derive(Debug, PartialEq, Eq)]
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
    /// Whether a plugin must write it.
    pub duty: Duty,
    /// The arguments of an older generation, where they were others. Which of the two a plugin follows is told from the
    /// signature of its method, once, when it is loaded.
    pub older: Option<&'static [OlderArg]>,
}

/// An argument of an older generation: an argument of today, or a field of one that is a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OlderArg {
    /// The place of the argument.
    pub argument: usize,
    /// The place of the field.
    pub field: Option<usize>,
}

/// What becomes of a call that fails: the plugin raises, answers another kind, or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failures {
    /// It is an error.
    Errors,
    /// It is answered all the same ([`Answer::failure`](crate::Answer::failure)), with the error beside. What the plugin
    /// did wrong is logged, and begins with these words. Answers are converted as C++ would: a number for yes or no,
    /// `bytes` for text.
    Answers(&'static str),
}

/// A capability type: one row of the table.
#[derive(Debug, PartialEq, Eq)]
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
    /// What becomes of calls that fail.
    pub failures: Failures,
    /// Its methods; a method is known by its place here.
    pub methods: &'static [MethodSpec],
}
