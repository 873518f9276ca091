//! The bridge of what an application offers to plugins: its model, its presets, its user interface.
//!
//! Snapshots are put together on the Rust side by a builder; meshes are lent and not copied. What pages and plugins
//! tell each other crosses as JSON text. The functions of C++ that answer with a `Result` hand the application's
//! exception on as the words of a refusal; the others log it.

pub(crate) use crate::cxx_side::offer::files::{ModelFile, PresetFiles, read_model, read_presets};
pub(crate) use crate::cxx_side::offer::mesh::{Mesh, new_mesh};
pub(crate) use crate::cxx_side::offer::model::ModelBuilder;
pub(crate) use crate::cxx_side::offer::page::{Click, Events, page_dispatch, page_script};
pub(crate) use crate::cxx_side::offer::presets::BundleBuilder;
pub(crate) use ffi::Failure;

#[cxx::bridge(namespace = "matriline::detail")]
#[allow(missing_docs, unreachable_pub, clippy::ptr_arg)]
pub(crate) mod ffi {
    struct SettingPair {
        key: String,
        value: String,
    }

    struct PlacementData {
        offset: [f64; 3],
        rotation: [f64; 3],
        scaling_factor: [f64; 3],
        mirror: [f64; 3],
    }

    struct VolumeData {
        id: u64,
        name: String,
        kind: i8,
        has_extruder: bool,
        extruder: u32,
        placement: PlacementData,
        mesh_errors: u32,
        fdm_support: bool,
        seam: bool,
        mm: bool,
        fuzzy_skin: bool,
        config: Vec<SettingPair>,
    }

    struct InstanceData {
        id: u64,
        printable: bool,
        is_printable: bool,
        placement: PlacementData,
    }

    struct ObjectData {
        id: u64,
        name: String,
        module_name: String,
        input_file: String,
        printable: bool,
        is_cut: bool,
        has_custom_layering: bool,
        config: Vec<SettingPair>,
    }

    struct ModelData {
        id: u64,
        material_count: usize,
        current_plate: usize,
        designer: String,
        design_id: String,
    }

    /// Which collection of the bundle is meant.
    enum CollectionOf {
        Prints,
        Printers,
        Filaments,
        SlaPrints,
        SlaMaterials,
    }

    struct HostPresetData {
        kind: i8,
        name: String,
        alias: String,
        file: String,
        is_default: bool,
        is_external: bool,
        is_system: bool,
        is_visible: bool,
        is_dirty: bool,
        is_compatible: bool,
        is_project_embedded: bool,
        bundle_id: String,
        config: Vec<SettingPair>,
    }

    #[derive(Default)]
    struct PlaterData {
        found: bool,
        is_project_dirty: bool,
        is_presets_dirty: bool,
        inside_snapshot_capture: bool,
    }

