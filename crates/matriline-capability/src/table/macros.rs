//! What makes Rust of the table: records as structs, rows as traits, and both as data.
//!
//! The kind of a cell is a word; a function of the application stands in `[brackets]`, a record that is filled in in
//! `(parentheses)`, a list of records in `{braces}`.

/// Whether a method must be written.
macro_rules! duty {
    () => {
        Duty::Required
    };
    (optional) => {
        Duty::Optional
    };
}

/// What becomes of calls of a row that fail.
macro_rules! failures {
    (errors) => {
        Failures::Errors
    };
    ([answers $words:literal]) => {
        Failures::Answers($words)
    };
}

/// What a method of a row gives, by what becomes of failures.
macro_rules! returned {
    (errors, $answer:tt) => { Result<answer!($answer), CallError> };
    ([answers $words:literal], $answer:tt) => { Answered<answer!($answer)> };
}

/// The same, of what a call gave.
macro_rules! give {
    (errors, $answer:expr) => {
        $answer
    };
    ([answers $words:literal], $answer:expr) => {
        Answered::of($answer)
    };
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
    (Number) => {
        Kind::Number
    };
    (Real) => {
        Kind::Real
    };
    (Code) => {
        Kind::Code
    };
    (CodeAndText) => {
        Kind::CodeAndText
    };
    (Index) => {
        Kind::Index
    };
    (Flag) => {
        Kind::Flag
    };
    (Json) => {
        Kind::Json
    };
    (Slice) => {
        Kind::Slice
    };
    (Step) => {
        Kind::Member(&Step::SPEC)
    };
    (LifecycleEvtCode) => {
        Kind::Member(&LifecycleEvtCode::SPEC)
    };
    (FilamentSyncMode) => {
        Kind::Member(&FilamentSyncMode::SPEC)
    };
    (CameraStreamMode) => {
        Kind::Member(&CameraStreamMode::SPEC)
    };
    ([$function:ident]) => {
        Kind::Function(&$function::SPEC)
    };
    (($record:ident)) => {
        Kind::Filled(&$record::SPEC)
    };
    ({ $record:ident }) => {
        Kind::List(&$record::SPEC)
    };
    ($record:ident) => {
        Kind::Record(&$record::SPEC)
    };
}

