//! Built-in functions that pass us first: those that raise no audit event of their own, and those that take a function
//! to be called back.
//!
//! What is replaced is the C function in the row of the table that CPython makes function objects from (`PyMethodDef`).
//! A function object only points to its row, so every one passes us: those that were taken before, those that
//! `_imp.create_builtin` makes later, those of a sub-interpreter. The function that was there is kept here alone. No
//! object of Python holds it, so that no plugin reaches it (`__self__`, `__closure__`, `gc`), and the objects stay what
//! they are: same type, name and text.

mod announced;
mod callbacks;
mod folder;
mod given;
mod references;

#[cfg(not(Py_3_12))]
pub(crate) use announced::announce;
pub(crate) use folder::told as told_folder;
pub(crate) use given::Given;

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::{ffi, ffi::PyObject};

use crate::threads;

/// A built-in function that passes us first.
pub(crate) trait Replacement: 'static {
    /// Its name in its module.
    const NAME: &'static str;

    /// Where the function is kept that was there before.
    fn original() -> &'static Original;

    /// What is done in its place.
    fn call<'py>(py: Python<'py>, given: Given<'py>) -> PyResult<Bound<'py, PyAny>>;
}

/// A function of CPython, and how it takes its arguments.
pub(crate) struct Original {
    function: AtomicPtr<c_void>,
    flags: AtomicI32,
}

/// The flags that say how arguments are passed.
const CONVENTION: c_int = ffi::METH_VARARGS
    | ffi::METH_KEYWORDS
    | ffi::METH_NOARGS
    | ffi::METH_O
    | ffi::METH_FASTCALL
    | ffi::METH_METHOD;
const WITH_KEYWORDS: c_int = ffi::METH_VARARGS | ffi::METH_KEYWORDS;
const FAST_WITH_KEYWORDS: c_int = ffi::METH_FASTCALL | ffi::METH_KEYWORDS;

/// Makes a [`Replacement`]: its type, its name in Python, what is done in its place.
macro_rules! replacement {
    ($type:ident, $name:literal, $call:expr) => {
        struct $type;

        impl crate::replaced::Replacement for $type {
            const NAME: &'static str = $name;

            fn original() -> &'static crate::replaced::Original {
                static ORIGINAL: crate::replaced::Original = crate::replaced::Original::none();
                &ORIGINAL
            }

            fn call<'py>(
                py: pyo3::Python<'py>,
                given: crate::replaced::Given<'py>,
            ) -> pyo3::PyResult<pyo3::Bound<'py, pyo3::PyAny>> {
                $call(py, given)
            }
        }
    };
}
pub(crate) use replacement;

/// Replaces what is to be replaced. Once, on the main thread, before any plugin runs.
pub(crate) fn install(py: Python<'_>) -> PyResult<()> {
    for name in ["_thread", "posix", "_signal", "atexit", "_weakref", "sys", "_imp"] {
        // A system without it has nothing to replace.
        if let Ok(module) = py.import(name) {
            replace_in(name, &module);
        }
    }
    references::replace();
    Ok(())
}

/// Replaces the functions of a module that has just been made.
fn replace_in(name: &str, module: &Bound<'_, PyAny>) {
    match name {
        "_thread" => threads::replace(module),
        "_imp" => {
            replace::<CreateDynamic>(module);
            replace::<CreateBuiltin>(module);
        }
        "posix" => {
            folder::replace(module);
            announced::replace_in_posix(module);
            callbacks::replace_in(name, module);
        }
        "_posixsubprocess" => announced::replace_in_subprocess(module),
        "_interpreters" | "_xxsubinterpreters" => announced::replace_in_interpreters(module),
        "_posixshmem" => announced::replace_in_shared_memory(module),
        "readline" => announced::replace_in_readline(module),
        "_signal" => {
            announced::replace_in_signal(module);
            callbacks::replace_in(name, module);
        }
        "atexit" | "_weakref" | "sys" => callbacks::replace_in(name, module),
        _ => {}
    }
}

// Other modules come later, each with a table of its own.
replacement!(CreateDynamic, "create_dynamic", make_module);
replacement!(CreateBuiltin, "create_builtin", make_module);

