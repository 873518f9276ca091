//! Events of the application, and the word to calls that are to return.

mod common;

use std::time::{Duration, Instant};

use common::{Application, script};
use matriline::{
    CapabilityType, LifecycleContext, LifecycleEvent, LifecycleEvtCode, LogLevel, ScriptCapability,
};
use matriline_testkit::{DataFolder, process_tests};

/// A script with two capabilities of different types that print what they are told.
fn listener(key: &str) -> String {
    format!(
        "import orca\n\n\
         class Tell:\n    \
             def on_lifecycle_event(self, event, ctx):\n        \
                 print('{key}', self.get_name(), event.name, ctx.name, ctx.index)\n\n\
         class Run(Tell, orca.script.ScriptPluginCapabilityBase):\n    \
             def get_name(self):\n        return 'run'\n\n\
         class Edit(Tell, orca.gcode.GCodePluginCapabilityBase):\n    \
             def get_name(self):\n        return 'edit'\n\n\
         class Deaf(orca.PythonPluginBase):\n    \
             def get_name(self):\n        return 'deaf'\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        \
                 for cls in (Run, Edit, Deaf):\n            orca.register_capability(cls)\n"
    )
}

/// The lines that plugins have printed.
fn lines(application: &Application) -> Vec<String> {
    application.manager.shutdown().unwrap();
    let printed = application.printed();
    printed.lines().map(|line| line.rsplit_once("] ").map_or(line, |(_, text)| text).to_owned()).collect()
}

fn every_enabled_capability_is_told() {
    let data = DataFolder::new();
    for key in ["b", "a"] {
        data.add_script(key, &format!("{key}.py"), &listener(key));
    }
    let application = Application::on(data);
    application.load("b");
    application.load("a");
    let loader = application.manager.loader();
    loader.set_capability_enabled("b", CapabilityType::Script, "run", false);
    let context = LifecycleContext { name: "cube", index: 2, ..Default::default() };
    application.manager.raise_lifecycle_event(LifecycleEvent::ObjectAdded, &context);
    let told: Vec<_> = lines(&application).into_iter().filter(|line| line.contains("ObjectAdded")).collect();
    let expected = ["a run ObjectAdded cube 2", "a edit ObjectAdded cube 2", "b edit ObjectAdded cube 2"];
    assert_eq!(told.len(), 3, "{told:?}");
    for (line, expected) in told.iter().zip(expected) {
        assert!(line.contains(expected), "{line}");
    }
}

/// A script whose capability runs `body` when it is told.
fn telling(body: &str) -> Application {
    let body = body.trim().replace('\n', "\n        ");
    let source = script("pass")
        + &format!(
            "\ndef on_lifecycle_event(self, event, ctx):\n        {body}\n\nEdit.on_lifecycle_event = on_lifecycle_event\n"
        );
    let application = Application::with_script("told", &source);
    application.load("told");
    application
}

fn contexts_say_what_the_application_said() {
    let application = telling(
        "assert event is orca.LifecycleEvent.SlicingJobComplete is orca.SlicingJobComplete\n\
         assert isinstance(ctx, orca.LifecycleEventContext)\n\
         assert ctx.code is orca.LifecycleEvtCode.Warn and ctx.msg == 'cancelled'\n\
         assert (ctx.name, ctx.id, ctx.previous_name, ctx.device_id, ctx.job_id, ctx.source) == ('n', 'i', 'p', 'd', 'j', 's')\n\
         assert ctx.index == -1 and ctx.dirty is True\n\
         try:\n    ctx.name = 'x'\nexcept AttributeError:\n    pass\nelse:\n    raise AssertionError('written')\n\
         global kept\nkept = ctx\nprint('checked')",
    );
    let context = LifecycleContext {
        name: "n",
        code: LifecycleEvtCode::Warn,
        msg: "cancelled",
        id: "i",
        previous_name: "p",
        device_id: "d",
        job_id: "j",
        source: "s",
        index: -1,
        dirty: true,
    };
    for _ in 0..2 {
        application.manager.raise_lifecycle_event(LifecycleEvent::SlicingJobComplete, &context);
    }
    assert!(
        application.logged(LogLevel::Error, "told").is_empty(),
        "{:?}",
        application.logged(LogLevel::Error, "told")
    );
    assert_eq!(application.printed().matches("checked").count(), 2);
}

/// 4.11: what one raises is logged, and the plugin stays.
fn what_one_raises_stops_nobody() {
    let data = DataFolder::new();
    let raises = listener("a").replace("print('a', ", "raise ValueError('no', ");
    data.add_script("a", "a.py", &raises);
    data.add_script("b", "b.py", &listener("b"));
    let application = Application::on(data);
    application.load("a");
    application.load("b");
    application.manager.raise_lifecycle_event(LifecycleEvent::NewProject, &LifecycleContext::default());
    let logged = application.logged(LogLevel::Error, "a");
    assert_eq!(logged.len(), 2);
    assert!(logged[0].contains("NewProject") && logged[0].contains("Traceback"), "{}", logged[0]);
    assert!(application.manager.loader().is_plugin_loaded("a"));
    let told = lines(&application);
    assert_eq!(told.iter().filter(|line| line.contains("NewProject")).count(), 2);
}

