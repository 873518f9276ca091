//! The generic trampoline: calls a method of a table row on a Python object.
//!
//! What stands on the path of a call is this list and nothing else: attach, identity, context variables, clock,
//! arguments, vectorcall, result copied out, and the reverse.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use matriline_capability::{
    CallError, Capability, CapabilityId, Common, Failures, Kind, MOST_ARGUMENTS, MethodSpec, RecordSpec,
    Sink, TypeSpec, Value, table,
};
use matriline_registry::timing::{self, Timings};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use pyo3::{ffi, ffi::PyObject};

use crate::answers::{self, Conversion};
use crate::attach::{self, attach_inside};
use crate::classes::record::RecordPool;
use crate::classes::{record_class, result};
use crate::exception;
use crate::forms::{self, Form};
use crate::identity::{self, Identity};
use crate::log::logged;
use crate::objects::Misread;
use crate::passing::Arguments;

/// How many capabilities hold Python objects; the interpreter goes only when none does.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// A capability that a Python object implements.
#[derive(Debug)]
pub struct PythonCapability {
    id: CapabilityId,
    methods: Box<[Method]>,
    timings: Arc<Timings>,
    identity: Arc<Identity>,
    /// The object, until the capability is retired.
    instance: AtomicPtr<PyObject>,
}

#[derive(Debug)]
struct Method {
    spec: &'static MethodSpec,
    /// Whether the plugin's class has it, and not only the base.
    is_written: bool,
    /// Interned, and never freed: it is one of the few names of the table.
    name: AtomicPtr<PyObject>,
    contexts: Box<[Option<RecordPool>]>,
    /// Which argument, or which field of it, names a file whose folder the call may write to.
    grants: Option<(usize, Option<usize>)>,
    form: Form,
    failures: Failures,
    /// Whether it fills records in.
    fills: bool,
    /// Whether arguments are objects that are told when the call is over.
    has_objects: bool,
}

/// How many capabilities hold Python objects.
pub(crate) fn live() -> usize {
    LIVE.load(Ordering::Acquire)
}

impl PythonCapability {
    /// A capability around the object of a plugin. `package` is the name of the module that holds the classes, `base`
    /// the one of them that the plugin's class would get its methods from.
    ///
    /// # Errors
    /// What Python raises when a class of the table cannot be made.
    pub fn new(
        instance: &Bound<'_, PyAny>,
        id: CapabilityId,
        identity: Arc<Identity>,
        package: &str,
        base: &Bound<'_, PyType>,
    ) -> PyResult<Self> {
        let row: Option<&TypeSpec> = table::row(id.kind);
        let specs = row.map_or(&[][..], |row| row.methods);
        let class = instance.get_type();
        let failures = row.map_or(Failures::Errors, |row| row.failures);
        let own = |name: &Bound<'_, PyString>| match (class.getattr(name), base.getattr(name)) {
            (Ok(own), Ok(inherited)) => !own.is(&inherited),
            (own, _) => own.is_ok(),
        };
        let of_row = specs.iter().map(|spec| (spec, failures));
        let of_all = Common::METHODS.iter().map(|spec| (spec, Failures::Errors));
        let methods = (of_row.chain(of_all))
            .map(|(spec, failures)| Method::new(instance, spec, failures, package, own))
            .collect::<PyResult<_>>()?;
        let timings = Arc::new(Timings::new(specs.len()));
        LIVE.fetch_add(1, Ordering::AcqRel);
        Ok(Self { id, methods, timings, identity, instance: AtomicPtr::new(instance.clone().into_ptr()) })
    }

    /// Where its calls are recorded, without the time they wait for the GIL.
    pub fn timings(&self) -> &Arc<Timings> {
        &self.timings
    }

    /// How those methods are to be written that the plugin has written in no form that is known: every call of them will
    /// fail.
    pub fn misfits(&self) -> impl Iterator<Item = String> {
        let misfits = self.methods.iter().filter(|method| method.form == Form::Neither);
        misfits.map(|method| forms::usage(method.spec))
    }

    /// Runs `act` on the object as a call of the plugin: for the acts of loading and unloading.
    pub fn with_instance<R>(&self, py: Python<'_>, act: impl FnOnce(&Bound<'_, PyAny>) -> R) -> Option<R> {
        let instance = self.instance.load(Ordering::Acquire);
        // SAFETY: the object is alive until `retire`, which needs the GIL as this call does.
        let instance = unsafe { Bound::from_borrowed_ptr_or_opt(py, instance) }?;
        Some(identity::call(&self.identity, &self.id, None, || act(&instance)))
    }

    /// Lets the object go. The gate in front of the capability is closed and empty.
    pub fn retire(&self, py: Python<'_>) {
        let instance = self.instance.swap(std::ptr::null_mut(), Ordering::AcqRel);
        if instance.is_null() {
            return;
        }
        LIVE.fetch_sub(1, Ordering::AcqRel);
        // A destructor written in Python runs as the plugin.
        identity::lifecycle(&self.identity, || {
            for pool in self.methods.iter().flat_map(|method| &method.contexts).flatten() {
                pool.clear(py);
            }
            // SAFETY: owned by this capability until now; the GIL is held.
            drop(unsafe { Bound::from_owned_ptr_or_opt(py, instance) });
        });
    }
}

