//! Running scripts: what each answer means for the plugin.

mod common;

use common::{Application, scripts};
use matriline::{Error, ErrorCode, ExecutionResult, LogLevel, Status};
use matriline_testkit::process_tests;

/// A plugin whose script `A` does that.
fn application(body: &str) -> Application {
    let body = format!("def execute(self):\n    {body}");
    let application = Application::with_script("p", &scripts("", &[("A", &body)]));
    application.load("p");
    application
}

fn run(application: &Application) -> Result<ExecutionResult, Error> {
    application.manager.run_script_capability("p", "A")
}

/// The status, the kept error, and whether the plugin is loaded afterwards; the wish stays whatever happens.
#[track_caller]
fn check(body: &str, status: Status, kept: Option<&str>, is_loaded: bool) {
    let application = application(body);
    application.loader().set_plugin_error("p", "an earlier one");
    let result = run(&application).unwrap();
    assert_eq!(result.status, status);
    let error = application.loader().plugin_load_error("p").map(|error| error.to_string());
    assert_eq!(error.as_deref(), kept);
    assert_eq!(application.loader().is_plugin_loaded("p"), is_loaded);
    assert!(application.is_wished("p"));
}

fn a_success_forgets_the_error() {
    check("return orca.ExecutionResult.success('done', 'data')", Status::Success, None, true);
}

fn a_skip_forgets_the_error() {
    check("return orca.ExecutionResult.skipped('not now')", Status::Skipped, None, true);
}

fn a_recoverable_error_keeps_the_plugin() {
    let body = "return orca.ExecutionResult.failure(orca.PluginResult.RecoverableError, 'again')";
    check(body, Status::RecoverableError, Some("again"), true);
}

fn a_fatal_error_unloads_the_plugin() {
    let body = "return orca.ExecutionResult.failure(orca.PluginResult.FatalError, 'never')";
    check(body, Status::FatalError, Some("never"), false);
}

fn an_error_without_a_message_has_one() {
    let body = "return orca.ExecutionResult.failure(orca.PluginResult.FatalError, '')";
    check(body, Status::FatalError, Some("Script plugin failed."), false);
}

fn a_script_that_raises_has_its_plugin_unloaded() {
    let application = application("raise ValueError('so it is')");
    let error = run(&application).unwrap_err();
    assert_eq!(error.code(), ErrorCode::PluginRaised);
    assert!(error.traceback().unwrap().contains("in execute"), "{error}");
    assert!(!application.loader().is_plugin_loaded("p") && application.is_wished("p"));
    let kept = application.loader().plugin_load_error("p").unwrap();
    assert_eq!(kept.traceback(), error.traceback());
    assert_eq!(run(&application).unwrap_err().code(), ErrorCode::NoCapability);
    application.load("p");
    assert!(application.loader().plugin_load_error("p").is_none());
}

fn a_wrong_answer_is_kept_as_an_error() {
    let application = application("return 5");
    let error = run(&application).unwrap_err();
    assert_eq!(error.code(), ErrorCode::WrongAnswer);
    assert_eq!(application.loader().plugin_load_error("p").unwrap().to_string(), error.to_string());
    assert!(application.loader().is_plugin_loaded("p"));
}

fn a_disabled_script_does_not_run() {
    let application = application("raise ValueError('it runs')");
    application.switch("p", "A", false);
    assert_eq!(run(&application).unwrap_err().code(), ErrorCode::CapabilityDisabled);
    assert!(
        application.loader().is_plugin_loaded("p") && application.loader().plugin_load_error("p").is_none()
    );
}

fn what_is_no_script_does_not_run() {
    let application = Application::with(&["good"]);
    let check = |key: &str, name: &str| {
        let error = application.manager.run_script_capability(key, name).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NoCapability);
        assert!(error.to_string().contains(key) && error.to_string().contains(name), "{error}");
    };
    check("good", "edit");
    application.load("good");
    check("good", "edit");
    check("good", "none");
    check("unknown", "edit");
}

fn many_threads_run_a_script() {
    let application = application("print('before'); return orca.ExecutionResult.success()");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| run(&application))).collect();
        runs.into_iter().for_each(|run| assert_eq!(run.join().unwrap().unwrap().status, Status::Success));
    });
    assert!(application.logged(LogLevel::Error, "p").is_empty());
}

process_tests!(
    a_success_forgets_the_error,
    a_skip_forgets_the_error,
    a_recoverable_error_keeps_the_plugin,
    a_fatal_error_unloads_the_plugin,
    an_error_without_a_message_has_one,
    a_script_that_raises_has_its_plugin_unloaded,
    a_wrong_answer_is_kept_as_an_error,
    a_disabled_script_does_not_run,
    what_is_no_script_does_not_run,
    many_threads_run_a_script,
);
