//! What a plugin's code can import: the standard library, `orca`, its own; whatever other plugins have imported.

mod common;

use common::{Application, script, success};
use matriline_testkit::{DataFolder, WheelBuilder, process_tests};

/// A plugin `words` with a module of its own that it has imported, and a plugin `user` whose call does that.
fn beside_words(body: &str) -> Application {
    let data = DataFolder::new();
    data.add_script("words", "words.py", &format!("import vocabulary\n{}", script("return None")));
    data.add_file("orca_plugins/words/vocabulary/__init__.py", "WORD = 'theirs'\n");
    data.add_script("user", "user.py", &script(body));
    let application = Application::on(data);
    application.load("words");
    application.load("user");
    application
}

/// The call answers with that text.
fn check(body: &str, expected: &str) {
    assert_eq!(beside_words(body).execute("user", "edit").unwrap(), success(expected));
}

fn the_standard_library_and_orca_are_everybodys() {
    check(
        "import json, xml.dom, orca.gcode\nfrom os import path\nreturn orca.ExecutionResult.success('fine')",
        "fine",
    );
}

fn what_another_plugin_imported_is_missing() {
    let application = beside_words("import vocabulary");
    let error = application.execute("user", "edit").unwrap_err().to_string();
    for part in ["ModuleNotFoundError", "No module named 'vocabulary'", "`user`", "`dependencies`"] {
        assert!(error.contains(part), "{error}\nlacks `{part}`");
    }
}

fn a_missing_module_can_be_done_without() {
    let body = "try:\n    import vocabulary.part as found\nexcept ImportError as error:\n    found = (type(error).__name__, error.name)\n\
                return orca.ExecutionResult.success(str(found))";
    check(body, "('ModuleNotFoundError', 'vocabulary.part')");
}

fn importlib_looks_as_well() {
    let body = "import importlib\nfound = importlib.import_module('json').__name__\n\
                for find in [importlib.import_module, importlib.__import__, __import__]:\n    \
                    try:\n        find('vocabulary')\n    except ModuleNotFoundError as error:\n        found += ' ' + error.name\n\
                return orca.ExecutionResult.success(found)";
    check(body, "json vocabulary vocabulary vocabulary");
}

fn looking_for_a_module_finds_what_can_be_imported() {
    let body = "from importlib import util\nfound = [name for name in ['json', 'vocabulary'] if util.find_spec(name)]\n\
                return orca.ExecutionResult.success(' '.join(found))";
    check(body, "json");
}

fn code_without_a_name_is_that_of_the_thread() {
    let body = "try:\n    exec('import vocabulary', {})\nexcept ImportError as error:\n    return orca.ExecutionResult.success(error.name)";
    check(body, "vocabulary");
}

fn threads_of_a_plugin_import_as_it_does() {
    let body = "import threading\nfound = []\n\
                def work():\n    import json\n    found.append(json.__name__)\n    \
                    try:\n        import vocabulary\n    except ImportError as error:\n        found.append(error.name)\n\
                thread = threading.Thread(target=work)\nthread.start()\nthread.join()\n\
                return orca.ExecutionResult.success(' '.join(found))";
    check(body, "json vocabulary");
}

fn a_module_that_a_plugin_made_is_its_own() {
    let body = "import sys, types\nsys.modules['made'] = types.ModuleType('made')\n\
                import made\nreturn orca.ExecutionResult.success(made.__name__)";
    let application = beside_words(body);
    assert_eq!(application.execute("user", "edit").unwrap(), success("made"));
    application.manager.loader().unload_plugin("user").unwrap();
    assert_eq!(modules("made"), 0);
}

/// How many modules have a name that begins so.
fn modules(name: &str) -> usize {
    use pyo3::prelude::*;
    let count = format!("sum(name.startswith('{name}') for name in __import__('sys').modules)");
    let count = std::ffi::CString::new(count).unwrap();
    matriline::python::Interpreter::with(|py| py.eval(&count, None, None).unwrap().extract().unwrap())
        .unwrap()
}

