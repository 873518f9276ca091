//! Extension modules of the application, below `orca`: one written with the C API in each of its two ways, one with
//! pybind11.

#[path = "../common/mod.rs"]
mod common;
mod compiled;

use common::{Application, eval, script, success};
use compiled::{compile, pybind11};
use matriline::{Error, ErrorCode, PluginManager, PyInit};
use matriline_testkit::{DataFolder, process_tests, skip};

/// An application with the module `orca.<name>` and a G-code plugin whose `execute` has that body.
fn application(name: &str, init: PyInit, body: &str) -> Application {
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", &script(body));
    let application = Application::start(data, |builder| {
        // SAFETY: it was compiled for this Python.
        unsafe { builder.register_submodule(name, init) }
    });
    application.load("plugin");
    application
}

fn check(name: &str, init: PyInit, body: &str) {
    let application =
        application(name, init, &format!("{body}\nreturn orca.ExecutionResult.success('checked')"));
    let result = application.execute("plugin", "edit");
    application.manager.shutdown().unwrap();
    assert_eq!(result.unwrap_or_else(|error| panic!("{}", error.traceback().unwrap())), success("checked"));
}

/// What `init` makes of a source of C.
fn plain() -> Option<PyInit> {
    compile("plain.c", "PyInit_plain", &[])
}

const USES: &str = "import orca.extra\n\
     from orca import extra\n\
     from orca.extra import twice\n\
     assert twice(21) == 42 and orca.extra is extra\n\
     assert extra.__name__ == 'orca.extra' and extra.__package__ == 'orca', extra.__name__\n\
     import sys\n\
     assert sys.modules['orca.extra'] is extra and 'extra' in dir(orca)\n\
     try:\n    twice('x')\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError";

fn a_module_of_the_c_api_is_importable() {
    let Some(init) = plain() else { return skip("no C compiler, or no headers of Python") };
    check("extra", init, USES);
}

/// PEP 489.
fn a_module_made_in_phases_is_importable() {
    let init = compile("phases.c", "PyInit_phases", &[]);
    let Some(init) = init else { return skip("no C compiler, or no headers of Python") };
    check("extra", init, USES);
}

/// Its modules are made in phases.
fn a_module_of_pybind11_is_importable() {
    check_pybind11("pybind11>=3");
}

/// Its modules are made at once, and its classes are called after the definition until the module is there.
fn a_module_of_an_older_pybind11_is_importable() {
    check_pybind11("pybind11<3");
}

fn check_pybind11(requirement: &str) {
    let Some(headers) = pybind11(requirement) else { return skip("pybind11 cannot be installed with pip") };
    let Some(init) = compile("pybind.cpp", "PyInit_pybind", &[&headers.path()]) else {
        return skip("no C++ compiler, or no headers of Python");
    };
    check(
        "extra",
        init,
        "import orca.extra\n\
         for made in (orca.extra.Counter, orca.extra.Counter.Step, orca.extra.twice, orca.extra.Full):\n    \
         assert made.__module__ == 'orca.extra', (made, made.__module__)\n\
         import pickle\n\
         assert pickle.loads(pickle.dumps(orca.extra.Counter)) is orca.extra.Counter\n\
         counter = orca.extra.Counter(40)\n\
         assert counter.add(2) == 42 and counter.value == 42 and orca.extra.twice(21) == 42\n\
         try:\n    counter.add(-1)\nexcept ValueError as error:\n    assert 'negative' in str(error)\n\
         else:\n    raise AssertionError",
    );
}

fn a_plugin_that_replaces_it_is_undone() {
    let Some(init) = plain() else { return skip("no C compiler, or no headers of Python") };
    let body = "assert orca.extra.twice(1) == 2\nreturn orca.ExecutionResult.success('')";
    let application = application("extra", init, body);
    application.data.add_script("bad", "bad.py", "import orca\norca.extra = None\nraise SystemError");
    application.manager.discover_plugins();
    application.load_error("bad");
    assert_eq!(application.execute("plugin", "edit").unwrap(), success(""));
}

fn it_is_there_while_its_manager_runs() {
    let Some(init) = plain() else { return skip("no C compiler, or no headers of Python") };
    application("extra", init, "return None").manager.shutdown().unwrap();
    let without = Application::on(DataFolder::new());
    assert_eq!(eval("hasattr(__import__('orca'), 'extra')"), "False");
    without.manager.shutdown().unwrap();
    drop(without);
    check("extra", init, USES);
}

#[track_caller]
fn refused(name: &str, init: PyInit) -> Error {
    let data = DataFolder::new();
    // SAFETY: it is the function of an extension module, or is refused before it is called.
    let builder = unsafe { PluginManager::builder(data.path()).register_submodule(name, init) };
    builder.start().err().expect("it is refused")
}

#[track_caller]
fn check_refused(name: &str, init: PyInit, part: &str) {
    let error = refused(name, init);
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
    assert!(error.to_string().contains(part), "{error}");
}

extern "C" fn fails() -> *mut std::ffi::c_void {
    // SAFETY: called with the GIL held.
    unsafe { pyo3::ffi::PyErr_SetString(pyo3::ffi::PyExc_ImportError, c"not here".as_ptr()) };
    std::ptr::null_mut()
}

extern "C" fn gives_a_number() -> *mut std::ffi::c_void {
    // SAFETY: called with the GIL held.
    unsafe { pyo3::ffi::PyLong_FromLong(5).cast() }
}

fn names_of_ours_are_taken() {
    for name in ["host", "gcode", "Script", "base", "PluginType", "__path__"] {
        check_refused(name, fails, if name == "__path__" { "begin with a letter" } else { "is called so" });
    }
    for name in ["", "a.b", "1", "größe"] {
        check_refused(name, fails, "the name must begin with a letter");
    }
}

fn what_a_module_raises_is_told() {
    let error = refused("extra", fails);
    assert_eq!(error.to_string(), "`orca.extra` cannot be made: it raised `ImportError`: not here");
    assert_eq!(error.code(), ErrorCode::StartFailed);
    let error = refused("extra", gives_a_number);
    assert!(error.to_string().contains("something else than a module"), "{error}");
    assert_eq!(eval("hasattr(__import__('orca'), 'extra')"), "False");
}

fn another_function_of_the_same_name_is_refused() {
    let Some(init) = plain() else { return skip("no C compiler, or no headers of Python") };
    application("extra", init, "return None").manager.shutdown().unwrap();
    check_refused("extra", fails, "another function has made it");
}

process_tests!(
    a_module_of_the_c_api_is_importable,
    a_module_made_in_phases_is_importable,
    a_module_of_pybind11_is_importable,
    a_module_of_an_older_pybind11_is_importable,
    a_plugin_that_replaces_it_is_undone,
    it_is_there_while_its_manager_runs,
    names_of_ours_are_taken,
    what_a_module_raises_is_told,
    another_function_of_the_same_name_is_refused,
);
