//! Acts that CPython announces with no audit event: each raises one here, with a name made like CPython's own.
//!
//! | function | event and arguments |
//! |---|---|
//! | `_posixsubprocess.fork_exec` | `_posixsubprocess.fork_exec(args, executables, …)`, the program first in `args` |
//! | `posix.mkfifo` | `os.mkfifo(path, mode, dir_fd)` |
//! | `posix.mknod` | `os.mknod(path, mode, device, dir_fd)` |
//! | `posix.chroot` | `os.chroot(path)` |
//! | `posix._exit`, `posix.abort` | `os._exit(status)`, `os.abort()` |
//! | `posix.umask`, `posix.setuid`, `posix.setgid` | `os.umask(mask)`, `os.setuid(user)`, `os.setgid(group)` |
//! | `posix.memfd_create` | `os.memfd_create(name, flags)` |
//! | `_signal.signal` | `signal.signal(signal, handler)` |
//! | `_signal.raise_signal` | `signal.raise_signal(signal)` |
//! | `_posixshmem.shm_open`, `_posixshmem.shm_unlink` | `_posixshmem.shm_open(path, flags)`, `_posixshmem.shm_unlink(path)` |
//! | `_interpreters.create`, `_xxsubinterpreters.create` | `cpython.PyInterpreterState_New()`, as CPython does again |
//! | `_thread.start_new_thread`, before CPython 3.12 | `_thread.start_new_thread(function, args)`, as 3.12 does |
//! | `_signal.alarm`, `_signal.setitimer` | `signal.alarm(seconds)`, `signal.setitimer(which, seconds, interval)` |
//! | `readline.write_history_file` | `readline.write_history_file(path)` |
//! | `readline.append_history_file` | `readline.append_history_file(count, path)` |
//!
//! What is not given arrives as `None`, a folder that is not given as -1. A path arrives as `str` or `bytes`, and what
//! the function gets is that very value: an object that answers otherwise when it is asked again cannot be passed.

use std::ffi::{CStr, c_char, c_int};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyTuple};

use super::{Given, replace, replacement};
use crate::audit::path_bytes;
use crate::sys;

unsafe extern "C" {
    // Not declared by `pyo3-ffi`.
    fn PySys_Audit(event: *const c_char, format: *const c_char, ...) -> c_int;
}

/// Raises an audit event.
///
/// # Errors
/// What a hook raises to refuse it.
pub(crate) fn announce(py: Python<'_>, event: &CStr, args: &Bound<'_, PyTuple>) -> PyResult<()> {
    // SAFETY: the GIL is held; `O` takes one object, and a tuple stands for the arguments of the event.
    match unsafe { PySys_Audit(event.as_ptr(), c"O".as_ptr(), args.as_ptr()) } {
        0 => Ok(()),
        _ => Err(PyErr::fetch(py)),
    }
}

