//! `orca.visualization`: inputs, sessions, outcomes.

mod common;

use common::Application;
use matriline::{
    CallError, CapabilityType, Drawn, Error, PluginManager, Status, VisualizationContext, VisualizationInput,
    VisualizationInputSpec,
};
use matriline_testkit::process_tests;

/// A script with one capability `view` whose class has these methods beside `get_name`.
fn plugin(methods: &str) -> String {
    let methods = methods.trim().replace('\n', "\n    ");
    format!(
        "import orca\nfrom orca.visualization import *\n\n\
         class View(orca.visualization.VisualizationPluginCapabilityBase):\n    \
             def get_name(self):\n        return 'view'\n\n    {methods}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        orca.register_capability(View)\n"
    )
}

fn loaded(methods: &str) -> Application {
    let application = Application::with_script("draws", &plugin(methods));
    application.load("draws");
    application
}

/// One whose answers are those of a list, in turn, and that prints what is called.
fn answering(answers: &str) -> Application {
    loaded(&format!(
        "answers = [{answers}]\n\n\
         def answer(self, what, ctx):\n    \
             print(what, ctx.revision, ctx.input.location)\n    \
             return orca.ExecutionResult(self.answers.pop(0), '', '')\n\n\
         def open(self, ctx):\n    return self.answer('open', ctx)\n\n\
         def update(self, ctx):\n    return self.answer('update', ctx)\n\n\
         def close(self):\n    print('close')"
    ))
}

fn draw(manager: &PluginManager, revision: i64) -> Result<Drawn, Error> {
    let location = format!("/snapshots/{revision}.glb");
    let input = VisualizationInput {
        kind: "toolpath",
        format: "gltf-binary",
        transport: "file",
        location: &location,
        major_version: 2,
        minor_version: 0,
    };
    let metadata = r#"{"plate_index": 3}"#;
    manager.draw(
        "draws",
        "view",
        &VisualizationContext { orca_version: "2.4.0", revision, input: &input, metadata },
    )
}

/// What was printed, without time and stream.
fn called(application: &Application) -> Vec<String> {
    let printed = application.printed();
    let words = ["open", "update", "close"];
    let call =
        |line: &str| words.iter().filter_map(|word| line.find(word)).min().map(|at| line[at..].to_owned());
    printed.lines().filter_map(call).collect()
}

fn what_a_context_holds() {
    let application = loaded(
        "def open(self, ctx):\n    \
             assert (ctx.orca_version, ctx.revision, ctx.metadata) == ('2.4.0', 7, {'plate_index': 3})\n    \
             assert isinstance(ctx.input, VisualizationInput) and isinstance(ctx, VisualizationContext)\n    \
             input = ctx.input\n    \
             assert (input.kind, input.format, input.transport) == (INPUT_TOOLPATH, FORMAT_GLTF_BINARY, TRANSPORT_FILE)\n    \
             assert (input.location, input.major_version, input.minor_version) == ('/snapshots/7.glb', 2, 0)\n    \
             for name in ('INPUT_TOOLPATH', 'FORMAT_STL', 'FORMAT_OBJ', 'FORMAT_DRACO'):\n        \
                 assert isinstance(getattr(orca.visualization, name), str)\n    \
             try:\n        ctx.revision = 1\n    except AttributeError:\n        pass\n    else:\n        raise AssertionError\n    \
             assert self.get_type() is orca.PluginType.Visualization and 'revision=7' in repr(ctx)\n    \
             self.kept = ctx\n    return orca.ExecutionResult.success('')\n\n\
         def update(self, ctx):\n    \
             assert (self.kept.revision, self.kept.input.location, ctx.revision) == (7, '/snapshots/7.glb', 8)\n    \
             return orca.ExecutionResult.success('')",
    );
    assert_eq!(draw(&application.manager, 7).unwrap().revision, Some(7));
    assert_eq!(draw(&application.manager, 8).unwrap().revision, Some(8));
}

fn inputs_are_asked_for_once() {
    let application = loaded(
        "def get_supported_inputs(self):\n    print('asked')\n    return [\n        \
             VisualizationInputSpec(INPUT_TOOLPATH, FORMAT_DRACO, TRANSPORT_FILE, 1, 0, 1, 9),\n        \
             VisualizationInputSpec(kind=INPUT_TOOLPATH, format=FORMAT_STL, transport=TRANSPORT_FILE),\n    ]",
    );
    let find = |format: &str| {
        let can_make = |input: &VisualizationInputSpec| input.format == format;
        application.manager.drawable_input("draws", "view", &can_make).unwrap()
    };
    let draco = find("draco").unwrap();
    assert_eq!((draco.kind.as_str(), draco.min_major, draco.max_minor), ("toolpath", 1, 9));
    assert!(draco.takes((1, 5)) && find("stl").is_some() && find("obj").is_none());
    assert_eq!(application.printed().matches("asked").count(), 1);
    let first = application.manager.drawable_input("draws", "view", &|_| true).unwrap();
    assert_eq!(first, Some(draco));
}

