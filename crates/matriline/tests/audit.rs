//! What plugin code may write: the G-code folder during its call, the data folder less the protected places.

mod common;

use std::path::Path;
use std::time::Duration;

use common::{Application, run, script, success};
use matriline::{CapabilityType, LogLevel, Status};
use matriline_testkit::{DataFolder, Victim, process_tests};

/// Ways whose audit event does not say where they write, so that they are refused everywhere.
const UNTOLD: [&str; 2] = ["open_by_proc", "sqlite3_uri"];

const KEY: &str = "ways_to_write";

fn ways(application: &Application) -> Vec<String> {
    let entries = application.manager.loader().plugin_capabilities_by_type(CapabilityType::PostProcessing);
    assert!(entries.len() > 60, "{} ways", entries.len());
    entries.iter().map(|entry| entry.id().name.clone()).collect()
}

fn every_way_outside_is_denied_and_logged() {
    let application = Application::with(&[KEY]);
    application.load(KEY);
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(application.jobs.path().join("outside.txt"), outside.path().to_str().unwrap()).unwrap();
    for way in ways(&application) {
        tidy(application.jobs.path());
        let victim = Victim::prepare(outside.path());
        let before = application.logged(LogLevel::Warn, KEY).len();
        let result = application.execute(KEY, &way).unwrap_or_else(|error| panic!("{way}: {error}"));
        assert_eq!(result, success("denied"), "{way}");
        victim.assert_untouched();
        let logged = application.logged(LogLevel::Warn, KEY).split_off(before).join("\n");
        assert!(logged.contains(": blocked `"), "{way} was not logged: {logged}");
    }
    application.manager.shutdown().unwrap();
}

fn every_way_inside_works_while_the_call_lasts() {
    let application = Application::with(&[KEY]);
    application.load(KEY);
    for way in ways(&application) {
        tidy(application.jobs.path());
        Victim::prepare(application.jobs.path());
        let result = application.execute(KEY, &way).unwrap_or_else(|error| panic!("{way}: {error}"));
        match UNTOLD.contains(&way.as_str()) {
            true => assert!(result.message.starts_with("denied inside"), "{way}: {result:?}"),
            false => assert_eq!(result, success("written"), "{way}"),
        }
    }
}

/// Removes what an earlier way left in the folder of the G-code.
fn tidy(jobs: &Path) {
    for entry in std::fs::read_dir(jobs).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("job.gcode") && !path.ends_with("outside.txt") {
            std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path)).unwrap();
        }
    }
}

fn a_thread_that_outlives_its_call_is_held_to_the_rules() {
    let application = Application::with(&["thread_left_behind"]);
    application.load("thread_left_behind");
    assert_eq!(application.execute("thread_left_behind", "edit").unwrap(), success("started"));
    wait_for(|| !application.logged(LogLevel::Warn, "thread_left_behind").is_empty());
    assert!(!application.jobs.path().join("late.txt").exists());
    // The thread prints its traceback a moment after the write was refused.
    wait_for(|| application.printed().contains("[thread_left_behind] PermissionError"));
}

fn import_and_registration_are_held_to_the_rules() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("written.txt");
    let write = format!("open({:?}, 'w')", path.to_str().unwrap());
    let source = script("return orca.ExecutionResult.success('')");
    let data = DataFolder::new();
    data.add_script("at_import", "at_import.py", &format!("{write}\n{source}"));
    let registering =
        source.replace("        orca.register", &format!("        {write}\n        orca.register"));
    data.add_script("at_register", "at_register.py", &registering);
    let application = Application::on(data);
    for key in ["at_import", "at_register"] {
        let error = application.load_error(key);
        assert!(error.to_string().contains("PermissionError"), "{error}");
        assert!(!path.exists());
    }
}

/// Runs a plugin that writes to that path below its data folder. Answers whether it could.
fn writes_in_data_folder(path: &str) -> bool {
    let data = DataFolder::new();
    let place = data.path().join(path);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    let body = format!(
        "open({:?}, 'a').write('forged')\nreturn orca.ExecutionResult.success('')",
        place.to_str().unwrap()
    );
    data.add_script("writer", "writer.py", &script(&body));
    let application = Application::on(data);
    application.load("writer");
    let result = application.execute("writer", "edit");
    application.manager.shutdown().unwrap();
    if let Err(error) = &result {
        assert!(error.to_string().contains("PermissionError"), "{error}");
    }
    let text = std::fs::read_to_string(&place).unwrap_or_default();
    assert_eq!(text.contains("forged"), result.is_ok());
    result.is_ok()
}

fn the_data_folder_is_writable() {
    assert!(writes_in_data_folder("results.txt"));
    assert!(writes_in_data_folder("deep/er/results.txt"));
    assert!(writes_in_data_folder("orca_plugins/writer/own.txt"));
}

fn what_would_let_a_plugin_rule_itself_is_not() {
    for path in [
        "orca_plugins/writer/.install_state.json",
        "orca_plugins/config.json",
        "orca_plugins/other/other.py",
        "log/forged.log",
        "cache/wheels/forged",
        "python/packages/forged.py",
    ] {
        assert!(!writes_in_data_folder(path), "{path}");
    }
}

