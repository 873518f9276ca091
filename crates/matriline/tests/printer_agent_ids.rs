//! The printer agents of an application: who is there, who has which id, what presets make of it.

mod common;

use common::{Application, patiently};
use matriline::{CapabilityType, LogLevel, OwnAgent, PluginManager};
use matriline_testkit::{DataFolder, process_tests};

/// A plugin with one agent of that id, and what it does besides.
fn agent(id: &str, methods: &str) -> String {
    let methods = methods.trim().replace('\n', "\n    ");
    format!(
        "import orca\n\n\
         class Agent(orca.printer_agent.PrinterAgentBase):\n    \
             def get_name(self):\n        return 'agent'\n\n    \
             def get_agent_info(self):\n        return orca.printer_agent.AgentInfo('{id}', 'Agent {id}', '1', '')\n\n    \
             def disconnect_printer(self):\n        print('disconnected {id}')\n        return 0\n\n    {methods}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Agent)\n"
    )
}

fn with(plugins: &[(&str, &str, &str)]) -> Application {
    let data = DataFolder::new();
    for (key, id, methods) in plugins {
        data.add_script(key, &format!("{key}.py"), &agent(id, methods));
    }
    Application::on(data)
}

fn ids(manager: &PluginManager) -> Vec<String> {
    let all = manager.printer_agents().list();
    all.into_iter().filter(|agent| agent.capability.is_some()).map(|agent| agent.info.id).collect()
}

fn switch(application: &Application, key: &str, enabled: bool) {
    let kind = CapabilityType::PrinterConnection;
    assert!(application.loader().set_capability_enabled(key, kind, "agent", enabled));
}

fn agents_come_and_go() {
    let application = with(&[("first", "a", ""), ("second", "b", "")]);
    let agents = application.manager.printer_agents();
    let own: Vec<_> = agents.list().into_iter().map(|agent| agent.info.id).collect();
    assert_eq!(own, ["orca", "bbl", "qidi", "snapmaker", "crealityprint", "moonraker"]);
    application.load("second");
    application.load("first");
    assert_eq!(ids(&application.manager), ["b", "a"]);
    let kept = agents.get("a").unwrap();
    switch(&application, "first", false);
    assert_eq!(ids(&application.manager), ["b"]);
    assert!(agents.get("a").is_none());
    switch(&application, "first", true);
    assert_eq!(ids(&application.manager), ["b", "a"]);
    assert_eq!(kept.check_cert().value, -1);
    application.loader().unload_plugin("second").unwrap();
    assert_eq!(ids(&application.manager), ["a"]);
    // Only who was asked for had anything to disconnect from.
    let printed = application.printed();
    assert_eq!(
        (printed.matches("disconnected a").count(), printed.matches("disconnected b").count()),
        (1, 0)
    );
}

fn ids_belong_to_one() {
    let application = with(&[("first", "a", ""), ("second", "a", ""), ("third", "bbl", "")]);
    for key in ["first", "second", "third"] {
        application.load(key);
    }
    assert_eq!(ids(&application.manager), ["a"]);
    let problem = |key: &str| application.loader().plugin_load_error(key).map(|error| error.to_string());
    let second = problem("second").unwrap();
    assert!(
        second.starts_with("Printer-agent 'agent' could not be enabled: agent ID 'a' is already registered by capability `agent` (printer-connection) of plugin `first`"),
        "{second}"
    );
    assert!(problem("third").unwrap().contains("agent ID 'bbl' is already registered by the application"));
    assert!(application.loader().is_plugin_loaded("second"));
    assert_eq!(application.logged(LogLevel::Warn, "third").len(), 1);
    // Who waits for an id has it when it is free.
    application.loader().unload_plugin("first").unwrap();
    assert_eq!(ids(&application.manager), ["a"]);
    assert_eq!(problem("second"), None);
    application.load("first");
    assert!(problem("first").is_some());
    switch(&application, "second", false);
    assert_eq!((ids(&application.manager), problem("first")), (vec!["a".to_owned()], None));
}

fn an_application_may_have_other_agents() {
    let data = DataFolder::new();
    data.add_script("first", "first.py", &agent("bbl", ""));
    data.add_script("second", "second.py", &agent("mine", ""));
    let own = [OwnAgent::new("mine", "Mine")];
    let application = Application::start(data, |builder| builder.own_printer_agents(own));
    application.load("first");
    application.load("second");
    assert_eq!(ids(&application.manager), ["bbl"]);
    assert_eq!(application.manager.printer_agents().list()[0].info.name, "Mine");
}

fn who_says_nothing_is_no_agent() {
    let application = with(&[
        ("empty", "", ""),
        ("raises", "a", "def get_agent_info(self):\n    raise OSError('no')"),
        ("wrong", "b", "def get_agent_info(self):\n    return 'b'"),
    ]);
    for (key, expected) in
        [("empty", "gives an empty id"), ("raises", "OSError"), ("wrong", "must return AgentInfo")]
    {
        application.load(key);
        let warned = application.logged(LogLevel::Warn, key);
        assert!(warned.iter().any(|text| text.contains(expected)), "{key}: {warned:?}");
        assert_eq!(application.loader().plugin_load_error(key).map(|error| error.to_string()), None);
    }
    assert_eq!(ids(&application.manager), [""; 0]);
}

/// Another id when it is enabled again takes the place of the one before.
fn an_agent_that_changes_its_id() {
    let application = with(&[(
        "first",
        "a",
        "ids = ['a', 'b']\n\ndef get_agent_info(self):\n    return orca.printer_agent.AgentInfo(self.ids.pop(0))",
    )]);
    application.load("first");
    switch(&application, "first", false);
    switch(&application, "first", true);
    assert_eq!(ids(&application.manager), ["b"]);
}

/// An agent that hangs where it is disconnected is unloaded all the same, when it returns.
fn an_agent_that_hangs_when_it_is_disconnected() {
    let application = with(&[(
        "first",
        "a",
        "def disconnect_printer(self):\n    import time\n    time.sleep(4)\n    return 0",
    )]);
    application.load("first");
    application.manager.printer_agents().get("a").unwrap();
    application.loader().unload_plugin("first").unwrap();
    let warned = application.logged(LogLevel::Warn, "first");
    assert!(warned[0].contains("Printer agent 'a' was not disconnected"), "{warned:?}");
    patiently("it is unloaded", || !application.loader().is_plugin_loaded("first"));
}

/// What presets and pickers say of agents.
fn presets_name_agents_by_their_ids() {
    let application = with(&[("first", "a", ""), ("second", "a", "")]);
    application.load("first");
    application.load("second");
    let found = application.manager.pickable(CapabilityType::PrinterConnection);
    let found: Vec<_> = found.iter().map(|it| (it.plugin_key.as_str(), it.agent_id.as_deref())).collect();
    assert_eq!(found, [("first", Some("a")), ("second", None)]);
    let preset = matriline::Preset {
        kind: matriline::PresetKind::Printer,
        name: "Printer".into(),
        options: vec![("printer_agent".into(), vec!["a".into()])].into_iter().collect(),
        plugins: Vec::new(),
    };
    let update = application.manager.update_manifest(&preset);
    assert_eq!(update.plugins, ["first;;agent"]);
}

process_tests!(
    agents_come_and_go,
    ids_belong_to_one,
    an_application_may_have_other_agents,
    who_says_nothing_is_no_agent,
    an_agent_that_changes_its_id,
    an_agent_that_hangs_when_it_is_disconnected,
    presets_name_agents_by_their_ids,
);
