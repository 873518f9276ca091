//! The configuration of capabilities: what plugins see of it, and what the application does with it.

mod common;
mod config_common;

use std::sync::{Arc, Mutex};

use common::{Application, success};
use config_common::{ANSWER, base, execute, id, loaded, plugin, stored};
use matriline::{
    CapabilityConfig, CapabilityId, CapabilityType, ConfigScope, Error, ErrorCode, LogLevel, PluginManager,
    Preset, PresetConfigs, PresetKind,
};
use matriline_testkit::{DataFolder, process_tests};

/// What `execute` of the capability answers.
#[track_caller]
fn check(methods: &str, expected: &str) {
    let application = loaded(methods);
    let result = application.execute("config", "edit");
    let result = result.unwrap_or_else(|error| panic!("{error}\n{}", error.traceback().unwrap_or_default()));
    assert_eq!(result, success(expected));
}

/// 12.8: the members are there.
fn the_base_class_has_the_members() {
    check(
        &execute(
            "names = ['has_config_ui', 'get_config_ui', 'get_default_config', 'get_config', 'get_config_version', 'save_config', 'on_cancelled', 'on_lifecycle_event']\n\
             assert all(hasattr(orca.PythonPluginBase, name) for name in names)\n\
             assert all(getattr(orca.PythonPluginBase, name).__doc__ for name in names)\n\
             assert self.has_config_ui() is False and self.get_config_ui() == ''\n\
             assert self.get_default_config() == '{}' and self.get_config_version() == ''\n\
             assert self.on_cancelled() is None\n\
             return orca.ExecutionResult.success('all')",
        ),
        "all",
    );
}

/// 12.8: there is no module for it.
fn there_is_no_module_of_configurations() {
    check(
        &execute(
            "import importlib\ntry:\n    importlib.import_module('orca.config')\nexcept ModuleNotFoundError:\n    pass\nelse:\n    raise AssertionError\n\
             assert not hasattr(orca, 'config')\nreturn orca.ExecutionResult.success('none')",
        ),
        "none",
    );
}

/// 12.8
fn a_configuration_that_was_never_set_is_empty() {
    check(ANSWER, "{}");
}

