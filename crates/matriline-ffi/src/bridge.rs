//! The private bridge to the C++ classes.
//!
//! Every function takes a `Failure` last and fills it instead of throwing; its answer is then the default.
//! C++ functions that may throw answer with a `Result`.

pub use ffi::{ExecutionResult, Failure};

pub(crate) use crate::cxx_side::catalog::{
    catalog_problems, copy_catalog, copy_catalog_entry, copy_install_state, copy_loaded, enabled_keys,
    inspect_package, plugin_directories, remove_from_catalog, scan_plugins, update_cloud_catalog,
};
pub(crate) use crate::cxx_side::gil::{GilGuard, acquire_gil, finalize_python, is_python_running};
pub(crate) use crate::cxx_side::host::{Host, Task, new_host};
pub(crate) use crate::cxx_side::loader::load_error;
pub(crate) use crate::cxx_side::preset::{Document, orca_options, parse_document, update_manifest};
pub(crate) use crate::cxx_side::reference::{
    build_reference, escape_texts, parse_reference, resolve_values, unescape_texts,
};
pub(crate) use crate::cxx_side::resolver::{capability_in_use, pickable, resolve, resolve_installed};
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
        cloud_user: String,
        hub: String,
        enforce_requires_python: bool,
        host_patience_ms: u64,
        /// The place in `Generation::ALL`.
        generation: u8,
        plugin_options: Vec<OptionData>,
        dependencies: DependencyData,
        audit: AuditData,
    }

    /// How strict the policy is with plugins.
    struct AuditData {
        /// What nothing else is said about; the usual one where none is given.
        has_mode: bool,
        mode: u8,
        by_plugin: Vec<PluginModeData>,
        by_type: Vec<TypeModeData>,
        secrets: Vec<String>,
        read_only_roots: Vec<String>,
        question_limit_ms: u64,
    }

    struct PluginModeData {
        plugin_key: String,
        mode: u8,
    }

    struct TypeModeData {
        kind: u8,
        mode: u8,
    }

    /// How packages that plugins depend on are installed; empty texts are left out.
    struct DependencyData {
        uv: String,
        uv_folder: String,
        python: String,
        wheel_folders: Vec<String>,
        /// Whether there is an index at all.
        has_index: bool,
        /// That of the user when it is empty.
        index_url: String,
        time_limit_ms: u64,
    }

    /// An option of the application's presets that holds names of capabilities.
    struct OptionData {
        key: String,
        kind: u8,
        holds: u8,
        built_in: Vec<String>,
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
        latest_version: String,
        installed_version: String,
        capability_types: Vec<u8>,
        display_types: Vec<String>,
        entry_package: String,
        dependencies: Vec<String>,
        requires_python: String,
        settings: Vec<SettingData>,
        plugin_root: String,
        entry_path: String,
        changelog: Vec<ChangelogData>,
        error: String,
        problems: Vec<String>,
        cloud: CloudData,
        metadata_valid: bool,
        sharing_token: String,
        thumbnail_url: String,
    }

    /// What the cloud knows of a plugin; a local one has nothing there.
    #[derive(Default)]
    struct CloudData {
        found: bool,
        uuid: String,
        installed: bool,
        update_available: bool,
        unauthorized: bool,
        is_mine: bool,
    }

    /// A package, the plugin it would replace, and why it cannot be installed.
    #[derive(Default)]
    struct InspectionData {
        descriptor: DescriptorData,
        exists: bool,
        existing_key: String,
        existing_name: String,
        existing_version: String,
        existing_enabled: bool,
        refused: String,
    }

    struct SettingData {
        key: String,
        value: String,
    }

    struct ChangelogData {
        changelog_id: String,
        plugin_uuid: String,
        version: String,
        changelog: String,
        created_time: i64,
    }

    struct InstallStateData {
        installed_from: String,
        installed_version: String,
        plugin_name: String,
        enabled: bool,
        cloud_uuid: String,
        capabilities: Vec<CapabilityStateData>,
    }

    struct CapabilityStateData {
        name: String,
        kind: u8,
        enabled: bool,
    }

    #[derive(Default)]
    struct ProgressData {
        done: usize,
        total: usize,
    }

    #[derive(Default)]
    struct ReferenceData {
        found: bool,
        name: String,
        capability_name: String,
        uuid: String,
    }

    #[derive(Default)]
    struct PresetData {
        kind: u8,
        name: String,
        options: Vec<PresetOptionData>,
        plugins: Vec<String>,
    }

    struct PresetOptionData {
        key: String,
        values: Vec<String>,
    }

    #[derive(Default)]
    struct UpdateData {
        plugins: Vec<String>,
        added: Vec<String>,
        pruned: Vec<String>,
        ambiguous: Vec<AmbiguousData>,
        unresolved: Vec<UnresolvedData>,
    }

    struct AmbiguousData {
        option: String,
        value: String,
        candidates: Vec<String>,
        chosen: String,
        decided_by: u8,
    }

    struct UnresolvedData {
        option: String,
        value: String,
    }

    /// A package in the plugin folders; with an error it cannot be loaded.
    struct PackageData {
        plugin_key: String,
        error: String,
    }

    #[derive(Default)]
    struct ResolutionData {
        missing_cloud: Vec<MissingData>,
        missing_local: Vec<MissingData>,
        inactive: Vec<MissingData>,
        broken: Vec<MissingData>,
        unreferenced: Vec<UnreferencedData>,
        messages: Vec<MessageData>,
        signature: String,
    }

    struct MissingData {
        reference: ReferenceData,
        recovery_url: String,
        option: String,
        preset: u8,
        preset_name: String,
        kind: u8,
        problem: String,
        text: String,
    }

    struct UnreferencedData {
        value: String,
        option: String,
        preset: u8,
        preset_name: String,
        kind: u8,
    }

    struct MessageData {
        bucket: u8,
        text: String,
        action: String,
        find_url: String,
    }

    struct PickableData {
        kind: u8,
        name: String,
        plugin_key: String,
        plugin_name: String,
        reference: String,
        value: String,
    }

    /// A value of a setting, and the reference that stands for it.
    struct ResolvedData {
        value: String,
        reference: ReferenceData,
    }

    /// An optional list of texts.
    #[derive(Default)]
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
        slicing_pipeline_plugin: Vec<String>,
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
        type PostSink;
        type StepSink;
        type Application;
        type SliceSink;
        type HostSink;

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
        fn post_task(sink: &PostSink, task: Box<Task>) -> Result<()>;
        fn report_step(sink: Pin<&mut StepSink>, step: &StepData<'_>) -> Result<()>;
    }

    extern "Rust" {
        type CapabilityHandle;
        fn is_enabled(self: &CapabilityHandle) -> bool;

        type Task;
        fn run(self: &Task);

        type Host;
        fn new_host() -> Box<Host>;
        fn start(
            self: &Host,
            config: &HostConfig,
            log: SharedPtr<LogSink>,
            post: SharedPtr<PostSink>,
            application: SharedPtr<Application>,
            offer: SharedPtr<HostSink>,
            failure: Pin<&mut Failure>,
        );
        fn shutdown(self: &Host, failure: Pin<&mut Failure>);
        fn discover(self: &Host, failure: Pin<&mut Failure>);
        fn start_discovery(self: &Host, failure: Pin<&mut Failure>) -> bool;
        fn cancel_discovery(self: &Host, failure: Pin<&mut Failure>);
        fn is_discovery_in_progress(self: &Host, failure: Pin<&mut Failure>) -> bool;
        fn is_discovery_complete(self: &Host, failure: Pin<&mut Failure>) -> bool;
        fn discovery_progress(self: &Host, failure: Pin<&mut Failure>) -> ProgressData;
        fn wait_for_discovery(self: &Host, milliseconds: u64, failure: Pin<&mut Failure>) -> bool;
        fn discovery_error(self: &Host, failure: Pin<&mut Failure>) -> String;
        fn set_cloud_user(self: &Host, user: &str, failure: Pin<&mut Failure>);
        fn run_post_process(
            self: &Host,
            job: &JobData,
            slice: SharedPtr<SliceSink>,
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
        fn copy_install_state(host: &Host, key: &str, failure: Pin<&mut Failure>) -> Vec<InstallStateData>;
        fn enabled_keys(host: &Host, failure: Pin<&mut Failure>) -> Vec<String>;
        fn inspect_package(host: &Host, file: &str, failure: Pin<&mut Failure>) -> InspectionData;
        fn catalog_problems(host: &Host, failure: Pin<&mut Failure>) -> Vec<String>;
        fn plugin_directories(host: &Host, failure: Pin<&mut Failure>) -> Vec<String>;
        fn remove_from_catalog(host: &Host, key: &str, failure: Pin<&mut Failure>) -> bool;
        fn update_cloud_catalog(host: &Host, records: &Vec<DescriptorData>, failure: Pin<&mut Failure>);
        fn scan_plugins(data_dir: &str, user: &str, failure: Pin<&mut Failure>) -> Vec<DescriptorData>;

        fn unload(self: &Host, key: &str, failure: Pin<&mut Failure>);
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
        fn build_reference(reference: &ReferenceData, failure: Pin<&mut Failure>) -> String;
        fn resolve_values(
            host: &Host,
            kind: u8,
            values: &Vec<String>,
            plugins: &TextList,
            failure: Pin<&mut Failure>,
        ) -> Vec<ResolvedData>;
        fn escape_texts(texts: &Vec<String>, failure: Pin<&mut Failure>) -> String;
        fn unescape_texts(text: &str) -> TextList;

        type Document;
        fn parse_document(text: &str, failure: Pin<&mut Failure>) -> Box<Document>;
        fn strings(self: &Document, key: &str, failure: Pin<&mut Failure>) -> TextList;
        fn plugins(self: &Document, failure: Pin<&mut Failure>) -> Vec<String>;
        fn set_plugins(self: &mut Document, plugins: &Vec<String>, failure: Pin<&mut Failure>);
        fn json(self: &Document, failure: Pin<&mut Failure>) -> String;
        fn save(self: &Document, path: &str, failure: Pin<&mut Failure>);
        fn preset(
            self: &Document,
            kind: u8,
            options: &Vec<OptionData>,
            failure: Pin<&mut Failure>,
        ) -> PresetData;

        fn orca_options() -> Vec<OptionData>;
        fn update_manifest(host: &Host, preset: &PresetData, failure: Pin<&mut Failure>) -> UpdateData;
        fn resolve(host: &Host, presets: &Vec<PresetData>, failure: Pin<&mut Failure>) -> ResolutionData;
        fn resolve_installed(
            options: &Vec<OptionData>,
            presets: &Vec<PresetData>,
            packages: &Vec<PackageData>,
            hub: &str,
            failure: Pin<&mut Failure>,
        ) -> ResolutionData;
        fn capability_in_use(
            host: &Host,
            presets: &Vec<PresetData>,
            key: &str,
            kind: u8,
            name: &str,
            failure: Pin<&mut Failure>,
        ) -> bool;
        fn pickable(host: &Host, kind: u8, failure: Pin<&mut Failure>) -> Vec<PickableData>;

        type GilGuard;
        fn acquire_gil(failure: Pin<&mut Failure>) -> Box<GilGuard>;
        fn is_held(self: &GilGuard) -> bool;
        fn is_python_running() -> bool;
        fn finalize_python(failure: Pin<&mut Failure>);
    }
}
