//! Host calls from any thread: they are answered on the main thread, and nobody waits for ever.

mod common;
mod host_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use host_common::{Host, check, check_raises};
use matriline::LoadOptions;
use matriline::host::{Answer, Model};
use matriline_testkit::{MainLoop, MemoryHost, ScriptedInterface, process_tests};

/// An application with an event loop; nothing runs unless it is told to.
fn start(patience: Duration) -> (Host, MainLoop, Arc<ScriptedInterface>) {
    let (interface, main_loop) = (ScriptedInterface::new(), MainLoop::new());
    let host = Arc::new(MemoryHost::with_everything(interface.clone()));
    let post = main_loop.post();
    let application = Host::on(host.clone(), |builder| builder.host(host).post(post).host_patience(patience));
    (application, main_loop, interface)
}

const LONG: Duration = Duration::from_secs(60);

fn a_thread_is_answered_by_the_event_loop() {
    let (host, main_loop, interface) = start(LONG);
    interface.answer(Answer::Ok);
    host.write("answer = orca.host.ui.message('from a thread')\nassert answer == 'ok'\nassert orca.host.model().objects() == []");
    let script = host.script();
    let ran = thread::spawn(move || script.execute());
    main_loop.run_until(|| ran.is_finished().then_some(()));
    assert_eq!(ran.join().unwrap().unwrap().message, "ran");
}

fn a_thread_of_the_plugin_is_answered() {
    let (host, main_loop, interface) = start(LONG);
    check(
        &host,
        "def work():\n    events.append(orca.host.ui.message('from a thread'))\n\
         thread = threading.Thread(target=work)\nthread.start()",
    );
    main_loop.run_until(|| (!interface.messages().is_empty()).then_some(()));
    check(&host, "thread.join()\nassert events == ['cancel'], events");
}

fn the_main_thread_is_answered_at_once() {
    let (host, _main_loop, interface) = start(LONG);
    check(&host, "assert orca.host.ui.message('at once') == 'cancel'");
    assert_eq!(interface.messages().len(), 1);
}

fn a_load_that_shows_a_message_is_waited_for() {
    let (host, _main_loop, interface) = start(LONG);
    let source = "import orca\n\nanswer = orca.host.ui.message('while it is imported')\n\n\
        class Run(orca.script.ScriptPluginCapabilityBase):\n    \
            def get_name(self):\n        return 'run'\n\n    \
            def on_load(self):\n        orca.host.ui.message('in on_load')\n\n    \
            def execute(self):\n        return orca.ExecutionResult.success(answer)\n\n\
        @orca.plugin\nclass Package(orca.base):\n    \
            def register_capabilities(self):\n        orca.register_capability(Run)\n";
    host.application.data.add_script("asks", "asks.py", source);
    host.application.manager.discover_plugins();
    let loading = host.application.manager.loader().load_plugin("asks", LoadOptions::default());
    loading.wait().unwrap();
    assert_eq!(interface.messages().len(), 2);
}

fn an_unload_answers_the_call_it_waits_for() {
    let (host, _main_loop, interface) = start(LONG);
    host.write("events.append('inside')\norca.host.ui.message('while it is unloaded')");
    let script = host.script();
    let ran = thread::spawn(move || script.execute());
    thread::sleep(Duration::from_millis(100));
    host.application.manager.loader().unload_plugin("host").unwrap();
    assert_eq!(ran.join().unwrap().unwrap().message, "ran");
    assert_eq!(interface.messages().len(), 1);
}

/// Loads a second plugin `asks` whose script has these methods.
fn load_asking(host: &Host, methods: &str) {
    let source = format!(
        "import orca, threading\n\n\
         class Run(orca.script.ScriptPluginCapabilityBase):\n    \
             def get_name(self):\n        return 'run'\n\n{methods}\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Run)\n"
    );
    host.application.data.add_script("asks", "asks.py", &source);
    host.application.manager.discover_plugins();
    host.application.load("asks");
}

/// The main thread waits for the thread that unloads the plugin, which waits for the main thread.
fn another_threads_unload_is_answered_while_it_is_waited_for() {
    let (host, _main_loop, interface) = start(LONG);
    let asking = "    def on_unload(self):\n        orca.host.ui.message('in on_unload')\n";
    load_asking(&host, asking);
    let loader = host.application.manager.loader();
    thread::scope(|scope| {
        let unloading = scope.spawn(|| loader.unload_plugin("asks"));
        while loader.is_plugin_loaded("asks") {
            thread::sleep(Duration::from_millis(1));
        }
        loader.unload_plugin("asks").unwrap();
        unloading.join().unwrap().unwrap();
    });
    assert_eq!(interface.messages().len(), 1);
}

