//! The bridge of a plugin's life: loading, events, installing, and what is known of it afterwards.
//!
//! As in `bridge`, every function takes a `Failure` last and fills it instead of throwing.

pub(crate) use crate::cxx_side::bisect::{Search, new_search, read_search};
pub(crate) use crate::cxx_side::install::{
    collect_environments, install_cloud_plugin, install_packages, install_plugin, keep_plugin_as_local,
    previous_version, remove_plugin, roll_back_plugin,
};
pub(crate) use crate::cxx_side::loading::{
    Loads, cancel_load, is_load_in_progress, load_enabled, load_enabled_among, load_plugin, load_plugins,
    reload_plugin, unload_cloud_plugins, wait_for_all_loads, wait_for_load, write_install_state,
};
pub(crate) use crate::cxx_side::record::{
    clear_all_plugin_errors, clear_plugin_error, crashes, run_script, set_budgets, set_plugin_error, timings,
};
pub(crate) use crate::cxx_side::subscribe::{subscribe, unsubscribe};
pub(crate) use ffi::{DescriptorData, ExecutionResult, Failure};

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub, clippy::ptr_arg)]
pub(crate) mod ffi {
    /// A load as it is now.
    struct LoadData {
        plugin_key: String,
        stage: u8,
        line: String,
        /// 0 while it has not failed.
        code: i32,
        message: String,
        traceback: String,
    }

    /// What a subscriber is told of.
    enum Happening {
        Load,
        Unload,
        CapabilityLoad,
        CapabilityUnload,
        Changed,
        OverBudget,
    }

