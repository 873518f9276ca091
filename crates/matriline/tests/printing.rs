//! A printer agent at work: it finds the printer simulator, connects to it and prints on it.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Application, eval, patiently};
use matriline::{
    AgentFunctions, CancelFn, CapabilityId, CapabilityType, ConfigScope, DetectResult, LocalConnectFn,
    LogLevel, MessageFn, PrintParams, PrinterAgentCapability, PrinterConnectionParams, ServerFn, SsdpFn,
    UpdateFn,
};
use matriline_testkit::{DataFolder, PrinterSimulator, process_tests};
use serde_json::{Value, json};

/// An application that works with the example agent, a printer, and what the agent has told.
struct Shop {
    application: Application,
    printer: PrinterSimulator,
    agent: Arc<dyn PrinterAgentCapability>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    fn open() -> Self {
        let (application, printer) =
            (Application::with(&["loopback_printer"]), PrinterSimulator::start("1234"));
        application.load("loopback_printer");
        let id = CapabilityId {
            kind: CapabilityType::PrinterConnection,
            name: "loopback".into(),
            plugin_key: "loopback_printer".into(),
        };
        let config = json!({ "discovery_port": printer.discovery_port() }).to_string();
        application.manager.save_capability_config(&id, ConfigScope::Base, &config).unwrap();
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let tell = |told: &Arc<Mutex<Vec<String>>>| {
            let told = told.clone();
            move |text: String| told.lock().unwrap().push(text)
        };
        let (found, connected, said) = (tell(&told), tell(&told), tell(&told));
        let functions = AgentFunctions {
            ssdp: Some(SsdpFn::new(move |json| found(format!("found {json}")))),
            local_connect: Some(LocalConnectFn::new(move |status, dev_id, msg| {
                connected(format!("connection {status} {dev_id} {msg}"));
            })),
            local_message: Some(MessageFn::new(move |dev_id, msg| said(format!("{dev_id}: {msg}")))),
            ..AgentFunctions::default()
        };
        let agent = application.manager.printer_agents().select("loopback", &functions).unwrap();
        Self { application, printer, agent, told }
    }

    /// Waits until the agent has told something that begins so, and answers it.
    #[track_caller]
    fn told(&self, begin: &str) -> String {
        let find = || self.told.lock().unwrap().iter().find(|text| text.starts_with(begin)).cloned();
        patiently(begin, || find().is_some());
        find().unwrap()
    }

    fn connect(&self, password: &str) -> i32 {
        let address = self.printer.address();
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let params = PrinterConnectionParams {
            dev_id: "loopback-1",
            host: &host,
            port: &port,
            password,
            ..PrinterConnectionParams::default()
        };
        self.agent.connect_printer(&params).into_result().unwrap()
    }

    fn print(&self, cancelled: bool) -> (i32, Vec<(i32, i32, String)>) {
        let steps = Arc::new(Mutex::new(Vec::new()));
        let keep = steps.clone();
        let update = UpdateFn::new(move |status, code, msg| {
            keep.lock().unwrap().push((status, code, msg.to_owned()));
        });
        let cancel = CancelFn::new(move || cancelled);
        let file = self.application.gcode();
        let params = PrintParams {
            dev_id: "loopback-1",
            filename: file.to_str().unwrap(),
            task_name: "gear",
            connection_type: "lan",
            ..PrintParams::default()
        };
        let printed = self.agent.start_local_print(&params, Some(&update), Some(&cancel));
        let steps = std::mem::take(&mut *steps.lock().unwrap());
        (printed.into_result().unwrap(), steps)
    }
}

