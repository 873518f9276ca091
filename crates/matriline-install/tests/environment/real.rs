//! What uv really does, with wheels that the cases make.

use std::fs;
use std::thread;
use std::time::Duration;

use matriline_install::environment::{EnvironmentError, Index, Wanted};
use matriline_testkit::{WheelBuilder, skip};

use crate::common::{Case, Place, end, import, names, native_wheel, wanted};

pub(crate) const CASES: &[Case] = &[
    ("installed_with_hashes_and_ready_without_uv", installed_with_hashes_and_ready_without_uv),
    ("bundled_wheels_are_installed_without_an_index", bundled_wheels_are_installed_without_an_index),
    ("a_bundled_wheel_wins_over_a_newer_one", a_bundled_wheel_wins_over_a_newer_one),
    ("a_changed_bundled_wheel_is_another_environment", a_changed_bundled_wheel_is_another_environment),
    ("markers_and_extras", markers_and_extras),
    ("the_same_lock_is_shared", the_same_lock_is_shared),
    ("threads_build_once", threads_build_once),
    ("processes_build_once", processes_build_once),
    ("different_environments_are_built_at_the_same_time", different_environments_are_built_at_the_same_time),
    ("a_killed_build_leaves_nothing_that_is_used", a_killed_build_leaves_nothing_that_is_used),
    ("what_cannot_be_imported_is_not_ready", what_cannot_be_imported_is_not_ready),
    ("a_crash_in_an_import_is_an_error", a_crash_in_an_import_is_an_error),
    ("a_sharer_is_checked_for_its_own_wishes", a_sharer_is_checked_for_its_own_wishes),
    ("requirements_in_conflict", requirements_in_conflict),
    ("collected_when_unused", collected_when_unused),
    ("held_by_another_process", held_by_another_process),
    ("a_collected_one_is_built_from_its_lock", a_collected_one_is_built_from_its_lock),
    ("a_changed_file_does_not_pass_the_lock", a_changed_file_does_not_pass_the_lock),
    ("a_damaged_environment_is_built_again", a_damaged_environment_is_built_again),
    ("data_and_native_modules_are_there", data_and_native_modules_are_there),
    ("a_real_package_from_the_index", a_real_package_from_the_index),
];

/// Logs what it is asked, and is uv.
const LOGGED: &str = "echo \"$2\" >> $PLACE/calls; exec \"$UV\" \"$@\"\n";

fn installed_with_hashes_and_ready_without_uv() {
    let mut place = Place::new();
    place.module("alpha", "1.0", &["beta>=1"]);
    place.module("beta", "1.5", &[]);
    let wish = wanted(&["alpha"]);
    assert!(place.environments().ready(&wish).is_none());
    let environment = place.prepare(&wish).unwrap();
    assert_eq!(names(&environment), ["alpha 1.0", "beta 1.5"]);
    let folder = environment.folder();
    assert!(folder.join("alpha.py").is_file() && !folder.join(".lock").exists());
    let lock = fs::read_to_string(folder.parent().unwrap().join("requirements.lock")).unwrap();
    assert_eq!(lock.matches("--hash=sha256:").count(), 2, "{lock}");
    assert_eq!(place.folders(), [environment.lock_hash()]);

    place.options.uv = Some("missing".into());
    place.options.python = "missing".into();
    let ready = place.environments().ready(&wish).unwrap();
    assert_eq!((ready.lock_hash(), ready.imports()), (environment.lock_hash(), environment.imports()));
    assert_eq!(place.prepare(&wish).unwrap().lock_hash(), environment.lock_hash());
    assert!(place.environments().ready(&wanted(&["beta"])).is_none());
}

