//! The one table of capability types.
//!
//! ```
//! use matriline_capability::{table, CapabilityType};
//!
//! let row = table::row(CapabilityType::PostProcessing).unwrap();
//! assert_eq!(row.python_class, "GCodePluginCapabilityBase");
//! assert_eq!(row.methods[0].name, "execute");
//! ```

use std::sync::Arc;

use crate::call::{self, CallError, Capability, CapabilityView, Value};
use crate::{
    ArgSpec, Caller, CapabilityType, ExecutionResult, FieldSpec, Kind, MethodSpec, RecordSpec, TypeSpec,
};

/// The row of a type, or `None` for a type that has no calls yet.
pub fn row(kind: CapabilityType) -> Option<&'static TypeSpec> {
    TYPES.iter().find(|row| row.kind == kind).copied()
}

/// The kind of a cell.
macro_rules! kind {
    (Unit) => {
        Kind::Unit
    };
    (Text) => {
        Kind::Text
    };
    (Result) => {
        Kind::Result
    };
    ($record:ident) => {
        Kind::Record(&$record::SPEC)
    };
}

/// The Rust type an argument or a field of that kind is passed as.
macro_rules! argument {
    (Text) => { &'a str };
    ($record:ident) => { &'a $record<'a> };
}

/// The same in a method, where each argument has a lifetime of its own.
macro_rules! passed {
    (Text) => { &str };
    ($record:ident) => { &$record<'_> };
}

/// The Rust type a method of that kind answers with.
macro_rules! answer {
    (Result) => {
        ExecutionResult
    };
}

/// The function that calls and copies an answer of that kind out.
macro_rules! fetch {
    (Result) => {
        call::fetch_result
    };
}

/// Hands an argument over as a [`Value`].
macro_rules! pass {
    (Text, $value:expr, $go:expr) => {
        $go(Value::Text($value))
    };
    ($record:ident, $value:expr, $go:expr) => {
        $go(Value::Record(&$value.values()))
    };
}

macro_rules! records {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident = $module:literal $class:ident $snake:ident $(extends $base:ident [$($inherited:ident: $inherited_kind:ident),*])? {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:ident $(grants $grants:ident)?),* $(,)?
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name<'a> {
                $($(#[doc = concat!("See the base record: `", stringify!($inherited), "`.")]
                pub $inherited: argument!($inherited_kind),)*)?
                $($(#[doc = $field_doc])* pub $field: argument!($kind),)*
            }

            impl<'a> $name<'a> {
                /// Its row in the table.
                pub const SPEC: RecordSpec = RecordSpec {
                    doc: concat!($($doc),*),
                    python_module: $module,
                    class: stringify!($class),
                    snake: stringify!($snake),
                    base: records!(@base $($base)?),
                    own_fields: &[$(FieldSpec {
                        name: stringify!($field),
                        doc: concat!($($field_doc),*),
                        kind: kind!($kind),
                        grants_folder: records!(@grants $($grants)?),
                    }),*],
                };

                /// Its fields as values, those of the base first.
                #[inline]
                pub fn values(&self) -> [Value<'a>; records!(@count $($($inherited)*)? $($field)*)] {
                    [$($(Value::$inherited_kind(self.$inherited),)*)? $(Value::$kind(self.$field),)*]
                }
            }
        )*

        /// Every record, bases before what extends them.
        pub const RECORDS: &[&RecordSpec] = &[$(&$name::SPEC),*];
    };
    (@base) => { None };
    (@base $base:ident) => { Some(&$base::SPEC) };
    (@grants) => { false };
    (@grants folder) => { true };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + records!(@count $($tail)*) };
}

