//! Calls with a time-out.

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Application, Gate, patiently};
use matriline::{
    CallError, CancelFn, DetectResult, ErrorCode, PrintParams, PrinterAgentCapability, ScriptCapability,
    UpdateFn, within,
};
use matriline_testkit::process_tests;

/// An agent whose `start_local_print` reports until it is cancelled, and says when it ends.
const PRINTS: &str = "import orca, time\n\n\
    class Agent(orca.printer_agent.PrinterAgentBase):\n    \
        def get_name(self):\n        return 'agent'\n\n    \
        def start_local_print(self, params, update_fn, cancel_fn):\n        \
            while not cancel_fn():\n            update_fn(1, 0, 'still there')\n            time.sleep(0.01)\n        \
            print('cancelled')\n        return -18\n\n    \
        def bind_detect(self, dev_ip, sec_link, detect):\n        detect.dev_id = dev_ip + sec_link\n        return 5\n\n    \
        def request_bind_ticket(self):\n        return 3, 'ticket'\n\n    \
        def unbind(self, dev_id):\n        raise ValueError(dev_id)\n\n\
    @orca.plugin\nclass Package(orca.base):\n    \
        def register_capabilities(self):\n        orca.register_capability(Agent)\n";

const LIMIT: Duration = Duration::from_secs(60);

fn agent(application: &Application, limit: Duration) -> Arc<dyn PrinterAgentCapability> {
    application.load("talks");
    let agent = application.loader().capability::<dyn PrinterAgentCapability>("talks", "agent").unwrap();
    within(agent.capability(), limit)
}

fn a_call_in_time_is_as_ever() {
    let application = Application::with_script("talks", PRINTS);
    let agent = agent(&application, LIMIT);
    let mut detect = DetectResult::default();
    assert_eq!(agent.bind_detect("ip", "größer", &mut detect).into_result(), Ok(5));
    assert_eq!(detect.dev_id, "ipgrößer");
    assert_eq!(agent.request_bind_ticket().into_result().unwrap(), (3, "ticket".into()));
    assert_eq!(agent.unbind("x").error.unwrap().raised().unwrap().message, "x");
    let update = Arc::new(Mutex::new(0));
    let count = update.clone();
    let told = UpdateFn::new(move |_, _, _| *count.lock().unwrap() += 1);
    let counted = update.clone();
    let cancel = CancelFn::new(move || *counted.lock().unwrap() == 3);
    let printed = agent.start_local_print(&PrintParams::default(), Some(&told), Some(&cancel));
    assert_eq!(printed.into_result(), Ok(-18));
}

/// An agent that goes on is told that the job is cancelled, and reaches the application no more.
fn a_call_that_takes_too_long() {
    let application = Application::with_script("talks", PRINTS);
    let agent = agent(&application, Duration::from_millis(100));
    let told = Arc::new(AtomicU32::new(0));
    let count = told.clone();
    let update = UpdateFn::new(move |_, _, _| {
        count.fetch_add(1, Ordering::SeqCst);
    });
    let printed =
        agent.start_local_print(&PrintParams::default(), Some(&update), Some(&CancelFn::new(|| false)));
    assert_eq!(printed.value, -1);
    let error = printed.error.unwrap();
    assert!(matches!(&error, CallError::TimedOut { method: "start_local_print", .. }), "{error}");
    assert!(error.to_string().contains("has not answered within 0.1 s, and goes on"), "{error}");
    assert_eq!(matriline::Error::from(error).code(), ErrorCode::TimedOut);
    patiently("the agent ends", || application.printed().contains("cancelled"));
    let before = told.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(told.load(Ordering::SeqCst), before);
    application.loader().unload_plugin("talks").unwrap();
}

/// An agent that blocks for ever: others go on, and its plugin is unloaded when it returns.
fn an_agent_that_blocks() {
    let gate = Gate::new();
    let source = PRINTS.replace("raise ValueError(dev_id)", &format!("{}; return 0", gate.wait()));
    let application = Application::with_script("talks", &source);
    let agent = agent(&application, Duration::from_millis(50));
    let begun = Instant::now();
    assert_eq!(agent.unbind("x").value, -1);
    assert!(begun.elapsed() < LIMIT);
    assert_eq!(agent.request_bind_ticket().into_result().unwrap().0, 3);
    gate.open();
    application.loader().unload_plugin("talks").unwrap();
    assert!(matches!(agent.unbind("x").error, Some(CallError::Unloaded(_))));
}

fn any_type_of_capability() {
    let source = common::scripts(
        "import time",
        &[("slow", "def execute(self):\n    time.sleep(0.3)\n    return None"), ("quick", "")],
    );
    let application = Application::with_script("talks", &source);
    application.load("talks");
    let script = |name: &str, limit| {
        let script = application.loader().capability::<dyn ScriptCapability>("talks", name).unwrap();
        within::<dyn ScriptCapability>(script.capability(), limit)
    };
    let error = script("slow", Duration::from_millis(20)).execute().unwrap_err();
    assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
    assert_eq!(script("quick", LIMIT).execute().unwrap().message, "quick");
    assert!(matches!(script("slow", Duration::MAX).execute(), Err(CallError::WrongAnswer { .. })));
}

process_tests!(
    a_call_in_time_is_as_ever,
    a_call_that_takes_too_long,
    an_agent_that_blocks,
    any_type_of_capability
);