fn wrong_inputs_are_errors() {
    for answer in ["None", "5", "['toolpath']", "[VisualizationInput()]"] {
        let application = loaded(&format!("def get_supported_inputs(self):\n    return {answer}"));
        let error = application.manager.drawable_input("draws", "view", &|_| true).unwrap_err();
        assert!(matches!(error, Error::Call(CallError::WrongAnswer { .. })), "{answer}: {error}");
        application.manager.shutdown().unwrap();
    }
}

/// What is not taken leaves the session as it was.
fn outcomes() {
    let results =
        ["Success", "Skipped", "RecoverableError", "Success"].map(|it| format!("orca.PluginResult.{it}"));
    let application = answering(&results.join(", "));
    let revisions: Vec<_> =
        (1..5).map(|number| draw(&application.manager, number).unwrap().revision).collect();
    assert_eq!(revisions, [Some(1), Some(1), Some(1), Some(4)]);
    let raised = draw(&application.manager, 5).unwrap_err();
    assert_eq!(raised.raised().unwrap().kind, "IndexError");
    application.manager.end_drawing("draws", "view").unwrap();
    application.manager.end_drawing("draws", "view").unwrap();
    let expected = ["open 1", "update 2", "update 3", "update 4", "update 5"]
        .map(|call| format!("{call} /snapshots/{}.glb", &call[call.len() - 1..]));
    let mut expected = expected.to_vec();
    expected.push("close".into());
    assert_eq!(called(&application), expected);
}

fn a_fatal_error_ends_the_session() {
    let results =
        ["FatalError", "Success", "FatalError", "Success"].map(|it| format!("orca.PluginResult.{it}"));
    let application = answering(&results.join(", "));
    let drawn: Vec<_> = (1..5).map(|number| draw(&application.manager, number).unwrap()).collect();
    assert_eq!(drawn.iter().map(|drawn| drawn.revision).collect::<Vec<_>>(), [None, Some(2), None, Some(4)]);
    assert_eq!(drawn[2].result.status, Status::FatalError);
    let calls: Vec<_> =
        called(&application).iter().map(|call| call.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(calls, ["open", "open", "update", "close", "open"]);
}

/// Who goes away closes its drawing first; one that comes back begins anew.
fn who_goes_away_closes_its_drawing() {
    let success = "orca.PluginResult.Success";
    let application = answering(&format!("{success}, {success}, {success}"));
    let switch = |enabled| {
        let kind = CapabilityType::Visualization;
        assert!(application.loader().set_capability_enabled("draws", kind, "view", enabled));
    };
    draw(&application.manager, 1).unwrap();
    switch(false);
    assert!(matches!(draw(&application.manager, 2), Err(Error::Call(CallError::Disabled(_)))));
    switch(true);
    draw(&application.manager, 3).unwrap();
    application.loader().unload_plugin("draws").unwrap();
    assert!(matches!(draw(&application.manager, 4), Err(Error::NoCapability { .. })));
    let calls: Vec<_> =
        called(&application).iter().map(|call| call.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(calls, ["open", "close", "open", "close"]);
}

/// Calls of one capability follow each other.
fn one_call_at_a_time() {
    let application = loaded(
        "inside = 0\n\ndef open(self, ctx):\n    \
             import time\n    self.inside += 1\n    assert self.inside == 1\n    time.sleep(0.02)\n    self.inside -= 1\n    \
             return orca.ExecutionResult.success('')\n\n\
         update = open",
    );
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|number| {
                let manager = &application.manager;
                scope.spawn(move || draw(manager, number).unwrap().result.status)
            })
            .collect();
        assert!(all.into_iter().all(|thread| thread.join().unwrap() == Status::Success));
    });
}

process_tests!(
    what_a_context_holds,
    inputs_are_asked_for_once,
    wrong_inputs_are_errors,
    outcomes,
    a_fatal_error_ends_the_session,
    who_goes_away_closes_its_drawing,
    one_call_at_a_time,
);