    struct OverBudgetData<'a> {
        plugin: &'a str,
        is_call: bool,
        phase: u8,
        kind: u8,
        name: &'a str,
        method: &'a str,
        elapsed_ns: u64,
        budget_ns: u64,
        text: &'a str,
    }

    #[derive(Default)]
    struct TimingData {
        count: u64,
        total_ns: u64,
        worst_ns: u64,
        last_ns: u64,
    }

    struct MethodTimingData {
        kind: u8,
        name: String,
        method: String,
        timing: TimingData,
    }

    /// The phases by their numbers.
    #[derive(Default)]
    struct TimingsData {
        phases: Vec<TimingData>,
        methods: Vec<MethodTimingData>,
    }

    struct BudgetData {
        given: bool,
        nanoseconds: u64,
    }

    struct CrashData {
        plugin_key: String,
        activity: u8,
        kind: u8,
        capability: String,
        /// In seconds since 1970.
        when: i64,
        text: String,
    }

    #[derive(Default)]
    struct PreviousData {
        found: bool,
        version: String,
        /// In seconds since 1970.
        replaced: i64,
    }

    #[derive(Default)]
    struct CollectedData {
        removed: Vec<String>,
        held: usize,
        halves: usize,
    }

    /// How a search ended.
    enum SearchEnd {
        None,
        Guilty,
        NoPlugin,
        NoFault,
    }

    unsafe extern "C++" {
        include!("glue.hpp");
        include!("generated/bridge.hpp");

        type DescriptorData = crate::bridge::ffi::DescriptorData;
        type ExecutionResult = crate::bridge::ExecutionResult;
        type Failure = crate::bridge::Failure;
        type ProgressData = crate::bridge::ffi::ProgressData;
        type Host = crate::cxx_side::host::Host;
        type Subscriber;

        fn tell_plugin(subscriber: &Subscriber, key: &str) -> Result<()>;
        fn tell_capability(subscriber: &Subscriber, kind: u8, name: &str, key: &str) -> Result<()>;
        fn tell_over_budget(subscriber: &Subscriber, over: &OverBudgetData<'_>) -> Result<()>;
    }

    extern "Rust" {
        /// With `request`, `capabilities` are those to enable.
        fn load_plugin(
            host: &Host,
            key: &str,
            skip_dependencies: bool,
            request: bool,
            capabilities: &Vec<String>,
            failure: Pin<&mut Failure>,
        );
        fn reload_plugin(host: &Host, key: &str, failure: Pin<&mut Failure>);
        /// Without `limited`, as long as it takes.
        fn wait_for_load(
            host: &Host,
            key: &str,
            limited: bool,
            milliseconds: u64,
            failure: Pin<&mut Failure>,
        );
        fn wait_for_all_loads(
            host: &Host,
            limited: bool,
            milliseconds: u64,
            failure: Pin<&mut Failure>,
        ) -> bool;
        fn is_load_in_progress(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn cancel_load(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn unload_cloud_plugins(host: &Host, failure: Pin<&mut Failure>);
        fn write_install_state(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;

        type Loads;
        fn load_enabled(host: &Host, failure: Pin<&mut Failure>) -> Box<Loads>;
        fn load_enabled_among(host: &Host, keys: &Vec<String>, failure: Pin<&mut Failure>) -> Box<Loads>;
        fn load_plugins(host: &Host, keys: &Vec<String>, failure: Pin<&mut Failure>) -> Box<Loads>;
        fn data(self: &Loads, failure: Pin<&mut Failure>) -> Vec<LoadData>;
        fn progress(self: &Loads, failure: Pin<&mut Failure>) -> ProgressData;
        fn wait(self: &Loads, limited: bool, milliseconds: u64, failure: Pin<&mut Failure>) -> bool;
        fn cancel(self: &Loads, failure: Pin<&mut Failure>);

        fn subscribe(
            host: &Host,
            to: Happening,
            subscriber: SharedPtr<Subscriber>,
            failure: Pin<&mut Failure>,
        ) -> u64;
        fn unsubscribe(host: &Host, token: u64, failure: Pin<&mut Failure>) -> bool;

        /// Each answers the key of the plugin that is in place then.
        fn install_plugin(host: &Host, file: &str, failure: Pin<&mut Failure>) -> String;
        fn install_cloud_plugin(
            host: &Host,
            file: &str,
            record: &DescriptorData,
            failure: Pin<&mut Failure>,
        ) -> String;
        fn keep_plugin_as_local(host: &Host, key: &str, failure: Pin<&mut Failure>) -> String;
        fn roll_back_plugin(host: &Host, key: &str, failure: Pin<&mut Failure>) -> String;
        fn remove_plugin(host: &Host, key: &str, failure: Pin<&mut Failure>);
        fn previous_version(host: &Host, key: &str, failure: Pin<&mut Failure>) -> PreviousData;
        fn install_packages(host: &Host, requirements: &Vec<String>, failure: Pin<&mut Failure>);
        fn collect_environments(host: &Host, seconds: u64, failure: Pin<&mut Failure>) -> CollectedData;

        fn run_script(
            host: &Host,
            key: &str,
            name: &str,
            answer: Pin<&mut ExecutionResult>,
            failure: Pin<&mut Failure>,
        );
        fn set_plugin_error(host: &Host, key: &str, text: &str, failure: Pin<&mut Failure>) -> bool;
        fn clear_plugin_error(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn clear_all_plugin_errors(host: &Host, failure: Pin<&mut Failure>);
        fn crashes(host: &Host, failure: Pin<&mut Failure>) -> Vec<CrashData>;
        fn timings(host: &Host, key: &str, failure: Pin<&mut Failure>) -> TimingsData;
        /// Those of the phases by their numbers, then that of a call.
        fn set_budgets(host: &Host, budgets: &Vec<BudgetData>, failure: Pin<&mut Failure>);

        type Search;
        fn new_search(keys: &Vec<String>, failure: Pin<&mut Failure>) -> Box<Search>;
        fn read_search(text: &str, failure: Pin<&mut Failure>) -> Box<Search>;
        fn to_load(self: &Search, failure: Pin<&mut Failure>) -> Vec<String>;
        fn suspects(self: &Search, failure: Pin<&mut Failure>) -> Vec<String>;
        fn steps_left(self: &Search, failure: Pin<&mut Failure>) -> u32;
        fn answer(self: &mut Search, is_bad: bool, failure: Pin<&mut Failure>);
        fn end(self: &Search, failure: Pin<&mut Failure>) -> SearchEnd;
        fn guilty(self: &Search, failure: Pin<&mut Failure>) -> Vec<String>;
        fn text(self: &Search, failure: Pin<&mut Failure>) -> String;
    }
}