macro_rules! types {
    ($(
        $(#[doc = $doc:literal])*
        $kind:ident = $trait:ident, $module:literal $python:ident, $cpp:ident $header:ident, $prefix:ident {
            $($(#[doc = $method_doc:literal])*
            $method:ident($($arg:ident: $arg_kind:ident),*) -> $answer:ident on $caller:ident = $index:literal;)*
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            pub trait $trait: Send + Sync {
                /// The capability behind the typed view.
                fn capability(&self) -> &Arc<dyn Capability>;

                $($(#[doc = $method_doc])*
                ///
                /// # Errors
                /// [`CallError`] when the capability is gone, raised an exception or answered another kind.
                ///
                /// Threads: any; the call takes the GIL and waits for it.
                fn $method(&self, $($arg: passed!($arg_kind)),*) -> Result<answer!($answer), CallError>;)*
            }

            impl<C: CapabilityView> $trait for C {
                fn capability(&self) -> &Arc<dyn Capability> {
                    self.inner()
                }

                $(fn $method(&self, $($arg: passed!($arg_kind)),*) -> Result<answer!($answer), CallError> {
                    types!(@call self, $index, $answer, [] $($arg: $arg_kind),*)
                })*
            }

            impl call::Typed for dyn $trait {
                const KIND: CapabilityType = CapabilityType::$kind;

                fn view(capability: Arc<dyn Capability>) -> Arc<Self> {
                    Arc::new(call::View(capability))
                }
            }
        )*

        /// Every capability type that can be called.
        pub const TYPES: &[&TypeSpec] = &[$(&TypeSpec {
            kind: CapabilityType::$kind,
            doc: concat!($($doc),*),
            python_module: $module,
            python_class: stringify!($python),
            cpp_class: stringify!($cpp),
            header: stringify!($header),
            prefix: stringify!($prefix),
            methods: &[$(MethodSpec {
                name: stringify!($method),
                doc: concat!($($method_doc),*),
                args: &[$(ArgSpec { name: stringify!($arg), kind: kind!($arg_kind) }),*],
                returns: kind!($answer),
                caller: Caller::$caller,
            }),*],
        }),*];
    };
    (@call $self:ident, $index:literal, $answer:ident, [$($done:expr),*]) => {
        fetch!($answer)(&**$self.inner(), $index, &[$($done),*])
    };
    (@call $self:ident, $index:literal, $answer:ident, [$($done:expr),*] $arg:ident: $kind:ident $(, $rest:ident: $rest_kind:ident)*) => {
        pass!($kind, $arg, |value: Value<'_>| {
            types!(@call $self, $index, $answer, [$($done,)* value] $($rest: $rest_kind),*)
        })
    };
}

records! {
    /// What every context tells a plugin.
    Context = "" PluginContext plugin_context {
        /// The version of the application.
        orca_version: Text,
    }

    /// What a plugin is told of the export whose G-code it edits.
    GcodeContext = "gcode" GCodePluginContext gcode_plugin_context extends Context [orca_version: Text] {
        /// The G-code file, to be edited in place.
        gcode_path: Text grants folder,
        /// Where the G-code goes: `File`, `OctoPrint`, `PrusaLink`, …
        host: Text,
        /// The name the output will have.
        output_name: Text,
    }
}

types! {
    /// Edits the G-code file of an export, in place.
    PostProcessing = GcodeCapability, "gcode" GCodePluginCapabilityBase,
        GCodePluginCapability gcode_plugin_capability, gcode {
        /// Edits the file at `ctx.gcode_path`.
        execute(ctx: GcodeContext) -> Result on Export = 0;
    }

    /// Runs when the user asks for it.
    Script = ScriptCapability, "script" ScriptPluginCapabilityBase,
        ScriptPluginCapability script_plugin_capability, script {
        /// Does the work of the script.
        execute() -> Result on Interface = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_gives_its_fields_in_the_order_of_the_table() {
        let context =
            GcodeContext { orca_version: "2.4", gcode_path: "a.gcode", host: "File", output_name: "b" };
        let names: Vec<_> = GcodeContext::SPEC.fields().iter().map(|field| field.name).collect();
        assert_eq!(names, ["orca_version", "gcode_path", "host", "output_name"]);
        let values = context.values().map(|value| match value {
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        });
        assert_eq!(values, ["2.4", "a.gcode", "File", "b"]);
    }

    #[test]
    fn a_method_is_known_by_its_place() {
        for row in TYPES {
            assert!(!row.methods.is_empty(), "{}", row.kind);
        }
    }
}