/// The Rust type an argument or a field of that kind is passed as.
macro_rules! argument {
    (Unit) => { () };
    (Text) => { &'a str };
    (Json) => { &'a str };
    (Number) => { i64 };
    (Index) => { i64 };
    (Code) => { i32 };
    (Flag) => { bool };
    (Slice) => { Option<&'a Arc<dyn Slice>> };
    (Step) => { Step };
    (LifecycleEvtCode) => { LifecycleEvtCode };
    ($record:ident) => { &'a $record<'a> };
}

/// The same of a record that owns what it holds.
macro_rules! owned {
    (Text) => {
        String
    };
    (Number) => {
        i64
    };
    (Flag) => {
        bool
    };
}

/// The same in a method, where each argument has a lifetime of its own.
macro_rules! passed {
    (Text) => { &str };
    (Json) => { &str };
    (Number) => { i64 };
    (Real) => { f64 };
    (Code) => { i32 };
    (Flag) => { bool };
    (FilamentSyncMode) => { FilamentSyncMode };
    ([$function:ident]) => { Option<&$function> };
    (($record:ident)) => { &mut $record };
    ($record:ident) => { &$record<'_> };
}

/// The Rust type a method of that kind answers with.
macro_rules! answer {
    (Result) => {
        ExecutionResult
    };
    (Text) => {
        String
    };
    (Json) => {
        String
    };
    (Flag) => {
        bool
    };
    (Unit) => {
        ()
    };
    (Code) => {
        i32
    };
    (CodeAndText) => {
        (i32, String)
    };
    ({ $record:ident }) => {
        Vec<$record>
    };
    ($owned:ident) => {
        $owned
    };
}

/// A field as a [`Value`].
macro_rules! value {
    (Unit, $value:expr) => {{
        let () = $value;
        Value::Unit
    }};
    (Text, $value:expr) => {
        Value::Text($value)
    };
    (Json, $value:expr) => {
        Value::Json($value)
    };
    (Number, $value:expr) => {
        Value::Number($value)
    };
    (Index, $value:expr) => {
        Value::Number($value)
    };
    (Code, $value:expr) => {
        Value::Code($value)
    };
    (Flag, $value:expr) => {
        Value::Flag($value)
    };
    (Slice, $value:expr) => {
        Value::Slice($value)
    };
    (Step, $value:expr) => {
        Value::Number($value as i64)
    };
    (LifecycleEvtCode, $value:expr) => {
        Value::Number($value as i64)
    };
    ($record:ident, $value:expr) => {
        Value::Nested($value)
    };
}

/// A field of a record that owns what it holds, as a [`Value`].
macro_rules! lend {
    (Text, $value:expr) => {
        Value::Text(&$value)
    };
    ($kind:tt, $value:expr) => {
        value!($kind, $value)
    };
}

/// The same, read from a [`Value`].
macro_rules! read {
    (Text, $value:expr, $place:expr) => {
        if let Value::Text(text) = $value {
            $place = (*text).to_owned();
        }
    };
    (Number, $value:expr, $place:expr) => {
        if let Value::Number(number) = $value {
            $place = *number;
        }
    };
    (Flag, $value:expr, $place:expr) => {
        if let Value::Flag(flag) = $value {
            $place = *flag;
        }
    };
}

/// Hands an argument over as a [`Value`].
macro_rules! pass {
    (Text, $value:expr, $go:expr) => {
        $go(Value::Text($value))
    };
    (Json, $value:expr, $go:expr) => {
        $go(Value::Json($value))
    };
    (Number, $value:expr, $go:expr) => {
        $go(Value::Number($value))
    };
    (Real, $value:expr, $go:expr) => {
        $go(Value::Real($value))
    };
    (Code, $value:expr, $go:expr) => {
        $go(Value::Code($value))
    };
    (Flag, $value:expr, $go:expr) => {
        $go(Value::Flag($value))
    };
    (FilamentSyncMode, $value:expr, $go:expr) => {
        $go(Value::Number($value as i64))
    };
    ([$function:ident], $value:expr, $go:expr) => {
        $go(Value::Function($value.map(|function| &function.0)))
    };
    (($record:ident), $value:expr, $go:expr) => {{
        let before = $value.clone();
        let filled = RefCell::new($value);
        $go(Value::Filled(&before.values(), &filled))
    }};
    ($record:ident, $value:expr, $go:expr) => {
        $go(Value::Record(&$value.values()))
    };
}

/// The row of a record.
macro_rules! record_spec {
    ([$($doc:literal)*] $access:ident $module:literal $class:ident $snake:ident [$($base:ident)?] [$(
        [$($field_doc:literal)*] $field:ident $kind:tt [$($grants:ident)?] [$($secret:ident)?]
    )*]) => {
        RecordSpec {
            doc: concat!($($doc),*),
            python_module: $module,
            class: stringify!($class),
            access: Access::$access,
            snake: stringify!($snake),
            base: record_spec!(@base $($base)?),
            own_fields: &[$(FieldSpec {
                name: stringify!($field),
                doc: concat!($($field_doc),*),
                kind: kind!($kind),
                grants_folder: record_spec!(@is $($grants)?),
                is_secret: record_spec!(@is $($secret)?),
            }),*],
        }
    };
    (@base) => { None };
    (@base $base:ident) => { Some(&$base::SPEC) };
    (@is) => { false };
    (@is $word:ident) => { true };
}

/// Records that borrow what they hold.
macro_rules! records {
    ($list:ident; $(
        $(#[doc = $doc:literal])*
        $name:ident = $access:ident $module:literal $class:ident $snake:ident
            $(extends $base:ident [$($inherited:ident: $inherited_kind:tt),*])? $(derives $derived:ident)? {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:tt $(grants $grants:ident)? $(is $secret:ident)?),* $(,)?
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug $(, $derived)?)]
            pub struct $name<'a> {
                $($(#[doc = concat!("See the base record: `", stringify!($inherited), "`.")]
                pub $inherited: argument!($inherited_kind),)*)?
                $($(#[doc = $field_doc])* pub $field: argument!($kind),)*
            }

            impl<'a> $name<'a> {
                /// Its row in the table.
                pub const SPEC: RecordSpec = record_spec!(
                    [$($doc)*] $access $module $class $snake [$($base)?]
                    [$([$($field_doc)*] $field $kind [$($grants)?] [$($secret)?])*]
                );

                /// Its fields as values, those of the base first.
                #[inline]
                pub fn values(&self) -> [Value<'a>; records!(@count $($($inherited)*)? $($field)*)] {
                    [$($(value!($inherited_kind, self.$inherited),)*)? $(value!($kind, self.$field),)*]
                }
            }

            impl Nested for $name<'_> {
                fn with(&self, act: &mut dyn FnMut(&[Value<'_>])) {
                    act(&self.values());
                }
            }
        )*

        /// Bases before what extends them.
        pub(super) const $list: &[&RecordSpec] = &[$(&$name::SPEC),*];
    };
    (@count) => { 0 };
    (@count $head:ident $($tail:ident)*) => { 1 + records!(@count $($tail)*) };
}

/// Records that own what they hold: plugins fill them.
macro_rules! owned_records {
    ($list:ident; $(
        $(#[doc = $doc:literal])*
        $name:ident = $access:ident $module:literal $snake:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:tt),* $(,)?
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, Default, PartialEq, Eq)]
            pub struct $name {
                $($(#[doc = $field_doc])* pub $field: owned!($kind),)*
            }

            impl $name {
                /// Its row in the table.
                pub const SPEC: RecordSpec = record_spec!(
                    [$($doc)*] $access $module $name $snake [] [$([$($field_doc)*] $field $kind [] [])*]
                );

                /// Its fields as values.
                pub fn values(&self) -> [Value<'_>; records!(@count $($field)*)] {
                    [$(lend!($kind, self.$field)),*]
                }

                fn read(fields: &[Value<'_>]) -> Self {
                    let mut record = Self::default();
                    if let [$($field),*] = fields {
                        $(read!($kind, $field, record.$field);)*
                    }
                    record
                }
            }

            impl Answer for $name {
                fn of(value: Value<'_>) -> Option<Self> {
                    match value {
                        Value::Record(fields) => Some(Self::read(fields)),
                        _ => None,
                    }
                }

                fn failure() -> Self {
                    Self::default()
                }
            }

            impl Fill for RefCell<&mut $name> {
                fn fill(&self, fields: &[Value<'_>]) {
                    **self.borrow_mut() = $name::read(fields);
                }
            }
        )*

        pub(super) const $list: &[&RecordSpec] = &[$(&$name::SPEC),*];
    };
}

macro_rules! types {
    ($list:ident; $(
        $(#[doc = $doc:literal])*
        $kind:ident = $trait:ident, $module:literal $python:ident, $cpp:ident $header:ident, $prefix:ident, $failures:tt {
            $($(#[doc = $method_doc:literal])*
            $method:ident($($arg:ident: $arg_kind:tt),* $(,)?) -> $answer:tt on $caller:ident = $index:literal
                $(or ($($older:ident $(. $older_field:ident)?),*))? $(, $duty:ident)?;)*
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
                #[allow(clippy::too_many_arguments, reason = "plugins have the same method")]
                fn $method(&self, $($arg: passed!($arg_kind)),*) -> returned!($failures, $answer);)*
            }

            impl<C: CapabilityView> $trait for C {
                fn capability(&self) -> &Arc<dyn Capability> {
                    self.inner()
                }

                $(fn $method(&self, $($arg: passed!($arg_kind)),*) -> returned!($failures, $answer) {
                    give!($failures, types!(@call self, $index, [] $($arg: $arg_kind),*))
                })*
            }

            impl call::Typed for dyn $trait {
                fn kind() -> CapabilityType {
                    CapabilityType::$kind
                }

                fn view(capability: Arc<dyn Capability>) -> Arc<Self> {
                    Arc::new(call::View(capability))
                }
            }
        )*

        pub(super) const $list: &[&TypeSpec] = &[$(&TypeSpec {
            kind: CapabilityType::$kind,
            doc: concat!($($doc),*),
            python_module: $module,
            python_class: stringify!($python),
            cpp_class: stringify!($cpp),
            header: stringify!($header),
            prefix: stringify!($prefix),
            failures: failures!($failures),
            methods: &[$({
                const ARGS: &[ArgSpec] = &[$(ArgSpec { name: stringify!($arg), kind: kind!($arg_kind) }),*];
                MethodSpec {
                    name: stringify!($method),
                    doc: concat!($($method_doc),*),
                    args: ARGS,
                    returns: kind!($answer),
                    caller: Caller::$caller,
                    duty: duty!($($duty)?),
                    older: types!(@older $([$([$older $($older_field)?])*])?),
                }
            }),*],
        }),*];
    };
    (@call $self:ident, $index:literal, [$($done:expr),*]) => {
        call::fetch(&**$self.inner(), $index, &[$($done),*])
    };
    (@call $self:ident, $index:literal, [$($done:expr),*] $arg:ident: $kind:tt $(, $rest:ident: $rest_kind:tt)*) => {
        pass!($kind, $arg, |value: Value<'_>| {
            types!(@call $self, $index, [$($done,)* value] $($rest: $rest_kind),*)
        })
    };
    (@older) => { None };
    (@older [$([$argument:ident $($field:ident)?])*]) => {
        Some(&[$(older_arg(ARGS, stringify!($argument), types!(@field $($field)?))),*])
    };
    (@field) => { None };
    (@field $field:ident) => { Some(stringify!($field)) };
}
