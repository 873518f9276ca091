//! Capability types that an application defines itself.

mod common;
mod types_common;

use common::{Application, eval};
use matriline::kinds::{Flag, Number, Real, Result, Text, Unit};
use matriline::types::Importer;
use matriline::{
    CallError, CapabilityType, Error, ErrorCode, LoadOptions, LogLevel, MethodDeclaration, OptionValue,
    PluginManager, PluginOptions, Preset, PresetKind, TypeDeclaration, Typed, capability_type,
};
use matriline_testkit::{DataFolder, process_tests};
use types_common::{it, source};

capability_type! {
    /// Simulates a print.
    pub Simulator = "flow-simulator", "simulation" SimulatorPluginCapabilityBase {
        /// Simulates the G-code, so many times as fast.
        fn simulate(gcode: Text, speed: Real) -> Result;
        /// How many layers it has found.
        fn count_layers(start: Number, exact: Flag) -> Number, optional;
        /// How far it went, in mm.
        fn get_distance() -> Real, optional;
        /// Forgets what it has seen.
        fn forget() -> Unit, optional;
    }
}

const BASE: &str = "simulation.SimulatorPluginCapabilityBase";
const SIMULATE: &str =
    "def simulate(self, gcode, speed):\n    return orca.ExecutionResult.success(f'{gcode} {speed}')\n";

fn start(data: DataFolder) -> Application {
    Application::start(data, |builder| builder.capability_type(<dyn Simulator>::declaration()))
}

fn application(body: &str) -> Application {
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", &source(BASE, body));
    let application = start(data);
    application.load("plugin");
    application
}

fn a_typed_call_reaches_the_plugin() {
    let application = application(&format!(
        "{SIMULATE}def count_layers(self, start, exact):\n    return start + 1 if exact else 0\n\
         def get_distance(self):\n    return 2"
    ));
    let simulator = it::<dyn Simulator>(&application);
    assert_eq!(simulator.simulate("a.gcode", 1.5).unwrap().message, "a.gcode 1.5");
    assert_eq!(simulator.count_layers(i64::MAX - 1, true).unwrap(), i64::MAX);
    assert_eq!(simulator.get_distance().unwrap(), 2.0);
    simulator.forget().unwrap();
    assert!(simulator.is_written("get_distance") && !simulator.is_written("forget"));
}

fn methods_left_out_answer_with_nothing() {
    let application = application(SIMULATE);
    let simulator = it::<dyn Simulator>(&application);
    assert_eq!((simulator.count_layers(5, true).unwrap(), simulator.get_distance().unwrap()), (0, 0.0));
}

fn check_wrong(answer: &str, found: &str) {
    let application = application(&format!("def count_layers(self, start, exact):\n    return {answer}"));
    let error = it::<dyn Simulator>(&application).count_layers(0, true).unwrap_err();
    application.manager.shutdown().unwrap();
    let expected = format!(
        "Plugin `plugin` answered `count_layers` of capability `it` with `{found}`; it must return an `int`"
    );
    assert_eq!(error.to_string(), expected);
}

fn wrong_answers_are_errors() {
    check_wrong("'3'", "str");
    check_wrong("True", "bool");
    check_wrong("3.0", "float");
    check_wrong("2 ** 63", "int beyond 64 bits");
    check_wrong("None", "NoneType");
}

/// Whatever holds for the types of the library holds for this one.
fn it_is_a_type_like_any_other() {
    let application = application(SIMULATE);
    let kind = <dyn Simulator>::kind();
    assert_eq!((kind.as_str(), kind.display_name()), ("flow-simulator", "Flow simulator"));
    assert_eq!(CapabilityType::from_text("Flow-Simulator"), kind);
    let entries = application.loader().plugin_capabilities_by_type(kind);
    assert_eq!(entries[0].id().to_string(), "`it` (flow-simulator) of plugin `plugin`");
    let pickable = application.manager.pickable(kind);
    assert_eq!(pickable[0].capability_name, "it");

    it::<dyn Simulator>(&application).simulate("a", 1.0).unwrap();
    let timings = application.manager.timings("plugin");
    let method = timings.methods.iter().find(|method| method.method == "simulate").unwrap();
    assert_eq!((method.capability.kind, method.timing.count), (kind, 1));

    assert!(application.loader().set_capability_enabled("plugin", kind, "it", false));
    let refused = it::<dyn Simulator>(&application).simulate("a", 1.0);
    assert!(matches!(refused, Err(CallError::Disabled(_))), "{refused:?}");
    assert!(application.manager.pickable(kind).is_empty());
    assert_eq!(application.state("plugin").unwrap().is_capability_enabled(kind, "it"), Some(false));
}

