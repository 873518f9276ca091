//! Post-processing: order, results, exceptions, the working copy.

mod common;

use std::path::PathBuf;

use common::Application;
use matriline::{Error, ErrorCode, LogLevel, PostProcess, Status};
use matriline_testkit::process_tests;

/// What a run gave: the edited file, or the error, and each step as `name: status` or `name: error`.
struct Run {
    result: Result<Option<PathBuf>, Error>,
    steps: Vec<String>,
}

fn post_process(application: &Application, make_copy: bool, names: &[&str], plugins: Option<&[&str]>) -> Run {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let (names, plugins) = (owned(names), plugins.map(owned));
    let source = application.gcode();
    let job = PostProcess {
        source: &source,
        make_copy,
        host: "File",
        output_name: "job.gcode",
        post_process_plugin: &names,
        slicing_pipeline_plugin: &[],
        slice: None,
        plugins: plugins.as_deref(),
    };
    let mut steps = Vec::new();
    let result = application.manager.run_post_process_plugins(&job, &mut |step| {
        let outcome = step.outcome.as_ref().map_or("error", |result| result.status.member());
        steps.push(format!("{}: {outcome}", step.id.name));
    });
    Run { result, steps }
}

const STAMPS: &[&str] = &["stamps;;first", "stamps;;second"];

