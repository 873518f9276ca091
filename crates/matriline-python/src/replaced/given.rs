//! The arguments of a replaced function, whichever way they were passed.

use std::ffi::c_void;
use std::sync::atomic::Ordering;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use pyo3::{ffi, ffi::PyObject};

use super::{FAST_WITH_KEYWORDS, Original, WITH_KEYWORDS};

/// A call of a replaced function.
pub(crate) struct Given<'py> {
    original: &'static Original,
    itself: *mut PyObject,
    positional: Vec<Bound<'py, PyAny>>,
    named: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
}

impl<'py> Given<'py> {
    /// By `METH_VARARGS`, `METH_O` or `METH_NOARGS`.
    ///
    /// # Safety
    /// As Python calls a function of the original's convention.
    pub(super) unsafe fn of_one(
        py: Python<'py>,
        original: &'static Original,
        itself: *mut PyObject,
        argument: *mut PyObject,
    ) -> Self {
        match original.flags.load(Ordering::Acquire) {
            // SAFETY: see above; the argument is borrowed.
            ffi::METH_O => unsafe { Self::of_fast(py, original, itself, &argument, 1, std::ptr::null_mut()) },
            // SAFETY: see above; the argument is a tuple, or null.
            _ => unsafe { Self::of_two(py, original, itself, argument, std::ptr::null_mut()) },
        }
    }

    /// By `METH_VARARGS`, perhaps with `METH_KEYWORDS`.
    ///
    /// # Safety
    /// As above.
    pub(super) unsafe fn of_two(
        py: Python<'py>,
        original: &'static Original,
        itself: *mut PyObject,
        args: *mut PyObject,
        kwargs: *mut PyObject,
    ) -> Self {
        // SAFETY: both are borrowed, or null.
        let (args, kwargs) = unsafe {
            (Bound::from_borrowed_ptr_or_opt(py, args), Bound::from_borrowed_ptr_or_opt(py, kwargs))
        };
        let args = args.and_then(|args| args.cast_into::<PyTuple>().ok());
        let kwargs = kwargs.and_then(|kwargs| kwargs.cast_into::<PyDict>().ok());
        Self {
            original,
            itself,
            positional: args.map(|args| args.iter().collect()).unwrap_or_default(),
            named: kwargs.map(|kwargs| kwargs.iter().collect()).unwrap_or_default(),
        }
    }

    /// By `METH_FASTCALL`, perhaps with `METH_KEYWORDS` (PEP 590).
    ///
    /// # Safety
    /// As above.
    pub(super) unsafe fn of_fast(
        py: Python<'py>,
        original: &'static Original,
        itself: *mut PyObject,
        args: *const *mut PyObject,
        count: ffi::Py_ssize_t,
        names: *mut PyObject,
    ) -> Self {
        // SAFETY: `names` is borrowed, or null; the values of the names follow the positional arguments.
        let (positional, named) = unsafe {
            let argument = |place: usize| Bound::from_borrowed_ptr(py, *args.add(place));
            let count = usize::try_from(count).unwrap_or(0);
            let names = Bound::from_borrowed_ptr_or_opt(py, names);
            let names = names.and_then(|names| names.cast_into::<PyTuple>().ok());
            let named = names.iter().flatten().enumerate();
            let named = named.map(|(place, name)| (name, argument(count + place))).collect();
            ((0..count).map(argument).collect(), named)
        };
        Self { original, itself, positional, named }
    }

    /// The arguments without a name.
    pub(crate) fn positional(&self) -> &[Bound<'py, PyAny>] {
        &self.positional
    }

    /// An argument by its place or by its name.
    pub(crate) fn argument(&mut self, place: usize, name: &str) -> Option<&mut Bound<'py, PyAny>> {
        if place < self.positional.len() {
            return self.positional.get_mut(place);
        }
        let is_meant = |given: &Bound<'py, PyAny>| given.cast::<PyString>().is_ok_and(|given| given == name);
        self.named.iter_mut().find(|(given, _)| is_meant(given)).map(|(_, value)| value)
    }

    /// Calls the function that was there before.
    pub(crate) fn pass_on(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let function = self.original.function.load(Ordering::Acquire);
        let flags = self.original.flags.load(Ordering::Acquire);
        // SAFETY: a kept function has the convention that its flags say; arguments live until it returns; it answers a
        // new reference, or null with an exception.
        unsafe {
            let answer = match flags {
                ffi::METH_NOARGS => call(function, self.itself, std::ptr::null_mut()),
                ffi::METH_O => {
                    call(function, self.itself, self.positional.first().map_or(ffi::Py_None(), Bound::as_ptr))
                }
                ffi::METH_VARARGS => {
                    call(function, self.itself, PyTuple::new(py, &self.positional)?.as_ptr())
                }
                WITH_KEYWORDS => {
                    let function = std::mem::transmute::<*mut c_void, ffi::PyCFunctionWithKeywords>(function);
                    let kwargs = (!self.named.is_empty()).then(|| PyDict::new(py));
                    for (name, value) in &self.named {
                        kwargs.as_ref().map_or(Ok(()), |kwargs| kwargs.set_item(name, value))?;
                    }
                    let kwargs = kwargs.as_ref().map_or(std::ptr::null_mut(), Bound::as_ptr);
                    function(self.itself, PyTuple::new(py, &self.positional)?.as_ptr(), kwargs)
                }
                _ => self.call_fast(py, function, flags)?,
            };
            Bound::from_owned_ptr_or_err(py, answer)
        }
    }

    /// Calls by `METH_FASTCALL`.
    ///
    /// # Safety
    /// `function` has that convention.
    unsafe fn call_fast(
        &self,
        py: Python<'py>,
        function: *mut c_void,
        flags: i32,
    ) -> PyResult<*mut PyObject> {
        let values = self.named.iter().map(|(_, value)| value);
        let mut args: Vec<_> = self.positional.iter().chain(values).map(Bound::as_ptr).collect();
        let count = self.positional.len() as ffi::Py_ssize_t;
        // SAFETY: see above.
        unsafe {
            if flags != FAST_WITH_KEYWORDS {
                let function = std::mem::transmute::<*mut c_void, ffi::PyCFunctionFast>(function);
                return Ok(function(self.itself, args.as_mut_ptr(), count));
            }
            let function = std::mem::transmute::<*mut c_void, ffi::PyCFunctionFastWithKeywords>(function);
            let names = match self.named.is_empty() {
                true => None,
                false => Some(PyTuple::new(py, self.named.iter().map(|(name, _)| name))?),
            };
            let names = names.as_ref().map_or(std::ptr::null_mut(), Bound::as_ptr);
            Ok(function(self.itself, args.as_ptr(), count, names))
        }
    }
}

/// Calls a function of the plain convention.
///
/// # Safety
/// `function` has that convention.
unsafe fn call(function: *mut c_void, itself: *mut PyObject, argument: *mut PyObject) -> *mut PyObject {
    // SAFETY: see above.
    unsafe { std::mem::transmute::<*mut c_void, ffi::PyCFunction>(function)(itself, argument) }
}
