//! Loading: every bad plugin has its own message, and the others keep working.

mod common;

use common::{Application, script, success};
use matriline::{CapabilityType, ErrorCode, LogLevel, PluginManager, Status};
use matriline_testkit::{DataFolder, process_tests};

/// Loading `case` fails with a message that holds each of `parts`; a good plugin beside it works before and after.
fn check_load_error(case: &str, code: ErrorCode, parts: &[&str]) {
    let application = Application::with(&[case, "good"]);
    application.load("good");
    let error = application.load_error(case);
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "{message}\nlacks `{part}`");
    }
    assert_eq!(error.code(), code, "{message}");
    assert_eq!(error.plugin(), Some(case));
    assert!(message.contains(case), "{message}");
    assert!(!application.logged(LogLevel::Error, case).is_empty(), "the failure is logged with the plugin");
    assert!(application.manager.loader().loaded_plugin_capabilities(case).is_empty());
    assert_eq!(application.execute("good", "edit").unwrap().status, Status::Success);
    application.manager.shutdown().unwrap();
}

fn two_entry_files() {
    let application = Application::with(&["two_entry_files", "good"]);
    let catalog = application.manager.catalog();
    let invalid: Vec<_> = catalog.invalid().collect();
    assert_eq!(invalid.len(), 1);
    let error = application.load_error(&invalid[0].descriptor.plugin_key);
    assert_eq!(error.code(), ErrorCode::PluginInvalid);
    assert!(error.to_string().contains("two_entry_files"), "{error}");
    assert!(error.to_string().contains(".py"), "{error}");
    application.load("good");
}

fn not_utf8() {
    check_load_error("not_utf8", ErrorCode::PluginInvalid, &["UTF-8"]);
}

fn wheel_not_zip() {
    let application = Application::with(&["wheel_not_zip", "good"]);
    let catalog = application.manager.catalog();
    let invalid = catalog.invalid().next().expect("the wheel is broken");
    let error = application.load_error(&invalid.descriptor.plugin_key);
    assert!(error.to_string().contains("zip"), "{error}");
    application.load("good");
}

fn syntax_error() {
    check_load_error(
        "syntax_error",
        ErrorCode::LoadFailed,
        &["SyntaxError", "while its module was imported"],
    );
}

fn sys_exit_at_import() {
    check_load_error("sys_exit_at_import", ErrorCode::LoadFailed, &["SystemExit"]);
}

fn keyboard_interrupt_at_import() {
    check_load_error("keyboard_interrupt_at_import", ErrorCode::LoadFailed, &["KeyboardInterrupt"]);
}

fn base_exception_at_import() {
    check_load_error("base_exception_at_import", ErrorCode::LoadFailed, &["`base_exception_at_import.Stop`"]);
}

fn raises_at_import() {
    check_load_error("raises_at_import", ErrorCode::LoadFailed, &["while its module was imported"]);
}

fn missing_import() {
    check_load_error("missing_import", ErrorCode::LoadFailed, &["ModuleNotFoundError"]);
}

fn no_package_class() {
    check_load_error("no_package_class", ErrorCode::LoadFailed, &["@orca.plugin"]);
}

fn two_package_classes() {
    let text = "multiple @orca.plugin classes registered; exactly one is allowed per plugin";
    check_load_error("two_package_classes", ErrorCode::LoadFailed, &["ValueError", text]);
}

fn a_second_package_class_that_is_refused_stays_out() {
    let source = script("return orca.ExecutionResult.success('first')");
    let second = "\ntry:\n    @orca.plugin\n    class Second(orca.base):\n        pass\nexcept ValueError:\n    pass\n";
    let application = Application::with_script("twice", &(source + second));
    application.load("twice");
    assert_eq!(application.execute("twice", "edit").unwrap(), success("first"));
}

fn a_plugin_that_takes_the_output_away_takes_it_from_nobody_else() {
    let data = DataFolder::new();
    let source = script("print('heard')\nreturn orca.ExecutionResult.success('')");
    data.add_script("thief", "thief.py", &format!("import sys\nsys.stdout = None\n{source}"));
    data.add_script("victim", "victim.py", &source);
    let application = Application::on(data);
    application.load("thief");
    application.load("victim");
    application.execute("victim", "edit").unwrap();
    assert!(application.printed().contains("[victim] heard"));
}

