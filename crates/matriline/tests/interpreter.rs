//! The interpreter: started once, on the main thread, isolated.

mod common;

use common::Application;
use matriline::python::{GilState, Interpreter, InterpreterOptions, StartError};
use matriline_testkit::process_tests;
use pyo3::prelude::*;

fn evaluate(code: &std::ffi::CStr) -> String {
    Interpreter::with(|py| py.eval(code, None, None).unwrap().str().unwrap().to_string()).unwrap()
}

fn off_the_main_thread_is_refused() {
    let refused = std::thread::spawn(|| Interpreter::start(InterpreterOptions::default()).err());
    assert_eq!(refused.join().unwrap(), Some(StartError::OffMainThread));
    assert!(!Interpreter::is_running());
    assert!(GilState::acquire().is_none());
}

fn twice_is_refused() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    assert_eq!(Interpreter::start(InterpreterOptions::default()).err(), Some(StartError::Twice));
}

fn a_home_without_a_standard_library_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let options = InterpreterOptions { home: Some(empty.path().into()) };
    let refused = Interpreter::start(options).err().unwrap().to_string();
    assert!(refused.contains(empty.path().to_str().unwrap()) && refused.contains("os.py"), "{refused}");
    // Nothing was started, so a good home still works.
    Interpreter::start(InterpreterOptions::default()).unwrap();
}

fn it_is_isolated() {
    // SAFETY: nothing else runs in this process yet.
    unsafe {
        std::env::set_var("PYTHONPATH", "/nowhere");
        std::env::set_var("PYTHONHOME", "/nowhere");
    }
    let interpreter = Interpreter::start(InterpreterOptions::default()).unwrap();
    assert!(interpreter.home().join("lib").is_dir());
    assert_eq!(evaluate(c"__import__('sys').flags.isolated"), "1");
    assert_eq!(evaluate(c"__import__('sys').flags.utf8_mode"), "1");
    assert_eq!(evaluate(c"'site' in __import__('sys').modules"), "False");
    assert_eq!(evaluate(c"'/nowhere' in __import__('sys').path"), "False");
}

fn an_interrupt_stays_the_applications() {
    let action = || {
        let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: only asks.
        unsafe { libc::sigaction(libc::SIGINT, std::ptr::null(), action.as_mut_ptr()) };
        // SAFETY: zeroed, and filled in.
        unsafe { action.assume_init() }.sa_sigaction
    };
    let before = action();
    let body = "import signal, subprocess, asyncio\nreturn orca.ExecutionResult.success('')";
    let application = Application::with_script("signals", &common::script(body));
    application.load("signals");
    application.execute("signals", "edit").unwrap();
    assert_eq!(action(), before);
}

fn the_gil_is_free_after_start() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let answered = std::thread::spawn(|| evaluate(c"1 + 1")).join().unwrap();
    assert_eq!(answered, "2");
}

fn guards_nest_and_threads_keep_their_state() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let state = || {
        let _outer = GilState::acquire().unwrap();
        let _inner = GilState::acquire().unwrap();
        // SAFETY: the GIL is held.
        unsafe { pyo3::ffi::PyThreadState_Get() as usize }
    };
    let states = std::thread::spawn(move || (state(), state())).join().unwrap();
    assert_eq!(states.0, states.1, "the thread keeps its state from one guard to the next");
}

