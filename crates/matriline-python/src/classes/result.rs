//! `ExecutionResult`: the object a plugin answers a call with.
//!
//! It is made once per call, so its constructor and factories are written at the level of the C API: a vectorcall
//! constructor and FASTCALL functions.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

use matriline_capability::Status;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};
use pyo3::{ffi, ffi::PyObject};

use super::arguments::{Arguments, refuse};
use super::text;
use crate::exception;

/// The object; each field owns a reference, never null.
#[repr(C)]
struct ExecutionResult {
    head: PyObject,
    status: *mut PyObject,
    message: *mut PyObject,
    data: *mut PyObject,
}

const STATUSES: usize = Status::ALL.len();

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
/// The members of `PluginResult`, in the order of their numbers; they live as long as the process.
static MEMBERS: [AtomicPtr<PyObject>; STATUSES] = [const { AtomicPtr::new(std::ptr::null_mut()) }; STATUSES];
static EMPTY: AtomicPtr<PyObject> = AtomicPtr::new(std::ptr::null_mut());

/// Tells which objects stand for the statuses, in the order of their numbers. Before any result is made.
pub fn set_statuses(members: Vec<Py<PyAny>>) {
    for (place, member) in MEMBERS.iter().zip(members) {
        place.store(member.into_ptr(), Ordering::Release);
    }
}

/// The class `orca.ExecutionResult`, made once.
///
/// # Errors
/// What Python raises when it cannot make the class.
pub fn result_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    CLASS.get_or_try_init(py, || make(py)).map(|class| class.bind(py))
}

/// Whether an object is an `ExecutionResult`, by its exact class or by a subclass.
///
/// # Safety
/// `object` is alive and the GIL is held.
#[inline]
pub(crate) unsafe fn is_result(py: Python<'_>, object: *mut PyObject) -> bool {
    let Some(class) = CLASS.get(py) else { return false };
    let class = class.as_ptr().cast();
    // SAFETY: as promised by the caller.
    unsafe { ffi::Py_TYPE(object) == class || ffi::PyType_IsSubtype(ffi::Py_TYPE(object), class) != 0 }
}

/// Hands the parts of a result on.
///
/// # Safety
/// `object` is a result (see [`is_result`]) that lives during the call, and the GIL is held.
#[inline]
pub(crate) unsafe fn read<R>(object: *mut PyObject, take: impl FnOnce(Status, &str, &str) -> R) -> R {
    // SAFETY: as promised; the fields are alive as long as the object, and no Python code runs in between.
    unsafe {
        let result = &*object.cast::<ExecutionResult>();
        let status = status_of(result.status).unwrap_or_default();
        match (text::view(result.message), text::view(result.data)) {
            (Some(message), Some(data)) => take(status, message, data),
            _ => take(status, &lossy(result.message), &lossy(result.data)),
        }
    }
}

/// # Safety
/// `object` is a `str` and the GIL is held.
#[cold]
unsafe fn lossy(object: *mut PyObject) -> String {
    // SAFETY: as promised by the caller.
    let object = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), object) };
    object.cast_into::<PyString>().map_or_else(|_| String::new(), |text| exception::lossy(&text))
}

fn make(py: Python<'_>) -> PyResult<Py<PyType>> {
    // SAFETY: the GIL is held; the empty text lives as long as the process.
    EMPTY.store(unsafe { text::new("") }, Ordering::Release);
    let method = |name: &'static std::ffi::CStr,
                  function: ffi::PyCFunctionFastWithKeywords,
                  doc: &'static std::ffi::CStr| {
        ffi::PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: function },
            ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS | ffi::METH_STATIC,
            ml_doc: doc.as_ptr(),
        }
    };
    let methods = vec![
        method(c"success", success, c"success(message=\"\", data=\"\")\n--\n\nThe work is done."),
        method(c"skipped", skipped, c"skipped(message=\"\")\n--\n\nThere was nothing to do."),
        method(c"failure", failure, c"failure(status, message, data=\"\")\n--\n\nThe work failed."),
        ffi::PyMethodDef::zeroed(),
    ];
    let field =
        |name: &'static std::ffi::CStr, place: usize, doc: &'static std::ffi::CStr| ffi::PyGetSetDef {
            name: name.as_ptr(),
            get: Some(get),
            set: Some(set),
            doc: doc.as_ptr(),
            closure: std::ptr::without_provenance_mut(place),
        };
    let fields = vec![
        field(c"status", 0, c"How the call ended, a PluginResult"),
        field(c"message", 1, c"What the user is told"),
        field(c"data", 2, c"What the application is told"),
        ffi::PyGetSetDef {
            name: std::ptr::null_mut(),
            get: None,
            set: None,
            doc: std::ptr::null_mut(),
            closure: std::ptr::null_mut(),
        },
    ];
    let slot = |slot: c_int, pfunc: *mut c_void| ffi::PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(ffi::Py_tp_new, new as *mut c_void),
        slot(ffi::Py_tp_dealloc, dealloc as *mut c_void),
        slot(ffi::Py_tp_repr, repr as *mut c_void),
        // A class lives as long as the process, and so do its definitions.
        slot(ffi::Py_tp_methods, methods.leak().as_mut_ptr().cast()),
        slot(ffi::Py_tp_getset, fields.leak().as_mut_ptr().cast()),
        slot(
            ffi::Py_tp_doc,
            c"The answer of an execute(): a status, a message and data.".as_ptr() as *mut c_void,
        ),
        slot(0, std::ptr::null_mut()),
    ];
    let mut definition = ffi::PyType_Spec {
        name: c"orca.ExecutionResult".as_ptr(),
        basicsize: size_of::<ExecutionResult>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_BASETYPE) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the definition outlives the call, what Python keeps of it was leaked; the type is new, so nobody
    // uses it while its vectorcall is set.
    unsafe {
        let class =
            Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&mut definition))?.cast_into::<PyType>()?;
        (*class.as_ptr().cast::<ffi::PyTypeObject>()).tp_vectorcall = Some(vectorcall);
        Ok(class.unbind())
    }
}

