//! Types that an application defines itself: rows that are added to the table when it starts.
//!
//! A row is declared once in a process and stays: plugins' classes and capabilities refer to it. Reading one takes no
//! lock.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::{ArgSpec, Caller, CapabilityType, Common, Duty, Failures, Kind, MethodSpec, TypeSpec, table};

/// The most arguments a method has.
pub const MOST_ARGUMENTS: usize = 15;
/// The most of them that are records.
pub const MOST_RECORDS: usize = 2;
/// The most types a process declares.
const MOST_TYPES: usize = 64;
/// The number of the first type that is none of ours; below it there is room for more of those.
pub(crate) const FIRST_NUMBER: u8 = 128;

/// What every capability has, beside the methods of [`Common`].
const ROOT_METHODS: &[&str] =
    &["get_name", "get_type", "on_load", "on_unload", "get_config", "get_config_version", "save_config"];

/// Modules below `orca` that are no row's.
const MODULES: &[&str] = &["host"];

/// The words that Python keeps for itself.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Why a type cannot be declared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeclareError {
    /// A name has another form than it must.
    #[error("The capability type `{text}` cannot be declared: its {what} `{name}` is no {form}")]
    Name {
        /// The text of the type.
        text: String,
        /// What is called so.
        what: &'static str,
        /// The name.
        name: String,
        /// What it must be.
        form: &'static str,
    },
    /// A name means something else already.
    #[error(
        "The capability type `{text}` cannot be declared: {what} `{name}` exists already; choose another name"
    )]
    Taken {
        /// The text of the type.
        text: String,
        /// What is called so.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// There is nothing to call.
    #[error("The capability type `{text}` cannot be declared: it has no methods; add at least one")]
    NoMethods {
        /// The text of the type.
        text: String,
    },
    /// A method takes too much.
    #[error(
        "The capability type `{text}` cannot be declared: `{method}` takes more than {MOST_ARGUMENTS} arguments, or more than {MOST_RECORDS} records; pass JSON instead"
    )]
    TooManyArguments {
        /// The text of the type.
        text: String,
        /// The method.
        method: String,
    },
    /// A kind stands where it cannot.
    #[error(
        "The capability type `{text}` cannot be declared: `{method}` has {kind} as {place}; choose another kind"
    )]
    Misplaced {
        /// The text of the type.
        text: String,
        /// The method.
        method: String,
        /// The kind.
        kind: String,
        /// "an argument", or "its answer".
        place: &'static str,
    },
    /// It was declared before, and otherwise.
    #[error(
        "The capability type `{text}` was declared otherwise earlier in this process: declare it as before, or under another name"
    )]
    Changed {
        /// The text of the type.
        text: String,
    },
    /// There is no room.
    #[error("The capability type `{text}` cannot be declared: a process has room for {MOST_TYPES} of them")]
    Full {
        /// The text of the type.
        text: String,
    },
}

/// A capability type as an application describes it.
///
/// [`capability_type!`](crate::capability_type) writes one, with a typed trait beside it; written by hand it is called
/// through [`Capability::call`](crate::Capability::call).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDeclaration {
    text: String,
    doc: String,
    module: String,
    class: String,
    methods: Vec<MethodDeclaration>,
}

/// A method of such a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodDeclaration {
    name: String,
    doc: String,
    args: Vec<(String, Kind)>,
    returns: Kind,
    caller: Caller,
    duty: Duty,
}

