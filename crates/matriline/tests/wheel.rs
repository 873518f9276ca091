//! Wheel plugins: unpacked once for each content, imported by their package.

mod common;

use common::{Application, script, success};
use matriline::ErrorCode;
use matriline_testkit::{DataFolder, WheelBuilder, process_tests};

fn stats(version: &str) -> WheelBuilder {
    let source = script(&format!(
        "from stats import words\nfrom . import words as same\nassert words is same\n\
         return orca.ExecutionResult.success(words.GREETING + ' {version}')"
    ));
    WheelBuilder::new("stats", version)
        .file("stats/__init__.py", source)
        .file("stats/words.py", "GREETING = 'hello from'\n")
}

/// The key of the only plugin.
fn key(application: &Application) -> String {
    let catalog = application.manager.catalog();
    let mut valid = catalog.valid();
    let entry = valid.next().expect("one plugin is valid");
    entry.descriptor.plugin_key.clone()
}

fn a_wheel_of_two_modules_loads() {
    let data = DataFolder::new();
    data.add_wheel("stats", &stats("1.0.0"));
    let application = Application::on(data);
    let key = key(&application);
    application.load(&key);
    assert_eq!(application.execute(&key, "edit").unwrap(), success("hello from 1.0.0"));
    let left = || {
        matriline::python::Interpreter::with(|py| {
            let modules =
                py.eval(c"[name for name in __import__('sys').modules if 'stats' in name]", None, None);
            modules.unwrap().extract::<Vec<String>>().unwrap()
        })
    };
    use pyo3::prelude::*;
    assert_eq!(left().unwrap().len(), 2);
    application.manager.loader().unload_plugin(&key).unwrap();
    assert!(left().unwrap().is_empty());
    let path = matriline::python::Interpreter::with(|py| {
        py.eval(c"[p for p in __import__('sys').path if 'cache' in p]", None, None).unwrap().len().unwrap()
    });
    assert_eq!(path, Some(0), "sys.path never changes");
}

fn a_wheel_with_other_content_than_its_record_says_is_refused() {
    let data = DataFolder::new();
    let record = "stats/__init__.py,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,4\n";
    data.add_wheel("stats", &stats("1.0.0").replace("RECORD", record));
    let application = Application::on(data);
    let error = application.load_error(&key(&application));
    assert_eq!(error.code(), ErrorCode::LoadFailed);
    assert!(error.to_string().contains("stats/__init__.py"), "{error}");
}

fn another_content_is_unpacked_anew() {
    let data = DataFolder::new();
    let path = data.add_wheel("stats", &stats("1.0.0"));
    let application = Application::on(data);
    application.load(&key(&application));
    application.manager.loader().unload_plugin(&key(&application)).unwrap();
    std::fs::write(&path, stats("2.0.0").build()).unwrap();
    application.manager.discover_plugins();
    let key = key(&application);
    application.load(&key);
    assert_eq!(application.execute(&key, "edit").unwrap(), success("hello from 2.0.0"));
    let unpacked = std::fs::read_dir(application.data.path().join("cache/wheels")).unwrap().count();
    assert_eq!(unpacked, 2, "one folder for each content, and nothing half-made");
}

fn a_wheel_without_its_package_says_what_there_is() {
    let data = DataFolder::new();
    data.add_wheel("stats", &WheelBuilder::new("stats", "1.0.0").file("other/__init__.py", ""));
    let application = Application::on(data);
    let error = application.load_error(&key(&application));
    assert_eq!(error.code(), ErrorCode::LoadFailed);
    let message = error.to_string();
    assert!(
        message.contains("`stats`") && message.contains("`other`") && message.contains("Import-Name"),
        "{message}"
    );
}

fn a_hostile_wheel_is_invalid() {
    let data = DataFolder::new();
    data.add_wheel("stats", &stats("1.0.0").unrecorded("../escape.py", "x"));
    let application = Application::on(data);
    let catalog = application.manager.catalog();
    let invalid = catalog.invalid().next().expect("the wheel is refused");
    let error = application.load_error(&invalid.descriptor.plugin_key);
    assert!(error.to_string().contains("escape.py"), "{error}");
}

process_tests!(
    a_wheel_with_other_content_than_its_record_says_is_refused,
    a_wheel_of_two_modules_loads,
    another_content_is_unpacked_anew,
    a_wheel_without_its_package_says_what_there_is,
    a_hostile_wheel_is_invalid,
);