/// The call has returned, but `on_cancelled()` still asks.
fn a_plugin_that_is_told_to_return_is_answered() {
    let (host, _main_loop, interface) = start(LONG);
    load_asking(
        &host,
        "    def execute(self):\n        Run.told.wait(30)\n        \
         return orca.ExecutionResult.success('returned')\n\n    \
         told = threading.Event()\n\n    \
         def on_cancelled(self):\n        Run.told.set()\n        orca.host.ui.message('in on_cancelled')\n",
    );
    let loader = host.application.manager.loader();
    let script = loader.capability::<dyn matriline::ScriptCapability>("asks", "run").unwrap();
    let ran = thread::spawn(move || script.execute());
    thread::sleep(Duration::from_millis(100));
    loader.unload_plugin("asks").unwrap();
    assert_eq!(ran.join().unwrap().unwrap().message, "returned");
    assert_eq!(interface.messages().len(), 1);
}

/// The dialog stays open until it is closed from outside; `main_loop` runs meanwhile, as a web view's does.
fn keep_open(interface: &Arc<ScriptedInterface>, main_loop: &MainLoop) {
    let (shown, main_loop) = (interface.clone(), main_loop.clone());
    interface.use_dialog(move |_, _| {
        main_loop.run_until(|| shown.dialogs()[0].is_closed().then_some(()));
        None
    });
}

/// Unloads the plugin `host` on another thread once its dialog is open.
fn unload_under_a_dialog(host: &Host, main_loop: &MainLoop, interface: &Arc<ScriptedInterface>) {
    let (loader, interface) = (host.application.manager.loader().clone(), interface.clone());
    let unloaded = thread::spawn(move || {
        while interface.dialogs().is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        loader.unload_plugin("host")
    });
    main_loop.run_until(|| unloaded.is_finished().then_some(()));
    unloaded.join().unwrap().unwrap();
}

fn a_dialog_of_a_thread_is_closed_with_its_plugin() {
    let (host, main_loop, interface) = start(LONG);
    keep_open(&interface, &main_loop);
    check(
        &host,
        "import builtins\nbuiltins.answers = answers = []\n\
         def work():\n    answers.append(orca.host.ui.show_dialog('<p>open</p>'))\n\
         thread = threading.Thread(target=work, daemon=True)\nthread.start()",
    );
    unload_under_a_dialog(&host, &main_loop, &interface);
    main_loop.run_until(|| (evaluate("__import__('builtins').answers") == "[None]").then_some(()));
}

fn a_call_returns_when_its_dialog_is_closed_with_its_plugin() {
    let (host, main_loop, interface) = start(LONG);
    keep_open(&interface, &main_loop);
    host.write("assert orca.host.ui.show_dialog('<p>open</p>') is None");
    let script = host.script();
    let ran = thread::spawn(move || script.execute());
    unload_under_a_dialog(&host, &main_loop, &interface);
    assert_eq!(ran.join().unwrap().unwrap().message, "ran");
}

/// The application waits for a thread of its own, without an event loop.
fn a_wait_of_the_application_answers() {
    let (host, _main_loop, interface) = start(LONG);
    host.write("assert orca.host.ui.message('while the application waits') == 'cancel'");
    let script = host.script();
    let (ended, end) = std::sync::mpsc::channel();
    let ran = thread::spawn(move || drop(ended.send(script.execute().unwrap().message)));
    let manager = &host.application.manager;
    assert_eq!(manager.wait_until(Some(LONG), |limit| end.recv_timeout(limit).ok()).unwrap(), "ran");
    ran.join().unwrap();
    assert_eq!(interface.messages().len(), 1);
    let never = |limit| {
        thread::sleep(limit);
        None::<()>
    };
    assert_eq!(manager.wait_until(Some(Duration::from_millis(20)), never), None);
}

fn a_main_thread_that_waits_for_the_asking_thread() {
    let (host, _main_loop, interface) = start(Duration::from_millis(300));
    check(
        &host,
        "def work():\n    try:\n        orca.host.ui.message('never')\n    except RuntimeError as error:\n        events.append(str(error))\n\
         thread = threading.Thread(target=work)\nthread.start()\nthread.join()\n\
         assert 'did not take the call within 0.3 s' in events[0], events",
    );
    assert!(interface.messages().is_empty());
}