/// A new result; null with an exception.
///
/// # Safety
/// `status` is a member of `PluginResult`; `message` and `data` are alive or null; the GIL is held.
#[inline]
unsafe fn build(
    class: *mut ffi::PyTypeObject,
    status: *mut PyObject,
    message: *mut PyObject,
    data: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as promised by the caller; each reference is owned once by the new object or let go.
    unsafe {
        let message = text_or_empty(message, "message");
        if message.is_null() {
            return std::ptr::null_mut();
        }
        let data = text_or_empty(data, "data");
        if data.is_null() {
            ffi::Py_DECREF(message);
            return std::ptr::null_mut();
        }
        let object = (*class).tp_alloc.map_or(std::ptr::null_mut(), |alloc| alloc(class, 0));
        if object.is_null() {
            ffi::Py_DECREF(message);
            ffi::Py_DECREF(data);
            return std::ptr::null_mut();
        }
        let result = &mut *object.cast::<ExecutionResult>();
        result.status = ffi::Py_NewRef(status);
        result.message = message;
        result.data = data;
        object
    }
}

/// # Safety
/// `object` is alive or null, and the GIL is held.
#[inline]
unsafe fn text_or_empty(object: *mut PyObject, name: &str) -> *mut PyObject {
    // SAFETY: the empty text was made with the class.
    unsafe {
        match object.is_null() {
            true => ffi::Py_NewRef(EMPTY.load(Ordering::Relaxed)),
            false => text::accept(object, name),
        }
    }
}

fn member(status: Status) -> *mut PyObject {
    MEMBERS[status as usize].load(Ordering::Relaxed)
}

/// The status that a member of `PluginResult` stands for.
#[inline]
fn status_of(object: *mut PyObject) -> Option<Status> {
    Status::ALL.into_iter().find(|status| member(*status) == object)
}

/// The class of results, which exists while one of its functions runs.
fn class_pointer() -> *mut ffi::PyTypeObject {
    // SAFETY: only called from functions of the class, under the GIL.
    let py = unsafe { Python::assume_attached() };
    CLASS.get(py).map_or(std::ptr::null_mut(), |class| class.as_ptr().cast())
}

unsafe extern "C" fn success(
    _: *mut PyObject,
    args: *const *mut PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a FASTCALL from Python.
    unsafe {
        match Arguments::read(".success", &["message", "data"], args, count as usize, keywords) {
            Some(Arguments { given: [message, data, _], .. }) => {
                build(class_pointer(), member(Status::Success), message, data)
            }
            None => std::ptr::null_mut(),
        }
    }
}

unsafe extern "C" fn skipped(
    _: *mut PyObject,
    args: *const *mut PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a FASTCALL from Python.
    unsafe {
        match Arguments::read(".skipped", &["message"], args, count as usize, keywords) {
            Some(Arguments { given: [message, ..], .. }) => {
                build(class_pointer(), member(Status::Skipped), message, std::ptr::null_mut())
            }
            None => std::ptr::null_mut(),
        }
    }
}

unsafe extern "C" fn failure(
    _: *mut PyObject,
    args: *const *mut PyObject,
    count: ffi::Py_ssize_t,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a FASTCALL from Python.
    unsafe { with_status(class_pointer(), ".failure", 2, args, count as usize, keywords) }
}

unsafe extern "C" fn vectorcall(
    class: *mut PyObject,
    args: *const *mut PyObject,
    count: usize,
    keywords: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: a vectorcall from Python; the high bit of the count is a flag.
    unsafe { with_status(class.cast(), "", 0, args, ffi::PyVectorcall_NARGS(count) as usize, keywords) }
}

