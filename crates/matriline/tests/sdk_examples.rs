//! The example plugins of `python-sdk`, each loaded and called.

mod common;
mod host_common;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use common::{Application, every_type, success};
use matriline::host::{Answer, Model, Preset, PresetBundle, PresetCollection, PresetType};
use matriline::types::{Analysis, Automation, Exporter, Importer};
use matriline::{
    AgentFunctions, CancelFn, CapabilityId, CapabilityType, ConfigScope, LifecycleContext, LifecycleEvent,
    LifecycleEvtCode, ManagerBuilder, PagesCapability, PostProcess, PostProcessStep, PrintParams,
    PrinterConnectionParams, Report, ScriptCapability, Slice, SsdpFn, Status, UpdateFn, VisualizationContext,
    VisualizationInput,
};
use matriline_testkit::{DataFolder, MemoryHost, ScriptedInterface, process_tests};
use serde_json::{Value, json};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python-sdk/examples")
}

/// An application with that example loaded.
fn loaded(example: &str, configure: impl FnOnce(ManagerBuilder) -> ManagerBuilder) -> Application {
    let data = DataFolder::new();
    let file = format!("{example}.py");
    data.add_script(example, &file, &std::fs::read_to_string(examples().join(&file)).unwrap());
    let application = Application::start(data, configure);
    application.load(example);
    application
}

fn id(kind: CapabilityType, key: &str, name: &str) -> CapabilityId {
    CapabilityId { kind, name: name.into(), plugin_key: key.into() }
}

/// Every example has a test here.
fn there_are_no_others() {
    let files = std::fs::read_dir(examples()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".py"));
    names.sort();
    let expected = [
        "folder_printer",
        "layer_pause",
        "mesh_watch",
        "model_report",
        "off_files",
        "parts_list",
        "print_diary",
        "print_height",
        "print_stamp",
        "stl_view",
    ];
    assert_eq!(names, expected.map(|name| format!("{name}.py")));
}

fn a_capability_of_gcode() {
    let application = loaded("print_stamp", |builder| builder);
    let result = application.execute("print_stamp", "print-stamp").unwrap();
    assert_eq!(result, success("Stamped"));
    let gcode = std::fs::read_to_string(application.gcode()).unwrap();
    assert_eq!(gcode, "; job.gcode for File, by version 2.4.0\nG28\nG1 X1 Y1 E1\n");
    std::fs::write(application.gcode(), "").unwrap();
    assert_eq!(application.execute("print_stamp", "print-stamp").unwrap().status, Status::Skipped);
}

/// A print whose layers are 0.2 mm high.
struct Print;

impl Slice for Print {
    fn config_value(&self, key: &str) -> Option<String> {
        (key == "layer_height").then(|| "0.2".into())
    }

    fn cancelled(&self) -> bool {
        false
    }
}

/// How it went, and the file that came of it.
fn export(application: &Application, slice: Option<&Arc<dyn Slice>>) -> (Status, String) {
    let source = application.gcode();
    std::fs::write(&source, ";LAYER_CHANGE\n".repeat(8)).unwrap();
    let job = PostProcess {
        source: &source,
        make_copy: false,
        host: "File",
        output_name: "job.gcode",
        post_process_plugin: &[],
        slicing_pipeline_plugin: &["layer-pause".to_owned()],
        slice,
        plugins: Some(&["layer_pause;;layer-pause".to_owned()]),
    };
    let mut statuses = Vec::new();
    let mut note = |step: &PostProcessStep| statuses.push(step.outcome.as_ref().unwrap().status);
    application.manager.run_post_process_plugins(&job, &mut note).unwrap();
    assert_eq!(statuses.len(), 1);
    (statuses[0], std::fs::read_to_string(&source).unwrap())
}

fn a_capability_of_slicing() {
    let application = loaded("layer_pause", |builder| builder);
    let print: Arc<dyn Slice> = Arc::new(Print);
    let pauses_after = |layers: usize| {
        let layer = ";LAYER_CHANGE\n";
        format!("{}PAUSE\n{}", layer.repeat(layers), layer.repeat(8 - layers))
    };
    assert_eq!(export(&application, Some(&print)), (Status::Success, pauses_after(5)));
    let capability = id(CapabilityType::SlicingPipeline, "layer_pause", "layer-pause");
    let config = r#"{"height": 0.4}"#;
    application.manager.save_capability_config(&capability, ConfigScope::Base, config).unwrap();
    assert_eq!(export(&application, Some(&print)), (Status::Success, pauses_after(2)));
    // A warning: the export goes on.
    assert_eq!(export(&application, None), (Status::RecoverableError, ";LAYER_CHANGE\n".repeat(8)));
}