fn bundled_wheels_are_installed_without_an_index() {
    let mut place = Place::new();
    place.options.index = Index::Url("http://127.0.0.1:9/none".into());
    place.options.wheel_folders.clear();
    let beta = WheelBuilder::new("beta", "2.0").file("beta/__init__.py", "").file("beta/data.txt", "data");
    let other = WheelBuilder::new("other", "1.0").tags(&["cp27-cp27m-win32"]);
    let wheels = vec![place.bundled(&beta), place.bundled(&other)];
    let wish = Wanted { requirements: vec![], wheels };
    let environment = place.prepare(&wish).unwrap();
    assert_eq!(names(&environment), ["beta 2.0"]);
    assert_eq!(fs::read_to_string(environment.folder().join("beta/data.txt")).unwrap(), "data");
    assert!(place.environments().ready(&wish).is_some());
}

fn a_bundled_wheel_wins_over_a_newer_one() {
    let place = Place::new();
    place.module("beta", "3.0", &[]);
    let wheels = vec![place.bundled(&WheelBuilder::new("beta", "2.0").file("beta.py", ""))];
    let environment = place.prepare(&Wanted { requirements: vec!["beta".into()], wheels }).unwrap();
    assert_eq!(names(&environment), ["beta 2.0"]);
}

fn a_changed_bundled_wheel_is_another_environment() {
    let place = Place::new();
    let beta = |text: &str| WheelBuilder::new("beta", "2.0").file("beta.py", text);
    let wish = Wanted { requirements: vec![], wheels: vec![place.bundled(&beta("x = 1"))] };
    let one = place.prepare(&wish).unwrap();
    place.bundled(&beta("x = 22"));
    assert!(place.environments().ready(&wish).is_none());
    let other = place.prepare(&wish).unwrap();
    assert_eq!(fs::read_to_string(other.folder().join("beta.py")).unwrap(), "x = 22");
    assert_ne!(one.imports()[0].content, other.imports()[0].content);
}

fn markers_and_extras() {
    let place = Place::new();
    let alpha = WheelBuilder::new("alpha", "1.0").file("alpha.py", "").header("Provides-Extra", "more");
    place.wheel(&alpha.header("Requires-Dist", "beta ; extra == 'more'"));
    place.module("beta", "1.0", &[]);
    place.module("gamma", "1.0", &[]);
    let environment = place
        .prepare(&wanted(&["alpha[more] ; python_version >= '3'", "gamma; python_version < '3'"]))
        .unwrap();
    assert_eq!(names(&environment), ["alpha 1.0", "beta 1.0"]);
    assert_eq!(names(&place.prepare(&wanted(&["alpha"])).unwrap()), ["alpha 1.0"]);
    assert_eq!(names(&place.prepare(&wanted(&["gamma; python_version < '3'"])).unwrap()), [""; 0]);
}

fn the_same_lock_is_shared() {
    let place = Place::new();
    place.module("alpha", "1.0", &[]);
    let one = place.prepare(&wanted(&["alpha"])).unwrap();
    let other = place.prepare(&wanted(&["alpha>=1", "alpha<2"])).unwrap();
    assert_eq!(one.folder(), other.folder());
    assert_eq!(place.folders().len(), 1);
}

fn threads_build_once() {
    let mut place = Place::new();
    place.module("alpha", "1.0", &[]);
    place.script(LOGGED);
    let environments = place.environments();
    thread::scope(|scope| {
        for number in 0..4 {
            let (place, environments) = (&place, &environments);
            scope.spawn(move || match number % 2 {
                0 => drop(environments.prepare("plugin", &wanted(&["alpha"]), &Default::default()).unwrap()),
                _ => drop(place.prepare(&wanted(&["alpha"])).unwrap()),
            });
        }
    });
    assert_eq!(place.text("calls"), "compile\ninstall\n");
}

fn processes_build_once() {
    let mut place = Place::new();
    place.module("alpha", "1.0", &[]);
    place.script(LOGGED);
    let processes: Vec<_> = (0..3).map(|_| place.process("prepare").spawn().unwrap()).collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(place.text("calls"), "compile\ninstall\n");
}

