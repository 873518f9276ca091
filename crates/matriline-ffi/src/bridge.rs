//! The private bridge to the C++ classes.
//!
//! Every function takes a `Failure` last and fills it instead of throwing; its answer is then the default.
//! C++ functions that may throw answer with a `Result`.

pub use ffi::{ExecutionResult, Failure};

pub(crate) use crate::cxx_side::catalog::{
    copy_catalog, copy_catalog_entry, copy_loaded, plugin_directories,
};
pub(crate) use crate::cxx_side::gil::{GilGuard, acquire_gil, finalize_python, is_python_running};
pub(crate) use crate::cxx_side::host::{Host, new_host, parse_reference};
pub(crate) use crate::cxx_side::loader::load_error;
pub use crate::cxx_side::shell::CapabilityHandle;

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub, clippy::ptr_arg)]
pub(crate) mod ffi {
    /// What a manager is started with; empty texts are left out.
    struct HostConfig {
        data_dir: String,
        application_version: String,
        python_home: String,
        forward_output: bool,
    }

    /// Which part of the catalog is meant.
    enum CatalogPart {
        Valid,
        Invalid,
    }

    #[derive(Default)]
    struct DescriptorData {
        plugin_key: String,
        name: String,
        description: String,
        author: String,
        version: String,
        entry_package: String,
        dependencies: Vec<String>,
        plugin_root: String,
        entry_path: String,
        error: String,
        problems: Vec<String>,
    }

    struct ReferenceData {
        found: bool,
        name: String,
        capability_name: String,
        uuid: String,
    }

    struct RequirementData {
        value: String,
        reference: ReferenceData,
        satisfied: bool,
        problem: String,
    }

    /// An optional list of texts.
    struct TextList {
        given: bool,
        texts: Vec<String>,
    }

    struct JobData {
        source: String,
        make_copy: bool,
        host: String,
        output_name: String,
        post_process_plugin: Vec<String>,
        plugins: TextList,
    }

    struct StepData<'a> {
        kind: u8,
        name: &'a str,
        plugin_key: &'a str,
        failed: bool,
        status: u8,
        message: &'a str,
        data: &'a str,
        code: i32,
        plugin: &'a str,
        traceback: &'a str,
        nanoseconds: u64,
    }

    unsafe extern "C++" {
        include!("glue.hpp");

        type Failure;
        type ExecutionResult;
        type LoadedPluginCapability;
        type CapabilityList;
        type LogSink;
        type StepSink;

        fn fail(
            failure: Pin<&mut Failure>,
            code: i32,
            message: &str,
            plugin: &str,
            traceback: &str,
        ) -> Result<()>;
        fn set_result(result: Pin<&mut ExecutionResult>, status: u8, message: &str, data: &str)
        -> Result<()>;
        fn make_shell(
            handle: Box<CapabilityHandle>,
            kind: u8,
            name: &str,
            plugin_key: &str,
        ) -> Result<SharedPtr<LoadedPluginCapability>>;
        fn push_capability(
            list: Pin<&mut CapabilityList>,
            capability: SharedPtr<LoadedPluginCapability>,
        ) -> Result<()>;
        fn write_log(sink: &LogSink, level: u8, target: &str, plugin: &str, text: &str) -> Result<()>;
        fn report_step(sink: Pin<&mut StepSink>, step: &StepData<'_>) -> Result<()>;
    }

    extern "Rust" {
        type CapabilityHandle;
        fn is_enabled(self: &CapabilityHandle) -> bool;

        type Host;
        fn new_host() -> Box<Host>;
        fn start(self: &Host, config: &HostConfig, log: SharedPtr<LogSink>, failure: Pin<&mut Failure>);
        fn shutdown(self: &Host, failure: Pin<&mut Failure>);
        fn discover(self: &Host, failure: Pin<&mut Failure>);
        fn requirements(
            self: &Host,
            kind: u8,
            values: &Vec<String>,
            plugins: &TextList,
            failure: Pin<&mut Failure>,
        ) -> Vec<RequirementData>;
        fn run_post_process(
            self: &Host,
            job: &JobData,
            sink: Pin<&mut StepSink>,
            failure: Pin<&mut Failure>,
        ) -> Vec<String>;

        fn copy_catalog(host: &Host, part: CatalogPart, failure: Pin<&mut Failure>) -> Vec<DescriptorData>;
        fn copy_catalog_entry(
            host: &Host,
            part: CatalogPart,
            key: &str,
            failure: Pin<&mut Failure>,
        ) -> Vec<DescriptorData>;

        fn copy_loaded(host: &Host, failure: Pin<&mut Failure>) -> Vec<DescriptorData>;
        fn plugin_directories(host: &Host, failure: Pin<&mut Failure>) -> Vec<String>;

        fn load(self: &Host, key: &str, failure: Pin<&mut Failure>);
        fn unload(self: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn unload_all(self: &Host, failure: Pin<&mut Failure>);
        fn is_loaded(self: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn is_idle_and_empty(self: &Host, failure: Pin<&mut Failure>) -> bool;
        fn set_enabled(
            self: &Host,
            key: &str,
            kind: u8,
            name: &str,
            enabled: bool,
            failure: Pin<&mut Failure>,
        ) -> bool;
        fn load_error(host: &Host, key: &str, failure: Pin<&mut Failure>) -> String;
        fn find(
            self: &Host,
            key: &[u8],
            kind: u8,
            name: &[u8],
            failure: Pin<&mut Failure>,
        ) -> SharedPtr<LoadedPluginCapability>;
        fn find_by_name(
            self: &Host,
            name: &str,
            kind: u8,
            failure: Pin<&mut Failure>,
        ) -> SharedPtr<LoadedPluginCapability>;
        fn list_by_type(self: &Host, kind: u8, list: Pin<&mut CapabilityList>, failure: Pin<&mut Failure>);
        fn list_by_plugin(self: &Host, key: &str, list: Pin<&mut CapabilityList>, failure: Pin<&mut Failure>);

        fn parse_reference(text: &str) -> ReferenceData;

        type GilGuard;
        fn acquire_gil(failure: Pin<&mut Failure>) -> Box<GilGuard>;
        fn is_held(self: &GilGuard) -> bool;
        fn is_python_running() -> bool;
        fn finalize_python(failure: Pin<&mut Failure>);
    }
}
