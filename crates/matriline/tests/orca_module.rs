//! The module `orca`: names, defaults, and what wrong uses raise.

mod common;

use common::{Application, script, success};
use matriline::Status;
use matriline_testkit::process_tests;

/// Runs statements in an `execute`; they assert by themselves.
fn check(body: &str) {
    let body = format!("{}\nreturn orca.ExecutionResult.success('checked')", body.trim());
    let application = Application::with_script("checks", &script(&body));
    application.load("checks");
    let result = application
        .execute("checks", "edit")
        .unwrap_or_else(|error| panic!("{}", error.traceback().unwrap()));
    assert_eq!(result, success("checked"));
}

/// `expression` raises `kind` with a message that holds `part`.
fn check_raises(expression: &str, kind: &str, part: &str) {
    check(&format!(
        "try:\n    {expression}\nexcept Exception as error:\n    \
         assert type(error).__name__ == {kind:?}, repr(error)\n    assert {part:?} in str(error), str(error)\n\
         else:\n    raise AssertionError('nothing was raised')"
    ));
}

fn enumerations() {
    check(
        "names = ['PostProcessing', 'PrinterConnection', 'Automation', 'Analysis', 'Importer', 'Exporter', 'Visualization', 'Script', 'Unknown', 'SlicingPipeline', 'Pages']\n\
         assert list(orca.PluginType.__members__) == names\n\
         assert [int(getattr(orca.PluginType, name)) for name in names] == list(range(11))\n\
         assert orca.Script is orca.PluginType.Script and orca.FatalError is orca.PluginResult.FatalError\n\
         assert list(orca.PluginResult.__members__) == ['Success', 'Skipped', 'RecoverableError', 'FatalError']\n\
         assert orca.PluginResult.Skipped.name == 'Skipped' and orca.PluginResult.Skipped.value == 1\n\
         assert orca.PluginResult(1) is orca.PluginResult.Skipped and orca.PluginResult.Skipped != orca.PluginResult.Success\n\
         assert str(orca.PluginResult.Skipped) == 'PluginResult.Skipped'\n\
         assert {orca.PluginResult.Success: 1}[orca.PluginResult.Success] == 1\n\
         import copy, pickle\n\
         assert copy.deepcopy(orca.PluginResult.Skipped) is orca.PluginResult.Skipped\n\
         assert pickle.loads(pickle.dumps(orca.PluginResult.Skipped)) is orca.PluginResult.Skipped",
    );
    check_raises("orca.PluginResult(9)", "ValueError", "9 is not a valid PluginResult");
}

fn results() {
    check(
        "result = orca.ExecutionResult()\n\
         assert (result.status, result.message, result.data) == (orca.PluginResult.Success, '', '')\n\
         result = orca.ExecutionResult(orca.PluginResult.Skipped, 'm', 'd')\n\
         assert (result.status, result.message, result.data) == (orca.PluginResult.Skipped, 'm', 'd')\n\
         result.status, result.message, result.data = orca.PluginResult.FatalError, 'x', 'y'\n\
         assert (result.status, result.message, result.data) == (orca.PluginResult.FatalError, 'x', 'y')\n\
         assert orca.ExecutionResult.success().status is orca.PluginResult.Success\n\
         assert orca.ExecutionResult.success('m', data='d').data == 'd'\n\
         assert orca.ExecutionResult.success(message='m').message == 'm'\n\
         assert orca.ExecutionResult.skipped('m').status is orca.PluginResult.Skipped\n\
         result = orca.ExecutionResult.failure(orca.PluginResult.Success, 'm', 'd')\n\
         assert (result.status, result.message, result.data) == (orca.PluginResult.Success, 'm', 'd')\n\
         assert orca.ExecutionResult().success('on an instance').message == 'on an instance'",
    );
}

fn wrong_results() {
    check_raises(
        "orca.ExecutionResult.failure('only a message')",
        "TypeError",
        "status must be a PluginResult",
    );
    check_raises(
        "orca.ExecutionResult.failure('FatalError', 'm')",
        "TypeError",
        "status must be a PluginResult",
    );
    check_raises(
        "orca.ExecutionResult.failure(orca.FatalError)",
        "TypeError",
        "status and message must be given",
    );
    check_raises("orca.ExecutionResult.recoverable_error('m')", "AttributeError", "recoverable_error");
    check_raises("orca.ExecutionResult.success(5)", "TypeError", "message must be str, not int");
    check_raises("orca.ExecutionResult.success('m', 'd', 'x')", "TypeError", "at most 2");
    check_raises("orca.ExecutionResult.success(text='m')", "TypeError", "no argument `text`");
    check_raises("orca.ExecutionResult.success('m', message='m')", "TypeError", "given twice");
    check_raises(
        "setattr(orca.ExecutionResult(), 'status', 3)",
        "TypeError",
        "status must be a PluginResult",
    );
}

fn a_subclass_of_a_result_is_a_result() {
    let body = "class Mine(orca.ExecutionResult):\n    def __init__(self, text):\n        super().__init__()\n        \
                self.message = text\nreturn Mine('derived')";
    let application = Application::with_script("derives", &script(body));
    application.load("derives");
    assert_eq!(application.execute("derives", "edit").unwrap(), success("derived"));
}

