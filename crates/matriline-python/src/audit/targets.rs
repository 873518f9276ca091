//! What an event's arguments say is acted on.
//!
//! Arguments are looked at and never called: an object of a plugin's own may answer differently the next time. What
//! cannot be told so is not understood, and refused.

use std::ffi::c_int;
use std::path::{Path, PathBuf};

use matriline_policy::{
    Denied, EventRule, LastName, PathArgument, Reach, Targets, Use, canonical_host, database_path,
    host_and_port,
};
use matriline_roots::{FdTarget, Start, absolute, fd_path};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyList, PyString, PyTuple};

use super::programs;
use crate::{replaced, sys};

/// Something that is acted on, as far as it is known without asking the file system.
#[derive(Debug)]
pub(super) enum Found {
    /// An absolute path.
    Path(PathBuf, LastName, Use),
    /// An open descriptor of something without a path.
    Nameless(Use),
    /// A host, a program, a name; canonical.
    Text(String),
    /// An extension module.
    Extension(PathBuf),
}

const NOT_PLAIN: Denied = Denied::NotUnderstood { why: "a path must be str, bytes or a descriptor" };

/// Reads the arguments; `None` for an act that is harmless by them.
pub(super) fn find(rule: &EventRule, args: &Bound<'_, PyTuple>) -> Result<Option<Vec<Found>>, Denied> {
    let one = |found| Ok(Some(vec![found]));
    let text = |index| argument(args, index).and_then(|object| plain_text(&object));
    match rule.targets {
        Targets::Nothing => Ok(Some(Vec::new())),
        Targets::Word(word) => one(Found::Text(word.to_owned())),
        Targets::Open => {
            let used = if open_writes(args) { Use::Writes(Reach::Contents) } else { Use::Reads };
            let path = PathArgument { index: 0, dir_fd: None, last: LastName::Followed, used };
            path_argument(args, &path, opened_from(args)).map(|found| Some(vec![found]))
        }
        Targets::Paths(paths) => {
            let find = |path| path_argument(args, path, started_from(args, path));
            paths.iter().map(find).collect::<Result<_, _>>().map(Some)
        }
        Targets::Database => Ok(database(args)?.map(|found| vec![found])),
        Targets::Pattern(index) => match argument(args, index).and_then(|object| path_bytes(&object)) {
            Some(pattern) => {
                let path =
                    absolute_path(&sys::path_of(before_pattern(&pattern)), Some(Start::CurrentFolder))?;
                one(Found::Path(path, LastName::Followed, Use::Reads))
            }
            None => Err(NOT_PLAIN),
        },
        Targets::Host(host, port) => {
            let host = text(host).filter(|host| !host.is_empty()).unwrap_or_else(|| "localhost".into());
            one(Found::Text(host_and_port(&host, text(port).as_deref())))
        }
        Targets::Address(index) => match argument(args, index) {
            Some(address) if !address.is_none() => one(Found::Text(socket_address(&address)?)),
            Some(_) | None => Ok(Some(Vec::new())),
        },
        Targets::Url(index) => match text(index) {
            // The file that is read is decided by itself.
            Some(url) if is_local(&url) => Ok(None),
            Some(url) => one(Found::Text(canonical_host(&url))),
            None => Err(Denied::NotUnderstood { why: "a URL must be str" }),
        },
        Targets::Program(positions) => program(args, positions).map(|text| Some(vec![Found::Text(text)])),
        Targets::Line(index) | Targets::Text(index) => {
            Ok(Some(text(index).filter(|text| !text.is_empty()).map(Found::Text).into_iter().collect()))
        }
        Targets::Signal(process, signal) => {
            let number = |index| argument(args, index).and_then(|object| object.extract::<c_int>().ok());
            match (number(process), number(signal)) {
                (_, Some(0)) => Ok(None),
                (Some(process), _) if sys::is_child(process) => Ok(None),
                (Some(process), _) => one(Found::Text(format!("process {process}"))),
                (None, _) => Ok(Some(Vec::new())),
            }
        }
        Targets::Extension(index) => match argument(args, index).filter(|file| !file.is_none()) {
            Some(file) => match path_bytes(&file) {
                Some(bytes) => {
                    one(Found::Extension(absolute_path(&sys::path_of(&bytes), Some(Start::CurrentFolder))?))
                }
                None => Err(NOT_PLAIN),
            },
            None => Ok(None),
        },
    }
}