/// A result of `(status, message, data)`, the first `required` of which must be there.
///
/// # Safety
/// The arguments are those of a vectorcall, and the GIL is held.
#[inline]
unsafe fn with_status(
    class: *mut ffi::PyTypeObject,
    function: &str,
    required: usize,
    args: *const *mut PyObject,
    count: usize,
    keywords: *mut PyObject,
) -> *mut PyObject {
    let names = &["status", "message", "data"];
    // SAFETY: as promised by the caller.
    unsafe {
        let Some(arguments) = Arguments::read(function, names, args, count, keywords) else {
            return std::ptr::null_mut();
        };
        let [status, message, data] = arguments.given;
        if !status.is_null() && status_of(status).is_none() {
            let found = text::type_name(status);
            refuse(
                function,
                names,
                &format!("status must be a PluginResult such as PluginResult.FatalError, not {found}"),
            );
            return std::ptr::null_mut();
        }
        if arguments.given.iter().take(required).any(|given| given.is_null()) {
            refuse(function, names, "status and message must be given");
            return std::ptr::null_mut();
        }
        let status = if status.is_null() { member(Status::Success) } else { status };
        build(class, status, message, data)
    }
}

/// The constructor of subclasses, which do not inherit the vectorcall.
unsafe extern "C" fn new(
    class: *mut ffi::PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python with a tuple and a dictionary or null. A subclass with an initialiser of its own
    // has its own arguments; its fields start empty.
    unsafe {
        if super::has_own_initialiser(class) {
            return build(class, member(Status::Success), std::ptr::null_mut(), std::ptr::null_mut());
        }
        let mut all = Vec::with_capacity(3);
        for index in 0..ffi::PyTuple_Size(args) {
            all.push(ffi::PyTuple_GetItem(args, index));
        }
        let count = all.len();
        let mut names = std::ptr::null_mut();
        if !kwargs.is_null() && ffi::PyDict_Size(kwargs) > 0 {
            names = ffi::PyTuple_New(ffi::PyDict_Size(kwargs));
            let (mut position, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
            while !names.is_null() && ffi::PyDict_Next(kwargs, &mut position, &mut name, &mut value) != 0 {
                ffi::PyTuple_SetItem(names, (all.len() - count) as ffi::Py_ssize_t, ffi::Py_NewRef(name));
                all.push(value);
            }
        }
        let result = with_status(class, "", 0, all.as_ptr(), count, names);
        ffi::Py_XDECREF(names);
        result
    }
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: called by Python with an object that nobody refers to any more.
    unsafe {
        let class = ffi::Py_TYPE(object);
        let result = &mut *object.cast::<ExecutionResult>();
        ffi::Py_XDECREF(result.status);
        ffi::Py_XDECREF(result.message);
        ffi::Py_XDECREF(result.data);
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn repr(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: called by Python with a result.
    unsafe {
        let result = &*object.cast::<ExecutionResult>();
        let format = c"ExecutionResult(%S, message=%R, data=%R)".as_ptr();
        ffi::PyUnicode_FromFormat(format, result.status, result.message, result.data)
    }
}

/// The field at a place.
///
/// # Safety
/// `object` is a result and the GIL is held while the answer is used.
unsafe fn field<'a>(object: *mut PyObject, place: usize) -> &'a mut *mut PyObject {
    // SAFETY: as promised by the caller.
    let result = unsafe { &mut *object.cast::<ExecutionResult>() };
    match place {
        0 => &mut result.status,
        1 => &mut result.message,
        _ => &mut result.data,
    }
}

unsafe extern "C" fn get(object: *mut PyObject, place: *mut c_void) -> *mut PyObject {
    // SAFETY: the descriptor checked that the object is a result.
    unsafe { ffi::Py_NewRef(*field(object, place.addr())) }
}

unsafe extern "C" fn set(object: *mut PyObject, value: *mut PyObject, place: *mut c_void) -> c_int {
    let name = ["status", "message", "data"][place.addr()];
    // SAFETY: as for `get`; a null value asks for deletion.
    unsafe {
        let accepted = match value.is_null() {
            true => {
                text::raise_type(&format!("{name} cannot be deleted"));
                std::ptr::null_mut()
            }
            false if place.addr() == 0 && status_of(value).is_none() => {
                text::raise_type(&format!("status must be a PluginResult, not {}", text::type_name(value)));
                std::ptr::null_mut()
            }
            false if place.addr() == 0 => ffi::Py_NewRef(value),
            false => text::accept(value, name),
        };
        if accepted.is_null() {
            return -1;
        }
        ffi::Py_DECREF(std::mem::replace(field(object, place.addr()), accepted));
        0
    }
}