impl TypeDeclaration {
    /// A type that files and presets call by that text: lower-case words joined by hyphens, such as `flow-simulation`.
    /// Its member of `orca.PluginType` is `FlowSimulation`. One of the specification's types that has no calls yet,
    /// such as `importer`, keeps its number.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            doc: String::new(),
            module: String::new(),
            class: String::new(),
            methods: Vec::new(),
        }
    }

    /// The sentence of its documentation.
    pub fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    /// The module below `orca` that holds its base class, and the class. Several types may share a module.
    pub fn base(mut self, module: impl Into<String>, class: impl Into<String>) -> Self {
        (self.module, self.class) = (module.into(), class.into());
        self
    }

    /// Adds a method, whose place is the number of those before it.
    pub fn method(mut self, method: MethodDeclaration) -> Self {
        self.methods.push(method);
        self
    }

    /// The text that stands for the type.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Makes the row. The same declaration again is the same type.
    ///
    /// # Errors
    /// [`DeclareError`]; nothing is declared then.
    ///
    /// Threads: any.
    pub fn declare(self) -> Result<CapabilityType, DeclareError> {
        self.check()?;
        let _one_at_a_time = DECLARING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows().find(|row| row.declaration.text == self.text) {
            return match row.declaration == self {
                true => Ok(row.spec.kind),
                false => Err(DeclareError::Changed { text: self.text }),
            };
        }
        let in_module = |row: &Row| row.declaration.module == self.module;
        if rows().any(|row| in_module(row) && row.declaration.class == self.class) {
            return Err(self.taken("the base class", format!("orca.{}.{}", self.module, self.class)));
        }
        let kind = CapabilityType::from_text(&self.text);
        let place = rows().count();
        let Some(free) = ROWS.get(place) else {
            return Err(DeclareError::Full { text: self.text });
        };
        let kind = match kind {
            CapabilityType::Unknown => CapabilityType::Defined(Defined(place as u8)),
            kind => kind,
        };
        // The cell is empty: only the holder of the lock fills one.
        free.get_or_init(|| Row::new(self, kind));
        Ok(kind)
    }

    fn check(&self) -> Result<(), DeclareError> {
        let Self { text, module, class, methods, .. } = self;
        let is_word = |word: &str| word.starts_with(|first: char| first.is_ascii_lowercase());
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !text.split('-').all(|word| is_word(word) && word.bytes().all(is_plain)) {
            let form = "row of lower-case words joined by hyphens, such as `flow-simulation`";
            return Err(self.misnamed("text", text, form));
        }
        let known = CapabilityType::ALL.into_iter().find(|kind| kind.as_str() == text);
        let is_ours =
            |kind| kind == CapabilityType::Unknown || table::TYPES.iter().any(|row| row.kind == kind);
        if known.is_some_and(is_ours) {
            return Err(self.taken("the type", text));
        }
        if known.is_none() && CapabilityType::ALL.iter().any(|kind| kind.member() == member(text)) {
            return Err(self.taken("the type", member(text)));
        }
        self.identifier("module", module)?;
        self.identifier("base class", class)?;
        let ours = table::TYPES.iter().map(|row| row.python_module);
        let ours = ours.chain(table::RECORDS.iter().map(|record| record.python_module));
        if ours.chain(MODULES.iter().copied()).any(|known| known == module) {
            return Err(self.taken("the module", format!("orca.{module}")));
        }
        if methods.is_empty() {
            return Err(DeclareError::NoMethods { text: text.clone() });
        }
        methods.iter().enumerate().try_for_each(|(place, method)| {
            self.check_method(method)?;
            let is_twice = methods[..place].iter().any(|other| other.name == method.name);
            if is_twice { Err(self.taken("the method", &method.name)) } else { Ok(()) }
        })
    }

    fn check_method(&self, method: &MethodDeclaration) -> Result<(), DeclareError> {
        self.identifier("method", &method.name)?;
        let everyone = Common::METHODS.iter().map(|method| method.name).chain(ROOT_METHODS.iter().copied());
        if everyone.into_iter().any(|known| known == method.name) {
            return Err(self.taken("the method", &method.name));
        }
        let records = method.args.iter().filter(|(_, kind)| matches!(kind, Kind::Record(_))).count();
        if method.args.len() > MOST_ARGUMENTS || records > MOST_RECORDS {
            let (text, method) = (self.text.clone(), method.name.clone());
            return Err(DeclareError::TooManyArguments { text, method });
        }
        for (place, (name, kind)) in method.args.iter().enumerate() {
            self.identifier("argument", name)?;
            if name == "self" || method.args[..place].iter().any(|(other, _)| other == name) {
                return Err(self.taken("the argument", name));
            }
            if matches!(kind, Kind::Unit | Kind::Result | Kind::CodeAndText | Kind::List(_) | Kind::Task) {
                return Err(self.misplaced(method, *kind, "an argument"));
            }
        }
        match method.returns {
            Kind::Unit | Kind::Text | Kind::Result | Kind::Flag => Ok(()),
            Kind::Json | Kind::Number | Kind::Real | Kind::Object(_) => Ok(()),
            other => Err(self.misplaced(method, other, "its answer")),
        }
    }

    /// An error for what is no name of Python, or begins with an underscore.
    fn identifier(&self, what: &'static str, name: &str) -> Result<(), DeclareError> {
        let begins = name.starts_with(|first: char| first.is_ascii_alphabetic());
        let goes_on = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match begins && goes_on && !KEYWORDS.contains(&name) {
            true => Ok(()),
            false => Err(self.misnamed(
                what,
                name,
                "name that Python code can use: letters, digits and underscores",
            )),
        }
    }

    fn misnamed(&self, what: &'static str, name: &str, form: &'static str) -> DeclareError {
        DeclareError::Name { text: self.text.clone(), what, name: name.into(), form }
    }

    fn taken(&self, what: &'static str, name: impl Into<String>) -> DeclareError {
        DeclareError::Taken { text: self.text.clone(), what, name: name.into() }
    }

    fn misplaced(&self, method: &MethodDeclaration, kind: Kind, place: &'static str) -> DeclareError {
        let kind = match kind {
            Kind::Record(record) | Kind::Filled(record) => format!("the record `{}`", record.class),
            Kind::List(record) => format!("a list of `{}`", record.class),
            Kind::Function(function) => format!("the function `{}`", function.name),
            Kind::Member(spec) => format!("the enumeration `{}`", spec.class),
            Kind::Object(spec) => format!("`{}`", spec.name),
            kind => format!("`{kind:?}`"),
        };
        DeclareError::Misplaced { text: self.text.clone(), method: method.name.clone(), kind, place }
    }
}

