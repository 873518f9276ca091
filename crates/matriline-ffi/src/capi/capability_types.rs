//! Capability types that an application defines itself.

use matriline::{CapabilityType, ErrorCode, MethodDeclaration, TypeDeclaration, types};

use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{array, enter, give, object, object_mut, slot};
use crate::boundary::{Fault, Outcome};
use crate::number::{duty_is_optional, value_kind};

/// What methods of such a type take and give. Functions take it as a `uint8_t`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_value_kind {
    /// Nothing: `None`. As an answer only.
    NOTHING = 0,
    /// Text: `str`.
    TEXT = 1,
    /// The path of a file: `str`. The call may write to its folder. As an argument only.
    FILE = 2,
    /// Any value that JSON can hold, as its text.
    JSON = 3,
    /// A whole number: `int`.
    NUMBER = 4,
    /// A number with a fraction: `float`.
    REAL = 5,
    /// Yes or no: `bool`.
    FLAG = 6,
    /// An `orca.ExecutionResult`. As an answer only.
    RESULT = 7,
    /// Several texts: a list of `str`. As an answer only.
    TEXTS = 8,
    /// Meshes that the plugin has made, each with a name or without. As an answer only.
    MESHES = 9,
    /// A model: `orca.host.Model`. As an argument only, like those below.
    MODEL = 10,
    /// Who is told how far the call is: a function `progress(done, message="")`.
    PROGRESS = 11,
    /// What happens, a `matriline_lifecycle_event`: `orca.LifecycleEvent`.
    LIFECYCLE_EVENT = 12,
    /// What is told of it: `orca.LifecycleEventContext`.
    LIFECYCLE_EVENT_CONTEXT = 13,
}

/// Whether plugins must write a method. Functions take it as a `uint8_t`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_duty {
    /// They must.
    REQUIRED = 0,
    /// They may: where one does not, the call answers with nothing, such as an empty text.
    OPTIONAL = 1,
}

/// An argument of a method.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_argument {
    /// Its name.
    pub name: matriline_str,
    /// What it is: a `matriline_value_kind`.
    pub kind: u8,
}

/// A capability type as an application describes it.
pub struct matriline_type_declaration(TypeDeclaration);

/// A type without methods yet. `text` is what files and presets call it: lower-case words joined by hyphens, such as
/// `flow-simulation`; `module` is the module below `orca` that holds its base class, and `base_class` that class.
/// `declaration_out` receives an object to free with `matriline_type_declaration_free`. Names are checked when a manager
/// starts.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_type_declaration_new(
    text: matriline_str,
    doc: matriline_str,
    module: matriline_str,
    base_class: matriline_str,
    declaration_out: *mut *mut matriline_type_declaration,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (text, doc) = unsafe { (text.read("text")?, doc.read("doc")?) };
        // SAFETY: the caller's promise.
        let (module, class) = unsafe { (module.read("module")?, base_class.read("base_class")?) };
        // SAFETY: the caller's promise.
        let out = unsafe { slot(declaration_out, "declaration_out") }?;
        give(out, matriline_type_declaration(TypeDeclaration::new(text).doc(doc).base(module, class)));
        Ok(())
    })
}

/// A type that the library has the declaration of: `importer`, `exporter`, `analysis` or `automation`. `declaration_out`
/// receives an object to free with `matriline_type_declaration_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_type_declaration_shipped(
    text: matriline_str,
    declaration_out: *mut *mut matriline_type_declaration,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (text, out) = unsafe { (text.read("text")?, slot(declaration_out, "declaration_out")?) };
        let declaration = types::declaration(text).ok_or_else(|| {
            let message = format!(
                "No type `{text}` ships with the library: name `importer`, `exporter`, `analysis` or `automation`"
            );
            Fault::new(ErrorCode::InvalidArgument, message)
        })?;
        give(out, matriline_type_declaration(declaration));
        Ok(())
    })
}

/// Adds a method. `returns` is a `matriline_value_kind`, `duty` a `matriline_duty`; `doc` is the sentence of its
/// documentation.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable, `arguments` an array of `count`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_type_declaration_add_method(
    declaration: *mut matriline_type_declaration,
    name: matriline_str,
    doc: matriline_str,
    arguments: *const matriline_argument,
    count: usize,
    returns: u8,
    duty: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let declaration = unsafe { object_mut(declaration, "declaration") }?;
        // SAFETY: the caller's promise.
        let (name, doc) = unsafe { (name.read("name")?, doc.read("doc")?) };
        // SAFETY: the caller's promise.
        let arguments = unsafe { array(arguments, count, "arguments") }?;
        let method = MethodDeclaration::new(name, value_kind(returns)?).doc(doc);
        let method = arguments.iter().try_fold(method, |method, argument| {
            // SAFETY: the caller's promise.
            let name = unsafe { argument.name.read("arguments") }?;
            Outcome::Ok(method.arg(name, value_kind(argument.kind)?))
        })?;
        let method = if duty_is_optional(duty)? { method.optional() } else { method };
        declaration.0 = std::mem::replace(&mut declaration.0, TypeDeclaration::new("")).method(method);
        Ok(())
    })
}

/// Frees a declaration. Threads: any.
///
/// # Safety
/// `declaration` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_type_declaration_free(declaration: *mut matriline_type_declaration) {
    // SAFETY: the caller's promise.
    unsafe { super::take(declaration) }
}

/// Takes plugins of that type; the declaration is copied. Plugins find its base class below `orca` while a manager runs
/// that was started with these options; its capabilities are found, switched, configured and named in presets like those of
/// any type, and called with `matriline_capability_call`. A type stays as it was first declared for as long as the process
/// runs. One that cannot be declared is an error of `matriline_manager_start`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_declare_capability_type(
    config: *mut matriline_config,
    declaration: *const matriline_type_declaration,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, declaration) =
            unsafe { (object_mut(config, "config")?, object(declaration, "declaration")?) };
        config.capability_types.push(declaration.0.clone());
        Ok(())
    })
}

/// The number of the type of that text, in any case: a `matriline_capability_type`, or the number in this process of one
/// that was declared. That of `unknown` for any other text.
///
/// Threads: any.
///
/// # Safety
/// `text` is readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_type_from_text(text: matriline_str) -> u8 {
    super::answer(CapabilityType::Unknown.number(), || {
        // SAFETY: the caller's promise.
        unsafe { text.read("text") }.map_or(CapabilityType::Unknown, CapabilityType::from_text).number()
    })
}

/// The text of a type: `post-processing`, or that of one that was declared; `unknown` for any other number. It lives as long
/// as the process.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_capability_type_text(r#type: u8) -> matriline_str {
    super::answer(matriline_str::of(""), || {
        matriline_str::of(CapabilityType::from_number(r#type).unwrap_or(CapabilityType::Unknown).as_str())
    })
}
