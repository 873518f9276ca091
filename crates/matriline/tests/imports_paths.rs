//! Edits of `sys.path` work for the plugin that makes them, and are undone.

mod common;

use common::{Application, script, success};
use matriline_testkit::{DataFolder, process_tests};
use pyo3::prelude::*;

/// A statement that puts the plugin's folder `vendor` into `sys.path`.
const VENDOR: &str =
    "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendor'))\n";

/// A plugin `user` with modules in `vendor`, whose module begins with `head` and whose call does `body`.
fn with_vendor(head: &str, body: &str) -> DataFolder {
    let data = DataFolder::new();
    data.add_script("user", "user.py", &(head.to_owned() + &script(body)));
    data.add_file("orca_plugins/user/vendor/early.py", "WORD = 'early'\n");
    data.add_file("orca_plugins/user/vendor/late.py", "WORD = 'late'\n");
    data.add_file("orca_plugins/user/vendor/random.py", "raise ImportError('not the standard library')\n");
    data.add_script("other", "other.py", &script("import early"));
    data
}

fn path() -> Vec<String> {
    let path = |py: Python<'_>| py.eval(c"__import__('sys').path", None, None).unwrap().extract().unwrap();
    matriline::python::Interpreter::with(path).unwrap()
}

fn is_imported(name: &str) -> bool {
    let has = |py: Python<'_>| py.import("sys")?.getattr("modules")?.contains(name);
    matriline::python::Interpreter::with(has).unwrap().unwrap()
}

/// The call answers `late`; `sys.path` is as before, and after unloading nothing of it remains.
fn check(head: &str, body: &str) {
    let application = Application::on(with_vendor(head, body));
    let before = path();
    application.load("user");
    assert_eq!(path(), before, "after the load");
    application.load("other");
    assert_eq!(application.execute("user", "edit").unwrap(), success("late"));
    let error = application.execute("other", "edit").unwrap_err().to_string();
    assert!(error.contains("No module named 'early'"), "{error}");
    application.manager.loader().unload_plugin("user").unwrap();
    assert_eq!(path(), before, "after unloading");
    assert!(!is_imported("early") && !is_imported("late"));
    // And all of it once more.
    application.load("user");
    assert_eq!(application.execute("user", "edit").unwrap(), success("late"));
}

const LATE: &str = "import late\nreturn orca.ExecutionResult.success(late.WORD)";

fn at_import_time() {
    check(&format!("{VENDOR}import early, random\nassert early.WORD == 'early'\n"), LATE);
}

fn at_import_time_without_an_import() {
    check(VENDOR, LATE);
}

fn inside_a_call() {
    let body = format!("{VENDOR}import early, random\n{LATE}");
    check("", &body);
}

fn added_and_removed_by_the_plugin() {
    check(&format!("{VENDOR}try:\n    import early\nfinally:\n    sys.path.pop(0)\n"), LATE);
}

fn a_list_of_its_own() {
    check(
        "import os, sys\nsys.path = sys.path + [os.path.join(os.path.dirname(__file__), 'vendor')]\nimport early\n",
        LATE,
    );
}

fn what_it_removed_is_put_back() {
    check(
        &format!("{VENDOR}import early\nhere = sys.path[0]\nsys.path.clear()\nsys.path.append(here)\n"),
        LATE,
    );
}

fn an_outside_folder_stays_imported_once() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("shared_words.py"), "WORD = 'outside'\n").unwrap();
    let head = format!("import sys\nsys.path.append({:?})\nimport shared_words\n", outside.path());
    let source = head + &script("return orca.ExecutionResult.success(shared_words.WORD)");
    let data = DataFolder::new();
    data.add_script("first", "first.py", &source);
    data.add_script("second", "second.py", &source);
    let application = Application::on(data);
    let before = path();
    for _ in 0..2 {
        application.load("first");
        application.load("second");
        assert_eq!(path(), before);
        for key in ["first", "second"] {
            assert_eq!(application.execute(key, "edit").unwrap(), success("outside"));
            application.manager.loader().unload_plugin(key).unwrap();
        }
    }
}

fn the_folder_of_all_plugins_gives_no_other_plugin() {
    check_no_other_plugin("os.path.dirname(os.path.dirname(__file__))");
}

fn neither_does_a_path_that_goes_up() {
    check_no_other_plugin("os.path.join(os.path.dirname(__file__), '..')");
}

fn check_no_other_plugin(folder: &str) {
    let head = format!("import os, sys\nsys.path.append({folder})\n");
    let data = DataFolder::new();
    data.add_script("first", "first.py", &script("return None"));
    data.add_script("second", "second.py", &(head + &script("import first.first")));
    let application = Application::on(data);
    application.load("first");
    application.load("second");
    let error = application.execute("second", "edit").unwrap_err().to_string();
    assert!(error.contains("No module named 'first"), "{error}");
}

/// Each edits `sys.path`, waits for the other and goes on.
fn two_loads_at_once() {
    let data = DataFolder::new();
    for (key, other) in [("first", "second"), ("second", "first")] {
        let meet = format!(
            "import time\nhere = os.path.dirname(__file__)\nopen(os.path.join(here, 'begun'), 'w').close()\n\
             end = time.monotonic() + 60\n\
             while not os.path.exists(os.path.join(here, '..', '{other}', 'begun')):\n    \
                 assert time.monotonic() < end\n    time.sleep(0.001)\n\
             import words_of_{key}\nwords = words_of_{key}\n\
             try:\n    import words_of_{other}\n    words = None\nexcept ImportError:\n    pass\n"
        );
        let body = format!("import late_of_{key}\nreturn orca.ExecutionResult.success(words.WORD)");
        data.add_script(key, &format!("{key}.py"), &(VENDOR.to_owned() + &meet + &script(&body)));
        data.add_file(format!("orca_plugins/{key}/vendor/words_of_{key}.py"), format!("WORD = '{key}'\n"));
        data.add_file(format!("orca_plugins/{key}/vendor/late_of_{key}.py"), "");
    }
    let application = Application::on(data);
    let before = path();
    std::thread::scope(|scope| {
        scope.spawn(|| application.load("first"));
        scope.spawn(|| application.load("second"));
    });
    assert_eq!(path(), before);
    for key in ["first", "second"] {
        assert_eq!(application.execute(key, "edit").unwrap(), success(key));
    }
}

process_tests!(
    at_import_time,
    at_import_time_without_an_import,
    inside_a_call,
    added_and_removed_by_the_plugin,
    a_list_of_its_own,
    what_it_removed_is_put_back,
    an_outside_folder_stays_imported_once,
    the_folder_of_all_plugins_gives_no_other_plugin,
    neither_does_a_path_that_goes_up,
    two_loads_at_once,
);