impl MethodDeclaration {
    /// A method of that name, which answers with that kind.
    pub fn new(name: impl Into<String>, returns: Kind) -> Self {
        Self {
            name: name.into(),
            doc: String::new(),
            args: Vec::new(),
            returns,
            caller: Caller::Any,
            duty: Duty::Required,
        }
    }

    /// The sentence of its documentation.
    pub fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }

    /// Adds an argument.
    pub fn arg(mut self, name: impl Into<String>, kind: Kind) -> Self {
        self.args.push((name.into(), kind));
        self
    }

    /// The thread that the application calls it on. Any by default.
    pub fn on(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self
    }

    /// A plugin may leave it out.
    pub fn optional(mut self) -> Self {
        self.duty = Duty::Optional;
        self
    }
}

/// Which of the declared types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Defined(u8);

impl Defined {
    pub(crate) fn number(self) -> u8 {
        FIRST_NUMBER + self.0
    }

    /// Its row: only a row that was made has given out its place.
    fn row(self) -> Option<&'static Row> {
        ROWS.get(usize::from(self.0)).and_then(OnceLock::get)
    }

    pub(crate) fn member(self) -> &'static str {
        self.row().map_or("", |row| row.member)
    }

    pub(crate) fn text(self) -> &'static str {
        self.row().map_or("", |row| &row.declaration.text)
    }

    pub(crate) fn display_name(self) -> &'static str {
        self.row().map_or("", |row| row.display_name)
    }
}

/// A declared type.
struct Row {
    declaration: TypeDeclaration,
    member: &'static str,
    display_name: &'static str,
    spec: TypeSpec,
}

static ROWS: [OnceLock<Row>; MOST_TYPES] = [const { OnceLock::new() }; MOST_TYPES];
static DECLARING: Mutex<()> = Mutex::new(());

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().map_while(OnceLock::get)
}

pub(crate) fn row(kind: CapabilityType) -> Option<&'static TypeSpec> {
    rows().map(|row| &row.spec).find(|spec| spec.kind == kind)
}

pub(crate) fn of_text(text: &str) -> Option<CapabilityType> {
    rows().find(|row| row.declaration.text.eq_ignore_ascii_case(text)).map(|row| row.spec.kind)
}

pub(crate) fn of_number(number: u8) -> Option<CapabilityType> {
    let place = number.checked_sub(FIRST_NUMBER)?;
    rows().map(|row| row.spec.kind).find(|kind| *kind == CapabilityType::Defined(Defined(place)))
}

