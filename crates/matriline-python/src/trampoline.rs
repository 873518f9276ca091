//! The generic trampoline: calls a method of a table row on a Python object.
//!
//! What stands on the path of a call is this list and nothing else: attach, identity, context variables, clock,
//! arguments, vectorcall, result copied out, and the reverse.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use matriline_capability::{
    CallError, Capability, CapabilityId, Kind, MethodSpec, RecordSpec, Sink, TypeSpec, Value, table,
};
use matriline_registry::timing::{self, Timings};
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::{ffi, ffi::PyObject};

use crate::attach::{self, attach_inside};
use crate::classes::record::{Lent, RecordPool};
use crate::classes::{record_class, result, text};
use crate::exception;
use crate::identity::{self, Identity};

/// The most arguments a method of the table has.
const MOST_ARGUMENTS: usize = 15;

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
    /// Interned, and never freed: it is one of the few names of the table.
    name: AtomicPtr<PyObject>,
    contexts: Box<[Option<RecordPool>]>,
    /// Which field of which argument names a file whose folder the call may write to.
    grants: Option<(usize, usize)>,
}

/// How many capabilities hold Python objects.
pub(crate) fn live() -> usize {
    LIVE.load(Ordering::Acquire)
}

impl PythonCapability {
    /// A capability around the object of a plugin. `package` is the name of the module that holds the classes.
    ///
    /// # Errors
    /// What Python raises when a class of the table cannot be made.
    pub fn new(
        instance: &Bound<'_, PyAny>,
        id: CapabilityId,
        identity: Arc<Identity>,
        package: &str,
    ) -> PyResult<Self> {
        let py = instance.py();
        let row: Option<&TypeSpec> = table::row(id.kind);
        let specs = row.map_or(&[][..], |row| row.methods);
        let methods = specs.iter().map(|spec| Method::new(py, spec, package)).collect::<PyResult<_>>()?;
        let timings = Arc::new(Timings::new(specs.len()));
        LIVE.fetch_add(1, Ordering::AcqRel);
        Ok(Self { id, methods, timings, identity, instance: AtomicPtr::new(instance.clone().into_ptr()) })
    }

    /// Where its calls are recorded, without the time they wait for the GIL.
    pub fn timings(&self) -> &Arc<Timings> {
        &self.timings
    }

    /// Runs `act` on the object as a call of the plugin: for the acts of loading and unloading.
    pub fn with_instance<R>(&self, py: Python<'_>, act: impl FnOnce(&Bound<'_, PyAny>) -> R) -> Option<R> {
        let instance = self.instance.load(Ordering::Acquire);
        // SAFETY: the object is alive until `retire`, which needs the GIL as this call does.
        let instance = unsafe { Bound::from_borrowed_ptr_or_opt(py, instance) }?;
        Some(identity::call(&self.identity, None, || act(&instance)))
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
    fn new(py: Python<'_>, spec: &'static MethodSpec, package: &str) -> PyResult<Self> {
        assert!(spec.args.len() <= MOST_ARGUMENTS, "the method `{}` has too many arguments", spec.name);
        let pool = |kind: Kind| -> PyResult<Option<RecordPool>> {
            let Kind::Record(record) = kind else { return Ok(None) };
            Ok(Some(RecordPool::new(&record_class(py, package, record)?)))
        };
        Ok(Self {
            spec,
            name: AtomicPtr::new(PyString::intern(py, spec.name).into_ptr()),
            contexts: spec.args.iter().map(|arg| pool(arg.kind)).collect::<PyResult<_>>()?,
            grants: spec.args.iter().enumerate().find_map(|(place, arg)| Some((place, grant(arg.kind)?))),
        })
    }

    /// The file whose folder an argument grants the call.
    #[inline]
    fn granted<'a>(&self, args: &[Value<'a>]) -> Option<&'a Path> {
        let (argument, field) = self.grants?;
        let Value::Record(fields) = args.get(argument)? else { return None };
        let Value::Text(path) = fields.get(field)? else { return None };
        Some(Path::new(*path))
    }
}

