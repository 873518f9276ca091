//! What needs no uv: programs that pretend to be it.

use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use matriline_install::environment::{BuildControl, EnvironmentError, Index, Wanted};
use matriline_install::unpack_wheel;
use matriline_testkit::skip;

use crate::common::{Case, Place, import, native_wheel, wanted};

pub(crate) const CASES: &[Case] = &[
    ("nothing_wanted_needs_no_uv", nothing_wanted_needs_no_uv),
    ("a_missing_uv_says_how_to_get_it", a_missing_uv_says_how_to_get_it),
    ("a_missing_python_is_named", a_missing_python_is_named),
    ("a_failure_shows_what_uv_said", a_failure_shows_what_uv_said),
    ("a_program_that_cannot_run", a_program_that_cannot_run),
    ("a_slow_uv_is_ended", a_slow_uv_is_ended),
    ("a_build_is_cancelled", a_build_is_cancelled),
    ("who_waits_for_another_build_can_be_cancelled", who_waits_for_another_build_can_be_cancelled),
    ("proxies_reach_uv_and_settings_do_not", proxies_reach_uv_and_settings_do_not),
    (
        "locking_asks_folders_then_the_index_then_the_cache",
        locking_asks_folders_then_the_index_then_the_cache,
    ),
    ("installing_asks_the_cache_then_the_index", installing_asks_the_cache_then_the_index),
    ("no_index_means_no_network", no_index_means_no_network),
    ("only_what_the_index_said_is_shown", only_what_the_index_said_is_shown),
    ("an_unpacked_wheel_has_its_data_and_native_modules", an_unpacked_wheel_has_its_data_and_native_modules),
];

fn nothing_wanted_needs_no_uv() {
    let mut place = Place::new();
    place.options.uv = Some("missing".into());
    let wanted = Wanted::default();
    assert!(wanted.is_empty() && place.environments().ready(&wanted).is_none());
    let environment = place.prepare(&wanted).unwrap();
    assert!(environment.imports().is_empty() && environment.folder().is_dir());
}

fn a_missing_uv_says_how_to_get_it() {
    let mut place = Place::new();
    place.options.uv = Some(place.folder.join("missing"));
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert!(matches!(error, EnvironmentError::GivenUv { .. }), "{error}");
    assert_eq!(place.folders(), [""; 0]);
}

fn a_missing_python_is_named() {
    let mut place = Place::new();
    place.options.python = place.folder.join("missing");
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert!(error.to_string().starts_with("Bundled Python executable not found"), "{error}");
}

fn a_failure_shows_what_uv_said() {
    let mut place = Place::new();
    place.script("echo 'error: no' >&2; exit 3\n");
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert_eq!(error.to_string(), "uv pip compile failed (exit code 3): error: no");
    place.script("exit 3\n");
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert_eq!(error.to_string(), "uv pip compile failed with exit code 3");
    assert_eq!(place.folders(), [""; 0]);
}

fn a_program_that_cannot_run() {
    let mut place = Place::new();
    let program = place.folder.join("uv");
    fs::write(&program, "no program").unwrap();
    place.options.uv = Some(program);
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert!(error.to_string().starts_with("Failed to run uv: "), "{error}");
}