fn text_that_utf8_cannot_hold_arrives_replaced() {
    let body = "return orca.ExecutionResult.failure(orca.FatalError, 'a\\udc80b')";
    let application = Application::with_script("odd", &script(body));
    application.load("odd");
    let result = application.execute("odd", "edit").unwrap();
    assert_eq!(result.status, Status::FatalError);
    assert!(result.message.starts_with('a') && result.message.ends_with('b'), "{}", result.message);
}

fn contexts() {
    check(
        "assert isinstance(ctx, orca.gcode.GCodePluginContext) and isinstance(ctx, orca.PluginContext)\n\
         assert ctx.orca_version == '2.4.0' and ctx.host == 'File'\n\
         ctx.host = 'OctoPrint'\nassert ctx.host == 'OctoPrint'\n\
         own = orca.gcode.GCodePluginContext()\n\
         assert own.gcode_path == '' and own.orca_version == ''\n\
         own.gcode_path = 'x'\nassert own.gcode_path == 'x'\n\
         plain = orca.PluginContext()\nplain.orca_version = '1'\nassert plain.orca_version == '1'\n\
         class Derived(orca.gcode.GCodePluginContext):\n    def __init__(self, more):\n        super().__init__()\n        self.more = more\n\
         derived = Derived(5)\nderived.host = 'h'\nassert (derived.more, derived.host) == (5, 'h')",
    );
    check_raises("setattr(ctx, 'host', 5)", "TypeError", "host must be str, not int");
    check_raises("delattr(ctx, 'host')", "TypeError", "cannot be deleted");
    check_raises("orca.gcode.GCodePluginContext('x')", "TypeError", "takes no arguments");
}

fn bases() {
    check(
        "assert issubclass(orca.gcode.GCodePluginCapabilityBase, orca.PythonPluginBase)\n\
         assert issubclass(orca.script.ScriptPluginCapabilityBase, orca.PythonPluginBase)\n\
         assert self.get_type() is orca.PluginType.PostProcessing\n\
         assert orca.script.ScriptPluginCapabilityBase().get_type() is orca.PluginType.Script\n\
         assert orca.PythonPluginBase().get_type() is orca.PluginType.Unknown\n\
         assert orca.PythonPluginBase().on_load() is None and super().on_unload() is None\n\
         import orca.gcode as gcode\nassert gcode is orca.gcode\nfrom orca.gcode import GCodePluginCapabilityBase\n\
         assert orca.base().register_capabilities() is None",
    );
    let unwritten = "Tried to call pure virtual function";
    check_raises("orca.script.ScriptPluginCapabilityBase().execute()", "RuntimeError", unwritten);
    check_raises("super().execute(ctx)", "RuntimeError", unwritten);
    check_raises("orca.PythonPluginBase().get_name()", "RuntimeError", unwritten);
}

fn names_that_do_not_exist() {
    check_raises("orca.nothing", "AttributeError", "nothing");
    check_raises("orca.__version__", "AttributeError", "__version__");
    check_raises("orca.version", "AttributeError", "ctx.orca_version");
    check_raises("orca.slicing.Polygon", "AttributeError", "Polygon");
    check_raises("__import__('orca.nothing')", "ModuleNotFoundError", "orca.nothing");
    check("assert not hasattr(orca, 'config') and getattr(orca, 'nothing', None) is None");
}

fn names_that_all_plugins_share_are_put_back() {
    let data = matriline_testkit::DataFolder::new();
    let source = script("return orca.ExecutionResult.success('')");
    let vandal = "import orca\norca.plugin = orca.base = None\ndel orca.ExecutionResult\norca.gcode.GCodePluginContext = 5\n";
    data.add_script("vandal", "vandal.py", vandal);
    data.add_script("victim", "victim.py", &source);
    let application = Application::on(data);
    application.load_error("vandal");
    application.load("victim");
    assert_eq!(application.execute("victim", "edit").unwrap(), success(""));
}

fn registering_outside_of_discovery() {
    check_raises(
        "orca.plugin(orca.base)",
        "ValueError",
        "@orca.plugin used outside plugin discovery context",
    );
    check_raises(
        "orca.register_capability(type(self))",
        "ValueError",
        "register_capability() called outside plugin discovery context",
    );
}

fn scripts_run_without_arguments() {
    let source = "import orca\n\n\
        class Run(orca.script.ScriptPluginCapabilityBase):\n    \
            def get_name(self):\n        return 'run'\n    \
            def execute(self, *args):\n        return orca.ExecutionResult.success(str(args), 'data')\n\n\
        @orca.plugin\nclass Package(orca.base):\n    \
            def register_capabilities(self):\n        orca.register_capability(Run)\n";
    let application = Application::with_script("runs", source);
    application.load("runs");
    let script =
        application.manager.loader().capability::<dyn matriline::ScriptCapability>("runs", "run").unwrap();
    let result = script.execute().unwrap();
    assert_eq!((result.message.as_str(), result.data.as_str()), ("()", "data"));
}

process_tests!(
    enumerations,
    results,
    wrong_results,
    a_subclass_of_a_result_is_a_result,
    text_that_utf8_cannot_hold_arrives_replaced,
    contexts,
    bases,
    names_that_do_not_exist,
    names_that_all_plugins_share_are_put_back,
    registering_outside_of_discovery,
    scripts_run_without_arguments,
);