fn warnings_about_a_good_plugin_are_logged() {
    let source = script("return orca.ExecutionResult.success('')");
    let head = "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'x'\n# dependencies = ['numpy']\n# ///\n";
    let application = Application::with_script("odd", &(head.to_owned() + &source));
    let logged = application.logged(LogLevel::Warn, "odd").join("\n");
    assert!(logged.contains("dependencies"), "{logged}");
    application.load("odd");
}

fn package_not_a_base() {
    let text = "@orca.plugin must decorate a subclass of orca.base";
    check_load_error("package_not_a_base", ErrorCode::LoadFailed, &[text]);
}

fn no_capability() {
    check_load_error("no_capability", ErrorCode::LoadFailed, &["did not register any capabilities"]);
}

fn capability_not_a_capability() {
    let text = "Registered class must inherit from a PluginCapability base";
    check_load_error("capability_not_a_capability", ErrorCode::LoadFailed, &["ValueError", text]);
}

fn capability_without_get_name() {
    let text = "Tried to call pure virtual function";
    check_load_error(
        "capability_without_get_name",
        ErrorCode::LoadFailed,
        &["RuntimeError", text, "get_name"],
    );
}

fn get_name_returns_int() {
    check_load_error("get_name_returns_int", ErrorCode::LoadFailed, &["`get_name()`", "`int`", "`str`"]);
}

fn get_name_raises() {
    check_load_error("get_name_raises", ErrorCode::LoadFailed, &["in `get_name()`"]);
}

fn name_empty() {
    check_load_error("name_empty", ErrorCode::LoadFailed, &["is empty"]);
}

fn name_with_semicolon() {
    check_load_error("name_with_semicolon", ErrorCode::LoadFailed, &["Capability name must not contain ';'"]);
}

fn duplicate_capability() {
    check_load_error("duplicate_capability", ErrorCode::LoadFailed, &["duplicate capability"]);
}

fn raises_in_register() {
    check_load_error("raises_in_register", ErrorCode::LoadFailed, &["in `register_capabilities()`"]);
}

fn raises_in_init() {
    check_load_error("raises_in_init", ErrorCode::LoadFailed, &["while a capability was made"]);
}

fn raises_in_on_load() {
    check_load_error("raises_in_on_load", ErrorCode::LoadFailed, &["in `on_load()`"]);
}

fn broken_metadata() {
    check_load_error("broken_metadata", ErrorCode::PluginInvalid, &["line"]);
}

fn unknown_plugin() {
    let application = Application::with(&[]);
    let error = application.load_error("No_Such_Plugin");
    // 12.4 L13
    assert_eq!(error.to_string(), "Plugin not found: No_Such_Plugin");
    assert_eq!(error.code(), ErrorCode::PluginNotFound);
}

fn a_missing_data_folder_is_named() {
    let data = DataFolder::new();
    let missing = data.path().join("missing");
    let error = PluginManager::builder(&missing).start().err().expect("there is no such folder");
    assert_eq!(error.code(), ErrorCode::Io);
    assert!(error.to_string().contains("missing"), "{error}");
    // A failed start leaves room for a good one.
    PluginManager::builder(data.path()).start().unwrap().shutdown().unwrap();
}

fn an_empty_folder_is_an_empty_catalog() {
    let application = Application::with(&[]);
    assert!(application.manager.catalog().entries().is_empty());
    assert!(application.manager.loader().loaded_plugins().is_empty());
}

fn scanning_runs_no_plugin_code() {
    let application = Application::with(&["marks_when_run"]);
    let marks = |application: &Application| {
        let folder = application.data.plugins().join("marks_when_run");
        std::fs::read_dir(folder).unwrap().count()
    };
    let before = marks(&application);
    application.manager.discover_plugins();
    assert_eq!(marks(&application), before);
    // The same code does leave its mark when it is loaded.
    application.load("marks_when_run");
    // its mark, and the sidecar
    assert_eq!(marks(&application), before + 2);
}

