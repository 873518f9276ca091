//! Presets: what they lack, what they are saved with, what they use.

mod common;

use common::Application;
use matriline::{CapabilityId, CapabilityType, Preset, PresetKind, Resolution};
use matriline_testkit::{DataFolder, process_tests};

const POST: CapabilityType = CapabilityType::PostProcessing;

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|&text| text.to_owned()).collect()
}

fn preset(kind: PresetKind, names: &[&str], plugins: &[&str]) -> Preset {
    let options = vec![("post_process_plugin".to_owned(), texts(names))];
    Preset { kind, name: "Fine".into(), options, plugins: texts(plugins) }
}

fn print(names: &[&str], plugins: &[&str]) -> Preset {
    preset(PresetKind::Print, names, plugins)
}

fn references(missing: &[matriline::MissingPlugin]) -> Vec<String> {
    missing.iter().map(|plugin| plugin.reference.to_string()).collect()
}

fn check_clear(resolution: &Resolution) {
    assert!(!resolution.blocks_slicing(), "{:?}", resolution.messages());
}

fn every_reference_has_its_bucket() {
    let application = Application::with(&["good", "stamps", "broken_metadata", "syntax_error"]);
    application.load("stamps");
    let _ = application.load_error("syntax_error");
    assert!(application.manager.loader().set_capability_enabled("stamps", POST, "second", false));
    let uuid = "550e8400-e29b-41d4-a716-446655440000";
    let cloud = format!("Fancy;{uuid};sparkle");
    let plugins = [
        "stamps;;first",
        "stamps;;second",
        "stamps;;third",
        "good;;edit",
        "syntax_error;;broken",
        "broken_metadata;;worse",
        "absent;;gone",
        &cloud,
    ];
    let names = ["first", "second", "third", "edit", "broken", "worse", "gone", "sparkle", "unheard"];
    let found = application.manager.resolve(&[print(&names, &plugins)]);
    assert_eq!(references(found.missing_cloud()), [cloud.as_str()]);
    assert_eq!(references(found.missing_local()), ["absent;;gone"]);
    let inactive = ["stamps;;second", "good;;edit", "syntax_error;;broken", "broken_metadata;;worse"];
    assert_eq!(references(found.inactive()), inactive);
    assert_eq!(references(found.broken()), ["stamps;;third"]);
    assert_eq!(found.satisfied().len(), 1);
    assert!(found.blocks_slicing());
    let told: String = found.messages().iter().map(ToString::to_string).collect();
    for part in ["syntax_error.py, line 11", "Line 4, column 19"] {
        assert!(told.contains(part), "{told}\nlacks `{part}`");
    }
    assert_eq!(found.unreferenced()[0].value, "unheard");
}

fn activating_what_is_inactive_clears_the_way() {
    let application = Application::with(&["stamps"]);
    let presets = [print(&["first"], &["stamps;;first"])];
    let before = application.manager.resolve(&presets);
    assert!(before.blocks_slicing());
    application.load("stamps");
    let after = application.manager.resolve(&presets);
    check_clear(&after);
    assert_ne!(before.signature(), after.signature());
}

fn a_filament_blocks_like_the_others() {
    let application = Application::with(&["stamps"]);
    application.load("stamps");
    let filament = preset(PresetKind::Filament, &["gone"], &["absent;;gone"]);
    let found = application.manager.resolve(&[print(&["first"], &["stamps;;first"]), filament]);
    assert_eq!(references(found.missing_local()), ["absent;;gone"]);
    assert_eq!(found.missing_local()[0].preset, PresetKind::Filament);
}

fn a_name_of_another_type_is_broken() {
    let data = DataFolder::new();
    data.add_script("other", "other.py", SCRIPT);
    let application = Application::on(data);
    application.load("other");
    let found = application.manager.resolve(&[print(&["run"], &["other;;run"])]);
    assert_eq!(references(found.broken()), ["other;;run"]);
}

const SCRIPT: &str = "import orca


class Run(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return 'run'

    def execute(self):
        return orca.ExecutionResult.success('ran')


@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.register_capability(Run)
";

fn saving_adds_what_is_loaded_and_prunes_by_use() {
    let application = Application::with(&["stamps", "good"]);
    application.load("stamps");
    let saved = application
        .manager
        .update_manifest(&print(&["first", "edit", "nobody"], &["good;;edit", "old;;unused", "garbage"]));
    assert_eq!(saved.plugins, ["good;;edit", "stamps;;first"], "an unloaded plugin keeps its reference");
    assert_eq!(saved.added, ["stamps;;first"]);
    assert_eq!(saved.pruned, ["old;;unused", "garbage"]);
    assert_eq!(saved.unresolved[0].value, "nobody");
    let again = print(&["first", "edit", "nobody"], &["good;;edit", "stamps;;first"]);
    assert_eq!(application.manager.update_manifest(&again).plugins, again.plugins);
}

fn a_disabled_capability_keeps_its_reference_and_is_not_offered() {
    let application = Application::with(&["stamps"]);
    application.load("stamps");
    let names = |kind| -> Vec<String> {
        application.manager.pickable(kind).into_iter().map(|found| found.capability_name).collect()
    };
    assert_eq!(names(POST), ["first", "second"]);
    application.manager.loader().set_capability_enabled("stamps", POST, "first", false);
    assert_eq!(names(POST), ["second"]);
    assert_eq!(names(CapabilityType::Script), [""; 0]);
    let saved = application.manager.update_manifest(&print(&["first"], &[]));
    assert_eq!(saved.plugins, ["stamps;;first"]);
}

fn in_use_is_answered_from_the_presets() {
    let application = Application::with(&[]);
    let presets = [print(&["first"], &["stamps;;first", "stamps;;second"])];
    let in_use = |key: &str, name: &str| {
        let id = CapabilityId { kind: POST, name: name.into(), plugin_key: key.into() };
        application.manager.capability_in_use(&presets, &id)
    };
    assert!(in_use("stamps", "first"));
    assert!(!in_use("stamps", "second"));
    assert!(!in_use("other", "first"));
}

process_tests!(
    every_reference_has_its_bucket,
    activating_what_is_inactive_clears_the_way,
    a_filament_blocks_like_the_others,
    a_name_of_another_type_is_broken,
    saving_adds_what_is_loaded_and_prunes_by_use,
    a_disabled_capability_keeps_its_reference_and_is_not_offered,
    in_use_is_answered_from_the_presets,
);