/// The place of the field that grants its folder.
fn grant(kind: Kind) -> Option<usize> {
    let Kind::Record(record) = kind else { return None };
    RecordSpec::fields(record).iter().position(|field| field.grants_folder)
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
            identity::call(&self.identity, method.granted(args), || {
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
        called
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
        for (place, (value, pool)) in args.iter().zip(&method.contexts).enumerate() {
            // SAFETY: the GIL is held, and the arguments outlive this call.
            if let Err(problem) = unsafe { passed.push(*value, pool.as_ref(), method.spec.args[place].kind) }
            {
                return Err(self.misfit(method.spec.name, problem));
            }
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
        match unsafe { Bound::from_owned_ptr_or_err(py, result) } {
            Ok(result) => self.copy_out(py, &result, method, answer),
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
            returns => {
                return Err(CallError::WrongAnswer {
                    id: self.id.clone(),
                    method: method.spec.name,
                    expected: expected(returns),
                    found: exception::type_name(&result.get_type()),
                });
            }
        }
        Ok(())
    }

    #[cold]
    fn raised(&self, py: Python<'_>, method: &Method, error: &PyErr) -> CallError {
        let raised = Box::new(exception::raised(py, error));
        CallError::Raised { id: self.id.clone(), method: method.spec.name, raised }
    }

    #[cold]
    fn misfit(&self, method: &'static str, problem: &str) -> CallError {
        CallError::WrongArgument { id: self.id.clone(), method, problem: problem.into() }
    }
}

/// What a method must return, in the words of a plugin's author.
const fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Result => "an `orca.ExecutionResult`, such as `orca.ExecutionResult.success()`",
        Kind::Text => "a `str`",
        Kind::Unit => "`None`",
        Kind::Record(_) => "a record",
    }
}

/// The arguments of a vectorcall: a place that the callee may use, the object, and what the table asks for.
struct Arguments<'a> {
    objects: [*mut PyObject; MOST_ARGUMENTS + 2],
    count: usize,
    lent: [Option<Lent<'a>>; 2],
    owned: usize,
}

impl<'a> Arguments<'a> {
    #[inline]
    fn new(instance: *mut PyObject) -> Self {
        let mut objects = [std::ptr::null_mut(); MOST_ARGUMENTS + 2];
        objects[1] = instance;
        Self { objects, count: 1, lent: [None, None], owned: 0 }
    }

    /// # Safety
    /// The GIL is held until this is dropped, and the value outlives it.
    #[inline]
    unsafe fn push(
        &mut self,
        value: Value<'_>,
        pool: Option<&'a RecordPool>,
        kind: Kind,
    ) -> Result<(), &'static str> {
        let object = match (kind, value, pool) {
            (Kind::Text, Value::Text(text), _) => {
                // SAFETY: the GIL is held.
                let object = unsafe { text::new(text) };
                self.owned |= 1 << (self.count + 1);
                object
            }
            (Kind::Record(_), Value::Record(fields), Some(pool)) => {
                let Some(free) = self.lent.iter_mut().find(|lent| lent.is_none()) else {
                    return Err("more than two records");
                };
                // SAFETY: as promised by the caller.
                match unsafe { pool.lend(fields) } {
                    Some(lent) => free.insert(lent).record,
                    None => std::ptr::null_mut(),
                }
            }
            _ => return Err("an argument of another kind"),
        };
        if object.is_null() {
            // SAFETY: the GIL is held; only memory can be short here.
            unsafe { ffi::PyErr_Clear() };
            return Err("Python is out of memory");
        }
        self.count += 1;
        self.objects[self.count] = object;
        Ok(())
    }
}

impl Drop for Arguments<'_> {
    #[inline]
    fn drop(&mut self) {
        for place in 2..=self.count {
            if self.owned & (1 << place) != 0 {
                // SAFETY: made by `push`; the GIL is held.
                unsafe { ffi::Py_DECREF(self.objects[place]) };
            }
        }
    }
}
