//! The audit hook (PEP 578): asks the policy about every write that Python code is about to do.
//!
//! The order is by cost: the event's name, then whose code runs, then the path. A path is resolved with one
//! question to the kernel (see [`matriline_roots::resolve`]) and decided by the rules of the plugin whose code
//! it is. Code of nobody (a thread that came to Python past us) may write nowhere.
//!
//! A hook is policy and log for honest code, not a wall: native code writes without raising an event.

use std::borrow::Cow;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use matriline_policy::{
    Denied, EventRule, Form, LastName, PathArgument, WriteRules, classify, database_path, decide_nameless,
    open_writes,
};
use matriline_roots::{FdTarget, Follow, Root, Start, absolute, fd_path, resolve};
use once_cell::sync::OnceCell;
use pyo3::exceptions::PyPermissionError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString, PyTuple};
use pyo3::{ffi, ffi::PyObject};

use crate::attach::FORKED;
use crate::identity::{self, Identity, Who};
use crate::{log, sys};

type Hook = unsafe extern "C" fn(*const c_char, *mut PyObject, *mut c_void) -> c_int;

unsafe extern "C" {
    // Not declared by `pyo3-ffi`.
    fn PySys_AddAuditHook(hook: Hook, data: *mut c_void) -> c_int;
}

static INSTALLED: OnceCell<()> = OnceCell::new();

/// The text of the `PermissionError`, which plugins and users know.
const REFUSAL: &str = "Plugin attempted to access a blocked file path";
/// What its author can do instead.
const ALLOWED: &str = "write below the data folder, or beside the G-code file during its call";

/// Installs the hook, once. It stays until the process ends.
pub(crate) fn install() -> Result<(), &'static str> {
    INSTALLED
        .get_or_try_init(|| {
            // SAFETY: the hook may be called on any thread that holds the GIL, for as long as the process lives.
            match unsafe { PySys_AddAuditHook(hook, std::ptr::null_mut()) } {
                0 => Ok(()),
                _ => Err("Python refused the audit hook"),
            }
        })
        .copied()
}

unsafe extern "C" fn hook(event: *const c_char, args: *mut PyObject, _: *mut c_void) -> c_int {
    // SAFETY: Python passes the name of the event as a C string that lives during the call.
    let name = unsafe { CStr::from_ptr(event) }.to_bytes();
    if name.starts_with(b"sys.set") {
        identity::note_trace();
        return 0;
    }
    // SAFETY: the names of the events that are looked for are ASCII; a comparison with others is all that happens.
    let Some(rule) = classify(unsafe { std::str::from_utf8_unchecked(name) }) else { return 0 };
    // SAFETY: Python raises events with the GIL held and a tuple as arguments.
    let verdict = catch_unwind(AssertUnwindSafe(|| unsafe {
        let py = Python::assume_attached();
        let args = Bound::from_borrowed_ptr(py, args);
        args.cast::<PyTuple>().map_or(Ok(()), |args| examine(rule, args))
    }));
    match verdict {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => {
            // SAFETY: the GIL is held.
            error.restore(unsafe { Python::assume_attached() });
            -1
        }
        Err(_) => {
            let message = PyPermissionError::new_err("The audit of a file access failed, so it is refused");
            // SAFETY: the GIL is held.
            message.restore(unsafe { Python::assume_attached() });
            -1
        }
    }
}

fn examine(rule: &'static EventRule, args: &Bound<'_, PyTuple>) -> PyResult<()> {
    if rule.form == Form::Open && !writes(args) {
        return Ok(());
    }
    let all =
        |actor: Option<&Identity>| rule.paths.iter().try_for_each(|path| check(rule, path, args, actor));
    identity::with_current(|who| {
        // A destructor or a callback that a plugin left behind runs inside of others: its code tells.
        let by_code = plugin_on_stack(args.py());
        match (who, by_code.as_deref()) {
            // The application's own acts are its own business.
            (Who::Host, None) => Ok(()),
            (Who::Plugin(current), Some(other)) if !std::ptr::eq(current, other) => {
                all(Some(current)).and_then(|()| all(Some(other)))
            }
            (Who::Plugin(current), _) => all(Some(current)),
            (Who::Host | Who::Unknown, actor) => all(actor),
        }
    })
}