/// `FlowSimulation` of `flow-simulation`.
fn member(text: &str) -> String {
    text.split('-').map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

impl Row {
    fn new(declaration: TypeDeclaration, kind: CapabilityType) -> Self {
        let methods: Vec<_> = declaration.methods.iter().map(MethodDeclaration::spec).collect();
        let spec = TypeSpec {
            kind,
            doc: kept(&declaration.doc),
            python_module: kept(&declaration.module),
            python_class: kept(&declaration.class),
            cpp_class: "",
            header: "",
            prefix: "",
            failures: Failures::Errors,
            methods: Vec::leak(methods),
        };
        let member = kept(&member(&declaration.text));
        let display_name = kept(&capitalised(&declaration.text.replace('-', " ")));
        Self { declaration, member, display_name, spec }
    }
}

impl MethodDeclaration {
    fn spec(&self) -> MethodSpec {
        let args = self.args.iter().map(|(name, kind)| ArgSpec { name: kept(name), kind: *kind });
        MethodSpec {
            name: kept(&self.name),
            doc: kept(&self.doc),
            args: Vec::leak(args.collect()),
            returns: self.returns,
            caller: self.caller,
            duty: self.duty,
            older: None,
        }
    }
}

/// A row lives as long as the process, and so do its names.
fn kept(text: &str) -> &'static str {
    Box::leak(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VisualizationInputSpec;

    fn declaration(text: &str) -> TypeDeclaration {
        TypeDeclaration::new(text).base("simulation", "Base").method(method("run"))
    }

    fn method(name: &str) -> MethodDeclaration {
        MethodDeclaration::new(name, Kind::Result)
    }

    fn check_refused(declaration: TypeDeclaration, part: &str) {
        let error = declaration.declare().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_type_has_its_words_and_its_row() {
        let declaration =
            TypeDeclaration::new("flow-simulation").base("flow", "FlowBase").method(method("run"));
        let kind = declaration.clone().declare().unwrap();
        assert_eq!((kind.as_str(), kind.member()), ("flow-simulation", "FlowSimulation"));
        assert_eq!(kind.display_name(), "Flow simulation");
        assert_eq!(CapabilityType::from_text("Flow-Simulation"), kind);
        assert!(kind.number() >= FIRST_NUMBER);
        assert_eq!(CapabilityType::from_number(kind.number()), Some(kind));
        assert_eq!(table::row(kind).unwrap().python_class, "FlowBase");
        assert_eq!(table::method(kind, 0).unwrap().name, "run");
        assert_eq!(table::method(kind, Common::HasConfigUi.place(kind)).unwrap().name, "has_config_ui");
        assert_eq!(declaration.clone().declare(), Ok(kind));
        check_refused(declaration.method(method("more")), "was declared otherwise earlier in this process");
    }

    #[test]
    fn a_type_of_the_specification_without_a_row_keeps_its_number() {
        let kind = TypeDeclaration::new("analysis").base("looking", "Base").method(method("look")).declare();
        assert_eq!(kind, Ok(CapabilityType::Analysis));
        assert_eq!(table::row(CapabilityType::Analysis).unwrap().methods[0].name, "look");
    }

    #[test]
    fn texts_are_words() {
        for text in ["", "Import", "two words", "a_b", "-a", "a--b", "9a", "é"] {
            check_refused(declaration(text), "lower-case words joined by hyphens");
        }
    }

    #[test]
    fn names_are_those_of_python() {
        check_refused(declaration("a").base("1x", "Base"), "its module `1x` is no name");
        check_refused(declaration("a").base("x.y", "Base"), "its module `x.y`");
        check_refused(declaration("a").base("x", "class"), "its base class `class`");
        check_refused(declaration("a").base("x", "_B"), "its base class `_B`");
        check_refused(declaration("a").method(method("größe")), "its method `größe`");
        check_refused(
            declaration("a").method(method("go").arg("lambda", Kind::Text)),
            "its argument `lambda`",
        );
    }

    #[test]
    fn what_exists_is_taken() {
        check_refused(declaration("script"), "the type `script` exists already");
        check_refused(declaration("unknown"), "the type `unknown` exists already");
        check_refused(declaration("a").base("gcode", "Base"), "the module `orca.gcode` exists already");
        check_refused(declaration("a").base("host", "Base"), "the module `orca.host` exists already");
        check_refused(declaration("a").method(method("run")), "the method `run` exists already");
        for name in ["get_name", "save_config", "on_lifecycle_event"] {
            check_refused(declaration("a").method(method(name)), "exists already");
        }
        let twice = method("go").arg("x", Kind::Text).arg("x", Kind::Text);
        check_refused(declaration("a").method(twice), "the argument `x` exists already");
        check_refused(declaration("a").method(method("go").arg("self", Kind::Text)), "the argument `self`");
        declaration("first").base("shared", "Base").declare().unwrap();
        check_refused(declaration("second").base("shared", "Base"), "`orca.shared.Base` exists already");
    }

    #[test]
    fn methods_are_what_a_call_can_carry() {
        check_refused(TypeDeclaration::new("a").base("x", "Base"), "it has no methods");
        let many =
            (0..=MOST_ARGUMENTS).fold(method("go"), |method, n| method.arg(format!("a{n}"), Kind::Text));
        check_refused(declaration("a").method(many), "`go` takes more than 15 arguments");
        let answer = MethodDeclaration::new("go", Kind::Index);
        check_refused(declaration("a").method(answer), "`go` has `Index` as its answer");
        for kind in [Kind::Result, Kind::Unit, Kind::CodeAndText, Kind::Task] {
            check_refused(declaration("a").method(method("go").arg("x", kind)), "as an argument");
        }
        let list = method("go").arg("x", Kind::List(&VisualizationInputSpec::SPEC));
        let part = "`go` has a list of `VisualizationInputSpec` as an argument";
        check_refused(declaration("a").method(list), part);
    }
}