fn the_folder_of_another_call_is_not_writable() {
    let application = Application::with_script(
        "writer",
        &script("open(ctx.output_name, 'w').close()\nreturn orca.ExecutionResult.success('')"),
    );
    application.load("writer");
    let capability = application.capability("writer", "edit");
    let other = tempfile::tempdir().unwrap();
    let target = other.path().join("new.txt");
    let execute = |gcode: &Path| {
        let context = matriline::GcodeContext {
            orca_version: "",
            gcode_path: gcode.to_str().unwrap(),
            host: "File",
            output_name: target.to_str().unwrap(),
        };
        capability.execute(&context)
    };
    assert!(execute(&application.gcode()).is_err());
    assert_eq!(execute(&other.path().join("job.gcode")).unwrap().status, Status::Success);
    std::fs::remove_file(&target).unwrap();
    assert!(execute(&application.gcode()).is_err(), "the earlier call left nothing open");
}

/// A script whose `on_load` leaves something behind that would write to that path later.
fn leaves_behind(line: &str, path: &Path) -> Application {
    let later =
        format!("import atexit, pathlib, weakref\nlater = pathlib.Path({:?}).touch", path.to_str().unwrap());
    let source = script("return orca.ExecutionResult.success('')");
    let load = format!("    def on_load(self):\n        {line}\n\n    def execute");
    Application::with_script("late", &format!("{later}\n{}", source.replace("    def execute", &load)))
}

fn what_a_plugin_leaves_behind_is_still_its_own() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("new.txt");
    let application = leaves_behind("weakref.finalize(self, later)", &path);
    application.load("late");
    application.manager.shutdown().unwrap();
    assert!(!path.exists(), "a finalizer ran as the application");

    let application = leaves_behind("atexit.register(later)", &path);
    application.load("late");
    application.manager.shutdown().unwrap();
    matriline::python::Interpreter::finalize().unwrap();
    assert!(!path.exists(), "the end of Python ran it as the application");
}

fn a_forked_child_is_held_to_the_rules() {
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("new.txt");
    let body = format!(
        "import os\nchild = os.fork()\nif child == 0:\n    try:\n        open({:?}, 'w')\n    \
         except PermissionError:\n        os._exit(7)\n    os._exit(0)\n\
         return orca.ExecutionResult.success(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))",
        path.to_str().unwrap()
    );
    let application = Application::with_script("forks", &script(&body));
    application.load("forks");
    assert_eq!(application.execute("forks", "edit").unwrap(), success("7"));
    assert!(!path.exists());
}

fn a_path_that_answers_twice_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    let body = format!(
        "import io, os\nclass Twice:\n    def __init__(self, *paths): self.paths = list(paths)\n    \
         def __fspath__(self): return self.paths.pop(0)\n\
         inside = ctx.gcode_path + '.new'\noutside = os.path.join({:?}, 'new.txt')\n\
         for order in ((inside, outside), (outside, inside), (outside, outside)):\n    try:\n        \
         io.FileIO(Twice(*order), 'w')\n    except PermissionError:\n        pass\n\
         return orca.ExecutionResult.success('')",
        outside.path().to_str().unwrap()
    );
    let application = Application::with_script("twice", &script(&body));
    application.load("twice");
    application.execute("twice", "edit").unwrap();
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

fn subprocess_and_dev_null_work() {
    let body = "import subprocess, sys\n\
                done = subprocess.run(['/bin/sh', '-c', 'echo hi'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)\n\
                return orca.ExecutionResult.success(done.stdout.decode().strip())";
    let application = Application::with_script("runs", &script(body));
    application.load("runs");
    assert_eq!(application.execute("runs", "edit").unwrap(), success("hi"));
}

fn a_host_thread_that_came_past_us_may_write_nowhere() {
    let application = Application::with(&["good"]);
    application.load("good");
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("new.txt");
    let code = format!("open({:?}, 'w')", path.to_str().unwrap());
    let write = || {
        pyo3::Python::attach(|py| {
            let code = std::ffi::CString::new(code.clone()).unwrap();
            py.run(&code, None, None).is_ok()
        })
    };
    assert!(!write(), "nobody answers for this code");
    let _application = matriline::python::GilState::acquire().unwrap();
    assert!(write(), "the application may do what it likes");
    drop(run(&*application.capability("good", "edit"), &application.gcode()));
}

fn wait_for(condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not happen");
}

process_tests!(
    every_way_outside_is_denied_and_logged,
    every_way_inside_works_while_the_call_lasts,
    a_thread_that_outlives_its_call_is_held_to_the_rules,
    import_and_registration_are_held_to_the_rules,
    the_data_folder_is_writable,
    what_would_let_a_plugin_rule_itself_is_not,
    the_folder_of_another_call_is_not_writable,
    what_a_plugin_leaves_behind_is_still_its_own,
    a_forked_child_is_held_to_the_rules,
    a_path_that_answers_twice_is_refused,
    subprocess_and_dev_null_work,
    a_host_thread_that_came_past_us_may_write_nowhere,
);