/// Whether an `open` event of those arguments writes. What is not understood does.
fn writes(args: &Bound<'_, PyTuple>) -> bool {
    let mode = args.get_item(1).ok();
    let mode = mode.as_ref().and_then(|mode| mode.cast::<PyString>().ok()).map(|mode| mode.to_string_lossy());
    let flags = args.get_item(2).ok().and_then(|flags| flags.extract::<c_int>().ok()).unwrap_or(libc::O_RDWR);
    open_writes(mode.as_deref(), flags)
}

fn check(
    rule: &'static EventRule,
    argument: &PathArgument,
    args: &Bound<'_, PyTuple>,
    actor: Option<&Identity>,
) -> PyResult<()> {
    let object = args.get_item(argument.index)?;
    let path = match Place::of(rule, argument, args, &object) {
        Ok(Place::At(path)) => path,
        Ok(Place::Nowhere) => return Ok(()),
        Ok(Place::Nameless) => match decide_nameless(rule.reach) {
            Ok(()) => return Ok(()),
            Err(denied) => return Err(refuse(rule, actor, &object, None, &denied)),
        },
        Err(denied) => return Err(refuse(rule, actor, &object, None, &denied)),
    };
    let nothing = WriteRules::nothing();
    let live = actor.and_then(|identity| Some((identity, identity.rules()?)));
    let (rules, roots) = live.map_or((&nothing, &[][..]), |(identity, rules)| (rules, identity.roots()));
    let scoped: Vec<&Root> = live.map(|(identity, _)| identity.scoped_roots().collect()).unwrap_or_default();
    let scoped_paths: Vec<&Path> = scoped.iter().map(|root| root.path()).collect();
    let follows: &[Follow] = match argument.last {
        LastName::Followed => &[Follow::Yes],
        LastName::Kept => &[Follow::No],
        LastName::Either => &[Follow::Yes, Follow::No],
    };
    for follow in follows {
        let resolved = match resolve(&path, *follow, scoped.iter().copied().chain(roots)) {
            Ok(resolved) => resolved,
            Err(error) => {
                let why = "the path cannot be resolved";
                tracing::debug!(target: "matriline::audit", %error, "{why}");
                return Err(refuse(rule, actor, &object, None, &Denied::NotUnderstood { why }));
            }
        };
        if let Err(denied) = rules.decide(&resolved.path, rule.reach, &scoped_paths) {
            return Err(refuse(rule, actor, &object, Some(&resolved.path), &denied));
        }
        if resolved.direct {
            break;
        }
    }
    Ok(())
}

/// What an argument names.
enum Place {
    /// An absolute path.
    At(std::path::PathBuf),
    /// An open descriptor of something without a path.
    Nameless,
    /// Nothing on any disk.
    Nowhere,
}

impl Place {
    fn of(
        rule: &EventRule,
        argument: &PathArgument,
        args: &Bound<'_, PyTuple>,
        object: &Bound<'_, PyAny>,
    ) -> Result<Self, Denied> {
        if object.is_instance_of::<PyInt>() {
            return Self::of_descriptor(object);
        }
        let bytes = match rule.form {
            Form::Database => database_name(object),
            Form::Open | Form::Path => path_bytes(object),
        };
        let bytes =
            bytes.ok_or(Denied::NotUnderstood { why: "a path must be str, bytes or a descriptor" })?;
        let bytes = match rule.form {
            Form::Database => match database_path(&bytes)? {
                Some(path) => Cow::Borrowed(path),
                None => return Ok(Self::Nowhere),
            },
            Form::Open | Form::Path => Cow::Borrowed(&bytes[..]),
        };
        let path = &*sys::path_of(&bytes);
        let start = match argument.dir_fd.map(|index| args.get_item(index).and_then(|fd| fd.extract::<i32>()))
        {
            Some(Ok(fd)) if fd >= 0 => Start::Descriptor(fd),
            _ => Start::CurrentFolder,
        };
        let hidden_folder = rule.form == Form::Open && args.get_item(1).is_ok_and(|mode| mode.is_none());
        if hidden_folder && path.is_relative() {
            let why =
                "`os.open` does not tell which folder a relative path starts from; give an absolute path";
            return Err(Denied::NotUnderstood { why });
        }
        absolute(path, start)
            .map(|path| Self::At(path.into_owned()))
            .map_err(|_| Denied::NotUnderstood { why: "the folder that the path starts from is unknown" })
    }

