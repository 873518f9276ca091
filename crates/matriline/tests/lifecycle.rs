//! What lives how long: capabilities held across unloading and shutdown, calls from many threads, unloading from inside.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{Application, run, script, success};
use matriline::{CallError, CapabilityType, Error, ErrorCode, LoadOptions, LogLevel, Status};
use matriline_testkit::{DataFolder, process_tests};

fn a_capability_held_across_unloading_answers_with_an_error() {
    let application = Application::with(&["good"]);
    application.load("good");
    let held = application.capability("good", "edit");
    assert_eq!(run(&*held, &application.gcode()).unwrap().status, Status::Success);
    application.manager.loader().unload_plugin("good").unwrap();
    assert_eq!(run(&*held, &application.gcode()).unwrap_err().code(), ErrorCode::CapabilityUnloaded);
    application.load("good");
    assert!(run(&*held, &application.gcode()).is_err(), "the old load stays unloaded");
    assert!(application.execute("good", "edit").is_ok());
}

fn a_capability_held_across_shutdown_answers_with_an_error() {
    let application = Application::with(&["good"]);
    application.load("good");
    let held = application.capability("good", "edit");
    application.manager.shutdown().unwrap();
    application.manager.shutdown().unwrap();
    assert!(matches!(run(&*held, &application.gcode()), Err(Error::Call(CallError::Unloaded(_)))));
    let error = application.manager.loader().load_plugin("good", LoadOptions::default()).wait().unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotStarted);
}

fn another_manager_can_follow() {
    let first = Application::with(&["good"]);
    first.load("good");
    let error = matriline::PluginManager::builder(first.data.path()).start().err().expect("one at a time");
    assert!(matches!(error, Error::AlreadyManaged));
    first.manager.shutdown().unwrap();
    let second = Application::with(&["good"]);
    second.load("good");
    assert_eq!(second.execute("good", "edit").unwrap().status, Status::Success);
}

fn python_ends_when_asked_and_held_capabilities_survive_it() {
    use matriline::python::{FinalizeError, Interpreter};
    let application = Application::with(&["good"]);
    application.load("good");
    let held = application.capability("good", "edit");
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| run(&*held, &application.gcode()).unwrap().status);
        assert_eq!(worker.join().unwrap(), Status::Success);
    });
    assert_eq!(Interpreter::finalize(), Err(FinalizeError::InUse(1)));
    application.manager.shutdown().unwrap();
    std::thread::scope(|scope| {
        let refused = scope.spawn(Interpreter::finalize).join().unwrap();
        assert_eq!(refused, Err(FinalizeError::OffMainThread));
    });
    Interpreter::finalize().unwrap();
    assert_eq!(Interpreter::finalize(), Err(FinalizeError::NotRunning));
    assert!(run(&*held, &application.gcode()).is_err());
    assert!(matriline::python::GilState::acquire().is_none());
}

fn python_does_not_end_under_a_plugins_thread() {
    use matriline::python::Interpreter;
    let body = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n\
                return orca.ExecutionResult.success('started')";
    let application = Application::with_script("sleeper", &script(body));
    application.load("sleeper");
    application.execute("sleeper", "edit").unwrap();
    application.manager.shutdown().unwrap();
    let warnings = application.logged(LogLevel::Warn, "sleeper").join("\n");
    assert!(warnings.contains("left threads running: `Thread-1 (sleep)`"), "{warnings}");
    let refused = Interpreter::finalize().unwrap_err().to_string();
    assert!(refused.contains("`Thread-1 (sleep)` of `sleeper`"), "{refused}");
}

fn eight_threads_call_at_once() {
    let body =
        "self.calls = getattr(self, 'calls', 0) + 1\nreturn orca.ExecutionResult.success(ctx.gcode_path)";
    let application = Application::with_script("counts", &script(body));
    application.load("counts");
    let capability = application.capability("counts", "edit");
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let capability = &capability;
            let path = application.jobs.path().join(format!("{thread}.gcode"));
            scope.spawn(move || {
                for _ in 0..500 {
                    assert_eq!(run(&**capability, &path).unwrap().message, path.to_str().unwrap());
                }
            });
        }
    });
}

fn unloading_waits_for_calls_inside() {
    let body = "import time\ntime.sleep(0.3)\nreturn orca.ExecutionResult.success('done')";
    let application = Application::with_script("slow", &script(body));
    application.load("slow");
    let capability = application.capability("slow", "edit");
    let gcode = application.gcode();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| run(&*capability, &gcode));
        let entry = application.manager.loader().loaded_plugin_capabilities("slow").remove(0);
        while entry.gate().inside() == 0 {
            std::thread::yield_now();
        }
        application.manager.loader().unload_plugin("slow").unwrap();
        assert_eq!(call.join().unwrap().unwrap(), success("done"));
    });
}