/// 12.7: stored, read back, and there for a new instance.
fn what_is_saved_is_read_back() {
    let application = loaded(&execute(
        "assert self.save_config('{\"speed\": 5}') is True\n\
         assert json.loads(self.get_config()) == {'speed': 5} and self.get_config_version() == '1.2.0'\n\
         return orca.ExecutionResult.success('saved')",
    ));
    assert_eq!(application.execute("config", "edit").unwrap(), success("saved"));
    assert_eq!(base(&application), stored(r#"{"speed":5}"#));
    application.manager.shutdown().unwrap();
    let again = PluginManager::builder(application.data.path()).start().unwrap();
    assert_eq!(again.capability_config(&id("config")).base, stored(r#"{"speed":5}"#));
}

fn what_is_no_json_is_not_saved() {
    let application = loaded(&execute(
        "assert self.save_config('{\"speed\": 5}') is True\n\
         assert self.save_config('{speed') is False and self.save_config('') is False\n\
         assert self.save_config('[' * 300 + ']' * 300) is False\n\
         for wrong in (5, None, {'speed': 5}, b'{}'):\n    \
             try:\n        self.save_config(wrong)\n    except TypeError:\n        pass\n    else:\n        raise AssertionError(wrong)\n\
         try:\n    self.save_config('\"\\udc80\"')\nexcept (UnicodeEncodeError, ValueError):\n    pass\n\
         return orca.ExecutionResult.success('refused')",
    ));
    assert_eq!(application.execute("config", "edit").unwrap(), success("refused"));
    assert_eq!(base(&application), stored(r#"{"speed":5}"#));
    assert!(application.logged(LogLevel::Warn, "config")[0].contains("can't be stored"));
}

fn a_folder_that_cannot_be_written_is_a_false() {
    let application =
        loaded(&execute("return orca.ExecutionResult.success(str(self.save_config('{\"speed\": 5}')))"));
    std::fs::create_dir(application.data.path().join("orca_plugins/config.json")).unwrap();
    assert_eq!(application.execute("config", "edit").unwrap(), success("False"));
}

/// 12.8: an object that nobody loaded, or that is not loaded yet or any more.
fn an_orphan_raises() {
    let source = plugin(
        "def __init__(self):\n    super().__init__()\n    refused(self.get_config)\n\n\
         def execute(self, ctx):\n    other = Edit()\n    \
             refused(other.get_config)\n    refused(other.get_config_version)\n    \
             refused(lambda: other.save_config('{}'))\n    refused(orca.PythonPluginBase().get_config)\n    \
             refused(lambda: orca.PythonPluginBase.get_config(5))\n    \
             import copy\n    refused(copy.copy(self).get_config)\n    \
             return orca.ExecutionResult.success(self.get_config())\n\n\
         def on_unload(self):\n    assert self.get_config() == '{}'\n    import threading, time\n    \
             def late():\n        time.sleep(0.3)\n        refused(self.get_config)\n        print('refused late')\n    \
             threading.Thread(target=late, daemon=True).start()",
    );
    let refused = "def refused(act):\n    try:\n        act()\n    except RuntimeError as error:\n        \
                   assert 'is only available on a capability loaded by the plugin host' in str(error), error\n    \
                   else:\n        raise AssertionError\n\n";
    let application = Application::with_script("config", &(source + "\n" + refused));
    application.load("config");
    assert_eq!(application.execute("config", "edit").unwrap(), success("{}"));
    application.manager.loader().unload_plugin("config").unwrap();
    assert!(application.logged(LogLevel::Error, "config").is_empty());
    let begun = std::time::Instant::now();
    while !application.printed().contains("refused late") {
        assert!(begun.elapsed().as_secs() < 30, "{}", application.printed());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// 12.8: the configuration is that of the plugin and the capability.
fn each_capability_has_its_own() {
    let data = DataFolder::new();
    let answers = plugin(ANSWER);
    let saves = plugin(&execute(
        "self.save_config(json.dumps({'of': self.get_name()}))\nreturn orca.ExecutionResult.success(self.get_config())",
    ));
    data.add_script("one", "one.py", &saves);
    data.add_script("two", "two.py", &answers);
    let application = Application::on(data);
    application.load("one");
    application.load("two");
    assert_eq!(application.execute("one", "edit").unwrap(), success(r#"{"of":"edit"}"#));
    assert_eq!(application.execute("two", "edit").unwrap(), success("{}"));
}

/// 12.8: two capabilities of one plugin.
fn capabilities_of_one_plugin_do_not_mix() {
    let saves =
        execute("assert self.save_config('1')\nreturn orca.ExecutionResult.success(self.get_config())");
    let more = "class Other(Edit):\n    def get_name(self):\n        return 'other'\n\n    \
                def execute(self, ctx):\n        return orca.ExecutionResult.success(self.get_config())\n\n";
    let source = plugin(&saves).replace("@orca.plugin", &format!("{more}@orca.plugin"));
    let application = Application::with_script(
        "config",
        &source.replace(
            "orca.register_capability(Edit)",
            "orca.register_capability(Edit)\n        orca.register_capability(Other)",
        ),
    );
    application.load("config");
    assert_eq!(application.execute("config", "edit").unwrap(), success("1"));
    assert_eq!(application.execute("config", "other").unwrap(), success("{}"));
}

/// 12.7: the entry is there when the plugin is not any more.
fn a_configuration_outlives_its_plugin() {
    let application = loaded(ANSWER);
    application.manager.save_capability_config(&id("config"), ConfigScope::Base, "[5]").unwrap();
    application.manager.shutdown().unwrap();
    std::fs::remove_dir_all(application.data.path().join("orca_plugins/config")).unwrap();
    let again = PluginManager::builder(application.data.path()).start().unwrap();
    again.discover_plugins();
    assert!(again.catalog().get("config").is_none());
    assert_eq!(again.capability_config(&id("config")).base, stored("[5]"));
}

/// 12.7: several capabilities and plugins, in memory and on disk.
fn identities_do_not_mix() {
    let application = loaded(ANSWER);
    let of = |key: &str, name: &str| CapabilityId {
        kind: CapabilityType::Script,
        name: name.into(),
        plugin_key: key.into(),
    };
    let all = [("a", "cap_a", "1"), ("a", "cap_b", "2"), ("b", "cap_a", "3"), ("a", "cap_a", "99")];
    for (key, name, config) in all {
        application.manager.save_capability_config(&of(key, name), ConfigScope::Base, config).unwrap();
    }
    for (key, name, config) in &all[1..] {
        let kept = application.manager.capability_config(&of(key, name));
        assert_eq!(kept.base.unwrap().config, *config);
    }
    for id in [of("", "cap"), of("plugin", "")] {
        let refused = application.manager.save_capability_config(&id, ConfigScope::Base, "{}").unwrap_err();
        assert_eq!(refused.code(), ErrorCode::ConfigFailed);
    }
}

/// 12.7: a file that cannot be read holds nothing, and its text survives the next save.
fn a_broken_file_is_as_good_as_none() {
    let application = loaded(ANSWER);
    let file = application.data.path().join("orca_plugins/config.json");
    for text in ["this is not json {{{", r#"{"config":{"not":"an array"}}"#] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(application.execute("config", "edit").unwrap(), success("{}"));
    }
    application.manager.save_capability_config(&id("config"), ConfigScope::Base, "[1]").unwrap();
    assert_eq!(application.execute("config", "edit").unwrap(), success("[1]"));
}

fn what_another_program_writes_is_seen() {
    let application = loaded(ANSWER);
    let file = application.data.path().join("orca_plugins/config.json");
    let text = |speed: u8| {
        format!(
            r#"{{"config":[{{"plugin_key":"config","capability":"edit","cap_config":{{"speed":{speed}}}}}]}}"#
        )
    };
    for speed in 1..4 {
        std::fs::write(&file, text(speed)).unwrap();
        assert_eq!(
            application.execute("config", "edit").unwrap(),
            success(&format!(r#"{{"speed":{speed}}}"#))
        );
    }
}

/// The text of the option of the one preset, or none.
#[derive(Clone, Default)]
struct EditedPreset(Arc<Mutex<Option<String>>>);

impl PresetConfigs for EditedPreset {
    fn overrides(&self, kind: CapabilityType) -> Option<String> {
        self.0.lock().unwrap().clone().filter(|_| kind == CapabilityType::PostProcessing)
    }

    fn set_overrides(&self, _: CapabilityType, text: &str) {
        *self.0.lock().unwrap() = Some(text.into());
    }
}

fn a_preset_overrides() {
    let data = DataFolder::new();
    data.add_script("config", "config.py", &plugin(ANSWER));
    let (preset, edit) = (EditedPreset::default(), id("config"));
    let manager = PluginManager::builder(data.path()).preset_configs(preset.clone()).start().unwrap();
    manager.discover_plugins();
    manager.loader().load_plugin("config", Default::default()).wait().unwrap();
    let jobs = tempfile::tempdir().unwrap();
    let gcode = jobs.path().join("job.gcode");
    std::fs::write(&gcode, "G28\n").unwrap();
    let seen = || {
        let capability = manager.loader().capability("config", "edit").unwrap();
        common::run(&*capability, &gcode).unwrap().message
    };
    manager.save_capability_config(&edit, ConfigScope::Base, "[1]").unwrap();
    let refused = manager.save_capability_config(&edit, ConfigScope::Preset, "[2]").unwrap_err();
    assert!(matches!(refused, Error::NoPreset { .. }), "{refused}");

    *preset.0.lock().unwrap() = Some(String::new());
    assert!(manager.save_capability_config(&edit, ConfigScope::Preset, "[2]").unwrap());
    assert!(!manager.save_capability_config(&edit, ConfigScope::Preset, "[2]").unwrap());
    assert_eq!(seen(), "[2]");
    let kept = manager.capability_config(&edit);
    assert_eq!(kept, CapabilityConfig { base: stored("[1]"), preset: stored("[2]") });
    assert_eq!(kept.effective(), stored("[2]").as_ref());
    assert!(preset.0.lock().unwrap().as_ref().unwrap().contains(r#""plugin_key":"config""#));

    assert!(manager.remove_config_override(&edit).unwrap());
    assert!(!manager.remove_config_override(&edit).unwrap());
    assert_eq!(preset.0.lock().unwrap().as_deref(), Some(""));
    assert_eq!(seen(), "[1]");

    for (text, problem) in [("{{", "invalid plugin capability configuration JSON"), ("{}", "is not an array")]
    {
        *preset.0.lock().unwrap() = Some(text.into());
        assert_eq!(seen(), "[1]", "what cannot be read overrides nothing");
        let refused = manager.save_capability_config(&edit, ConfigScope::Preset, "[2]").unwrap_err();
        assert!(refused.to_string().contains(problem), "{refused}");
        assert_eq!(preset.0.lock().unwrap().as_deref(), Some(text));
    }
}

fn overrides_that_no_option_names_are_pruned() {
    let application = loaded(ANSWER);
    let preset = |names: &[&str]| Preset {
        kind: PresetKind::Print,
        name: "p".into(),
        options: vec![("post_process_plugin".into(), names.iter().map(|name| (*name).into()).collect())],
        plugins: Vec::new(),
    };
    let entry = |name: &str| {
        format!(
            r#"{{"cap_config":1,"capability":"{name}","capability_type":"post-processing","plugin_key":"config","plugin_version":""}}"#
        )
    };
    let text = format!("[{},{}]", entry("edit"), entry("other"));
    let pruned = |names| application.manager.prune_config_overrides(&preset(names), &text);
    assert_eq!(pruned(&["edit", "other"]), None);
    assert_eq!(pruned(&["edit"]), Some(format!("[{}]", entry("edit"))));
    assert_eq!(pruned(&[]), Some(String::new()));
    assert_eq!(application.manager.prune_config_overrides(&preset(&[]), "{{"), None);
}

process_tests!(
    the_base_class_has_the_members,
    there_is_no_module_of_configurations,
    a_configuration_that_was_never_set_is_empty,
    what_is_saved_is_read_back,
    what_is_no_json_is_not_saved,
    a_folder_that_cannot_be_written_is_a_false,
    an_orphan_raises,
    each_capability_has_its_own,
    capabilities_of_one_plugin_do_not_mix,
    a_configuration_outlives_its_plugin,
    identities_do_not_mix,
    a_broken_file_is_as_good_as_none,
    what_another_program_writes_is_seen,
    a_preset_overrides,
    overrides_that_no_option_names_are_pruned,
);
