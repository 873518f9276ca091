//! The bridge of what a C++ application adds to `orca`: capability types that it defines itself, and extension modules.
//!
//! The classes of types are templates of the public headers; here are their declarations, and one call for all of them.
//! Arguments that are more than a text or a number stay in C++, which hands each out when it is asked for.

use std::pin::Pin;

use matriline::{CapabilityType, ErrorCode, MethodDeclaration, PyInit, TypeDeclaration, types};

use crate::boundary::{Fault, Outcome, catch, run};
use crate::bridge::Failure;
use crate::cxx_side::any_call::{any_is_written, call_any};
use crate::cxx_side::host::Host;
use crate::number::value_kind;

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub, clippy::ptr_arg)]
pub(crate) mod ffi {
    struct OwnArgument {
        name: String,
        kind: u8,
    }

    struct OwnMethod {
        name: String,
        doc: String,
        arguments: Vec<OwnArgument>,
        returns: u8,
        optional: bool,
    }

    /// The text alone is that of a type that ships.
    struct OwnType {
        text: String,
        doc: String,
        module: String,
        base_class: String,
        methods: Vec<OwnMethod>,
    }

    /// An argument; its text is checked here.
    #[derive(Clone, Copy)]
    struct ValueData<'a> {
        kind: u8,
        text: &'a [u8],
        number: i64,
        real: f64,
        flag: bool,
    }

    unsafe extern "C++" {
        include!("glue.hpp");
        include!("any_capability.hpp");
        include!("generated/application.hpp");
        include!("generated/bridge.hpp");

        type CapabilityHandle = crate::bridge::CapabilityHandle;
        type Failure = crate::bridge::Failure;
        type Host = crate::cxx_side::host::Host;
        type EventContextData<'a> = crate::application::ffi::EventContextData<'a>;
        type HostModel = crate::offer::ffi::HostModel;
        type CapabilityAnswer;
        type GivenObjects;
        type ProgressSink;

        /// What was given as the argument at that place.
        fn given_model(given: &GivenObjects, place: usize) -> Result<&HostModel>;
        fn given_context(given: &GivenObjects, place: usize) -> Result<EventContextData<'_>>;
        fn given_progress(given: &GivenObjects, place: usize) -> Result<SharedPtr<ProgressSink>>;
        /// Whether to go on.
        fn report_progress(sink: &ProgressSink, done: f64, message: &str) -> Result<bool>;

        fn set_answer_text(answer: Pin<&mut CapabilityAnswer>, text: &str) -> Result<()>;
        fn set_answer_number(answer: Pin<&mut CapabilityAnswer>, number: i64) -> Result<()>;
        fn set_answer_real(answer: Pin<&mut CapabilityAnswer>, real: f64) -> Result<()>;
        fn set_answer_flag(answer: Pin<&mut CapabilityAnswer>, flag: bool) -> Result<()>;
        fn set_answer_result(
            answer: Pin<&mut CapabilityAnswer>,
            status: u8,
            message: &str,
            data: &str,
        ) -> Result<()>;
        fn add_answer_text(answer: Pin<&mut CapabilityAnswer>, text: &str) -> Result<()>;
    }

    extern "Rust" {
        /// Before `start`.
        fn declare_type(host: &Host, declared: &OwnType, failure: Pin<&mut Failure>);
        /// Before `start`. `init` is the function that makes the module; the application vouches for it.
        unsafe fn register_submodule(host: &Host, name: &str, init: *const u8, failure: Pin<&mut Failure>);
        fn call_any(
            handle: &CapabilityHandle,
            method: usize,
            args: &[ValueData<'_>],
            objects: &GivenObjects,
            answer: Pin<&mut CapabilityAnswer>,
            failure: Pin<&mut Failure>,
        );
        fn any_is_written(handle: &CapabilityHandle, method: usize) -> bool;
        fn own_type_number(text: &[u8]) -> u8;
        fn own_type_words(number: u8) -> &'static str;
        fn own_type_title(number: u8) -> &'static str;
    }
}

fn declare_type(host: &Host, declared: &ffi::OwnType, failure: Pin<&mut Failure>) {
    run(failure, || {
        if declared.methods.is_empty()
            && let Some(shipped) = types::declaration(&declared.text)
        {
            host.declare(shipped);
            return Ok(());
        }
        let named = TypeDeclaration::new(&declared.text)
            .doc(&declared.doc)
            .base(&declared.module, &declared.base_class);
        let declaration = declared.methods.iter().try_fold(named, |declaration, described| {
            let method =
                MethodDeclaration::new(&described.name, value_kind(described.returns)?).doc(&described.doc);
            let method = described.arguments.iter().try_fold(method, |method, argument| {
                Outcome::Ok(method.arg(&argument.name, value_kind(argument.kind)?))
            })?;
            Outcome::Ok(declaration.method(if described.optional { method.optional() } else { method }))
        })?;
        host.declare(declaration);
        Ok(())
    });
}

/// # Safety
/// `init` is null, or a function as [`Host::register_submodule`] wants it.
unsafe fn register_submodule(host: &Host, name: &str, init: *const u8, failure: Pin<&mut Failure>) {
    run(failure, || {
        if init.is_null() {
            let message =
                format!("The module `orca.{name}` has no function that makes it; give its `PyInit_…`");
            return Err(Fault::new(ErrorCode::InvalidArgument, message));
        }
        // SAFETY: as promised by the caller.
        unsafe { host.register_submodule(name, std::mem::transmute::<*const u8, PyInit>(init)) };
        Ok(())
    });
}

fn own_type_number(text: &[u8]) -> u8 {
    let kind = catch(|| Ok(CapabilityType::from_text(&String::from_utf8_lossy(text))));
    kind.unwrap_or(CapabilityType::Unknown).number()
}

fn own_type_words(number: u8) -> &'static str {
    catch(|| Ok(of_number(number).as_str())).unwrap_or_default()
}

fn own_type_title(number: u8) -> &'static str {
    catch(|| Ok(of_number(number).display_name())).unwrap_or_default()
}

fn of_number(number: u8) -> CapabilityType {
    CapabilityType::from_number(number).unwrap_or(CapabilityType::Unknown)
}
