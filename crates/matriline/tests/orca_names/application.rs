//! An application whose plugin evaluates the rows.

use std::sync::Arc;

use matriline::host::{
    Answer, Config, Feature, Generation, Host, Model, Painted, PlaterState, Preset, PresetBundle,
    PresetCollection, PresetType, Refused, UserInterface,
};
use matriline::{
    FilamentSyncMode, LifecycleContext, LifecycleEvent, LifecycleEvtCode, PostProcess, PostProcessStep,
    PrinterAgentCapability, PrinterConnectionParams, ScriptCapability, Slice, VisualizationContext,
    VisualizationInput,
};
use matriline_testkit::{DataFolder, MemoryHost, ScriptedInterface};
use serde::Deserialize;
use serde_json::json;

use crate::common::{Application, every_type};
use crate::host_common::cube;
use crate::rows::Row;

const PLUGIN: &str = include_str!("plugin.py");

/// An application with that plugin.
pub(crate) struct Names(Application);

/// What the plugin has found.
pub(crate) struct Found {
    pub(crate) rows: Vec<FoundRow>,
    /// The public names that there are.
    pub(crate) names: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct FoundRow {
    /// What the name stands for, or what it raises.
    pub(crate) what: Result<String, String>,
    /// What the call has given and what it should give, as `repr()`.
    pub(crate) outcome: (String, String),
}

#[derive(Deserialize)]
struct Told {
    rows: Vec<FoundRow>,
    names: Vec<String>,
}

impl Names {
    /// One that offers everything, or nothing.
    pub(crate) fn start(generation: Generation, everything: bool) -> Self {
        let data = DataFolder::new();
        data.add_script("names", "names.py", PLUGIN);
        let application = Application::start(data, |builder| {
            let builder = builder.generation(generation);
            match everything {
                true => every_type(builder.host(Arc::new(Full(host())))),
                false => builder,
            }
        });
        application.load("names");
        Self(application)
    }

    /// Has the plugin look for the names and make the calls.
    pub(crate) fn find(&self, rows: &[Row]) -> Found {
        self.call_capabilities();
        let rows =
            rows.iter().map(|row| json!({ "name": row.path(), "call": row.call, "answer": row.answer }));
        let rows = serde_json::Value::from_iter(rows).to_string();
        std::fs::write(self.0.data.path().join("rows.json"), rows).unwrap();
        let run = self.0.loader().capability::<dyn ScriptCapability>("names", "Run").unwrap();
        let result = run.execute().unwrap_or_else(|error| panic!("{error:?}"));
        let Told { rows, names } = serde_json::from_str(&result.data).unwrap();
        Found { rows, names }
    }

    /// What an application calls, which the plugin notes.
    fn call_capabilities(&self) {
        let manager = &self.0.manager;
        self.0.execute("names", "Edit").unwrap();
        let context = LifecycleContext {
            name: "gear",
            code: LifecycleEvtCode::Warn,
            msg: "cancelled",
            id: "7",
            previous_name: "wheel",
            device_id: "printer",
            job_id: "job",
            source: "user",
            index: 3,
            dirty: true,
        };
        manager.raise_lifecycle_event(LifecycleEvent::ObjectAdded, &context);
        for agent in ["Older", "Newer"] {
            let agent = self.0.loader().capability::<dyn PrinterAgentCapability>("names", agent).unwrap();
            let params = PrinterConnectionParams {
                dev_id: "dev",
                host: "10.0.0.1",
                username: "user",
                password: "code",
                use_ssl: true,
                ..PrinterConnectionParams::default()
            };
            assert_eq!(agent.connect_printer(&params).into_result(), Ok(0));
            let bound = agent.bind("10.0.0.1", "dev", "model", "link", "UTC", true, None);
            assert_eq!(bound.into_result(), Ok(0));
            assert_eq!(agent.fetch_filament_info("dev", FilamentSyncMode::Pull).into_result(), Ok(true));
        }
        if self.0.loader().loaded_plugin_capabilities("names").iter().any(|entry| entry.id().name == "Slice")
        {
            self.export();
            self.draw();
        }
    }

    fn export(&self) {
        let (source, print): (_, Arc<dyn Slice>) = (self.0.gcode(), Arc::new(Print));
        let job = PostProcess {
            source: &source,
            make_copy: false,
            host: "File",
            output_name: "job.gcode",
            post_process_plugin: &[],
            slicing_pipeline_plugin: &["Slice".to_owned()],
            slice: Some(&print),
            plugins: Some(&["names;;Slice".to_owned()]),
        };
        let mut note = |step: &PostProcessStep| assert!(step.outcome.is_ok(), "{step:?}");
        self.0.manager.run_post_process_plugins(&job, &mut note).unwrap();
    }