fn relative_imports_and_late_ones_work() {
    let source = script(
        "from .parts import late\nfrom . import parts\nimport bag.parts.late as same\nassert late is same\n\
         return orca.ExecutionResult.success(late.WORD)",
    );
    let data = DataFolder::new();
    let wheel = WheelBuilder::new("bag", "1.0.0")
        .file("bag/__init__.py", source)
        .file("bag/parts/__init__.py", "")
        .file("bag/parts/late.py", "WORD = 'late'\n");
    data.add_wheel("bag", &wheel);
    let application = Application::on(data);
    let key = application.manager.catalog().valid().next().unwrap().descriptor.plugin_key.clone();
    application.load(&key);
    assert_eq!(application.execute(&key, "edit").unwrap(), success("late"));
}

fn a_wheel_finds_its_own_version() {
    let body = "from importlib.metadata import version, PackageNotFoundError\n\
                return orca.ExecutionResult.success(version('bag'))";
    let data = DataFolder::new();
    data.add_wheel("bag", &WheelBuilder::new("bag", "1.2.3").file("bag/__init__.py", script(body)));
    data.add_script("other", "other.py", &script(body));
    let application = Application::on(data);
    let wheel = application.manager.catalog();
    let wheel = wheel.valid().find(|entry| entry.descriptor.plugin_key != "other").unwrap();
    application.load(&wheel.descriptor.plugin_key);
    application.load("other");
    assert_eq!(application.execute(&wheel.descriptor.plugin_key, "edit").unwrap(), success("1.2.3"));
    let error = application.execute("other", "edit").unwrap_err().to_string();
    assert!(error.contains("PackageNotFoundError"), "{error}");
    let key = &wheel.descriptor.plugin_key;
    application.manager.loader().unload_plugin(key).unwrap();
    assert_eq!(application.logged(matriline::LogLevel::Warn, key), [""; 0], "all of it goes");
}

fn what_a_plugin_replaced_in_builtins_is_put_back() {
    let data = DataFolder::new();
    let tail = "import builtins, gettext\ngettext.install('words')\nbuiltins.__import__ = builtins.hex = lambda *args: None\n";
    data.add_script("thief", "thief.py", &(script("return orca.ExecutionResult.success(_('word'))") + tail));
    data.add_script(
        "victim",
        "victim.py",
        &script("import json\nreturn orca.ExecutionResult.success(hex(4))"),
    );
    let application = Application::on(data);
    application.load("thief");
    application.load("victim");
    assert_eq!(application.execute("victim", "edit").unwrap(), success("0x4"));
    assert_eq!(application.execute("thief", "edit").unwrap(), success("word"));
}

/// The slow plugin goes on only when the other one has been loaded.
fn a_slow_import_holds_nobody_up() {
    let data = DataFolder::new();
    let slow = "import os, time\nMARK = os.path.join(os.path.dirname(__file__), '..', 'quick', 'done')\n\
                end = time.monotonic() + 60\n\
                while not os.path.exists(MARK):\n    assert time.monotonic() < end\n    time.sleep(0.01)\n";
    data.add_script(
        "slow",
        "slow.py",
        &(slow.to_owned() + &script("return orca.ExecutionResult.success('slow')")),
    );
    data.add_script("quick", "quick.py", &script("return orca.ExecutionResult.success('quick')"));
    let application = Application::on(data);
    let mark = application.data.plugins().join("quick/done");
    std::thread::scope(|scope| {
        scope.spawn(|| application.load("slow"));
        scope.spawn(|| {
            application.load("quick");
            assert!(!application.manager.loader().is_plugin_loaded("slow"));
            std::fs::write(&mark, "").unwrap();
        });
    });
    for key in ["slow", "quick"] {
        assert_eq!(application.execute(key, "edit").unwrap(), success(key));
    }
}

process_tests!(
    the_standard_library_and_orca_are_everybodys,
    what_another_plugin_imported_is_missing,
    a_missing_module_can_be_done_without,
    importlib_looks_as_well,
    looking_for_a_module_finds_what_can_be_imported,
    code_without_a_name_is_that_of_the_thread,
    threads_of_a_plugin_import_as_it_does,
    a_module_that_a_plugin_made_is_its_own,
    relative_imports_and_late_ones_work,
    a_wheel_finds_its_own_version,
    what_a_plugin_replaced_in_builtins_is_put_back,
    a_slow_import_holds_nobody_up,
);