fn different_environments_are_built_at_the_same_time() {
    let mut place = Place::new();
    place.module("alpha", "1.0", &[]);
    place.module("beta", "1.0", &[]);
    // each waits until the other has begun
    let script = "if grep -q alpha requirements.in; then own=a; other=b; else own=b; other=a; fi
if [ $2 = compile ]; then touch $PLACE/$own; while [ ! -e $PLACE/$other ]; do sleep 0.01; done; fi
exec \"$UV\" \"$@\"\n";
    place.script(script);
    thread::scope(|scope| {
        for name in ["alpha", "beta"] {
            let place = &place;
            scope.spawn(move || place.prepare(&wanted(&[name])).unwrap());
        }
    });
}

fn a_killed_build_leaves_nothing_that_is_used() {
    let mut place = Place::new();
    place.module("alpha", "1.0", &[]);
    place
        .script("\"$UV\" \"$@\" || exit 1; if [ $2 = install ]; then touch $PLACE/half; exec sleep 20; fi\n");
    let other = place.process("prepare").spawn().unwrap();
    place.wait_for("half");
    let wish = wanted(&["alpha"]);
    assert_eq!(place.environments().collect([], Duration::ZERO).unwrap().halves, 0, "somebody builds it");
    end(other);
    assert!(place.environments().ready(&wish).is_none());
    assert_eq!(place.folders().len(), 1);
    assert_eq!(place.environments().collect([], Duration::ZERO).unwrap().halves, 1);
    assert_eq!(place.folders(), [""; 0]);
    place.script(LOGGED);
    place.prepare(&wish).unwrap();
    assert!(place.environments().ready(&wish).is_some());
}

fn what_cannot_be_imported_is_not_ready() {
    let place = Place::new();
    place.wheel(&WheelBuilder::new("alpha", "1.0").file("alpha/__init__.py", "from . import missing_part\n"));
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    let EnvironmentError::Import { name, traceback } = &error else { panic!("{error}") };
    assert!(
        name == "alpha" && traceback.contains("Traceback") && traceback.contains("missing_part"),
        "{error}"
    );
    assert!(place.environments().ready(&wanted(&["alpha"])).is_none());
    assert_eq!(place.folders(), [""; 0]);
}

fn a_crash_in_an_import_is_an_error() {
    let place = Place::new();
    place.wheel(&WheelBuilder::new("alpha", "1.0").file("alpha.py", "import os; os.abort()\n"));
    let error = place.prepare(&wanted(&["alpha"])).unwrap_err();
    assert!(error.to_string().contains("Python ended with signal: 6"), "{error}");
}

fn a_sharer_is_checked_for_its_own_wishes() {
    let place = Place::new();
    place.module("alpha", "1.0", &["beta"]);
    place.wheel(&WheelBuilder::new("beta", "1.0").file("beta.py", "raise RuntimeError('not today')\n"));
    let _alpha = place.prepare(&wanted(&["alpha"])).unwrap();
    let error = place.prepare(&wanted(&["alpha", "beta"])).unwrap_err();
    assert!(error.to_string().contains("RuntimeError: not today"), "{error}");
    assert!(place.environments().ready(&wanted(&["alpha", "beta"])).is_none());
    assert!(place.environments().ready(&wanted(&["alpha"])).is_some());
}

fn requirements_in_conflict() {
    let place = Place::new();
    place.module("alpha", "1.0", &["beta<2"]);
    place.module("beta", "1.0", &[]);
    place.module("beta", "2.0", &[]);
    let error = place.prepare(&wanted(&["alpha", "beta>=2"])).unwrap_err().to_string();
    assert!(error.starts_with("uv pip compile failed (exit code 1): "), "{error}");
    assert!(error.contains("alpha") && error.contains("beta>=2"), "{error}");
}