    fn draw(&self) {
        let Ok(_) = self.0.manager.drawable_input("names", "Draw", &|_| true) else { return };
        let input = VisualizationInput {
            kind: "toolpath",
            format: "stl",
            transport: "file",
            location: "plate.stl",
            major_version: 1,
            minor_version: 4,
        };
        let metadata = r#"{"plate_index": 2}"#;
        let context = VisualizationContext { orca_version: "2.4.0", revision: 6, input: &input, metadata };
        self.0.manager.draw("names", "Draw", &context).unwrap();
    }
}

struct Print;

impl Slice for Print {
    fn config_value(&self, key: &str) -> Option<String> {
        (key == "layer_height").then(|| "0.2".into())
    }

    fn cancelled(&self) -> bool {
        false
    }
}

/// A host that has everything a plugin may ask for.
struct Full(MemoryHost);

impl Host for Full {
    fn features(&self) -> Vec<Feature> {
        self.0.features()
    }

    fn model(&self) -> Option<Arc<Model>> {
        self.0.model()
    }

    fn preset_bundle(&self) -> Option<Arc<PresetBundle>> {
        self.0.preset_bundle()
    }

    fn plater(&self) -> Option<PlaterState> {
        self.0.plater()
    }

    fn user_interface(&self) -> Option<Arc<dyn UserInterface>> {
        self.0.user_interface()
    }

    fn app_language(&self) -> String {
        "de_DE".into()
    }

    fn reload_local_bundle(&self, bundle_id: &str) -> Result<bool, Refused> {
        Ok(bundle_id == "mine")
    }
}

fn host() -> MemoryHost {
    let interface = ScriptedInterface::new();
    interface.answer(Answer::Yes);
    interface.answer(Answer::No);
    interface.use_dialog(|_, _| Some(json!({ "a": [1, null] })));
    let host = MemoryHost::with_everything(interface);
    host.set_model(model());
    host.set_presets(presets());
    host.set_plater(PlaterState { is_project_dirty: true, ..PlaterState::default() });
    host
}

fn model() -> Model {
    let mut object = cube();
    object.module_name = "parts".into();
    object.input_file = "cube.stl".into();
    object.is_cut = true;
    object.has_custom_layering = true;
    let part = Arc::make_mut(&mut object.volumes[0]);
    part.mesh_errors = 3;
    part.painted = Painted { fdm_support: true, seam: true, mm: true, fuzzy_skin: true };
    part.config = config(&[("wall_loops", "4")]);
    Model {
        id: 9,
        material_count: 2,
        current_plate: 1,
        designer: "Ada".into(),
        design_id: "d7".into(),
        ..Model::of(vec![object])
    }
}

fn config(options: &[(&str, &str)]) -> Config {
    options.iter().copied().collect()
}

fn presets() -> PresetBundle {
    let one = |kind, name: &str| {
        let preset = Preset { kind, name: name.into(), is_system: true, ..Preset::default() };
        Arc::new(PresetCollection { presets: vec![Arc::new(preset)], selected: Some(0), edited: None })
    };
    let green = Preset {
        kind: PresetType::Filament,
        name: "Green PLA".into(),
        alias: "Green".into(),
        file: "green.json".into(),
        is_visible: true,
        is_dirty: true,
        is_compatible: true,
        bundle_id: "mine".into(),
        config: config(&[("filament_type", "PLA"), ("temperature", "210")]),
        ..Preset::default()
    };
    let edited = Preset { config: config(&[("temperature", "220")]), ..green.clone() };
    let red = Preset { kind: PresetType::Filament, name: "Red PLA".into(), ..Preset::default() };
    let filaments = PresetCollection {
        presets: vec![Arc::new(green), Arc::new(red)],
        selected: Some(0),
        edited: Some(Arc::new(edited)),
    };
    PresetBundle {
        prints: one(PresetType::Print, "0.2 mm"),
        printers: one(PresetType::Printer, "Voron"),
        filaments: Arc::new(filaments),
        current_filaments: vec!["Red PLA".into(), "missing filament preset".into()],
        full_config: config(&[("layer_height", "0.2")]),
        ..PresetBundle::default()
    }
}