fn a_slow_uv_is_ended() {
    let mut place = Place::new();
    // a grandchild keeps stderr open
    place.script("echo $$ > $PLACE/pid; sleep 60 & wait; sleep 60\n");
    place.options.time_limit = Duration::from_millis(300);
    let begin = Instant::now();
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert!(error.to_string().starts_with("uv pip compile timed out after 0.3s"), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_gone(&place);
}

fn a_build_is_cancelled() {
    let mut place = Place::new();
    place.script("echo $$ > $PLACE/pid; exec sleep 60\n");
    let control = BuildControl::new();
    thread::scope(|scope| {
        let build = scope.spawn(|| place.environments().prepare("plugin", &wanted(&["alpha"]), &control));
        place.wait_for("pid");
        control.cancel();
        assert!(matches!(build.join().unwrap(), Err(EnvironmentError::Cancelled)));
    });
    assert_gone(&place);
}

fn who_waits_for_another_build_can_be_cancelled() {
    let mut place = Place::new();
    place.script("echo $$ > $PLACE/pid; exec sleep 60\n");
    let (first, second) = (BuildControl::new(), BuildControl::new());
    let prepare = |control| place.environments().prepare("plugin", &wanted(&["alpha"]), control);
    thread::scope(|scope| {
        let build = scope.spawn(|| prepare(&first));
        place.wait_for("pid");
        let waiting = scope.spawn(|| prepare(&second));
        second.cancel();
        assert!(matches!(waiting.join().unwrap(), Err(EnvironmentError::Cancelled)));
        first.cancel();
        assert!(build.join().unwrap().is_err());
    });
}

/// The program is dead, and what it was building is gone.
fn assert_gone(place: &Place) {
    let pid = place.text("pid");
    #[cfg(target_os = "linux")]
    assert!(!std::path::Path::new("/proc").join(pid.trim()).exists(), "{pid}");
    assert_eq!(place.folders(), [""; 0]);
}

fn proxies_reach_uv_and_settings_do_not() {
    let mut place = Place::new();
    place.script("env > $PLACE/environment; exit 1\n");
    let mut other = place.process("fail");
    let passed =
        ["HTTPS_PROXY=http://proxy:1", "NO_PROXY=local", "SSL_CERT_FILE=cert.pem", "UV_HTTP_TIMEOUT=7"];
    let kept_away =
        ["PYTHONPATH=x", "PIP_INDEX_URL=x", "UV_TARGET=x", "UV_FIND_LINKS=x", "VIRTUAL_ENV=x", "UV_INDEX=x"];
    for variable in passed.iter().chain(&kept_away) {
        let (name, value) = variable.split_once('=').unwrap();
        other.env(name, value);
    }
    assert!(other.status().unwrap().success());
    let text = place.text("environment");
    let lines: Vec<_> = text.lines().collect();
    for variable in passed {
        assert!(lines.contains(&variable), "{variable}");
    }
    for variable in kept_away {
        assert!(!lines.contains(&variable), "{variable}");
    }
    assert!(lines.contains(&"UV_SYSTEM_CERTS=1"), "{text}");
    let cache = format!("UV_CACHE_DIR={}", place.folder.join("data/cache/uv").display());
    assert!(lines.contains(&&*cache), "{text}");
}

/// The calls that a uv gets which fails in all it does but, if told to, in locking; those of one act.
fn calls(index: Index, act: &str) -> Vec<String> {
    let mut place = Place::new();
    place.options.index = index;
    let locks = if act == "install" { "exit 0" } else { "exit 1" };
    place.script(&format!(
        "echo \"$* (index $UV_DEFAULT_INDEX)\" >> $PLACE/calls
if [ $2 = install ]; then exit 1; fi
while [ $# -gt 1 ]; do if [ $1 = --output-file ]; then echo alpha==1.0 > $2; fi; shift; done
{locks}\n"
    ));
    place.prepare(&wanted(&["alpha"])).unwrap_err();
    let begin = format!("pip {act} ");
    let text = place.text("calls");
    text.lines().filter(|call| call.starts_with(&begin)).map(Into::into).collect()
}

fn mirror() -> Index {
    Index::Url("https://mirror.example/simple".into())
}

fn locking_asks_folders_then_the_index_then_the_cache() {
    let calls = calls(mirror(), "compile");
    let [local, online, cached] = &calls[..] else { panic!("{calls:?}") };
    assert!(local.contains("--no-index"), "{local}");
    assert!(!online.contains("--offline") && !online.contains("--no-index"), "{online}");
    assert!(cached.contains("--offline"), "{cached}");
    let always =
        ["--no-config", "--only-binary :all:", "--no-python-downloads", "--generate-hashes", "--find-links"];
    for (call, option) in calls.iter().flat_map(|call| always.map(|option| (call, option))) {
        assert!(call.contains(option), "{option} in {call}");
    }
    assert!(online.ends_with("(index https://mirror.example/simple)"), "{online}");
}

fn installing_asks_the_cache_then_the_index() {
    let calls = calls(mirror(), "install");
    let [cached, online] = &calls[..] else { panic!("{calls:?}") };
    assert!(cached.contains("--offline") && !online.contains("--offline"), "{calls:?}");
    let always = ["--no-config", "--only-binary :all:", "--require-hashes", "--link-mode copy", "--target"];
    for (call, option) in calls.iter().flat_map(|call| always.map(|option| (call, option))) {
        assert!(call.contains(option), "{option} in {call}");
    }
}

fn no_index_means_no_network() {
    for act in ["compile", "install"] {
        let calls = calls(Index::None, act);
        assert!(calls.len() == 1 && calls[0].contains("--no-index"), "{calls:?}");
    }
}

fn only_what_the_index_said_is_shown() {
    let mut place = Place::new();
    place.options.index = Index::Default;
    place.script(
        "case \"$*\" in *--no-index*|*--offline*) echo early >&2;; *) echo late >&2;; esac; exit 1\n",
    );
    let lines = Arc::new(Mutex::new(Vec::new()));
    let control = BuildControl::with_progress({
        let lines = Arc::clone(&lines);
        move |line| lines.lock().unwrap().push(line.to_owned())
    });
    let error = place.environments().prepare("stats", &wanted(&["alpha"]), &control).unwrap_err();
    assert_eq!(error.to_string(), "uv pip compile failed (exit code 1): late");
    assert_eq!(*lines.lock().unwrap(), ["Resolving the dependencies of `stats`", "late"]);
}

fn an_unpacked_wheel_has_its_data_and_native_modules() {
    let Some(wheel) = native_wheel() else {
        return skip("Python has `_json` built in");
    };
    let place = Place::new();
    let path = place.bundled(&wheel);
    import(&unpack_wheel(&path, &place.folder.join("cache")).unwrap(), "native");
}