impl Drop for PythonCapability {
    /// Whoever made a capability retires it. One that was not loses its objects, since a destructor runs no Python.
    fn drop(&mut self) {
        if !self.instance.get_mut().is_null() {
            LIVE.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Method {
    fn new(
        instance: &Bound<'_, PyAny>,
        spec: &'static MethodSpec,
        failures: Failures,
        package: &str,
        is_own: impl Fn(&Bound<'_, PyString>) -> bool,
    ) -> PyResult<Self> {
        let py = instance.py();
        assert!(spec.args.len() <= MOST_ARGUMENTS, "the method `{}` has too many arguments", spec.name);
        let pool = |kind: Kind| -> PyResult<Option<RecordPool>> {
            let Kind::Record(record) = kind else { return Ok(None) };
            Ok(Some(RecordPool::new(&record_class(py, package, record)?, record)))
        };
        let name = PyString::intern(py, spec.name);
        let is_written = is_own(&name);
        let form = match is_written && spec.older.is_some() {
            // What cannot be looked at is taken for what is written today.
            true => instance.getattr(&name).map_or(Form::Newest, |method| forms::form(&method, spec)),
            false => Form::Newest,
        };
        Ok(Self {
            spec,
            is_written,
            form,
            failures,
            fills: spec.args.iter().any(|arg| matches!(arg.kind, Kind::Filled(_))),
            has_objects: spec.args.iter().any(|arg| matches!(arg.kind, Kind::Object(_))),
            name: AtomicPtr::new(name.into_ptr()),
            contexts: spec.args.iter().map(|arg| pool(arg.kind)).collect::<PyResult<_>>()?,
            grants: spec.args.iter().enumerate().find_map(|(place, arg)| Some((place, grant(arg.kind)?))),
        })
    }

    /// The file whose folder an argument grants the call.
    #[inline]
    fn granted<'a>(&self, args: &[Value<'a>]) -> Option<&'a Path> {
        let (argument, field) = self.grants?;
        let value = match (args.get(argument)?, field) {
            (Value::Record(fields), Some(field)) => fields.get(field)?,
            (value, _) => value,
        };
        let Value::Text(path) = value else { return None };
        Some(Path::new(*path))
    }
}

/// Whether an argument grants a folder: itself, or by the field at a place.
fn grant(kind: Kind) -> Option<Option<usize>> {
    match kind {
        Kind::File => Some(None),
        Kind::Record(record) => {
            RecordSpec::fields(record).iter().position(|field| field.grants_folder).map(Some)
        }
        _ => None,
    }
}

impl Capability for PythonCapability {
    fn id(&self) -> &CapabilityId {
        &self.id
    }