    fn of_descriptor(object: &Bound<'_, PyAny>) -> Result<Self, Denied> {
        let unknown = Denied::NotUnderstood { why: "the descriptor is not open" };
        match object.extract::<i32>().map(fd_path) {
            Ok(Ok(FdTarget::File(path))) => Ok(Self::At(path)),
            Ok(Ok(FdTarget::Nameless)) => Ok(Self::Nameless),
            Ok(Err(_)) | Err(_) => Err(unknown),
        }
    }
}

/// The bytes of a path as the system takes it; `None` for what is neither `str` nor `bytes`. A path-like object is
/// not asked: it may answer differently the next time.
fn path_bytes(object: &Bound<'_, PyAny>) -> Option<Vec<u8>> {
    let py = object.py();
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Some(bytes.as_bytes().to_vec());
    }
    if !object.is_instance_of::<PyString>() {
        return None;
    }
    // SAFETY: the GIL is held; of a `str`; the answer is a new reference or null with an exception.
    let encoded =
        unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyUnicode_EncodeFSDefault(object.as_ptr())) };
    Some(encoded.ok()?.cast::<PyBytes>().ok()?.as_bytes().to_vec())
}

/// The same for the name of a SQLite database, which from CPython 3.11 on may come as a path of `pathlib` itself.
fn database_name(object: &Bound<'_, PyAny>) -> Option<Vec<u8>> {
    let is_path =
        object.get_type().module().is_ok_and(|module| module.to_string_lossy().starts_with("pathlib"));
    match is_path {
        true => path_bytes(object.str().ok()?.as_any()),
        false => path_bytes(object),
    }
}

/// Logs a refusal and makes the exception of it.
#[cold]
fn refuse(
    rule: &EventRule,
    actor: Option<&Identity>,
    object: &Bound<'_, PyAny>,
    resolved: Option<&Path>,
    denied: &Denied,
) -> PyErr {
    let shown = path_bytes(object).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let shown = shown.unwrap_or_else(|| object.repr().map_or_else(|_| "?".into(), |text| text.to_string()));
    let path = resolved.map_or_else(|| Cow::Borrowed(shown.as_str()), |path| path.to_string_lossy());
    let report = || {
        let plugin = actor.map_or("unknown", Identity::key);
        let (event, path) = (rule.event, &*path);
        tracing::warn!(target: "matriline::audit", plugin, event, path, "Plugin `{plugin}`: blocked `{event}` of `{path}`: {denied}");
    };
    // A forked child has no application to tell, and perhaps locks that nobody will release.
    if !FORKED.load(Ordering::Acquire) {
        log::logged(report);
    }
    PyPermissionError::new_err((libc::EACCES, format!("{REFUSAL} ({denied}; {ALLOWED})"), shown))
}

/// The plugin whose code is nearest on this thread's Python stack.
fn plugin_on_stack(py: Python<'_>) -> Option<Arc<Identity>> {
    if FORKED.load(Ordering::Acquire) {
        return None;
    }
    // SAFETY: the GIL is held; frames and code objects are new references, as their functions say, but for the
    // first frame, which is borrowed.
    unsafe {
        let first = ffi::PyEval_GetFrame();
        let mut frame: Option<Bound<'_, PyAny>> = Bound::from_borrowed_ptr_or_opt(py, first.cast());
        let end = identity::host_above();
        while let Some(current) = frame.filter(|frame| frame.as_ptr() != end.cast()) {
            let code = Bound::from_owned_ptr_or_opt(py, ffi::PyFrame_GetCode(current.as_ptr().cast()).cast());
            let file = code.and_then(|code: Bound<'_, PyAny>| code.getattr("co_filename").ok());
            if let Some(bytes) = file.and_then(|file| path_bytes(&file))
                && let Some(identity) = Identity::of_code(&sys::path_of(&bytes))
            {
                return Some(identity);
            }
            frame = Bound::from_owned_ptr_or_opt(py, ffi::PyFrame_GetBack(current.as_ptr().cast()).cast());
        }
    }
    None
}