/// Whether an `open` event writes. What is not understood does.
#[inline]
pub(super) fn open_writes(args: &Bound<'_, PyTuple>) -> bool {
    let flags = args.get_borrowed_item(2).ok().and_then(|flags| flags.extract::<c_int>().ok());
    let mode = args.get_borrowed_item(1).ok();
    let mode = mode.as_deref().and_then(|mode| mode.cast::<PyString>().ok());
    let mode = mode.map(|mode| mode.to_string_lossy());
    matriline_policy::open_writes(mode.as_deref(), flags.unwrap_or(libc::O_RDWR))
}

/// Whether an `open` event is that of the built-in function: with a mode, and not of `os.open`.
pub(super) fn has_mode(args: &Bound<'_, PyTuple>) -> bool {
    argument(args, 1).is_some_and(|mode| !mode.is_none())
}

/// The bytes of a path as the system takes it; `None` for what is neither `str` nor `bytes`. A path-like object is
/// not asked: it may answer differently the next time.
pub(crate) fn path_bytes(object: &Bound<'_, PyAny>) -> Option<Vec<u8>> {
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

/// What stands for the targets in a message when they are not understood.
pub(super) fn shown(rule: &EventRule, args: &Bound<'_, PyTuple>) -> Vec<String> {
    let show = |index| {
        let object = argument(args, index)?;
        let bytes = path_bytes(&object).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let number = || object.is_exact_instance_of::<PyInt>().then(|| object.to_string());
        let class = || object.get_type().name().map_or_else(|_| "?".into(), |name| format!("<{name}>"));
        Some(bytes.or_else(number).unwrap_or_else(class))
    };
    match rule.targets {
        Targets::Paths(paths) => paths.iter().filter_map(|path| show(path.index)).collect(),
        _ => show(0).into_iter().collect(),
    }
}

fn argument<'py>(args: &Bound<'py, PyTuple>, index: usize) -> Option<Bound<'py, PyAny>> {
    args.get_item(index).ok()
}

fn path_argument(
    args: &Bound<'_, PyTuple>,
    argument: &PathArgument,
    start: Option<Start>,
) -> Result<Found, Denied> {
    let object = args.get_item(argument.index).map_err(|_| NOT_PLAIN)?;
    if object.is_instance_of::<PyInt>() {
        return of_descriptor(&object, argument.used);
    }
    let bytes = match is_pathlib(&object) || object.is_none() {
        // `os.listdir(None)`; `pathlib.Path.glob` says which path it is by itself.
        true if object.is_none() => Some(b".".to_vec()),
        true => object.str().ok().and_then(|text| path_bytes(text.as_any())),
        false => path_bytes(&object),
    };
    let bytes = bytes.ok_or(NOT_PLAIN)?;
    let path = absolute_path(&sys::path_of(&bytes), start)?;
    Ok(Found::Path(path, argument.last, argument.used))
}

fn absolute_path(path: &Path, start: Option<Start>) -> Result<PathBuf, Denied> {
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    let start = start.ok_or(Denied::NotUnderstood {
        why: "which folder a relative path starts from is not known; give an absolute path",
    })?;
    let unknown = Denied::NotUnderstood { why: "the folder that the path starts from is unknown" };
    absolute(path, start).map(std::borrow::Cow::into_owned).map_err(|_| unknown)
}

/// The folder that the path of an `open` event starts from; a mode of `None` tells `os.open`, which hides its `dir_fd`.
fn opened_from(args: &Bound<'_, PyTuple>) -> Option<Start> {
    match argument(args, 1) {
        Some(mode) if mode.is_none() => replaced::told_folder().map(|folder| match folder {
            folder if folder >= 0 => Start::Descriptor(folder),
            _ => Start::CurrentFolder,
        }),
        _ => Some(Start::CurrentFolder),
    }
}

fn started_from(args: &Bound<'_, PyTuple>, path: &PathArgument) -> Option<Start> {
    let folder = path.dir_fd.and_then(|index| argument(args, index)?.extract::<c_int>().ok());
    Some(folder.filter(|folder| *folder >= 0).map_or(Start::CurrentFolder, Start::Descriptor))
}