    #[inline]
    fn call(&self, place: usize, args: &[Value<'_>], answer: Sink<'_>) -> Result<(), CallError> {
        let Some(method) = self.methods.get(place) else {
            return Err(self.misfit("method", "the table has no method at that place"));
        };
        if attach::GATE.is_closed() {
            return Err(CallError::ShuttingDown(self.id.clone()));
        }
        // The gate of the capability is passed, and the interpreter waits for that gate to be closed and empty.
        let mut overrun = None;
        let called = attach_inside(|py| {
            let instance = self.instance.load(Ordering::Relaxed);
            if instance.is_null() {
                return Err(CallError::Unloaded(self.id.clone()));
            }
            identity::call(&self.identity, &self.id, method.granted(args), || {
                let began = timing::now();
                // SAFETY: the object is alive until `retire`, which waits for this call; the GIL is held.
                let called = unsafe { self.call_inside(py, instance, method, args, answer) };
                overrun = self.timings.record(place, began);
                called
            })
        });
        if let Some(ticks) = overrun {
            identity::host_call(|| timing::exceeded(&self.id, place, &self.timings, ticks));
        }
        if let (Err(error), Failures::Answers(words)) = (&called, method.failures) {
            self.log_failure(words, method, error);
        }
        called
    }

    fn is_written(&self, place: usize) -> bool {
        self.methods.get(place).is_some_and(|method| method.is_written)
    }
}

impl PythonCapability {
    /// # Safety
    /// `instance` is alive and the GIL is held.
    #[inline]
    unsafe fn call_inside(
        &self,
        py: Python<'_>,
        instance: *mut PyObject,
        method: &Method,
        args: &[Value<'_>],
        answer: Sink<'_>,
    ) -> Result<(), CallError> {
        if args.len() != method.spec.args.len() {
            return Err(self.misfit(method.spec.name, "another number of arguments"));
        }
        let mut passed = Arguments::new(instance);
        // SAFETY: the GIL is held, and the arguments outlive this call.
        let pushed = unsafe {
            match (method.form, method.spec.older) {
                (Form::Older, Some(older)) => passed.push_older(method.spec, older, args),
                _ => passed.push_all(method.spec, &method.contexts, args),
            }
        };
        if let Err(problem) = pushed {
            return Err(self.misfit(method.spec.name, &problem));
        }
        // SAFETY: all objects are alive; one place before the first argument may be overwritten, as the flag says.
        let result = unsafe {
            ffi::PyObject_VectorcallMethod(
                method.name.load(Ordering::Relaxed),
                passed.objects.as_mut_ptr().add(1).cast_const(),
                passed.count | ffi::PY_VECTORCALL_ARGUMENTS_OFFSET,
                std::ptr::null_mut(),
            )
        };
        // SAFETY: the call gives a new reference, or null with an exception.
        let result = unsafe { Bound::from_owned_ptr_or_err(py, result) };
        if method.has_objects {
            // SAFETY: the GIL is held.
            unsafe { passed.end_objects(py, method.spec) };
        }
        match result {
            Ok(result) => {
                self.copy_out(py, &result, method, answer)?;
                if method.fills {
                    // SAFETY: the GIL is held.
                    unsafe { passed.read_back(py, method.spec, args) };
                }
                Ok(())
            }
            Err(error) => Err(self.raised(py, method, &error)),
        }
    }

    #[inline]
    fn copy_out(
        &self,
        py: Python<'_>,
        result: &Bound<'_, PyAny>,
        method: &Method,
        answer: Sink<'_>,
    ) -> Result<(), CallError> {
        match method.spec.returns {
            // SAFETY: the result is alive and the GIL is held.
            Kind::Result if unsafe { result::is_result(py, result.as_ptr()) } => unsafe {
                result::read(result.as_ptr(), |status, message, data| {
                    answer(Value::Result(status, message, data))
                });
            },
            _ => return self.copy_out_other(py, result, method, answer),
        }
        Ok(())
    }

    #[cold]
    fn copy_out_other(
        &self,
        py: Python<'_>,
        result: &Bound<'_, PyAny>,
        method: &Method,
        answer: Sink<'_>,
    ) -> Result<(), CallError> {
        let conversion = match method.failures {
            Failures::Errors => Conversion::Strict,
            Failures::Answers(_) => Conversion::Native,
        };
        answers::tell(result, method.spec.returns, conversion, answer).map_err(|misread| match misread {
            Misread::Raised(error) => self.raised(py, method, &error),
            Misread::Other(found) => CallError::WrongAnswer {
                id: self.id.clone(),
                method: method.spec.name,
                expected: answers::expected(method.spec.returns),
                found,
            },
        })
    }

    #[cold]
    fn raised(&self, py: Python<'_>, method: &Method, error: &PyErr) -> CallError {
        let raised = Box::new(exception::raised(py, error));
        CallError::Raised { id: self.id.clone(), method: method.spec.name, raised }
    }

    /// A method that the plugin has not written is no news each time that it is called.
    #[cold]
    fn log_failure(&self, words: &str, method: &Method, error: &CallError) {
        let plugin = self.id.plugin_key.as_str();
        let cause = match error {
            CallError::Raised { raised, .. } if raised.message.is_empty() => raised.kind.clone(),
            CallError::Raised { raised, .. } => format!("{}: {}", raised.kind, raised.message),
            other => other.to_string(),
        };
        let text = format!("{words} '{plugin}': {} failed: {cause}", method.spec.name);
        let traceback = error.raised().map(|raised| format!("\n{}", raised.traceback)).unwrap_or_default();
        identity::host_call(|| {
            logged(|| match method.is_written {
                true => tracing::error!(target: "matriline::call", plugin, "{text}{traceback}"),
                false => tracing::debug!(target: "matriline::call", plugin, "{text}"),
            });
        });
    }

    #[cold]
    fn misfit(&self, method: &'static str, problem: &str) -> CallError {
        CallError::WrongArgument { id: self.id.clone(), method, problem: problem.into() }
    }
}