fn collected_when_unused() {
    let place = Place::new();
    place.module("alpha", "1.0", &[]);
    place.module("beta", "1.0", &[]);
    let (alpha, beta) = (wanted(&["alpha"]), wanted(&["beta"]));
    let environments = place.environments();
    let collect = |installed: &[&Wanted], age| environments.collect(installed.iter().copied(), age).unwrap();
    assert_eq!(collect(&[], Duration::ZERO).removed, [""; 0]);
    let held = place.prepare(&alpha).unwrap();
    let unused = place.prepare(&beta).unwrap().lock_hash().to_owned();
    assert_eq!(collect(&[], Duration::from_secs(3600)).removed, [""; 0]);
    assert_eq!(
        collect(&[&beta], Duration::ZERO),
        matriline_install::environment::Collected { held: 1, ..Default::default() }
    );
    assert_eq!(collect(&[], Duration::ZERO).removed, [unused]);
    let copy = held.clone();
    drop(held);
    assert_eq!(collect(&[], Duration::ZERO).held, 1);
    assert!(copy.folder().join("alpha.py").is_file());
    drop(copy);
    assert_eq!(collect(&[], Duration::ZERO).removed.len(), 1);
    assert!(environments.ready(&alpha).is_none() && place.folders().is_empty());
}

fn held_by_another_process() {
    let place = Place::new();
    place.module("alpha", "1.0", &[]);
    let other = place.process("hold").spawn().unwrap();
    place.wait_for("held");
    assert_eq!(place.environments().collect([], Duration::ZERO).unwrap().held, 1);
    assert!(place.environments().ready(&wanted(&["alpha"])).is_some());
    end(other);
    assert_eq!(place.environments().collect([], Duration::ZERO).unwrap().removed.len(), 1);
}

fn a_collected_one_is_built_from_its_lock() {
    let place = Place::new();
    place.module("alpha", "1.0", &[]);
    let wish = wanted(&["alpha"]);
    let hash = place.prepare(&wish).unwrap().lock_hash().to_owned();
    place.module("alpha", "2.0", &[]);
    fs::remove_dir_all(place.options.data_dir.join("python/environments").join(&hash)).unwrap();
    assert!(place.environments().ready(&wish).is_none());
    assert_eq!(names(&place.prepare(&wish).unwrap()), ["alpha 1.0"]);
    place.environments().forget(&wish).unwrap();
    assert_eq!(names(&place.prepare(&wish).unwrap()), ["alpha 2.0"]);
}

fn a_changed_file_does_not_pass_the_lock() {
    let place = Place::new();
    place.module("alpha", "1.0", &[]);
    let wish = wanted(&["alpha"]);
    let hash = place.prepare(&wish).unwrap().lock_hash().to_owned();
    place.wheel(&WheelBuilder::new("alpha", "1.0").file("alpha.py", "version = 'other'\n"));
    fs::remove_dir_all(place.options.data_dir.join("python/environments").join(hash)).unwrap();
    fs::remove_dir_all(place.options.data_dir.join("cache/uv")).unwrap();
    let error = place.prepare(&wish).unwrap_err().to_string();
    assert!(
        error.starts_with("uv pip install failed (exit code 1): ") && error.to_lowercase().contains("hash"),
        "{error}"
    );
}

fn a_damaged_environment_is_built_again() {
    let place = Place::new();
    place.module("alpha", "1.0", &[]);
    let wish = wanted(&["alpha"]);
    let folder = place.prepare(&wish).unwrap().folder().parent().unwrap().to_owned();
    fs::write(folder.join("environment.json"), "{").unwrap();
    assert!(place.environments().ready(&wish).is_none());
    place.prepare(&wish).unwrap();
    assert!(place.environments().ready(&wish).is_some());
    assert_eq!(place.folders().len(), 1);
}

fn data_and_native_modules_are_there() {
    let Some(wheel) = native_wheel() else {
        return skip("Python has `_json` built in");
    };
    let place = Place::new();
    place.wheel(&wheel);
    import(place.prepare(&wanted(&["native"])).unwrap().folder(), "native");
}

fn a_real_package_from_the_index() {
    let mut place = Place::new();
    place.options.index = Index::Default;
    place.options.wheel_folders.clear();
    match place.prepare(&wanted(&["six==1.17.0"])) {
        Ok(environment) => assert_eq!(names(&environment), ["six 1.17.0"]),
        Err(error @ (EnvironmentError::Failed { .. } | EnvironmentError::TimedOut { .. })) => {
            skip(&format!("the index cannot be used: {error}"));
        }
        Err(error) => panic!("{error}"),
    }
}