fn a_message_that_is_read_slowly_is_waited_for() {
    let (host, main_loop, interface) = start(Duration::from_millis(50));
    interface.use_dialog(|_, _| {
        thread::sleep(Duration::from_millis(400));
        Some(serde_json::json!("at last"))
    });
    check(
        &host,
        "def work():\n    events.append(orca.host.ui.show_dialog('slow'))\n\
         thread = threading.Thread(target=work)\nthread.start()",
    );
    thread::sleep(Duration::from_millis(200));
    main_loop.run_posted();
    check(&host, "thread.join()\nassert events == ['at last'], events");
}

fn calls_that_wait_at_a_shutdown_are_given_up() {
    let (host, main_loop, interface) = start(LONG);
    check(
        &host,
        "import builtins\nbuiltins.told = told = []\n\
         def work():\n    try:\n        orca.host.model()\n        while True:\n            orca.host.plater().model()\n    \
             except RuntimeError as error:\n        told.append(str(error))\n\
         thread = threading.Thread(target=work, daemon=True)\nthread.start()",
    );
    host.application.manager.shutdown().unwrap();
    main_loop.run_posted();
    let deadline = Instant::now() + Duration::from_secs(10);
    let told = || evaluate("__import__('builtins').told");
    while !told().contains("OrcaSlicer application is not initialized") {
        assert!(Instant::now() < deadline, "{}", told());
        thread::sleep(Duration::from_millis(10));
    }
    assert!(interface.messages().is_empty());
}

/// What an expression of the application is worth.
fn evaluate(expression: &str) -> String {
    use pyo3::prelude::*;
    matriline::python::Interpreter::with(|py| {
        let code = std::ffi::CString::new(expression).unwrap();
        py.eval(&code, None, None).unwrap().str().unwrap().to_string()
    })
    .unwrap()
}

/// An application that panics, and one that counts on which thread it is asked.
struct Odd {
    panics: AtomicBool,
    elsewhere: AtomicUsize,
    main: thread::ThreadId,
}

impl matriline::host::Host for Odd {
    fn model(&self) -> Option<Arc<Model>> {
        let is_main = thread::current().id() == self.main;
        self.elsewhere.fetch_add(usize::from(!is_main), Ordering::SeqCst);
        assert!(!self.panics.load(Ordering::SeqCst), "the model is broken");
        Some(Arc::new(Model::default()))
    }
}

fn odd() -> Arc<Odd> {
    let (panics, elsewhere) = (AtomicBool::new(false), AtomicUsize::new(0));
    Arc::new(Odd { panics, elsewhere, main: thread::current().id() })
}

fn an_application_that_panics() {
    let odd = odd();
    let host = Host::on(Arc::new(MemoryHost::new()), |builder| builder.host(odd.clone()));
    check(&host, "orca.host.model()");
    odd.panics.store(true, Ordering::SeqCst);
    check_raises(
        &host,
        "orca.host.model()",
        "RuntimeError",
        "The application failed to answer: the model is broken",
    );
    odd.panics.store(false, Ordering::SeqCst);
    check(&host, "orca.host.model()");
}

fn many_threads_ask_at_once() {
    let (odd, main_loop) = (odd(), MainLoop::new());
    let post = main_loop.post();
    let host = Host::on(Arc::new(MemoryHost::new()), |builder| builder.host(odd.clone()).post(post));
    check(
        &host,
        "def work():\n    for _ in range(50):\n        orca.host.model()\n    events.append(1)\n\
         threads = [threading.Thread(target=work) for _ in range(8)]\n\
         for thread in threads:\n    thread.start()",
    );
    host.write("assert len(events) == 8 and all(not thread.is_alive() for thread in threads)");
    let script = host.script();
    main_loop.run_until(|| script.execute().is_ok().then_some(()));
    assert_eq!(odd.elsewhere.load(Ordering::SeqCst), 0);
}

process_tests!(
    a_thread_is_answered_by_the_event_loop,
    a_thread_of_the_plugin_is_answered,
    the_main_thread_is_answered_at_once,
    a_load_that_shows_a_message_is_waited_for,
    an_unload_answers_the_call_it_waits_for,
    another_threads_unload_is_answered_while_it_is_waited_for,
    a_plugin_that_is_told_to_return_is_answered,
    a_dialog_of_a_thread_is_closed_with_its_plugin,
    a_call_returns_when_its_dialog_is_closed_with_its_plugin,
    a_wait_of_the_application_answers,
    a_main_thread_that_waits_for_the_asking_thread,
    a_message_that_is_read_slowly_is_waited_for,
    calls_that_wait_at_a_shutdown_are_given_up,
    an_application_that_panics,
    many_threads_ask_at_once,
);