fn text(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn the_order_is_that_of_the_setting_and_a_name_listed_twice_runs_twice() {
    let application = Application::with(&["stamps"]);
    application.load("stamps");
    let before = text(&application.gcode());
    let run = post_process(&application, true, &["second", "first", "", "second"], Some(STAMPS));
    let edited = run.result.unwrap().unwrap();
    assert_eq!(edited, application.jobs.path().join("job.gcode.pp"));
    assert_eq!(text(&edited), format!("{before}; second\n; first\n; second\n"));
    assert_eq!(text(&application.gcode()), before, "the source stays as it was");
    assert_eq!(run.steps, ["second: Success", "first: Success", "second: Success"]);
}

fn without_a_copy_the_source_is_edited() {
    let application = Application::with(&["stamps"]);
    application.load("stamps");
    let run = post_process(&application, false, &["first"], Some(STAMPS));
    assert_eq!(run.result.unwrap(), Some(application.gcode()));
    assert!(text(&application.gcode()).ends_with("; first\n"));
}

fn a_relative_path_is_that_of_the_moment() {
    let body = "import os, tempfile\nos.chdir(os.path.dirname(os.path.dirname(ctx.gcode_path)))\n\
                with open(ctx.gcode_path, 'a') as gcode:\n    gcode.write('; here')\n\
                return orca.ExecutionResult.success(ctx.gcode_path)";
    let application = Application::with_script("moves", &common::script(body));
    application.load("moves");
    std::env::set_current_dir(application.jobs.path()).unwrap();
    let names = ["edit".to_owned()];
    let plugins = ["moves;;edit".to_owned()];
    let job = PostProcess {
        source: std::path::Path::new("job.gcode"),
        make_copy: true,
        host: "File",
        output_name: "job.gcode",
        post_process_plugin: &names,
        slicing_pipeline_plugin: &[],
        slice: None,
        plugins: Some(&plugins),
    };
    let edited = application.manager.run_post_process_plugins(&job, &mut |_| ()).unwrap().unwrap();
    assert!(edited.is_absolute() && text(&edited).ends_with("; here"));
    // The same by a call of the capability itself.
    std::env::set_current_dir(application.jobs.path()).unwrap();
    let capability = application.capability("moves", "edit");
    let context =
        matriline::GcodeContext { orca_version: "", gcode_path: "job.gcode", host: "", output_name: "" };
    let error = capability.execute(&context).unwrap_err();
    assert!(
        error.to_string().contains("FileNotFoundError"),
        "its folder was given, but it went elsewhere: {error}"
    );
}

fn nothing_to_do_is_nothing_done() {
    let application = Application::with(&[]);
    for names in [&[][..], &["", ""]] {
        let run = post_process(&application, true, names, Some(STAMPS));
        assert!(matches!(run.result, Ok(None)));
    }
    assert!(!application.jobs.path().join("job.gcode.pp").exists());
}

fn what_is_not_there_is_skipped_with_a_warning() {
    let application = Application::with(&["stamps", "good"]);
    application.load("stamps");
    let entry = application.manager.loader().loaded_plugin_capabilities("stamps").remove(1);
    entry.gate().set_enabled(false);
    let references = &["garbage", "stamps;;first", "stamps;;second", "good;;edit"];
    let run = post_process(&application, true, &["nobody", "second", "edit", "first"], Some(references));
    assert_eq!(run.steps, ["first: Success"]);
    assert!(run.result.is_ok());
    let run = post_process(&application, true, &["first"], None);
    assert_eq!(run.steps, [] as [&str; 0]);
}

/// The resolver and the export go by the same reference.
fn what_is_resolved_is_run() {
    let data = matriline_testkit::DataFolder::new();
    let script = common::script("return orca.ExecutionResult.success()")
        .replace("gcode.GCodePluginCapabilityBase", "slicing.SlicingPipelineCapabilityBase");
    data.add_script("slice", "slice.py", &script);
    data.add_script("post", "post.py", &common::script("return orca.ExecutionResult.success()"));
    let application = Application::on(data);
    application.load("slice");
    application.load("post");
    let references = ["gone;;edit", "slice;;edit", "post;;edit"];
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let preset = matriline::Preset {
        kind: matriline::PresetKind::Print,
        name: "Fine".into(),
        options: ["post_process_plugin", "slicing_pipeline_plugin"]
            .map(|key| (key.to_owned(), owned(&["edit"])))
            .into(),
        plugins: owned(&references),
    };
    let found = application.manager.resolve(&[preset]);
    assert!(!found.blocks_slicing(), "{:?}", found.messages());
    let run = post_process(&application, true, &["edit"], Some(&references));
    assert!(run.result.is_ok());
    assert_eq!(run.steps, ["edit: Success"]);
}

/// The plugin `key` fails the export with a message that holds each of `parts`, and leaves nothing behind.
fn check_failure(key: &str, name: &str, step: &str, parts: &[&str]) -> Error {
    let application = Application::with(&[key, "stamps"]);
    application.load(key);
    application.load("stamps");
    let before = text(&application.gcode());
    let reference = format!("{key};;{name}");
    let references = &["stamps;;first", "stamps;;second", &reference];
    let run = post_process(&application, true, &["first", name, "second"], Some(references));
    assert_eq!(run.steps, ["first: Success", &format!("{name}: {step}")], "the run ends there");
    let error = run.result.unwrap_err();
    for part in parts {
        assert!(error.to_string().contains(part), "{error}\nlacks `{part}`");
    }
    assert_eq!(error.code(), ErrorCode::PostProcessFailed);
    assert_eq!(error.plugin(), Some(key));
    assert_eq!(text(&application.gcode()), before);
    assert!(!application.jobs.path().join("job.gcode.pp").exists(), "the copy is removed");
    let raised = step == "error" && error.raised().is_some();
    assert_eq!(
        application.manager.loader().is_plugin_loaded(key),
        !raised,
        "a plugin that raised is unloaded"
    );
    assert!(post_process(&application, true, &["first"], Some(references)).result.is_ok());
    error
}

fn an_exception_fails_the_export_with_its_whole_traceback() {
    let parts = &["Post-processing plugin edit raised an exception.\nError: "];
    let error = check_failure("raises_in_execute", "edit", "error", parts);
    let traceback = error.traceback().unwrap();
    for part in ["Traceback (most recent call last)", "raises_in_execute.py", "direct cause"] {
        assert!(traceback.contains(part), "{traceback}\nlacks `{part}`");
    }
}

fn a_half_written_edit_leaves_nothing() {
    check_failure("half_an_edit", "edit", "error", &["broke in the middle"]);
}

fn both_failures_fail_the_export() {
    let parts = &["Post-processing plugin recoverable failed.\nError: try again"];
    check_failure("failed_result", "recoverable", "RecoverableError", parts);
    let error = check_failure("failed_result", "fatal", "FatalError", &["give up"]);
    assert!(matches!(error, Error::PostProcess { status: Some(Status::FatalError), .. }));
}

fn a_deleted_file_fails_the_export() {
    let parts = &["expected to modify the G-code file", "in place, but the G-code file was deleted"];
    check_failure("deletes_gcode", "edit", "Success", parts);
}

fn wrong_results_fail_the_export() {
    check_failure("execute_returns_none", "edit", "error", &["NoneType", "orca.ExecutionResult"]);
    check_failure("execute_returns_text", "edit", "error", &["`str`"]);
}

fn wild_exceptions_are_contained() {
    check_failure("sys_exit_in_execute", "edit", "error", &["SystemExit"]);
    check_failure("recursion_forever", "edit", "error", &["RecursionError"]);
    check_failure("raises_unprintable", "edit", "error", &["the message cannot be shown"]);
}

fn a_skipped_result_goes_on() {
    let application = Application::with(&["skipped_result", "stamps"]);
    application.load("skipped_result");
    application.load("stamps");
    let name = application.manager.loader().loaded_plugin_capabilities("skipped_result")[0].id().name.clone();
    let references = &[&*format!("skipped_result;;{name}"), "stamps;;first"];
    let run = post_process(&application, true, &[&name, "first"], Some(references));
    assert_eq!(run.steps, [format!("{name}: Skipped"), "first: Success".into()]);
    assert!(!application.logged(LogLevel::Info, "skipped_result").is_empty());
}

fn contexts_tell_what_the_application_said() {
    let application = Application::with(&["shows_context"]);
    application.load("shows_context");
    let shown = application.execute("shows_context", "edit").unwrap().message;
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines, ["2.4.0", application.gcode().to_str().unwrap(), "File", "job.gcode"]);
}