fn a_cancelled_slice_tells_nobody_more() {
    let application = Application::with_script("told", &listener("told"));
    application.load("told");
    let asked = std::cell::Cell::new(0);
    let context = LifecycleContext::default();
    let cancelled = || asked.replace(asked.get() + 1) > 0;
    application.manager.raise_slicing_event(LifecycleEvent::SliceStarted, &context, &cancelled);
    let told = lines(&application);
    assert_eq!(told.iter().filter(|line| line.contains("SliceStarted")).count(), 1);
}

/// 4.11: the words.
fn events_and_codes_have_their_names() {
    let application = telling(
        "names = 'NewProject ProjectOpened ProjectBeforeSave ProjectAfterSave ProjectClosed ProjectDirtyChanged SliceStarted SliceGeometryFinished GCodeExportStarted GCodeExportFinished SlicingJobComplete ObjectAdded ObjectDeleted ObjectTransformed ObjectChanged ObjectRenamed PlateCreated PlateDeleted PlateSelected PlateRenamed PresetSelected PresetSaved PrintStateChanged DeviceOnline DeviceOffline DeviceDiscovered DeviceSelected UploadStarted UploadFinished PrintJobStarted PrintJobFinished SendJobStarted SendJobFinished'.split()\n\
         assert list(orca.LifecycleEvent.__members__)[:len(names)] == names\n\
         assert all(getattr(orca, name) is getattr(orca.LifecycleEvent, name) for name in names)\n\
         assert list(orca.LifecycleEvtCode.__members__) == ['Ok', 'Error', 'Warn'] and not hasattr(orca, 'Error')\n\
         empty = orca.LifecycleEventContext()\n\
         assert (empty.name, empty.code, empty.index, empty.dirty) == ('', orca.LifecycleEvtCode.Ok, -1, False)\n\
         print('checked')",
    );
    application.manager.raise_lifecycle_event(LifecycleEvent::NewProject, &LifecycleContext::default());
    assert!(application.printed().contains("checked"), "{:?}", application.logged(LogLevel::Error, "told"));
}

/// A script that runs until it is told that it is cancelled.
const ENDLESS: &str = "import orca, threading\n\n\
    class Run(orca.script.ScriptPluginCapabilityBase):\n    \
        def __init__(self):\n        super().__init__()\n        self.end = threading.Event()\n\n    \
        def get_name(self):\n        return 'run'\n\n    \
        def execute(self):\n        print('begun')\n        self.end.wait()\n        return orca.ExecutionResult.success('ended')\n\n    \
        def on_cancelled(self):\n        print('cancelled')\n        self.end.set()\n\n    \
        def on_unload(self):\n        print('unloaded')\n\n\
    @orca.plugin\nclass Package(orca.base):\n    \
        def register_capabilities(self):\n        orca.register_capability(Run)\n";

fn calls_inside_are_told_to_return() {
    let application = Application::with_script("endless", ENDLESS);
    application.load("endless");
    let script = application.manager.loader().capability::<dyn ScriptCapability>("endless", "run").unwrap();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let run = scope.spawn(|| script.execute().unwrap().message);
        while !application.printed().contains("begun") {
            assert!(begun.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(5));
        }
        application.manager.loader().unload_plugin("endless").unwrap();
        assert_eq!(run.join().unwrap(), "ended");
    });
    let printed = application.printed();
    let at = |word| printed.find(word).unwrap_or_else(|| panic!("{word}: {printed}"));
    assert!(at("cancelled") < at("unloaded"));
}

fn nobody_is_told_when_no_call_is_inside() {
    let application = Application::with_script("endless", ENDLESS);
    application.load("endless");
    application.manager.loader().unload_plugin("endless").unwrap();
    assert!(!application.printed().contains("cancelled"));
}

fn a_word_that_raises_is_logged() {
    let source = ENDLESS.replace("self.end.set()", "self.end.set()\n        raise ValueError('no')");
    let application = Application::with_script("endless", &source);
    application.load("endless");
    let script = application.manager.loader().capability::<dyn ScriptCapability>("endless", "run").unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| script.execute());
        while !application.printed().contains("begun") {
            std::thread::sleep(Duration::from_millis(5));
        }
        application.manager.loader().unload_plugin("endless").unwrap();
    });
    let logged = application.logged(LogLevel::Error, "endless");
    assert!(logged[0].contains("`on_cancelled()`") && logged[0].contains("Traceback"), "{logged:?}");
}

process_tests!(
    every_enabled_capability_is_told,
    contexts_say_what_the_application_said,
    what_one_raises_stops_nobody,
    a_cancelled_slice_tells_nobody_more,
    events_and_codes_have_their_names,
    calls_inside_are_told_to_return,
    nobody_is_told_when_no_call_is_inside,
    a_word_that_raises_is_logged,
);
