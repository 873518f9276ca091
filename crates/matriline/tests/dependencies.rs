//! Plugins that depend on packages, from wheels that the tests make. Without uv most of them are skipped.

mod common;

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{Application, eval, modules, scripts};
use matriline::{DependencyOptions, ErrorCode, Index, LoadOptions, PluginManager};
use matriline_install::environment::Uv;
use matriline_testkit::{DataFolder, WheelBuilder, process_tests, skip};

/// uv, or a word on what is skipped without it.
fn uv() -> Option<PathBuf> {
    let given = env::var_os("MATRILINE_UV").map(PathBuf::from);
    let found = Uv::find(given.as_deref(), None).map(|uv| uv.program().to_owned());
    found.inspect_err(|error| skip(&error.to_string())).ok()
}

/// A plugin that requires that, and whose code begins with `head`.
fn plugin(requirement: &str, head: &str) -> String {
    let block = format!("# /// script\n# dependencies = ['{requirement}']\n# ///\n");
    block + &scripts(head, &[("A", "")])
}

/// A data folder, and beside it wheels of `dep` in two versions.
fn data() -> DataFolder {
    let data = DataFolder::new();
    for version in ["1.0", "2.0"] {
        let wheel = WheelBuilder::new("dep", version);
        let wheel = wheel.file("dep/__init__.py", format!("version = '{version}'\n"));
        data.add_file(Path::new("wheels").join(wheel.file_name()), wheel.build());
    }
    data
}

fn options(data: &Path, uv: PathBuf) -> DependencyOptions {
    DependencyOptions {
        uv: Some(uv),
        wheel_folders: vec![data.join("wheels")],
        index: Index::None,
        ..DependencyOptions::default()
    }
}

fn start(data: DataFolder, uv: PathBuf) -> Application {
    let options = options(data.path(), uv);
    Application::start(data, |builder| builder.dependencies(options))
}

fn environments(data: &Path) -> usize {
    let folders = std::fs::read_dir(data.join("python/environments")).into_iter().flatten().flatten();
    folders.filter(|folder| !folder.file_name().to_str().unwrap().starts_with('.')).count()
}

fn a_plugin_imports_what_it_depends_on() {
    let Some(uv) = uv() else { return };
    let data = data();
    data.add_script("p", "p.py", &plugin("dep>=1", "import dep\nsys.seen = dep.version"));
    let application = start(data, uv);
    application.load("p");
    assert_eq!(eval("__import__('sys').seen"), "2.0");
    assert_eq!(application.manager.timings("p").phases.environment.count, 1);
    application.loader().unload_plugin("p").unwrap();
    assert_eq!(modules("dep").split(' ').next(), Some("dep"), "modules of environments stay");
    application.load("p");
    application.manager.shutdown().unwrap();
    // what is ready needs no uv any more
    let options = options(application.data.path(), "/no/such/uv".into());
    let next = PluginManager::builder(application.data.path()).dependencies(options).start().unwrap();
    next.discover_plugins();
    next.loader().load_plugin("p", LoadOptions::default()).wait().unwrap();
}

fn two_that_agree_share_an_environment() {
    let Some(uv) = uv() else { return };
    let data = data();
    for key in ["p", "q"] {
        data.add_script(key, &format!("{key}.py"), &plugin("dep", "import dep"));
    }
    let application = start(data, uv);
    let loads = ["p", "q"].map(|key| application.loader().load_plugin(key, LoadOptions::default()));
    loads.iter().for_each(|load| load.wait().unwrap());
    assert_eq!(environments(application.data.path()), 1);
}

fn two_that_do_not_agree_are_told_apart() {
    let Some(uv) = uv() else { return };
    let data = data();
    data.add_script("first", "first.py", &plugin("dep==1.0", "import dep"));
    data.add_script("second", "second.py", &plugin("dep==2.0", "import dep"));
    let application = start(data, uv);
    application.load("first");
    let error = application.load_error("second");
    assert_eq!(error.code(), ErrorCode::LoadFailed);
    let text = error.to_string();
    for part in ["`first`", "second", "`dep`", "1.0", "2.0"] {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
    assert!(application.loader().is_plugin_loaded("first") && modules("second").is_empty());
}

/// What a plugin could import while it was loaded is free again, what it has imported is not.
fn what_no_plugin_uses_is_collected() {
    let Some(uv) = uv() else { return };
    let data = data();
    data.add_script("lazy", "lazy.py", &plugin("dep==1.0", ""));
    data.add_script("eager", "eager.py", &plugin("dep==2.0", "import dep"));
    let application = start(data, uv);
    let collect = || application.manager.collect_environments(Duration::ZERO).unwrap();
    let take_out = |key: &str| {
        std::fs::remove_dir_all(application.data.plugins().join(key)).unwrap();
        application.manager.discover_plugins();
    };
    application.load("lazy");
    take_out("lazy");
    assert_eq!((collect().removed.len(), collect().held), (0, 1), "it is loaded");
    application.loader().unload_plugin("lazy").unwrap();
    assert_eq!((collect().removed.len(), environments(application.data.path())), (1, 0));
    application.load("eager");
    application.loader().unload_plugin("eager").unwrap();
    take_out("eager");
    assert_eq!((collect().removed.len(), collect().held), (0, 1), "its modules stay");
}

fn what_cannot_be_had_is_told_in_full() {
    let Some(uv) = uv() else { return };
    let data = data();
    data.add_script("p", "p.py", &plugin("dep==3.0", "import dep"));
    let application = start(data, uv);
    let error = application.load_error("p");
    assert_eq!(error.code(), ErrorCode::EnvironmentFailed);
    let text = error.to_string();
    assert!(
        text.starts_with("Failed to install plugin dependencies: ") && text.contains("dep==3.0"),
        "{text}"
    );
    assert_eq!(environments(application.data.path()), 0);
}

fn without_uv_only_those_fail_that_need_it() {
    // SAFETY: no other thread runs yet.
    unsafe { env::set_var("PATH", "/no/such/folder") };
    let data = data();
    data.add_script("needs", "needs.py", &plugin("dep", "import dep"));
    data.add_script("plain", "plain.py", &scripts("", &[("A", "")]));
    let application = Application::on(data);
    application.load("plain");
    let error = application.load_error("needs");
    assert_eq!(error.code(), ErrorCode::EnvironmentFailed);
    assert!(error.to_string().contains("install `uv` so that it is on `PATH`"), "{error}");
    assert!(application.loader().is_plugin_loaded("plain"));
    // whoever wants to try without gets what was installed before, which is nothing
    let options = LoadOptions { skip_dependencies: true, ..LoadOptions::default() };
    let error = application.loader().load_plugin("needs", options).wait().unwrap_err();
    assert!(error.to_string().contains("dep"), "{error}");
    assert_eq!(error.code(), ErrorCode::LoadFailed);
}

process_tests!(
    a_plugin_imports_what_it_depends_on,
    two_that_agree_share_an_environment,
    two_that_do_not_agree_are_told_apart,
    what_no_plugin_uses_is_collected,
    what_cannot_be_had_is_told_in_full,
    without_uv_only_those_fail_that_need_it,
);