fn make_module<'py>(py: Python<'py>, given: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    let module = given.pass_on(py)?;
    if let Ok(name) = module.getattr(intern!(py, "__name__")).and_then(|name| name.extract::<String>()) {
        replace_in(&name, &module);
    }
    Ok(module)
}

/// Puts the replacement into the row that the module's function points to, if it is a function of C at all.
pub(crate) fn replace<R: Replacement>(module: &Bound<'_, PyAny>) {
    let Ok(function) = module.getattr(R::NAME) else { return };
    // SAFETY: the GIL is held; an object of exactly this type has that shape, and its row lives as long as its module's
    // library. Rows are not constant: `PyModuleDef::m_methods` points to mutable ones.
    unsafe {
        if ffi::PyCFunction_CheckExact(function.as_ptr()) == 0 {
            return;
        }
        let row = (*function.as_ptr().cast::<ffi::PyCFunctionObject>()).m_ml;
        let flags = (*row).ml_flags & CONVENTION;
        let ours = match flags {
            ffi::METH_VARARGS => ffi::PyMethodDefPointer { PyCFunction: one::<R> },
            ffi::METH_NOARGS | ffi::METH_O => ffi::PyMethodDefPointer { PyCFunction: one::<R> },
            WITH_KEYWORDS => ffi::PyMethodDefPointer { PyCFunctionWithKeywords: two::<R> },
            ffi::METH_FASTCALL => ffi::PyMethodDefPointer { PyCFunctionFast: fast::<R> },
            FAST_WITH_KEYWORDS => {
                ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: fast_with_keywords::<R> }
            }
            _ => return,
        };
        if R::original().keep((*row).ml_meth.as_ptr(), flags) {
            (*row).ml_meth = ours;
        }
    }
}

impl Original {
    pub(crate) const fn none() -> Self {
        Self { function: AtomicPtr::new(std::ptr::null_mut()), flags: AtomicI32::new(0) }
    }

    /// Keeps the function of a row. Answers whether the row is to be replaced: not when it was, or is another's.
    fn keep(&self, function: *mut c_void, flags: c_int) -> bool {
        self.flags.store(flags, Ordering::Release);
        let kept = self.function.compare_exchange(
            std::ptr::null_mut(),
            function,
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        kept.is_ok() || kept == Err(function)
    }
}

unsafe extern "C" fn one<R: Replacement>(itself: *mut PyObject, argument: *mut PyObject) -> *mut PyObject {
    // SAFETY: called by Python with what the convention says.
    enter::<R>(|py| unsafe { Given::of_one(py, R::original(), itself, argument) })
}

unsafe extern "C" fn two<R: Replacement>(
    itself: *mut PyObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    enter::<R>(|py| unsafe { Given::of_two(py, R::original(), itself, args, kwargs) })
}

unsafe extern "C" fn fast<R: Replacement>(
    itself: *mut PyObject,
    args: *mut *mut PyObject,
    count: ffi::Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as above.
    enter::<R>(|py| unsafe { Given::of_fast(py, R::original(), itself, args, count, std::ptr::null_mut()) })
}

unsafe extern "C" fn fast_with_keywords<R: Replacement>(
    itself: *mut PyObject,
    args: *const *mut PyObject,
    count: ffi::Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    enter::<R>(|py| unsafe { Given::of_fast(py, R::original(), itself, args, count, names) })
}

/// Runs a replacement; what it raises or panics with becomes Python's.
fn enter<R: Replacement>(given: impl for<'py> FnOnce(Python<'py>) -> Given<'py>) -> *mut PyObject {
    // SAFETY: a function of C is called with the GIL held.
    let py = unsafe { Python::assume_attached() };
    let answer = catch_unwind(AssertUnwindSafe(|| R::call(py, given(py))));
    let error = match answer {
        Ok(Ok(answer)) => return answer.into_ptr(),
        Ok(Err(error)) => error,
        Err(_) => PyRuntimeError::new_err(format!("`{}` failed in the plugin host", R::NAME)),
    };
    error.restore(py);
    std::ptr::null_mut()
}