/// A parameter of an announced function.
#[derive(Clone, Copy)]
enum Parameter {
    Plain(&'static str),
    /// `str`, `bytes` or an object with `__fspath__`.
    Path(&'static str),
    /// `dir_fd`.
    Folder,
}

use Parameter::{Folder, Path, Plain};

replacement!(Mkfifo, "mkfifo", |py, given| {
    announced(py, given, c"os.mkfifo", &[Path("path"), Plain("mode"), Folder])
});
replacement!(Mknod, "mknod", |py, given| {
    announced(py, given, c"os.mknod", &[Path("path"), Plain("mode"), Plain("device"), Folder])
});
replacement!(Chroot, "chroot", |py, given| announced(py, given, c"os.chroot", &[Path("path")]));
replacement!(Exit, "_exit", |py, given| announced(py, given, c"os._exit", &[Plain("status")]));
replacement!(Abort, "abort", |py, given| announced(py, given, c"os.abort", &[]));
replacement!(Umask, "umask", |py, given| announced(py, given, c"os.umask", &[Plain("mask")]));
replacement!(SetUser, "setuid", |py, given| announced(py, given, c"os.setuid", &[Plain("uid")]));
replacement!(SetGroup, "setgid", |py, given| announced(py, given, c"os.setgid", &[Plain("gid")]));
replacement!(MemoryFile, "memfd_create", |py, given| {
    announced(py, given, c"os.memfd_create", &[Path("name"), Plain("flags")])
});
replacement!(Alarm, "alarm", |py, given| announced(py, given, c"signal.alarm", &[Plain("seconds")]));
replacement!(Timer, "setitimer", |py, given| {
    announced(py, given, c"signal.setitimer", &[Plain("which"), Plain("seconds"), Plain("interval")])
});
replacement!(RaiseSignal, "raise_signal", |py, given| {
    announced(py, given, c"signal.raise_signal", &[Plain("signalnum")])
});
replacement!(OpenShared, "shm_open", |py, given| {
    announced(py, given, c"_posixshmem.shm_open", &[Path("path"), Plain("flags")])
});
replacement!(UnlinkShared, "shm_unlink", |py, given| {
    announced(py, given, c"_posixshmem.shm_unlink", &[Path("path")])
});
// CPython 3.12 crashes where its own event, from within, is refused.
replacement!(CreateInterpreter, "create", |py, given| {
    announced(py, given, c"cpython.PyInterpreterState_New", &[])
});
replacement!(WriteHistory, "write_history_file", |py, given| {
    announced(py, given, c"readline.write_history_file", &[Path("filename")])
});
replacement!(AppendHistory, "append_history_file", |py, given| {
    announced(py, given, c"readline.append_history_file", &[Plain("nelements"), Path("filename")])
});
replacement!(ForkExec, "fork_exec", fork_exec);

pub(super) fn replace_in_posix(module: &Bound<'_, PyAny>) {
    replace::<Mkfifo>(module);
    replace::<Mknod>(module);
    replace::<Chroot>(module);
    replace::<Exit>(module);
    replace::<Abort>(module);
    replace::<Umask>(module);
    replace::<SetUser>(module);
    replace::<SetGroup>(module);
    replace::<MemoryFile>(module);
}

pub(super) fn replace_in_signal(module: &Bound<'_, PyAny>) {
    replace::<Alarm>(module);
    replace::<Timer>(module);
    replace::<RaiseSignal>(module);
}

pub(super) fn replace_in_interpreters(module: &Bound<'_, PyAny>) {
    replace::<CreateInterpreter>(module);
}

pub(super) fn replace_in_shared_memory(module: &Bound<'_, PyAny>) {
    replace::<OpenShared>(module);
    replace::<UnlinkShared>(module);
}

pub(super) fn replace_in_subprocess(module: &Bound<'_, PyAny>) {
    replace::<ForkExec>(module);
}

pub(super) fn replace_in_readline(module: &Bound<'_, PyAny>) {
    replace::<WriteHistory>(module);
    replace::<AppendHistory>(module);
}

/// Raises the event with the arguments by parameter, then calls.
fn announced<'py>(
    py: Python<'py>,
    mut given: Given<'py>,
    event: &CStr,
    parameters: &[Parameter],
) -> PyResult<Bound<'py, PyAny>> {
    let mut args = Vec::with_capacity(parameters.len());
    for (place, parameter) in parameters.iter().enumerate() {
        let (Plain(name) | Path(name)) = *parameter else {
            args.push(folder(py, &mut given)?);
            continue;
        };
        let argument = given.argument(place, name);
        if let (Path(_), Some(path)) = (parameter, &argument)
            && !path.is_none()
        {
            // SAFETY: the GIL is held; it answers a new reference, or null with an exception.
            let plain = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyOS_FSPath(path.as_ptr()))? };
            if let Some(path) = argument {
                *path = plain.clone();
            }
            args.push(plain);
            continue;
        }
        args.push(argument.map_or_else(|| py.None().into_bound(py), |value| value.clone()));
    }
    announce(py, event, &PyTuple::new(py, args)?)?;
    given.pass_on(py)
}

/// The folder that a relative path starts from: -1 for the current one.
fn folder<'py>(py: Python<'py>, given: &mut Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    match given.argument(usize::MAX, "dir_fd") {
        Some(folder) if !folder.is_none() => {
            // SAFETY: as above.
            *folder = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyNumber_Index(folder.as_ptr()))? };
            Ok(folder.clone())
        }
        _ => Ok(PyInt::new(py, -1).into_any()),
    }
}

/// The programs to try come as a list, of which the first is run that can be. The event names that one, in the place of
/// the name that the program is to see, and no other is passed on: what is asked for is what is run.
fn fork_exec<'py>(py: Python<'py>, mut given: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
    let Some(programs) = given.argument(1, "executable_list") else { return given.pass_on(py) };
    let plain = plain_items(programs)?;
    let can_be_run = |program: &&Bound<'py, PyAny>| {
        path_bytes(program).is_some_and(|bytes| sys::can_be_run(&sys::path_of(&bytes)))
    };
    let Some(program) = plain.iter().find(can_be_run).or(plain.first()).cloned() else {
        return given.pass_on(py);
    };
    *programs = PyTuple::new(py, [&program])?.into_any();
    let mut line = Vec::new();
    if let Some(args) = given.argument(0, "process_args")
        && !args.is_none()
    {
        line = plain_items(args)?;
        *args = PyTuple::new(py, &line)?.into_any();
    }
    let line = PyTuple::new(py, std::iter::once(&program).chain(line.iter().skip(1)).collect::<Vec<_>>())?;
    let rest = given.positional().iter().skip(1).cloned();
    let args = PyTuple::new(py, std::iter::once(line.into_any()).chain(rest).collect::<Vec<_>>())?;
    announce(py, c"_posixsubprocess.fork_exec", &args)?;
    given.pass_on(py)
}

/// The items of a list of paths, each as it is now: an object of a plugin's own could answer otherwise when it is asked
/// again.
fn plain_items<'py>(list: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = list.py();
    // SAFETY: the GIL is held; each answers a new reference, or null with an exception.
    let plain = |item: Bound<'py, PyAny>| unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyOS_FSPath(item.as_ptr()))
    };
    // SAFETY: as above.
    let items = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PySequence_Tuple(list.as_ptr()))? };
    items.cast_into::<PyTuple>()?.iter().map(plain).collect()
}
