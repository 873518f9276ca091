//! A plugin whose one capability has a configuration.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use matriline::{CapabilityId, CapabilityType, StoredConfig};

use crate::common::Application;

/// A script with one capability `edit` whose class has these methods beside `get_name`.
pub fn plugin(methods: &str) -> String {
    let methods = methods.trim().replace('\n', "\n    ");
    format!(
        "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Config\"\n# version = \"1.2.0\"\n# ///\n\
         import json\nimport orca\n\n\
         class Edit(orca.gcode.GCodePluginCapabilityBase):\n    \
             def get_name(self):\n        return 'edit'\n\n    \
             {methods}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(Edit)\n"
    )
}

/// A method `execute` with that body.
pub fn execute(body: &str) -> String {
    format!("def execute(self, ctx):\n    {}", body.trim().replace('\n', "\n    "))
}

/// A method `execute` that answers its configuration.
pub const ANSWER: &str =
    "def execute(self, ctx):\n    return orca.ExecutionResult.success(self.get_config())\n";

/// The capability of a plugin.
pub fn id(key: &str) -> CapabilityId {
    CapabilityId { kind: CapabilityType::PostProcessing, name: "edit".into(), plugin_key: key.into() }
}

/// An application with that plugin, `config`, loaded.
pub fn loaded(methods: &str) -> Application {
    let application = Application::with_script("config", &plugin(methods));
    application.load("config");
    application
}

/// What is stored for all presets.
pub fn base(application: &Application) -> Option<StoredConfig> {
    application.manager.capability_config(&id("config")).base
}

/// A configuration that version 1.2.0 has stored.
pub fn stored(config: &str) -> Option<StoredConfig> {
    Some(StoredConfig { config: config.into(), plugin_version: "1.2.0".into() })
}
