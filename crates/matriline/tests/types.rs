//! The types of the specification that have no calls of their own: importers, exporters, analyses, automations.

mod common;
mod types_common;

use std::sync::Arc;
use std::time::Duration;

use matriline::host::{Model, ModelInstance, ModelObject, ModelVolume, Placement, TriangleMesh};
use matriline::types::{Analysis, Automation, Exporter, Importer};
use matriline::{
    CallError, CapabilityType, ImportedMesh, LifecycleContext, LifecycleEvent, Report, Status, within,
};
use matriline_testkit::process_tests;
use types_common::{Reports, application, application_of, it, nobody, raised};

const IMPORTER: &str = "importer.ImporterPluginCapabilityBase";
const EXPORTER: &str = "exporter.ExporterPluginCapabilityBase";
const ANALYSIS: &str = "analysis.AnalysisPluginCapabilityBase";
const AUTOMATION: &str = "automation.AutomationPluginCapabilityBase";

/// Calls an importer whose `import_file` has that body.
fn import(body: &str, progress: &Arc<dyn Report>) -> Result<Vec<ImportedMesh>, CallError> {
    let body = body.trim().replace('\n', "\n    ");
    let application = application(IMPORTER, &format!("def import_file(self, path, progress):\n    {body}"));
    let meshes = it::<dyn Importer>(&application).import_file("cube.stl", progress);
    application.manager.shutdown().unwrap();
    meshes
}

fn an_importer_gives_meshes() {
    let (reports, progress) = Reports::new(usize::MAX);
    let meshes = import(
        "assert path == 'cube.stl'\n\
         corners = [(x, y, z) for z in (0, 2) for y in (0, 1) for x in (0, 1)]\n\
         faces = ((0, 2, 1), [1, 2, 3], (4, 5, 6), (5, 7, 6))\n\
         assert progress(0.5, 'Reading') is True and progress(done=2) is True\n\
         mesh = orca.host.TriangleMesh(corners, faces)\n\
         assert mesh.vertex_count() == 8 and mesh.triangle(1) == (1, 2, 3)\n\
         return [('cube', mesh), mesh]",
        &progress,
    )
    .unwrap();
    let found: Vec<_> = meshes.iter().map(|mesh| (mesh.name.as_str(), mesh.mesh.triangles().len())).collect();
    assert_eq!(found, [("cube", 4), ("", 4)]);
    assert_eq!(meshes[0].mesh.bounding_box().unwrap().size(), [1.0, 1.0, 2.0]);
    assert_eq!(*reports.told.lock().unwrap(), [(0.5, "Reading".into()), (1.0, String::new())]);
}