fn a_class_without_execute_loads_and_is_warned_of() {
    let application = Application::with(&["capability_without_execute"]);
    application.load("capability_without_execute");
    let warnings = application.logged(LogLevel::Warn, "capability_without_execute").join("\n");
    assert!(warnings.contains("no method `execute`"), "{warnings}");
    let kind = CapabilityType::PostProcessing;
    let entries = application.manager.loader().plugin_capabilities_by_type(kind);
    let error = application.execute("capability_without_execute", &entries[0].id().name).unwrap_err();
    assert!(error.to_string().contains("Tried to call pure virtual function"), "{error}");
}

fn dataclass_at_import() {
    let application = Application::with(&["dataclass_at_import"]);
    application.load("dataclass_at_import");
}

fn own_init() {
    let application = Application::with(&["own_init"]);
    application.load("own_init");
    for name in ["with-super", "without-super"] {
        assert_eq!(application.execute("own_init", name).unwrap(), success("run 1"));
        assert_eq!(application.execute("own_init", name).unwrap(), success("run 2"));
    }
}

fn a_plugin_called_like_a_standard_module_harms_nobody() {
    let source = common::script("return orca.ExecutionResult.success(__name__)");
    let data = DataFolder::new();
    data.add_script("json", "json.py", &source);
    data.add_script(
        "user",
        "user.py",
        &common::script("import json\nreturn orca.ExecutionResult.success(json.dumps([1]))"),
    );
    let application = Application::on(data);
    application.load("json");
    application.load("user");
    assert_eq!(application.execute("json", "edit").unwrap(), success("json_plugin"));
    assert_eq!(application.execute("user", "edit").unwrap(), success("[1]"));
}

fn folders_beside_a_script_can_be_imported() {
    let data = DataFolder::new();
    let source =
        common::script("import helpers.words\nreturn orca.ExecutionResult.success(helpers.words.WORD)");
    data.add_script("stamp", "stamp.py", &source);
    data.add_file("orca_plugins/stamp/helpers/words.py", "WORD = 'first'\n");
    let application = Application::on(data);
    application.load("stamp");
    assert_eq!(application.execute("stamp", "edit").unwrap(), success("first"));
    // Unloading takes the modules along, so that loading again sees the new code.
    application.manager.loader().unload_plugin("stamp").unwrap();
    application.data.add_file("orca_plugins/stamp/helpers/words.py", "WORD = 'another'\n");
    application.load("stamp");
    assert_eq!(application.execute("stamp", "edit").unwrap(), success("another"));
}

fn two_plugins_with_one_module_name_are_told_apart() {
    let data = DataFolder::new();
    let source = common::script("import helpers\nreturn orca.ExecutionResult.success('')");
    for key in ["first", "second"] {
        data.add_script(key, &format!("{key}.py"), &source);
        data.add_file(format!("orca_plugins/{key}/helpers/__init__.py"), "");
    }
    let application = Application::on(data);
    application.load("first");
    let error = application.load_error("second");
    let message = error.to_string();
    assert!(
        message.contains("`helpers`") && message.contains("`first`") && message.contains("`second`"),
        "{message}"
    );
    application.manager.loader().unload_plugin("first").unwrap();
    application.load("second");
}

process_tests!(
    two_entry_files,
    not_utf8,
    wheel_not_zip,
    syntax_error,
    sys_exit_at_import,
    keyboard_interrupt_at_import,
    base_exception_at_import,
    raises_at_import,
    missing_import,
    no_package_class,
    two_package_classes,
    a_second_package_class_that_is_refused_stays_out,
    a_plugin_that_takes_the_output_away_takes_it_from_nobody_else,
    warnings_about_a_good_plugin_are_logged,
    package_not_a_base,
    no_capability,
    capability_not_a_capability,
    capability_without_get_name,
    get_name_returns_int,
    get_name_raises,
    name_empty,
    name_with_semicolon,
    duplicate_capability,
    raises_in_register,
    raises_in_init,
    raises_in_on_load,
    broken_metadata,
    unknown_plugin,
    a_missing_data_folder_is_named,
    an_empty_folder_is_an_empty_catalog,
    scanning_runs_no_plugin_code,
    a_class_without_execute_loads_and_is_warned_of,
    dataclass_at_import,
    own_init,
    a_plugin_called_like_a_standard_module_harms_nobody,
    folders_beside_a_script_can_be_imported,
    two_plugins_with_one_module_name_are_told_apart,
);