fn it_is_found_connected_to_and_printed_on() {
    let shop = Shop::open();
    let found: Value = serde_json::from_str(&shop.told("found ")["found ".len()..]).unwrap();
    assert_eq!(
        (&found["dev_id"], &found["connect_type"], &found["bind_state"]),
        (&json!("loopback-1"), &json!("lan"), &json!("free"))
    );
    let mut detect = DetectResult::default();
    assert_eq!(shop.agent.bind_detect("127.0.0.1", "", &mut detect).into_result(), Ok(0));
    assert_eq!(detect.dev_name, "Loopback");

    assert_eq!(shop.connect("wrong"), -1);
    assert_eq!(shop.told("connection 1"), "connection 1 loopback-1 wrong access code");
    assert_eq!(shop.connect("1234"), 0);
    assert_eq!(shop.told("connection 0"), "connection 0 loopback-1 ");
    assert_eq!(shop.agent.set_user_selected_machine("loopback-1").into_result(), Ok(0));
    assert_eq!(shop.agent.get_user_selected_machine().into_result().unwrap(), "loopback-1");

    let (code, steps) = shop.print(false);
    assert_eq!(code, 0);
    let expected = [(1, "100%"), (5, "gear"), (6, "gear")].map(|(status, msg)| (status, 0, msg.to_owned()));
    assert_eq!(steps, expected);
    let gcode = std::fs::read(shop.application.gcode()).unwrap();
    assert_eq!(shop.printer.files(), [("job.gcode".to_owned(), gcode)]);
    assert_eq!(shop.printer.printed(), ["job.gcode"]);
    shop.told(r#"loopback-1: {"progress":100}"#);

    assert_eq!(shop.agent.send_message_to_printer("loopback-1", r#"{"light":"on"}"#, 0, 0).value, 0);
    assert_eq!(shop.agent.command_set_nozzle("loopback-1", 210, "1", true).value, 0);
    assert_eq!(shop.printer.commands().len(), 2);
    assert_eq!(shop.printer.commands()[1]["print"]["param"], "M104 S210\n");
}

fn a_cancelled_print_and_one_without_a_printer() {
    let shop = Shop::open();
    assert_eq!(shop.print(false), (-1, vec![(1, -1, "connect to a printer first".to_owned())]));
    assert_eq!(shop.connect("1234"), 0);
    assert_eq!(shop.print(true), (-18, vec![]));
    assert!(shop.printer.files().is_empty());
}

fn a_printer_that_is_unplugged() {
    let shop = Shop::open();
    assert_eq!(shop.connect("1234"), 0);
    shop.printer.unplug();
    assert_eq!(shop.told("connection 2"), "connection 2 loopback-1 the printer is gone");
}

/// An agent that was selected and is no more is not heard, whatever it kept.
fn who_is_deselected_is_silent() {
    let source = "import orca\n\n\
        class Agent(orca.printer_agent.PrinterAgentBase):\n    \
            def get_name(self):\n        return 'agent'\n\n    \
            def get_agent_info(self):\n        return orca.printer_agent.AgentInfo('keeps')\n\n    \
            def set_on_message_fn(self, fn):\n        self.kept = fn or self.kept\n        return 0\n\n    \
            def check_cert(self):\n        self.kept('dev', 'text')\n        return 0\n\n\
        @orca.plugin\nclass Package(orca.base):\n    \
            def register_capabilities(self):\n        orca.register_capability(Agent)\n";
    let application = Application::with_script("keeps", source);
    application.load("keeps");
    let told = Arc::new(Mutex::new(0));
    let count = told.clone();
    let message = MessageFn::new(move |_, _| *count.lock().unwrap() += 1);
    let functions = AgentFunctions { message: Some(message), ..AgentFunctions::default() };
    let agents = application.manager.printer_agents();
    let agent = agents.select("keeps", &functions).unwrap();
    assert_eq!(agent.check_cert().into_result(), Ok(0));
    agents.deselect();
    assert_eq!(agent.check_cert().into_result(), Ok(0));
    assert_eq!(*told.lock().unwrap(), 1);
    assert!(agents.select("nobody", &functions).is_none());
}

/// Who goes away is disconnected first: by unloading, by being disabled, by a shutdown, by another selection.
fn who_goes_away_is_disconnected() {
    for way in 0..4 {
        let shop = Shop::open();
        let agents = shop.application.manager.printer_agents();
        assert_eq!(shop.connect("1234"), 0);
        patiently("the connection is there", || shop.printer.connections() == 1);
        let loader = shop.application.loader();
        match way {
            0 => loader.unload_plugin("loopback_printer").unwrap(),
            1 => assert!(loader.set_capability_enabled(
                "loopback_printer",
                CapabilityType::PrinterConnection,
                "loopback",
                false
            )),
            2 => shop.application.manager.shutdown().unwrap(),
            _ => agents.deselect(),
        }
        patiently("the connection is gone", || shop.printer.connections() == 0);
        assert_eq!(agents.selected(), None);
        assert_eq!(agents.get("loopback").is_some(), way == 3);
        assert!(shop.application.logged(LogLevel::Warn, "loopback_printer").is_empty());
        // Nothing is told any more, not even that the connection was lost.
        std::thread::sleep(Duration::from_millis(20));
        assert!(!shop.told.lock().unwrap().iter().any(|text| text.starts_with("connection 2")));
        shop.application.manager.shutdown().unwrap();
    }
}

/// Two threads select: what one has begun it ends, before the other begins.
fn selections_wait_for_each_other() {
    let source = "import orca, sys, time\n\n\
        class Agent(orca.printer_agent.PrinterAgentBase):\n    \
            def get_name(self):\n        return 'agent'\n\n    \
            def get_agent_info(self):\n        return orca.printer_agent.AgentInfo('KEY')\n\n    \
            def set_server_callback(self, fn):\n        sys.seen.append('KEY ' + ('begins' if fn else 'leaves'))\n        \
                time.sleep(0.05)\n        return 0\n\n    \
            def start_discovery(self, start, sending):\n        sys.seen.append('KEY looks')\n        return True\n\n\
        @orca.plugin\nclass Package(orca.base):\n    \
            def register_capabilities(self):\n        orca.register_capability(Agent)\n";
    let data = DataFolder::new();
    for key in ["one", "two"] {
        data.add_script(key, &format!("{key}.py"), &source.replace("KEY", key));
    }
    let application = Application::on(data);
    eval("setattr(__import__('sys'), 'seen', [])");
    application.load("one");
    application.load("two");
    let agents = application.manager.printer_agents();
    let functions = AgentFunctions { server: Some(ServerFn::new(|_, _| {})), ..AgentFunctions::default() };
    std::thread::scope(|scope| {
        for key in ["one", "two", "one", "two"] {
            let (agents, functions) = (&agents, &functions);
            scope.spawn(move || assert!(agents.select(key, functions).is_some()));
        }
    });
    let seen = eval("','.join(__import__('sys').seen)");
    let mut selected: Option<&str> = None;
    let mut steps = seen.split(',');
    while let Some(step) = steps.next() {
        let (key, act) = step.split_once(' ').unwrap();
        match act {
            "leaves" => assert_eq!(selected.take(), Some(key), "{seen}"),
            _ => {
                assert_eq!((selected.replace(key), act), (None, "begins"), "{seen}");
                assert_eq!(steps.next(), Some(&*format!("{key} looks")), "{seen}");
            }
        }
    }
    assert_eq!(agents.selected().as_deref(), selected);
    assert_eq!(seen.matches("begins").count(), 4);
}

process_tests!(
    it_is_found_connected_to_and_printed_on,
    a_cancelled_print_and_one_without_a_printer,
    a_printer_that_is_unplugged,
    who_is_deselected_is_silent,
    who_goes_away_is_disconnected,
    selections_wait_for_each_other,
);