fn unloading_under_eight_calling_threads_harms_nobody() {
    let application = Application::with(&["good"]);
    let calls = AtomicUsize::new(0);
    for _ in 0..20 {
        application.load("good");
        let capability = application.capability("good", "edit");
        let gcode = application.jobs.path().join("none.gcode");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    // The fixture edits its file, which is not there: raising is as good a call as any.
                    while !matches!(run(&*capability, &gcode), Err(error) if error.code() == ErrorCode::CapabilityUnloaded) {
                        calls.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(10));
            application.manager.loader().unload_plugin("good").unwrap();
        });
    }
    assert!(calls.load(Ordering::Relaxed) > 100);
}

fn a_callback_unloads_the_plugin_that_calls() {
    let data = DataFolder::new();
    data.add_script("asks", "asks.py", &script("open('/asks/to/be/unloaded', 'w')"));
    let manager = std::sync::Arc::new(std::sync::OnceLock::<matriline::PluginManager>::new());
    let inside = manager.clone();
    let started = matriline::PluginManager::builder(data.path())
        .log(move |record| {
            // The blocked write is logged from inside of the call.
            if record.target == "matriline::audit"
                && let Some(manager) = inside.get()
            {
                manager.loader().unload_plugin("asks").unwrap();
                assert!(!manager.loader().is_plugin_loaded("asks"));
            }
        })
        .start()
        .unwrap();
    started.discover_plugins();
    manager.set(started.clone()).ok().unwrap();
    started.loader().load_plugin("asks", LoadOptions::default()).wait().unwrap();
    let capability = started.loader().capability::<dyn matriline::GcodeCapability>("asks", "edit").unwrap();
    let error = run(&*capability, &data.path().join("x.gcode")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::PluginRaised, "the call went on to its end: {error}");
    assert_eq!(
        run(&*capability, &data.path().join("x.gcode")).unwrap_err().code(),
        ErrorCode::CapabilityUnloaded
    );
    started.loader().load_plugin("asks", LoadOptions::default()).wait().unwrap();
    started.shutdown().unwrap();
}

fn a_callback_may_call_another_plugin() {
    let data = DataFolder::new();
    data.add_script("asks", "asks.py", &script("open('/not/allowed', 'w')"));
    data.add_script("answers", "answers.py", &script("return orca.ExecutionResult.success('answered')"));
    let shared = std::sync::Arc::new(std::sync::OnceLock::<matriline::PluginManager>::new());
    let answers = std::sync::Arc::new(AtomicUsize::new(0));
    let (inside, counted) = (shared.clone(), answers.clone());
    let started = matriline::PluginManager::builder(data.path())
        .log(move |record| {
            if record.target == "matriline::audit"
                && let Some(manager) = inside.get()
            {
                let answer =
                    manager.loader().capability::<dyn matriline::GcodeCapability>("answers", "edit").unwrap();
                let path = std::path::Path::new("/no/such/folder/job.gcode");
                assert_eq!(run(&*answer, path).unwrap(), success("answered"));
                counted.fetch_add(1, Ordering::Relaxed);
            }
        })
        .start()
        .unwrap();
    started.discover_plugins();
    shared.set(started.clone()).ok().unwrap();
    started.loader().load_plugin("asks", LoadOptions::default()).wait().unwrap();
    started.loader().load_plugin("answers", LoadOptions::default()).wait().unwrap();
    let asks = started.loader().capability::<dyn matriline::GcodeCapability>("asks", "edit").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert!(run(&*asks, std::path::Path::new("/no/such/folder/job.gcode")).is_err()));
        }
    });
    assert!(run(&*asks, std::path::Path::new("/no/such/folder/job.gcode")).is_err());
    assert_eq!(answers.load(Ordering::Relaxed), 3);
}

fn an_abandoned_manager_waits_for_its_calls() {
    let body = "import time\ntime.sleep(0.5)\nreturn orca.ExecutionResult.success(self.kept)";
    let source = script(body).replace("    def execute", "    kept = 'alive'\n\n    def execute");
    let first = Application::with_script("slow", &source);
    first.load("slow");
    let capability = first.capability("slow", "edit");
    let gcode = first.gcode();
    std::thread::scope(|scope| {
        let call = scope.spawn(|| run(&*capability, &gcode));
        let entry = first.manager.loader().loaded_plugin_capabilities("slow").remove(0);
        while entry.gate().inside() == 0 {
            std::thread::yield_now();
        }
        drop(first);
        let second = Application::with_script("slow", &source);
        assert_eq!(entry.gate().inside(), 0, "the new manager waited");
        assert_eq!(call.join().unwrap().unwrap(), success("alive"));
        second.load("slow");
    });
}