fn of_descriptor(object: &Bound<'_, PyAny>, used: Use) -> Result<Found, Denied> {
    match object.extract::<i32>().map(fd_path) {
        Ok(Ok(FdTarget::File(path))) => Ok(Found::Path(path, LastName::Followed, used)),
        Ok(Ok(FdTarget::Nameless)) => Ok(Found::Nameless(used)),
        Ok(Err(_)) | Err(_) => Err(Denied::NotUnderstood { why: "the descriptor is not open" }),
    }
}

fn database(args: &Bound<'_, PyTuple>) -> Result<Option<Found>, Denied> {
    let object = args.get_item(0).map_err(|_| NOT_PLAIN)?;
    let bytes = match is_pathlib(&object) {
        // From CPython 3.11 on a path of `pathlib` comes as itself.
        true => object.str().ok().and_then(|text| path_bytes(text.as_any())),
        false => path_bytes(&object),
    };
    let bytes = bytes.ok_or(NOT_PLAIN)?;
    let Some(path) = database_path(&bytes)? else { return Ok(None) };
    let path = absolute_path(&sys::path_of(path), Some(Start::CurrentFolder))?;
    Ok(Some(Found::Path(path, LastName::Followed, Use::Writes(Reach::Contents))))
}

fn is_pathlib(object: &Bound<'_, PyAny>) -> bool {
    object.get_type().module().is_ok_and(|module| module.to_string_lossy().starts_with("pathlib"))
}

fn is_local(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default().trim_start();
    scheme.eq_ignore_ascii_case("file") || scheme.eq_ignore_ascii_case("data")
}

/// The folder that a pattern starts from.
fn before_pattern(pattern: &[u8]) -> &[u8] {
    let Some(wild) = pattern.iter().position(|byte| b"*?[".contains(byte)) else { return pattern };
    match pattern[..wild].iter().rposition(|byte| *byte == b'/') {
        Some(0) => b"/",
        Some(end) => &pattern[..end],
        None => b".",
    }
}

/// Text of plain values, without asking them.
fn plain_text(object: &Bound<'_, PyAny>) -> Option<String> {
    if object.is_exact_instance_of::<PyInt>() {
        return object.extract::<i64>().ok().map(|number| number.to_string());
    }
    path_bytes(object).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn texts(list: &Bound<'_, PyAny>) -> Option<Vec<String>> {
    let of = |item: Bound<'_, PyAny>| plain_text(&item).unwrap_or_default();
    if let Ok(list) = list.cast::<PyList>() {
        return Some(list.iter().map(of).collect());
    }
    list.cast::<PyTuple>().ok().map(|list| list.iter().map(of).collect())
}

/// `host:port`, or `unix:` and a path.
fn socket_address(address: &Bound<'_, PyAny>) -> Result<String, Denied> {
    if let Some(path) = path_bytes(address) {
        let path = String::from_utf8_lossy(&path).into_owned();
        return Ok(format!("unix:{}", path.replacen('\0', "@", 1)));
    }
    let unknown = Denied::NotUnderstood { why: "an address must be a tuple of str and int" };
    let parts = address.cast::<PyTuple>().map_err(|_| unknown)?;
    let part = |index| parts.get_item(index).ok().and_then(|part| plain_text(&part));
    let host = part(0).ok_or(unknown)?;
    let port = match parts.len() {
        0 | 1 => None,
        _ => Some(part(1).ok_or(unknown)?),
    };
    let host = if host.is_empty() { "0.0.0.0" } else { &host };
    Ok(host_and_port(host, port.as_deref()))
}

fn program(args: &Bound<'_, PyTuple>, positions: &[usize]) -> Result<String, Denied> {
    let given = positions.iter().filter_map(|index| argument(args, *index)).find(|given| !given.is_none());
    let unknown = Denied::NotUnderstood { why: "the program must be named as str or bytes" };
    let given = given.ok_or(unknown)?;
    let arguments = (0..args.len()).filter_map(|index| argument(args, index)).find_map(|list| texts(&list));
    let name = match texts(&given) {
        Some(list) => list.into_iter().next(),
        None if is_pathlib(&given) => given.str().ok().map(|text| text.to_string()),
        None => plain_text(&given),
    };
    let name = name.filter(|name| !name.is_empty()).ok_or(unknown)?;
    Ok(programs::target(Path::new(&name), &arguments.unwrap_or_default()))
}