fn a_context_that_a_plugin_keeps_stays_readable() {
    let body = "kept = getattr(self, 'kept', None)\nself.kept = ctx\n\
                return orca.ExecutionResult.success(kept.output_name + kept.orca_version if kept else 'none')";
    let application = Application::with_script("keeps", &common::script(body));
    application.load("keeps");
    assert_eq!(application.execute("keeps", "edit").unwrap().message, "none");
    for _ in 0..3 {
        assert_eq!(application.execute("keeps", "edit").unwrap().message, "job.gcode2.4.0");
    }
}

fn context_variables_and_traces_stay_with_their_plugin() {
    let body = "import decimal, sys\nbefore = decimal.getcontext().prec\ndecimal.getcontext().prec = 5\n\
                traced = sys.gettrace() is not None\nsys.settrace(lambda *_: None)\n\
                return orca.ExecutionResult.success(f'{before} {traced}')";
    let data = matriline_testkit::DataFolder::new();
    data.add_script("first", "first.py", &common::script(body));
    data.add_script("second", "second.py", &common::script(body));
    let application = Application::on(data);
    application.load("first");
    application.load("second");
    assert_eq!(application.execute("first", "edit").unwrap().message, "28 False");
    assert_eq!(application.execute("second", "edit").unwrap().message, "28 False");
    assert_eq!(application.execute("first", "edit").unwrap().message, "5 False");
}

fn a_large_file_costs_the_host_no_memory() {
    let application = Application::with(&["stamps"]);
    application.load("stamps");
    let wanted = 200 << 20;
    matriline_testkit::write_large_gcode(&application.gcode(), wanted);
    let before = peak_kib();
    let run = post_process(&application, true, &["first", "second"], Some(STAMPS));
    let edited = run.result.unwrap().unwrap();
    assert!(std::fs::metadata(edited).unwrap().len() > wanted);
    let grown = peak_kib() - before;
    assert!(grown < 8 * 1024, "the peak rose by {grown} KiB");
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

process_tests!(
    the_order_is_that_of_the_setting_and_a_name_listed_twice_runs_twice,
    without_a_copy_the_source_is_edited,
    a_relative_path_is_that_of_the_moment,
    nothing_to_do_is_nothing_done,
    what_is_not_there_is_skipped_with_a_warning,
    what_is_resolved_is_run,
    an_exception_fails_the_export_with_its_whole_traceback,
    a_half_written_edit_leaves_nothing,
    both_failures_fail_the_export,
    a_deleted_file_fails_the_export,
    wrong_results_fail_the_export,
    wild_exceptions_are_contained,
    a_skipped_result_goes_on,
    contexts_tell_what_the_application_said,
    a_context_that_a_plugin_keeps_stays_readable,
    context_variables_and_traces_stay_with_their_plugin,
    a_large_file_costs_the_host_no_memory,
);