    struct MessageToUser<'a> {
        text: &'a str,
        title: &'a str,
        buttons: u8,
        icon: u8,
    }

    /// A window or a panel; `place` says whether it blocks the others, or where it stands.
    struct PageData<'a> {
        html: &'a str,
        title: &'a str,
        width: u32,
        height: u32,
        place: u8,
    }

    struct ProgressWindow<'a> {
        title: &'a str,
        message: &'a str,
        maximum: i32,
        style: i64,
    }

    unsafe extern "C++" {
        include!("any_capability.hpp");
        include!("host_sink.hpp");
        include!("generated/bridge.hpp");

        type Failure = crate::bridge::Failure;

        type HostSink = crate::bridge::ffi::HostSink;
        type CapabilityAnswer = crate::own_types::ffi::CapabilityAnswer;
        type HostModel;
        type HostPresets;
        type HostInterface;
        type HostWindow;
        type HostPanel;
        type HostProgress;

        fn host_features(host: &HostSink) -> Vec<u8>;
        /// Null without a plater.
        fn host_model(host: &HostSink) -> SharedPtr<HostModel>;
        fn add_answer_mesh(answer: Pin<&mut CapabilityAnswer>, name: &str, mesh: Box<Mesh>) -> Result<()>;
        fn read_host_model(model: &HostModel, into: &mut ModelBuilder);
        /// Null without presets.
        fn host_presets(host: &HostSink) -> SharedPtr<HostPresets>;
        fn read_host_presets(presets: &HostPresets, into: &mut BundleBuilder);
        fn host_plater(host: &HostSink) -> PlaterData;
        /// Null without windows.
        fn host_interface(host: &HostSink) -> SharedPtr<HostInterface>;
        fn host_language(host: &HostSink) -> String;
        fn host_reload(host: &HostSink, bundle_id: &str) -> Result<bool>;

        fn show_message_box(interface: &HostInterface, message: &MessageToUser<'_>) -> u8;
        /// Whether the page submitted, and what.
        fn show_page(
            interface: &HostInterface,
            page: &PageData<'_>,
            events: Box<Events>,
            submitted: &mut String,
        ) -> Result<bool>;
        fn open_page(
            interface: &HostInterface,
            page: &PageData<'_>,
            events: Box<Events>,
        ) -> Result<SharedPtr<HostWindow>>;
        fn open_page_panel(
            interface: &HostInterface,
            panel: &PageData<'_>,
            events: Box<Events>,
        ) -> Result<SharedPtr<HostPanel>>;
        fn open_progress_window(
            interface: &HostInterface,
            progress: &ProgressWindow<'_>,
        ) -> Result<SharedPtr<HostProgress>>;
        fn show_notification(
            interface: &HostInterface,
            level: u8,
            text: &str,
            hyper_text: &str,
            click: Box<Click>,
        );

        fn window_post(window: &HostWindow, json: &str);
        fn window_close(window: &HostWindow);
        fn panel_post(panel: &HostPanel, json: &str);
        fn panel_close(panel: &HostPanel);
        fn panel_show(panel: &HostPanel, shown: bool);
        fn progress_update(progress: &HostProgress, value: i32, message: &str) -> bool;
        fn progress_pulse(progress: &HostProgress, message: &str) -> bool;
        fn progress_start_pulse(progress: &HostProgress, milliseconds: u64, message: &str);
        fn progress_stop_pulse(progress: &HostProgress);
        fn progress_close(progress: &HostProgress);
    }

    extern "Rust" {
        type Mesh;
        /// A mesh over memory that `owner` keeps alive.
        fn new_mesh(
            owner: SharedPtr<MeshMemory>,
            vertices: &[f32],
            triangles: &[i32],
            failure: Pin<&mut Failure>,
        ) -> Box<Mesh>;
        fn vertices(self: &Mesh) -> &[f32];
        fn triangles(self: &Mesh) -> &[i32];

        type ModelBuilder;
        fn set(self: &mut ModelBuilder, model: ModelData);
        fn add_object(self: &mut ModelBuilder, object: ObjectData);
        /// Adds to the last object.
        fn add_volume(self: &mut ModelBuilder, volume: VolumeData, mesh: &Mesh);
        fn add_instance(self: &mut ModelBuilder, instance: InstanceData);

        type BundleBuilder;
        fn set(self: &mut BundleBuilder, current_filaments: Vec<String>, full_config: Vec<SettingPair>);
        fn add_preset(self: &mut BundleBuilder, to: CollectionOf, preset: HostPresetData);
        fn select(self: &mut BundleBuilder, of: CollectionOf, place: usize);
        fn set_edited(self: &mut BundleBuilder, of: CollectionOf, preset: HostPresetData);

        type ModelFile;
        fn read_model(path: &str, failure: Pin<&mut Failure>) -> Box<ModelFile>;
        fn model(self: &ModelFile) -> ModelData;
        fn object_count(self: &ModelFile) -> usize;
        fn object(self: &ModelFile, place: usize) -> ObjectData;
        fn volumes(self: &ModelFile, object: usize) -> Vec<VolumeData>;
        fn mesh(self: &ModelFile, object: usize, volume: usize) -> Box<Mesh>;
        fn instances(self: &ModelFile, object: usize) -> Vec<InstanceData>;

        type PresetFiles;
        fn read_presets(folder: &str, failure: Pin<&mut Failure>) -> Box<PresetFiles>;
        fn presets(self: &PresetFiles, of: CollectionOf) -> Vec<HostPresetData>;
        /// The place of the one that is selected; beyond the end without one.
        fn selected(self: &PresetFiles, of: CollectionOf) -> usize;
        fn current_filaments(self: &PresetFiles) -> Vec<String>;
        fn full_config(self: &PresetFiles) -> Vec<SettingPair>;

        type Events;
        fn message(self: &Events, json: &str, failure: Pin<&mut Failure>);
        fn submit(self: &Events, json: &str, failure: Pin<&mut Failure>);
        fn closed(self: &Events);
        /// What was told, by the numbers of `PageEvents::Told`.
        fn tell(self: &Events, text: &str, failure: Pin<&mut Failure>) -> u8;
        fn opened(self: &Events, window: SharedPtr<HostWindow>, failure: Pin<&mut Failure>);

        type Click;
        fn is_wanted(self: &Click) -> bool;
        fn click(self: &Click);

        fn page_script() -> &'static str;
        fn page_dispatch(json: &str, failure: Pin<&mut Failure>) -> String;
    }

    unsafe extern "C++" {
        type MeshMemory;
    }
}