/// PEP 3118: what numpy gives, here of the standard library's.
fn meshes_are_made_of_buffers() {
    let meshes = import(
        "import array\n\
         def rows(code, numbers):\n    \
             plain = memoryview(array.array(code, numbers)).cast('B')\n    \
             return plain.cast(code, shape=[len(numbers) // 3, 3])\n\
         meshes = []\n\
         for real in 'fd':\n    \
             for whole in 'iqI':\n        \
                 meshes.append(orca.host.TriangleMesh(rows(real, [0, 0, 0, 1, 0, 0, 0, 1, 0]), rows(whole, [0, 1, 2])))\n\
         return tuple(meshes)",
        &nobody(),
    )
    .unwrap();
    assert_eq!(meshes.len(), 6);
    for mesh in meshes {
        assert_eq!(mesh.mesh.vertices(), [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
        assert_eq!(mesh.mesh.triangles(), [[0, 1, 2]]);
    }
}

fn check_no_mesh(made: &str, kind: &str, part: &str) {
    let body = format!("import array\nnan = float('nan')\nreturn [orca.host.TriangleMesh({made})]");
    let (found, message) = raised(import(&body, &nobody()));
    assert!(found == kind && message.contains(part), "{found}: {message}");
}

fn bad_meshes_raise() {
    check_no_mesh("[(0, 0, 0)], [(0, 0, 5)]", "ValueError", "Triangle 0 has the vertex 5, but there are 1");
    check_no_mesh("[(0, 0, 0)], [(0, 0, -1)]", "ValueError", "the vertex -1");
    check_no_mesh("[(0, 0, nan)], []", "ValueError", "Vertex 0 is not finite");
    check_no_mesh("[(0, 0, 1e300)], []", "ValueError", "Vertex 0 is not finite");
    check_no_mesh("[(0, 0)], []", "TypeError", "vertices[0] is not (x, y, z)");
    check_no_mesh("[(0, 0, 0)], [(0, 0, 2 ** 40)]", "TypeError", "triangles[0] is not");
    check_no_mesh("[(0, 0, 0)], 'abc'", "TypeError", "triangles[0] is not");
    check_no_mesh("5, []", "TypeError", "not iterable");
    check_no_mesh("array.array('f', [0, 0, 0]), []", "ValueError", "the shape (N, 3), not [3]");
    check_no_mesh("[], array.array('q', [2 ** 40] * 3)", "ValueError", "the shape (N, 3)");
    let huge = "[(0, 0, 0)], memoryview(array.array('q', [2 ** 40] * 3)).cast('B').cast('q', shape=[1, 3])";
    check_no_mesh(huge, "ValueError", "the vertex 1099511627776, which no mesh has");
    let many = "[(0, 0, 0)] * 100000, ((0, 1, place) for place in range(200000))";
    check_no_mesh(many, "ValueError", "Triangle 100000 has the vertex 100000, but there are 100000");
}

fn check_wrong(body: &str, found: &str) {
    let error = import(body, &nobody()).unwrap_err();
    let CallError::WrongAnswer { method, expected, found: text, .. } = &error else { panic!("{error}") };
    assert_eq!((*method, text.as_str()), ("import_file", found));
    assert!(expected.starts_with("a list of `orca.host.TriangleMesh`"), "{expected}");
}

fn wrong_answers_are_errors() {
    check_wrong("return None", "NoneType");
    check_wrong("return 'mesh'", "str");
    check_wrong("return {}", "dict");
    check_wrong("return [3]", "list` whose item 0 is `int");
    check_wrong("return [('name',)]", "list` whose item 0 is `tuple");
    check_wrong("return [(orca.host.TriangleMesh([], []), 'name')]", "list` whose item 0 is `tuple");
    assert_eq!(raised(import("raise KeyError('no')", &nobody())).0, "KeyError");
    let call = raised(import("progress(float('nan'))", &nobody()));
    assert_eq!(call, ("ValueError".into(), "done must be a number from 0 to 1, not NaN".into()));
    assert_eq!(raised(import("progress('half')", &nobody())).0, "TypeError");
}

fn a_method_that_is_not_written_raises() {
    let application = application(IMPORTER, "");
    let importer = it::<dyn Importer>(&application);
    assert!(!importer.is_written("import_file") && !importer.is_written("other"));
    let (kind, message) = raised(importer.import_file("a", &nobody()));
    assert_eq!(kind, "RuntimeError");
    assert!(message.contains("orca.importer.ImporterPluginCapabilityBase::import_file"), "{message}");
}

fn progress_cancels() {
    let (reports, progress) = Reports::new(3);
    let body = "for place in range(100):\n    if not progress(place / 100):\n        return []\nraise AssertionError";
    assert!(import(body, &progress).unwrap().is_empty());
    assert_eq!(reports.count(), 3);
}

fn progress_of_a_call_that_is_over_answers_no() {
    let (reports, progress) = Reports::new(usize::MAX);
    let application = application(
        IMPORTER,
        "def import_file(self, path, progress):\n    self.kept = progress\n    return []\n\
         def get_extensions(self):\n    return [str(self.kept(0.5)), repr(self.kept)]",
    );
    let importer = it::<dyn Importer>(&application);
    importer.import_file("a", &progress).unwrap();
    let answers = importer.get_extensions().unwrap();
    assert_eq!(answers, ["False", "<orca.Progress of a call that is over>"]);
    assert_eq!(reports.count(), 0);
    assert_eq!(Arc::strong_count(&progress), 2, "what was lent is given back");
}

fn endings_are_a_list_of_texts() {
    let extensions = |answer: &str| {
        let application = application(IMPORTER, &format!("def get_extensions(self):\n    return {answer}"));
        let extensions = it::<dyn Importer>(&application).get_extensions();
        application.manager.shutdown().unwrap();
        extensions
    };
    assert_eq!(extensions("('.a', '.b')").unwrap(), [".a", ".b"]);
    for (answer, text) in [("'.a'", "str"), ("['.a', 1]", "list` whose item 1 is `int"), ("{'.a'}", "set")] {
        let error = extensions(answer).unwrap_err();
        let CallError::WrongAnswer { found, .. } = &error else { panic!("{error}") };
        assert_eq!(found, text);
    }
}

fn model() -> Arc<Model> {
    let part = ModelVolume::new(1, "part", TriangleMesh::cuboid([10.0, 20.0, 30.0]));
    let object = ModelObject::new(2, "box", vec![part], vec![ModelInstance::new(3, Placement::default())]);
    Arc::new(Model::of(vec![object]))
}

fn an_exporter_writes_a_file() {
    let application = application(
        EXPORTER,
        "def export_file(self, model, path, progress):\n    \
             names = [volume.name for object in model.objects() for volume in object.volumes()]\n    \
             with open(path, 'w') as file:\n        file.write(' '.join(names))\n    \
             progress(1)\n    \
             return orca.ExecutionResult.success(f'{model.object_count()} object')",
    );
    let exporter = it::<dyn Exporter>(&application);
    let path = application.jobs.path().join("out.txt");
    let (reports, progress) = Reports::new(usize::MAX);
    let result = exporter.export_file(&model(), path.to_str().unwrap(), &progress).unwrap();
    assert_eq!((result.status, result.message.as_str()), (Status::Success, "1 object"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "part");
    assert_eq!(reports.count(), 1);
}

fn an_exporter_writes_nowhere_else() {
    let body = "def export_file(self, model, path, progress):\n    open('/other.txt', 'w')";
    let application = application(EXPORTER, body);
    let path = application.jobs.path().join("out.txt");
    let written = it::<dyn Exporter>(&application).export_file(&model(), path.to_str().unwrap(), &nobody());
    assert_eq!(raised(written).0, "PermissionError");
}

fn an_analysis_reports() {
    let application = application(
        ANALYSIS,
        "def analyze_model(self, model, progress):\n    \
             return {'height': model.max_z(), 'names': [object.name for object in model.objects()]}",
    );
    let analysis = it::<dyn Analysis>(&application);
    assert!(analysis.is_written("analyze_model") && !analysis.is_written("analyze_gcode"));
    let report = analysis.analyze_model(&model(), &nobody()).unwrap();
    assert_eq!(report, r#"{"height":30.0,"names":["box"]}"#);
}

fn an_analysis_reads_gcode() {
    let body = "def analyze_gcode(self, path, progress):\n    return len(open(path).readlines())";
    let application = application(ANALYSIS, body);
    let analysis = it::<dyn Analysis>(&application);
    assert_eq!(analysis.analyze_gcode(application.gcode().to_str().unwrap(), &nobody()).unwrap(), "2");
}

fn reports_are_json() {
    let body = "def analyze_gcode(self, path, progress):\n    deep = []\n    for _ in range(300):\n        deep = [deep]\n    return deep";
    let application = application(ANALYSIS, body);
    let (kind, message) = raised(it::<dyn Analysis>(&application).analyze_gcode("a", &nobody()));
    assert!(kind == "ValueError" && message.contains("deeper"), "{kind}: {message}");
}

fn an_automation_takes_events() {
    let application = application(
        AUTOMATION,
        "def execute(self, event, ctx):\n    \
             if event is not orca.LifecycleEvent.ObjectAdded:\n        return orca.ExecutionResult.skipped('')\n    \
             return orca.ExecutionResult.success(f'{event.name} {ctx.name} {ctx.index}')",
    );
    let automation = it::<dyn Automation>(&application);
    let context = LifecycleContext { name: "box", index: 3, ..LifecycleContext::default() };
    let result = automation.execute(LifecycleEvent::ObjectAdded, &context).unwrap();
    assert_eq!(result.message, "ObjectAdded box 3");
    let other = automation.execute(LifecycleEvent::NewProject, &context).unwrap();
    assert_eq!(other.status, Status::Skipped);
}

/// They keep the numbers and the words of the specification.
fn types_of_the_specification_stay_what_they_were() {
    let application = application(IMPORTER, "def import_file(self, path, progress):\n    return []");
    let entries = application.loader().plugin_capabilities_by_type(CapabilityType::Importer);
    assert_eq!(entries.len(), 1);
    assert_eq!(
        common::eval("int(__import__('orca').importer.ImporterPluginCapabilityBase().get_type())"),
        "4"
    );
    assert_eq!(common::eval("len(__import__('orca').PluginType.__members__)"), "11");
}

fn documentation_is_there() {
    let application = application_of(&[]);
    let doc = |of: &str| common::eval(&format!("__import__('orca').{of}.__doc__"));
    assert_eq!(doc("importer"), "What capabilities of the type `importer` need.");
    assert!(doc("importer.ImporterPluginCapabilityBase").contains("Reads files of a format"));
    let method = doc("exporter.ExporterPluginCapabilityBase.export_file");
    assert!(method.contains("Writes the model") && method.contains("To be written"), "{method}");
    let signature = common::eval(
        "__import__('orca').analysis.AnalysisPluginCapabilityBase.analyze_model.__text_signature__",
    );
    assert_eq!(signature, "(self, model, progress)");
    application.manager.shutdown().unwrap();
}

/// Progress of a call that nobody waits for reaches the application no more, and says that it is cancelled.
fn an_importer_that_takes_too_long() {
    let body = "def import_file(self, path, progress):\n    \
                while path == 'slow' and progress(0.5):\n        import time; time.sleep(0.01)\n    \
                progress(1)\n    print('over')\n    return [orca.host.TriangleMesh([(0, 0, 0)], [])]";
    let application = application(IMPORTER, body);
    let capability = it::<dyn Importer>(&application).capability().clone();
    let (reports, progress) = Reports::new(usize::MAX);
    let meshes = within::<dyn Importer>(&capability, Duration::from_secs(60)).import_file("quick", &progress);
    assert_eq!(meshes.unwrap()[0].mesh.vertices().len(), 1);
    assert_eq!(reports.count(), 1);
    let impatient = within::<dyn Importer>(&capability, Duration::from_millis(100));
    let error = impatient.import_file("slow", &progress).unwrap_err();
    assert!(matches!(&error, CallError::TimedOut { method: "import_file", .. }), "{error}");
    let before = reports.count();
    common::patiently("the importer ends", || application.printed().matches("over").count() == 2);
    assert!(reports.count() <= before + 1, "one may have been under way");
    application.manager.shutdown().unwrap();
}

process_tests!(
    an_importer_gives_meshes,
    meshes_are_made_of_buffers,
    bad_meshes_raise,
    wrong_answers_are_errors,
    a_method_that_is_not_written_raises,
    progress_cancels,
    progress_of_a_call_that_is_over_answers_no,
    endings_are_a_list_of_texts,
    an_exporter_writes_a_file,
    an_exporter_writes_nowhere_else,
    an_analysis_reports,
    an_analysis_reads_gcode,
    reports_are_json,
    an_automation_takes_events,
    an_importer_that_takes_too_long,
    types_of_the_specification_stay_what_they_were,
    documentation_is_there,
);
