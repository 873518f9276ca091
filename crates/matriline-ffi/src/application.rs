//! The bridge of what plugins and the application ask of each other while plugins are loaded: configurations,
//! permissions, events of the application, the slice under way.
//!
//! As in `bridge`, every function of Rust takes a `Failure` last and fills it instead of throwing. The functions of C++
//! keep what the application throws to themselves, log it, and answer with what the comment says.

pub(crate) use crate::cxx_side::capability_config::{
    config_ui, copy_config, has_config_ui, prune_overrides, remove_override, restore_default, save_config,
};
pub(crate) use crate::cxx_side::lifecycle::{raise_event, wait_until};
pub(crate) use ffi::{Failure, PresetData};

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub, clippy::ptr_arg)]
pub(crate) mod ffi {
    #[derive(Default)]
    struct StoredConfigData {
        found: bool,
        config: String,
        plugin_version: String,
    }

    #[derive(Default)]
    struct ConfigData {
        base: StoredConfigData,
        preset: StoredConfigData,
    }

    /// A text that may not be there.
    #[derive(Default)]
    struct OptionalText {
        given: bool,
        text: String,
    }

    /// One thing that a plugin is allowed, or asks for.
    struct PermissionData {
        kind: u8,
        target: String,
    }

    struct QuestionData<'a> {
        plugin: &'a str,
        capability: &'a str,
        event: &'a str,
        category: &'a str,
        targets: &'a [String],
        can_be_kept: bool,
        text: &'a str,
    }

    struct EventContextData<'a> {
        name: &'a str,
        code: u8,
        msg: &'a str,
        id: &'a str,
        previous_name: &'a str,
        device_id: &'a str,
        job_id: &'a str,
        source: &'a str,
        index: i64,
        dirty: bool,
    }

    unsafe extern "C++" {
        include!("answers.hpp");
        include!("generated/bridge.hpp");

        type Application = crate::bridge::ffi::Application;
        type Failure = crate::bridge::Failure;
        type Host = crate::cxx_side::host::Host;
        type PresetData = crate::bridge::ffi::PresetData;
        type SliceSink = crate::bridge::ffi::SliceSink;
        type Cancelled;
        type Waiter;

        fn has_preset_configs(application: &Application) -> bool;
        /// The overrides of the preset that goes with a type; false without such a preset.
        fn read_overrides(application: &Application, kind: u8, text: &mut String) -> bool;
        fn write_overrides(application: &Application, kind: u8, text: &str);
        fn has_permissions(application: &Application) -> bool;
        /// False, too, when the application throws.
        fn permit(application: &Application, plugin: &str, name: &str, wanted: &[PermissionData]) -> bool;
        fn has_questions(application: &Application) -> bool;
        /// A no, too, when the application throws.
        fn answer_question(application: &Application, question: &QuestionData<'_>) -> u8;
        fn has_pages(application: &Application) -> bool;
        fn show_message(application: &Application, kind: u8, name: &str, key: &str, message: &str);

        /// False for an unknown option.
        fn slice_value(slice: &SliceSink, key: &str, value: &mut String) -> bool;
        fn slice_cancelled(slice: &SliceSink) -> bool;
        fn is_cancelled(cancelled: &Cancelled) -> bool;
        /// Waits so long at most, and answers whether what is waited for is there.
        fn wait_turn(waiter: &Waiter, milliseconds: u64) -> Result<bool>;
    }

    impl Vec<PermissionData> {}

    extern "Rust" {
        fn copy_config(
            host: &Host,
            key: &str,
            kind: u8,
            name: &str,
            failure: Pin<&mut Failure>,
        ) -> ConfigData;
        /// For the edited preset, or for all of them.
        fn save_config(
            host: &Host,
            key: &str,
            kind: u8,
            name: &str,
            for_preset: bool,
            config: &str,
            failure: Pin<&mut Failure>,
        ) -> bool;
        fn remove_override(host: &Host, key: &str, kind: u8, name: &str, failure: Pin<&mut Failure>) -> bool;
        fn restore_default(
            host: &Host,
            key: &str,
            kind: u8,
            name: &str,
            failure: Pin<&mut Failure>,
        ) -> String;
        fn has_config_ui(host: &Host, key: &str, kind: u8, name: &str, failure: Pin<&mut Failure>) -> bool;
        fn config_ui(
            host: &Host,
            key: &str,
            kind: u8,
            name: &str,
            failure: Pin<&mut Failure>,
        ) -> OptionalText;
        fn prune_overrides(
            host: &Host,
            preset: &PresetData,
            text: &str,
            failure: Pin<&mut Failure>,
        ) -> OptionalText;
        /// Without `limited`, as long as it takes. What the application throws ends it, as if it were there.
        fn wait_until(
            host: &Host,
            limited: bool,
            milliseconds: u64,
            waiter: &Waiter,
            failure: Pin<&mut Failure>,
        ) -> bool;
        fn raise_event(
            host: &Host,
            event: u8,
            context: &EventContextData<'_>,
            cancelled: &Cancelled,
            failure: Pin<&mut Failure>,
        );
    }
}