/// 2.1: a preset names it, and its reference tells where it comes from.
fn presets_name_it() {
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", &source(BASE, SIMULATE));
    let declaration = <dyn Simulator>::declaration();
    let kind = declaration.clone().declare().unwrap();
    let options = PluginOptions::orca().with("simulator", kind, OptionValue::CapabilityName);
    let application =
        Application::start(data, |builder| builder.capability_type(declaration).plugin_options(options));
    application.load("plugin");
    let preset = Preset {
        kind: PresetKind::Print,
        name: "Fine".into(),
        options: vec![("simulator".into(), vec!["it".into()])],
        plugins: Vec::new(),
    };
    let update = application.manager.update_manifest(&preset);
    assert_eq!(update.plugins, ["plugin;;it"]);
}

fn python_sees_it() {
    let _application = application(SIMULATE);
    assert_eq!(eval("str(__import__('orca').FlowSimulator)"), "PluginType.FlowSimulator");
    assert_eq!(eval("__import__('orca').PluginType.__members__['FlowSimulator'].value >= 128"), "True");
    assert_eq!(eval("__import__('orca').PluginType(128).name"), "FlowSimulator");
    assert!(
        eval("__import__('orca').simulation.SimulatorPluginCapabilityBase.__doc__")
            .contains("Simulates a print")
    );
}

/// What one manager offers the next may not.
fn it_goes_with_its_manager() {
    let application = application(SIMULATE);
    application.manager.shutdown().unwrap();
    drop(application);
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", &source(BASE, SIMULATE));
    data.add_script("importer", "importer.py", "import orca.importer");
    let without = Application::on(data);
    let error = without.load_error("plugin");
    assert!(error.to_string().contains("module 'orca' has no attribute 'simulation'"), "{error}");
    let error = without.load_error("importer");
    assert!(error.to_string().contains("ModuleNotFoundError"), "{error}");
    assert!(without.logged(LogLevel::Error, "plugin").len() <= 1);
    without.manager.shutdown().unwrap();
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", &source(BASE, SIMULATE));
    let again = start(data);
    again.load("plugin");
    assert_eq!(it::<dyn Simulator>(&again).simulate("b", 2.0).unwrap().message, "b 2.0");
}

/// A name that nobody offers says so.
fn types_that_are_not_taken_say_so() {
    let data = DataFolder::new();
    data.add_script("plugin", "plugin.py", &source("importer.ImporterPluginCapabilityBase", ""));
    let error = Application::on(data).load_error("plugin");
    assert!(error.to_string().contains("this application takes no plugins of that kind"), "{error}");
}

#[track_caller]
fn check_refused(declaration: TypeDeclaration, part: &str) {
    let data = DataFolder::new();
    let Err(error) = PluginManager::builder(data.path()).capability_type(declaration).start() else {
        panic!("it started")
    };
    assert_eq!(error.code(), ErrorCode::InvalidArgument);
    assert!(error.to_string().contains(part), "{error}");
}

fn declared(text: &str, module: &str, class: &str) -> TypeDeclaration {
    let method = MethodDeclaration::new("run", matriline::Kind::Result);
    TypeDeclaration::new(text).base(module, class).method(method)
}

fn declarations_that_cannot_be_are_errors() {
    check_refused(declared("script", "own", "Base"), "the type `script` exists already");
    check_refused(declared("own", "gcode", "Base"), "the module `orca.gcode` exists already");
    check_refused(declared("one", "plugin", "Base"), "the name `orca.plugin` exists already");
    check_refused(
        declared("execution-result", "two", "Base"),
        "the name `orca.ExecutionResult` exists already",
    );
    start(DataFolder::new()).manager.shutdown().unwrap();
    let other = <dyn Simulator>::declaration().method(MethodDeclaration::new("more", matriline::Kind::Unit));
    check_refused(other, "was declared otherwise earlier in this process");
    let importer = <dyn Importer>::declaration();
    check_refused(importer.method(MethodDeclaration::new("get_name", matriline::Kind::Text)), "`get_name`");
}

/// What was refused leaves nothing behind.
fn a_manager_starts_after_one_that_was_refused() {
    check_refused(declared("script", "own", "Base"), "exists already");
    let application = application(SIMULATE);
    assert!(matches!(
        application.loader().load_plugin("nobody", LoadOptions::default()).wait(),
        Err(Error::PluginNotFound { .. })
    ));
}

process_tests!(
    a_typed_call_reaches_the_plugin,
    methods_left_out_answer_with_nothing,
    wrong_answers_are_errors,
    it_is_a_type_like_any_other,
    presets_name_it,
    python_sees_it,
    it_goes_with_its_manager,
    types_that_are_not_taken_say_so,
    declarations_that_cannot_be_are_errors,
    a_manager_starts_after_one_that_was_refused,
);