fn the_log_callback_goes_with_its_manager() {
    let data = DataFolder::new();
    data.add_fixture("good");
    let token = std::sync::Arc::new(());
    let kept = token.clone();
    let manager =
        matriline::PluginManager::builder(data.path()).log(move |_| drop(kept.clone())).start().unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("good", LoadOptions::default()).wait().unwrap();
    manager.shutdown().unwrap();
    drop(manager);
    // the thread of the load may hold it for a moment
    common::patiently("the callback goes", || std::sync::Arc::strong_count(&token) == 1);
}

fn on_unload_that_raises_is_logged_and_unloads() {
    let application = Application::with(&["raises_in_on_unload"]);
    application.load("raises_in_on_unload");
    application.manager.loader().unload_plugin("raises_in_on_unload").unwrap();
    assert!(!application.manager.loader().is_plugin_loaded("raises_in_on_unload"));
    let errors = application.logged(LogLevel::Error, "raises_in_on_unload").join("\n");
    assert!(errors.contains("in `on_unload()`") && errors.contains("Traceback"), "{errors}");
}

fn a_failed_load_ends_what_it_began() {
    let source = "import orca\n\n\
        class First(orca.gcode.GCodePluginCapabilityBase):\n    \
            def get_name(self): return 'first'\n    \
            def on_load(self): print('first loads')\n    \
            def on_unload(self): print('first unloads')\n\n\
        class Second(First):\n    \
            def get_name(self): return 'second'\n    \
            def on_load(self): raise RuntimeError('second fails')\n    \
            def on_unload(self): print('second unloads')\n\n\
        @orca.plugin\nclass Package(orca.base):\n    \
            def register_capabilities(self):\n        \
                orca.register_capability(First)\n        orca.register_capability(Second)\n";
    let application = Application::with_script("half", source);
    application.load_error("half");
    let printed = application.printed();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines, ["[half] first loads", "[half] first unloads", "[half] second unloads"]);
    assert!(
        application.manager.loader().plugin_capabilities_by_type(CapabilityType::PostProcessing).is_empty()
    );
}

fn a_disabled_capability_refuses_calls() {
    let application = Application::with(&["good"]);
    application.load("good");
    let loader = application.manager.loader();
    let set =
        |enabled| loader.set_capability_enabled("good", CapabilityType::PostProcessing, "edit", enabled);
    assert!(set(false) && !set(false));
    assert_eq!(application.execute("good", "edit").unwrap_err().code(), ErrorCode::CapabilityDisabled);
    assert!(set(true));
    assert!(application.execute("good", "edit").is_ok());
    assert!(!loader.set_capability_enabled("good", CapabilityType::Script, "edit", false));
}

fn reloading_does_not_grow_memory() {
    let application = Application::with(&["good"]);
    let cycle = || {
        application.load("good");
        application.execute("good", "edit").unwrap();
        application.manager.loader().unload_plugin("good").unwrap();
    };
    let collect = || {
        matriline::python::Interpreter::with(|py| py.run(c"import gc; gc.collect()", None, None).unwrap());
        // what the allocator keeps for later is no growth; SAFETY: may be called at any time
        unsafe { libc::malloc_trim(0) };
    };
    (0..1000).for_each(|_| cycle());
    collect();
    let before = resident_kib();
    (0..1000).for_each(|_| cycle());
    collect();
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 1024, "grew by {grown} KiB");
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

process_tests!(
    a_capability_held_across_unloading_answers_with_an_error,
    a_capability_held_across_shutdown_answers_with_an_error,
    another_manager_can_follow,
    python_ends_when_asked_and_held_capabilities_survive_it,
    python_does_not_end_under_a_plugins_thread,
    eight_threads_call_at_once,
    unloading_waits_for_calls_inside,
    unloading_under_eight_calling_threads_harms_nobody,
    a_callback_unloads_the_plugin_that_calls,
    a_callback_may_call_another_plugin,
    an_abandoned_manager_waits_for_its_calls,
    the_log_callback_goes_with_its_manager,
    on_unload_that_raises_is_logged_and_unloads,
    a_failed_load_ends_what_it_began,
    a_disabled_capability_refuses_calls,
    reloading_does_not_grow_memory,
);