fn a_hundred_threads_come_and_go() {
    Interpreter::start(InterpreterOptions::default()).unwrap();
    let states = c"len(__import__('sys')._current_frames())";
    for _ in 0..10 {
        std::thread::scope(|scope| {
            for _ in 0..10 {
                scope.spawn(|| assert_eq!(evaluate(c"2 * 3"), "6"));
            }
        });
    }
    // A scope ends before the thread has: its state goes a moment later.
    for _ in 0..200 {
        if evaluate(states) == "1" {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{} states are left", evaluate(states));
}

fn what_plugins_print_is_in_the_log_with_their_name() {
    let body = "import sys, logging\nprint('out')\nprint('err', file=sys.stderr)\nsys.stdout.write('begun ')\n\
                sys.stdout.buffer.write(b'and ended\\n')\nsys.stdout.close()\nlogging.warning('logged')\n\
                sys.stdout.write('without end')\nreturn orca.ExecutionResult.success('')";
    let application = Application::with_script("prints", &common::script(body));
    application.load("prints");
    application.execute("prints", "edit").unwrap();
    application.manager.shutdown().unwrap();
    let printed = application.printed();
    for line in ["[prints] out", "[prints] err", "[prints] begun and ended", "[prints] without end"] {
        assert!(printed.lines().any(|printed| printed == line), "{printed}\nlacks `{line}`");
    }
    assert!(printed.contains("[prints] WARNING:root:logged"), "{printed}");
}

fn what_plugins_print_goes_on_to_the_process_if_wished() {
    let data = matriline_testkit::DataFolder::new();
    let source = common::script("print('forwarded')\nreturn orca.ExecutionResult.success('')");
    data.add_script("prints", "prints.py", &source);
    let mut seen = tempfile::tempfile().unwrap();
    // SAFETY: the standard output of this test process becomes the file.
    unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&seen), 1) };
    let manager = matriline::PluginManager::builder(data.path()).forward_output(true).start().unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("prints", matriline::LoadOptions::default()).wait().unwrap();
    let prints = manager.loader().capability::<dyn matriline::GcodeCapability>("prints", "edit").unwrap();
    common::run(&*prints, &data.path().join("none.gcode")).unwrap();
    let mut text = String::new();
    std::io::Seek::rewind(&mut seen).unwrap();
    std::io::Read::read_to_string(&mut seen, &mut text).unwrap();
    assert_eq!(text, "[prints] forwarded\n");
}

fn a_worker_thread_is_not_taken_for_the_main_thread() {
    let body = "import threading\n\
                return orca.ExecutionResult.success(str(threading.current_thread() is threading.main_thread()))";
    let application = Application::with_script("asks", &common::script(body));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            application.load("asks");
            assert_eq!(application.execute("asks", "edit").unwrap(), common::success("False"));
        });
    });
    assert_eq!(application.execute("asks", "edit").unwrap(), common::success("True"));
}

fn python_ends_although_a_living_worker_thread_loaded_first() {
    let application = Application::with_script("asks", &common::script("import threading"));
    let (loaded, done) = (std::sync::Barrier::new(2), std::sync::Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            application.load("asks");
            loaded.wait();
            done.wait();
        });
        loaded.wait();
        application.manager.shutdown().unwrap();
        Interpreter::finalize().unwrap();
        done.wait();
    });
}

fn huge_output_costs_no_memory() {
    let application = Application::with(&["huge_output"]);
    application.load("huge_output");
    application.execute("huge_output", "edit").unwrap();
    assert!(application.printed().len() > 10_000_000);
}

fn an_exception_in_a_thread_is_in_the_log() {
    let body = "import threading\nthread = threading.Thread(target=lambda: 1 / 0)\nthread.start()\nthread.join()\n\
                return orca.ExecutionResult.success('')";
    let application = Application::with_script("threads", &common::script(body));
    application.load("threads");
    application.execute("threads", "edit").unwrap();
    assert!(application.printed().contains("[threads] ZeroDivisionError"), "{}", application.printed());
}

process_tests!(
    off_the_main_thread_is_refused,
    twice_is_refused,
    a_home_without_a_standard_library_is_refused,
    it_is_isolated,
    an_interrupt_stays_the_applications,
    the_gil_is_free_after_start,
    guards_nest_and_threads_keep_their_state,
    a_hundred_threads_come_and_go,
    what_plugins_print_is_in_the_log_with_their_name,
    what_plugins_print_goes_on_to_the_process_if_wished,
    a_worker_thread_is_not_taken_for_the_main_thread,
    python_ends_although_a_living_worker_thread_loaded_first,
    huge_output_costs_no_memory,
    an_exception_in_a_thread_is_in_the_log,
);
