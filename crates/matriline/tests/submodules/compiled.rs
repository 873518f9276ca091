//! Extension modules that a test compiles.

use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use matriline::PyInit;
use matriline::python::{Interpreter, InterpreterOptions};

/// Compiles a source of this folder and answers the function of that name in it; `None` without a compiler.
pub(crate) fn compile(source: &str, function: &str, includes: &[&Path]) -> Option<PyInit> {
    if Interpreter::get().is_none() {
        Interpreter::start(InterpreterOptions::default()).unwrap();
    }
    let home = Interpreter::get()?.home();
    let headers = std::fs::read_dir(home.join("include")).ok()?.flatten();
    let headers = headers.map(|entry| entry.path()).find(|path| path.join("Python.h").is_file())?;
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("module.so");
    let is_cpp = source.ends_with(".cpp");
    let mut compiler = Command::new(if is_cpp { "c++" } else { "cc" });
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library).arg("-I").arg(headers);
    for include in includes {
        compiler.arg("-I").arg(include);
    }
    if is_cpp {
        compiler.args(["-std=c++17", "-fvisibility=hidden"]);
    }
    compiler.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/submodules").join(source));
    let compiled = compiler.output().ok()?;
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    Some(open(&library, function))
}

/// The function of a library, which stays open: an extension module is never unloaded.
fn open(library: &Path, function: &str) -> PyInit {
    let path = CString::new(library.as_os_str().as_bytes()).unwrap();
    let function = CString::new(function).unwrap();
    // SAFETY: both are C strings; the library is one that was just compiled.
    let found: *mut c_void =
        unsafe { libc::dlsym(libc::dlopen(path.as_ptr(), libc::RTLD_NOW), function.as_ptr()) };
    assert!(!found.is_null());
    // SAFETY: the symbol is a function of that type.
    unsafe { std::mem::transmute::<*mut c_void, PyInit>(found) }
}

/// A folder with the headers of pybind11 in its folder `include`.
pub(crate) struct Headers(tempfile::TempDir);

impl Headers {
    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.0.path().join("pybind11").join("include")
    }
}

/// The headers of a version of pybind11, from where pip gets packages.
pub(crate) fn pybind11(requirement: &str) -> Option<Headers> {
    let python = std::env::var_os("PYO3_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = tempfile::tempdir().unwrap();
    let mut install = Command::new(python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
    let done = install.arg(folder.path()).arg(requirement).output().ok()?;
    done.status.success().then_some(Headers(folder))
}