fn a_script() {
    let interface = ScriptedInterface::new();
    let host = Arc::new(MemoryHost::with_everything(interface.clone()));
    let application = loaded("model_report", |builder| builder.host(host.clone()));
    let script = application.loader().capability::<dyn ScriptCapability>("model_report", "model-report");
    let script = script.unwrap();
    assert_eq!(script.execute().unwrap().status, Status::Skipped);

    host.set_model(Model { objects: vec![Arc::new(host_common::cube())], ..Model::default() });
    let printer = Preset { kind: PresetType::Printer, name: "Voron".into(), ..Preset::default() };
    let printers = PresetCollection { presets: vec![Arc::new(printer)], selected: Some(0), edited: None };
    host.set_presets(PresetBundle { printers: Arc::new(printers), ..PresetBundle::default() });
    interface.answer(Answer::Ok);
    let report = "cube: 6.0 cm³, 1 times\nPrinter: Voron";
    assert_eq!(script.execute().unwrap(), success(report));
    assert_eq!(interface.messages()[0].text, report);
    interface.answer(Answer::Cancel);
    assert_eq!(script.execute().unwrap().status, Status::Skipped);
}

fn a_page() {
    let posted = Arc::new(Mutex::new(Vec::new()));
    let keep = posted.clone();
    let post = move |_: &CapabilityId, message: &str| {
        keep.lock().unwrap().push(serde_json::from_str::<Value>(message).unwrap());
    };
    let application = loaded("print_diary", |builder| builder.post_to_page(post));
    let page = application.loader().capability::<dyn PagesCapability>("print_diary", "print-diary").unwrap();
    assert!(page.get_ui().unwrap().contains("window.orca.onMessage"));
    page.on_message(r#"{"command": "show"}"#).unwrap();
    let context =
        LifecycleContext { name: "gear", code: LifecycleEvtCode::Warn, ..LifecycleContext::default() };
    application.manager.raise_lifecycle_event(LifecycleEvent::GCodeExportFinished, &context);
    application.manager.raise_lifecycle_event(LifecycleEvent::NewProject, &context);
    page.on_message(r#"{"command": "clear"}"#).unwrap();
    assert_eq!(*posted.lock().unwrap(), [json!([]), json!(["gear: Warn"]), json!([])]);
}

fn a_printer_agent() {
    let application = loaded("folder_printer", |builder| builder);
    let found = Arc::new(Mutex::new(Vec::new()));
    let keep = found.clone();
    let ssdp = SsdpFn::new(move |json| keep.lock().unwrap().push(json.to_owned()));
    let functions = AgentFunctions { ssdp: Some(ssdp), ..AgentFunctions::default() };
    let agent = application.manager.printer_agents().select("folder", &functions).unwrap();
    let device: Value = serde_json::from_str(&found.lock().unwrap()[0]).unwrap();
    assert_eq!(device["dev_id"], "folder");

    let connect = |dev_id| {
        let params = PrinterConnectionParams { dev_id, ..PrinterConnectionParams::default() };
        agent.connect_printer(&params).into_result().unwrap()
    };
    assert_eq!((connect("another"), connect("folder")), (-1, 0));
    assert_eq!(agent.set_user_selected_machine("folder").into_result(), Ok(0));
    assert_eq!(agent.get_user_selected_machine().into_result().unwrap(), "folder");

    let gcode = application.gcode();
    let params = PrintParams { filename: gcode.to_str().unwrap(), ..PrintParams::default() };
    let print = |is_cancelled| {
        let told = Arc::new(Mutex::new(Vec::new()));
        let keep = told.clone();
        let update = UpdateFn::new(move |_, _, msg| keep.lock().unwrap().push(msg.to_owned()));
        let cancel = CancelFn::new(move || is_cancelled);
        let code = agent.start_local_print(&params, Some(&update), Some(&cancel)).into_result();
        let told = told.lock().unwrap().clone();
        (code.unwrap(), told)
    };
    assert_eq!(print(true), (-1, vec![]));
    assert_eq!(print(false), (0, vec!["Copied".to_owned()]));
    // What it has not written is answered all the same.
    assert_eq!(agent.unbind("folder").value, -1);
}

fn a_capability_that_draws() {
    let application = loaded("stl_view", |builder| builder);
    let inputs = |format: &'static str| {
        let has_it = |input: &matriline::VisualizationInputSpec| input.format == format;
        application.manager.drawable_input("stl_view", "stl-view", &has_it).unwrap()
    };
    assert!(inputs("stl").unwrap().takes((1, 0)) && inputs("obj").is_none());

    let snapshot = application.jobs.path().join("plate.stl");
    let location = snapshot.to_str().unwrap();
    let draw = |revision, triangles: &[u8]| {
        std::fs::write(&snapshot, [&[0; 80], triangles].concat()).unwrap();
        let input = VisualizationInput {
            kind: "toolpath",
            format: "stl",
            transport: "file",
            location,
            major_version: 1,
            minor_version: 0,
        };
        let metadata = r#"{"plate_index": 3}"#;
        let context = VisualizationContext { orca_version: "2.4.0", revision, input: &input, metadata };
        application.manager.draw("stl_view", "stl-view", &context).unwrap()
    };
    assert_eq!(draw(1, &[12, 0, 0, 0]).result, success("Plate 3: 12 triangles"));
    let broken = draw(2, &[]);
    assert_eq!((broken.revision, broken.result.status), (Some(1), Status::RecoverableError));
    assert_eq!(draw(3, &[0, 1, 0, 0]).result.message, "Plate 3: 256 triangles");
    application.manager.end_drawing("stl_view", "stl-view").unwrap();
    assert!(application.printed().contains("closed"));
}

/// Says nothing, and cancels nothing.
fn nobody() -> Arc<dyn Report> {
    struct Nobody;

    impl Report for Nobody {
        fn report(&self, _: f64, _: &str) -> bool {
            true
        }
    }

    Arc::new(Nobody)
}

fn model() -> Arc<Model> {
    Arc::new(Model::of(vec![host_common::cube()]))
}

fn an_importer() {
    let application = loaded("off_files", every_type);
    let importer = application.loader().capability::<dyn Importer>("off_files", "off-files").unwrap();
    assert_eq!(importer.get_extensions().unwrap(), [".off"]);
    let path = application.jobs.path().join("square.off");
    let import = |text: &str| {
        std::fs::write(&path, text).unwrap();
        importer.import_file(path.to_str().unwrap(), &nobody())
    };
    let meshes = import("OFF\n# a square\n4 1 4\n0 0 0\n9 0 0\n9 9 0\n0 9 0\n\n4 0 1 2 3\n").unwrap();
    assert_eq!((meshes.len(), meshes[0].name.as_str()), (1, "square"));
    assert_eq!(meshes[0].mesh.triangles(), [[0, 1, 2], [0, 2, 3]]);
    assert_eq!(meshes[0].mesh.vertices()[2], [9.0, 9.0, 0.0]);
    let error = import("solid cube").unwrap_err();
    assert!(error.raised().unwrap().message.ends_with("does not begin with OFF"), "{error}");
}

fn an_exporter() {
    let application = loaded("parts_list", every_type);
    let exporter = application.loader().capability::<dyn Exporter>("parts_list", "parts-list").unwrap();
    let path = application.jobs.path().join("parts.csv");
    let result = exporter.export_file(&model(), path.to_str().unwrap(), &nobody()).unwrap();
    assert_eq!(result, success("1 objects"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "object,copies,x,y,z\r\ncube,1,10.0,20.0,30.0\r\n");
}

fn an_analysis() {
    let application = loaded("print_height", every_type);
    let analysis = application.loader().capability::<dyn Analysis>("print_height", "print-height").unwrap();
    let report = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let of_model = analysis.analyze_model(&model(), &nobody()).unwrap();
    assert_eq!(report(of_model), json!({ "height": 30.0, "objects": { "cube": 30.0 } }));
    let gcode = application.gcode();
    std::fs::write(&gcode, "G28\nG1 Z0.2\nG1 X5 Z10.4 E1\nG1 X5 ; Z99\n").unwrap();
    let of_gcode = analysis.analyze_gcode(gcode.to_str().unwrap(), &nobody()).unwrap();
    assert_eq!(report(of_gcode), json!({ "height": 10.4, "moves": 2 }));
}

fn an_automation() {
    let interface = ScriptedInterface::new();
    let host = Arc::new(MemoryHost::with_everything(interface.clone()));
    let application = loaded("mesh_watch", |builder| every_type(builder.host(host.clone())));
    let automation = application.loader().capability::<dyn Automation>("mesh_watch", "mesh-watch").unwrap();
    let context = LifecycleContext { name: "cube", ..LifecycleContext::default() };
    let skipped = automation.execute(LifecycleEvent::NewProject, &context).unwrap();
    assert_eq!(skipped.status, Status::Skipped);
    let added = || automation.execute(LifecycleEvent::ObjectAdded, &context).unwrap();
    assert_eq!(added(), success("0 errors"));
    let mut broken = host_common::cube();
    let volume = Arc::make_mut(&mut broken.volumes[0]);
    volume.mesh_errors = 3;
    host.set_model(Model::of(vec![broken]));
    interface.answer(Answer::Ok);
    assert_eq!(added(), success("3 errors"));
    assert_eq!(interface.messages()[0].text, "cube has 3 errors");
}

process_tests!(
    there_are_no_others,
    a_capability_of_gcode,
    a_capability_of_slicing,
    a_script,
    a_page,
    a_printer_agent,
    a_capability_that_draws,
    an_importer,
    an_exporter,
    an_analysis,
    an_automation,
);
