//! `orca.slicing` at the export: order, context, outcomes.

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::Application;
use matriline::{CapabilityType, Error, ErrorCode, LogLevel, PostProcess, Slice, Status};
use matriline_testkit::process_tests;

/// A script with one slicing capability `step` whose `execute` has that body, and one of `orca.gcode`.
fn plugin(body: &str) -> String {
    let body = body.trim().replace('\n', "\n        ");
    format!(
        "import orca\n\n\
         class Edit(orca.gcode.GCodePluginCapabilityBase):\n    \
             def get_name(self):\n        return 'edit'\n\n    \
             def execute(self, ctx):\n        open(ctx.gcode_path, 'a').write('; gcode\\n')\n        return orca.ExecutionResult.success('')\n\n\
         class Step(orca.slicing.SlicingPipelineCapabilityBase):\n    \
             def get_name(self):\n        return 'step'\n\n    \
             def execute(self, ctx):\n        {body}\n\n\
         @orca.plugin\nclass Package(orca.base):\n    \
             def register_capabilities(self):\n        \
                 orca.register_capability(Edit)\n        orca.register_capability(Step)\n"
    )
}

/// A print whose layer height is known.
#[derive(Default)]
struct Export {
    cancelled: AtomicBool,
}

impl Slice for Export {
    fn config_value(&self, key: &str) -> Option<String> {
        (key == "layer_height").then(|| "0.2".into())
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}

struct Run {
    result: Result<Option<PathBuf>, Error>,
    steps: Vec<String>,
}

fn export(application: &Application, slice: Option<Export>) -> Run {
    let slice = slice.map(|slice| Arc::new(slice) as Arc<dyn Slice>);
    let names = |name: &str| vec![name.to_owned()];
    let (gcode, source) = (names("edit"), application.gcode());
    let (step, plugins) = (names("step"), ["sliced;;step".to_owned(), "sliced;;edit".to_owned()]);
    let job = PostProcess {
        source: &source,
        make_copy: true,
        host: "File",
        output_name: "job.gcode",
        post_process_plugin: &gcode,
        slicing_pipeline_plugin: &step,
        slice: slice.as_ref(),
        plugins: Some(&plugins),
    };
    let mut steps = Vec::new();
    let result = application.manager.run_post_process_plugins(&job, &mut |step| {
        let outcome = step.outcome.as_ref().map_or("error", |result| result.status.member());
        steps.push(format!("{}: {outcome}", step.id.name));
    });
    Run { result, steps }
}

fn loaded(body: &str) -> Application {
    let application = Application::with_script("sliced", &plugin(body));
    application.load("sliced");
    application
}

/// 12.17: the file is stamped in place, after those of `orca.gcode`.
fn the_export_step_edits_the_file_after_orca_gcode() {
    let application = loaded(
        "if ctx.step == orca.slicing.psGCodePostProcess:\n    \
             open(ctx.gcode_path, 'a').write(f'; stamped by {ctx.host}\\n')\n\
         return orca.ExecutionResult.success('')",
    );
    let run = export(&application, None);
    let text = std::fs::read_to_string(run.result.unwrap().unwrap()).unwrap();
    assert!(text.ends_with("; gcode\n; stamped by File\n"), "{text}");
    assert_eq!(run.steps, ["edit: Success", "step: Success"]);
}

/// Statements in an `execute`; they assert by themselves.
fn check(body: &str) {
    let application = loaded(&format!("{}\nreturn orca.ExecutionResult.success('checked')", body.trim()));
    let run = export(&application, Some(Export::default()));
    let failed = |error: Error| panic!("{error}\n{}", error.traceback().unwrap_or_default());
    run.result.map(drop).unwrap_or_else(failed);
    assert_eq!(run.steps, ["edit: Success", "step: Success"]);
}

/// 12.17: fields, defaults, `config_value` of an unknown option.
fn contexts() {
    check(
        "assert isinstance(ctx, orca.slicing.SlicingPipelineContext) and not isinstance(ctx, orca.PluginContext)\n\
         assert ctx.step is orca.slicing.Step.psGCodePostProcess and ctx.print is None and ctx.object is None\n\
         assert ctx.orca_version == '2.4.0' and ctx.host == 'File' and ctx.output_name == 'job.gcode'\n\
         assert ctx.gcode_path.endswith('job.gcode.pp')\n\
         assert ctx.config_value('layer_height') == '0.2' and ctx.config_value(key='layer_height') == '0.2'\n\
         assert ctx.config_value('nothing') is None and ctx.cancelled() is False\n\
         own = orca.slicing.SlicingPipelineContext()\n\
         assert own.print is None and own.object is None and own.config_value('layer_height') is None\n\
         assert own.gcode_path == '' and own.cancelled() is False\n\
         for field in ('orca_version', 'step', 'print', 'object', 'gcode_path', 'host', 'output_name'):\n    \
             try:\n        setattr(ctx, field, getattr(ctx, field))\n    except AttributeError:\n        pass\n    else:\n        raise AssertionError(field)\n\
         for wrong in (lambda: ctx.config_value(), lambda: ctx.config_value(5), lambda: ctx.config_value('a', 'b'), lambda: orca.slicing.SlicingPipelineContext.config_value(5, 'a'), lambda: orca.slicing.SlicingPipelineContext.cancelled('x')):\n    \
             try:\n        wrong()\n    except TypeError:\n        pass\n    else:\n        raise AssertionError('accepted')",
    );
}

/// A context may be kept, also by a thread that asks it all the time; it then says that its call is over.
fn a_context_outlives_its_call() {
    let application = loaded(
        "import threading, time\n\
         def late():\n    \
             while not ctx.cancelled():\n        ctx.config_value('layer_height') if not over.is_set() else None\n    \
             try:\n        ctx.config_value('layer_height')\n    except RuntimeError as error:\n        print('late:', ctx.host, error)\n\
         over = threading.Event()\nover.set()\n\
         threading.Thread(target=late, daemon=True).start()\n\
         return orca.ExecutionResult.success('')",
    );
    export(&application, Some(Export::default())).result.unwrap();
    let begun = std::time::Instant::now();
    while !application.printed().contains("late: File config_value() is only available during the call") {
        assert!(begun.elapsed().as_secs() < 30, "{}", application.printed());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// 12.17: the words of the steps.
fn steps_have_their_names() {
    check(
        "names = 'posSlice posPerimeters posEstimateCurledExtrusions posPrepareInfill posInfill posIroning posContouring posSupportMaterial posDetectOverhangsForLift posSimplifyPath psWipeTower psSkirtBrim psGCodePostProcess'.split()\n\
         assert list(orca.slicing.Step.__members__) == names\n\
         assert all(getattr(orca.slicing, name) is getattr(orca.slicing.Step, name) for name in names)\n\
         assert not hasattr(orca.slicing.Step, 'Slice') and not hasattr(orca, 'posSlice')\n\
         assert str(ctx.step) == 'Step.psGCodePostProcess'\n\
         assert self.get_type() is orca.PluginType.SlicingPipeline is orca.SlicingPipeline",
    );
}

fn unscale_gives_millimetres() {
    check(
        "assert orca.slicing.unscale(1000000) == 1.0 and orca.slicing.unscale(-250000) == -0.25\n\
         assert orca.slicing.unscale(coord=0) == 0.0 and orca.slicing.unscale(1.5e6) == 1.5\n\
         try:\n    orca.slicing.unscale('1')\nexcept TypeError:\n    pass\nelse:\n    raise AssertionError",
    );
}

/// A recoverable error is a warning that the application receives, and the export goes on.
fn a_recoverable_error_is_a_warning() {
    let application = loaded("return orca.ExecutionResult.failure(orca.RecoverableError, 'thin walls')");
    let run = export(&application, None);
    assert!(run.result.unwrap().is_some());
    assert_eq!(run.steps, ["edit: Success", "step: RecoverableError"]);
    let warned = application.logged(LogLevel::Warn, "sliced");
    assert_eq!(warned, ["Slicing pipeline plugin 'step' error: thin walls"]);
}

#[track_caller]
fn check_failure(body: &str, status: Option<Status>, text: &str) {
    let application = loaded(body);
    let error = export(&application, None).result.unwrap_err();
    let Error::PostProcess { status: found, message, .. } = &error else { panic!("{error}") };
    assert_eq!((*found, message.as_str()), (status, text));
    assert!(!application.jobs.path().join("job.gcode.pp").exists());
    let stays = status.is_some();
    assert_eq!(application.manager.loader().is_plugin_loaded("sliced"), stays, "one that raised is unloaded");
    application.manager.shutdown().unwrap();
}

fn failures_end_the_export() {
    check_failure(
        "return orca.ExecutionResult.failure(orca.FatalError, 'no room')",
        Some(Status::FatalError),
        "Slicing pipeline plugin 'step' error: no room",
    );
    check_failure("raise ValueError('bad')", None, "Slicing pipeline plugin 'step' error: ValueError: bad");
}

fn a_deleted_file_ends_the_export() {
    let application = loaded("import os\nos.remove(ctx.gcode_path)\nreturn orca.ExecutionResult.success('')");
    let error = export(&application, None).result.unwrap_err();
    assert!(error.to_string().contains("but the G-code file was deleted"), "{error}");
}

fn a_cancelled_export_ends() {
    let application = loaded("return orca.ExecutionResult.success('')");
    let run = export(&application, Some(Export { cancelled: true.into() }));
    assert_eq!(run.result.unwrap_err().code(), ErrorCode::ExportCancelled);
    assert!(run.steps.is_empty());
    assert!(!application.jobs.path().join("job.gcode.pp").exists());
}

fn one_that_is_disabled_or_named_in_the_other_setting_is_skipped() {
    let application = loaded("return orca.ExecutionResult.success('')");
    let kind = CapabilityType::SlicingPipeline;
    application.manager.loader().set_capability_enabled("sliced", kind, "step", false);
    let run = export(&application, None);
    assert_eq!(run.steps, ["edit: Success"]);
}

/// 8: the option `slicing_pipeline_plugin` takes slicing capabilities, and no others.
fn the_option_takes_slicing_capabilities() {
    let application = loaded("return orca.ExecutionResult.success('')");
    let option = application.manager.plugin_options().get("slicing_pipeline_plugin").unwrap();
    assert!(option.takes(CapabilityType::SlicingPipeline) && !option.takes(CapabilityType::PostProcessing));
}

process_tests!(
    the_export_step_edits_the_file_after_orca_gcode,
    contexts,
    a_context_outlives_its_call,
    steps_have_their_names,
    unscale_gives_millimetres,
    a_recoverable_error_is_a_warning,
    failures_end_the_export,
    a_deleted_file_ends_the_export,
    a_cancelled_export_ends,
    one_that_is_disabled_or_named_in_the_other_setting_is_skipped,
    the_option_takes_slicing_capabilities,
);
