//! The configuration that a capability begins with, and its page for it.

mod common;
mod config_common;

use common::success;
use config_common::{ANSWER, base, id, loaded, stored};
use matriline::{ConfigScope, ErrorCode, LogLevel};
use matriline_testkit::process_tests;

/// 12.8: what a plugin begins with is stored at the first load, and an edited value reaches it afterwards.
fn defaults_are_stored_once() {
    let methods = format!("def get_default_config(self):\n    return {{'speed': 5}}\n\n{ANSWER}");
    let application = loaded(&methods);
    assert_eq!(base(&application), stored(r#"{"speed":5}"#));
    let changed = r#"{"speed":7}"#;
    application.manager.save_capability_config(&id("config"), ConfigScope::Base, changed).unwrap();
    application.manager.loader().reload_plugin("config").wait().unwrap();
    assert_eq!(application.execute("config", "edit").unwrap(), success(changed));
    assert_eq!(application.manager.restore_default_config(&id("config")).unwrap(), r#"{"speed":5}"#);
    assert_eq!(base(&application), stored(r#"{"speed":5}"#));
}

fn defaults_are_there_in_on_load() {
    let application = loaded(
        "def get_default_config(self):\n    return {'speed': 5}\n\n\
         def on_load(self):\n    self.seen = self.get_config()\n\n\
         def execute(self, ctx):\n    return orca.ExecutionResult.success(self.seen)",
    );
    assert_eq!(application.execute("config", "edit").unwrap(), success(r#"{"speed":5}"#));
}

/// 12.8: `None`, a list and what is null in JSON count as nothing, with a warning.
fn defaults_that_are_no_dictionary_count_as_nothing() {
    for (answer, found) in [("None", "None"), ("[1, 2]", "list"), ("float('nan')", "None")] {
        let application = loaded(&format!("def get_default_config(self):\n    return {answer}\n\n{ANSWER}"));
        assert_eq!(application.execute("config", "edit").unwrap(), success("{}"));
        assert_eq!(base(&application), None);
        assert_eq!(application.manager.restore_default_config(&id("config")).unwrap(), "{}");
        let warnings = application.logged(LogLevel::Warn, "config");
        assert!(warnings[0].contains(&format!("answered `{found}`")), "{warnings:?}");
        application.manager.shutdown().unwrap();
    }
}

/// 12.8: the stored configuration stays, and the plugin is loaded.
fn defaults_that_raise_change_nothing() {
    let methods = format!("def get_default_config(self):\n    raise ValueError('no defaults')\n\n{ANSWER}");
    let application = loaded(&methods);
    assert_eq!(base(&application), None);
    assert!(application.logged(LogLevel::Warn, "config")[0].contains("no defaults"));
    application.manager.save_capability_config(&id("config"), ConfigScope::Base, "[1]").unwrap();
    let error = application.manager.restore_default_config(&id("config")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::PluginRaised);
    assert_eq!(base(&application), stored("[1]"));
}

/// 12.15: what is nested too deep is not stored, and the plugin is loaded.
fn defaults_that_are_too_deep() {
    for (depth, is_stored) in [(200, true), (201, false), (300, false)] {
        let application = loaded(&format!(
            "def get_default_config(self):\n    nested = 0\n    for _ in range({depth}):\n        \
             nested = {{'a': nested}}\n    return nested\n\n{ANSWER}"
        ));
        let nested = "{\"a\":".repeat(depth) + "0" + &"}".repeat(depth);
        let config = if is_stored { nested.clone() } else { "{}".to_owned() };
        assert_eq!(base(&application).is_some(), is_stored);
        assert_eq!(application.execute("config", "edit").unwrap(), success(&config));
        let warnings = application.logged(LogLevel::Warn, "config");
        assert_eq!(warnings.iter().any(|text| text.contains("JSON is nested deeper than 200")), !is_stored);
        let saved = application.manager.save_capability_config(&id("config"), ConfigScope::Base, &nested);
        assert_eq!(saved.is_ok(), is_stored, "{saved:?}");
        application.manager.shutdown().unwrap();
    }
}

fn defaults_of_the_base_class_may_be_handed_on() {
    let methods =
        format!("def get_default_config(self):\n    return super().get_default_config()\n\n{ANSWER}");
    let application = loaded(&methods);
    assert!(application.logged(LogLevel::Warn, "config").is_empty());
    assert_eq!(application.manager.restore_default_config(&id("config")).unwrap(), "{}");
}

/// 12.8: a page of its own.
fn a_page_is_asked_for() {
    let application = loaded(
        "def has_config_ui(self):\n    print('asked')\n    return True\n\n\
         def get_config_ui(self):\n    return '<b>' + self.get_config() + '</b>'",
    );
    let edit = id("config");
    for _ in 0..3 {
        assert!(application.manager.has_config_ui(&edit));
        assert_eq!(application.manager.config_ui(&edit).unwrap().as_deref(), Some("<b>{}</b>"));
    }
    assert_eq!(application.printed().matches("asked").count(), 1);
    let loader = application.manager.loader();
    assert!(loader.set_capability_enabled("config", edit.kind, "edit", false));
    assert!(
        application.manager.config_ui(&edit).unwrap().is_some(),
        "one that is disabled is configured as well"
    );
    loader.unload_plugin("config").unwrap();
    assert!(!application.manager.has_config_ui(&edit));
    let error = application.manager.config_ui(&edit).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NoCapability);
}

/// 12.8: what answers something else has no page.
fn wrong_pages_are_survived() {
    let with = |has: &str, page: &str| {
        let application = loaded(&format!(
            "def has_config_ui(self):\n    {has}\n\ndef get_config_ui(self):\n    {page}\n\n{ANSWER}"
        ));
        let (edit, manager) = (id("config"), &application.manager);
        let answer = (manager.has_config_ui(&edit), manager.config_ui(&edit).map_err(|error| error.code()));
        assert_eq!(application.execute("config", "edit").unwrap(), success("{}"));
        manager.shutdown().unwrap();
        answer
    };
    for has in ["return 'yes'", "return 1", "return None", "raise ValueError('no')", "return False"] {
        assert_eq!(with(has, "return '<b></b>'"), (false, Ok(None)), "{has}");
    }
    assert_eq!(with("return True", "return ''"), (true, Ok(None)));
    assert_eq!(with("return True", "return b'<b></b>'"), (true, Err(ErrorCode::WrongAnswer)));
    assert_eq!(with("return True", "raise ValueError('no')"), (true, Err(ErrorCode::PluginRaised)));
}

process_tests!(
    defaults_are_stored_once,
    defaults_are_there_in_on_load,
    defaults_that_are_no_dictionary_count_as_nothing,
    defaults_that_raise_change_nothing,
    defaults_that_are_too_deep,
    defaults_of_the_base_class_may_be_handed_on,
    a_page_is_asked_for,
    wrong_pages_are_survived,
);
