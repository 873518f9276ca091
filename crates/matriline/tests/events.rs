//! Who is told of what, when and where. What 12.5 asks of the list of subscribers is tested beside the code.

mod common;

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use common::{Application, patiently, scripts};
use matriline::{LoadOptions, LogLevel, PluginLoader};
use matriline_testkit::{DataFolder, process_tests};

type Told = Arc<Mutex<Vec<String>>>;

fn two() -> String {
    scripts("", &[("A", ""), ("B", "")])
}

fn note(told: &Told, text: impl Into<String>) {
    told.lock().unwrap().push(text.into());
}

/// Subscribes to everything.
fn listen(loader: &PluginLoader) -> Told {
    let told = Told::default();
    let mine = || told.clone();
    let notes = mine();
    loader.subscribe_on_load(move |key| note(&notes, format!("load {key}")));
    let notes = mine();
    loader.subscribe_on_unload(move |key| note(&notes, format!("unload {key}")));
    let notes = mine();
    loader.subscribe_on_capability_load(move |id| note(&notes, format!("on {}", id.name)));
    let notes = mine();
    loader.subscribe_on_capability_unload(move |id| note(&notes, format!("off {}", id.name)));
    let notes = mine();
    loader.subscribe_on_changed(move |key| note(&notes, format!("changed {key}")));
    told
}

#[track_caller]
fn check(told: &Told, expected: &[&str]) {
    assert_eq!(std::mem::take(&mut *told.lock().unwrap()), expected);
}

fn everything_that_happens_is_told() {
    let data = DataFolder::new();
    data.add_script("p", "p.py", &two());
    data.add_script("fails", "fails.py", "1 / 0\n");
    let application = Application::on(data);
    let told = listen(application.loader());
    application.load("p");
    check(&told, &["load p", "on A", "on B", "changed p"]);
    application.load("p");
    check(&told, &["load p"]);
    application.switch("p", "A", false);
    check(&told, &["off A", "changed p"]);
    application.switch("p", "A", false);
    check(&told, &[]);
    application.loader().unload_plugin("p").unwrap();
    check(&told, &["off B", "unload p", "changed p"]);
    application.loader().unload_plugin("p").unwrap();
    check(&told, &[]);
    application.load("p");
    check(&told, &["load p", "on B", "changed p"]);
    application.switch("p", "A", true);
    check(&told, &["on A", "changed p"]);
    application.loader().reload_plugin("p").wait().unwrap();
    check(&told, &["off A", "off B", "unload p", "changed p", "load p", "on A", "on B", "changed p"]);
    application.load_error("fails");
    application.load_error("unknown");
    check(&told, &["load fails", "changed fails", "load unknown", "changed unknown"]);
    application.loader().set_plugin_error("p", "no");
    assert!(application.loader().clear_plugin_error("p") && !application.loader().clear_plugin_error("p"));
    check(&told, &["changed p", "changed p"]);
    application.manager.shutdown().unwrap();
    check(&told, &[]);
}

fn subscribers_are_told_in_order_until_they_unsubscribe() {
    let application = Application::with_script("p", &two());
    let told = Told::default();
    let tokens = ["first", "second", "third"].map(|name| {
        let notes = told.clone();
        application.loader().subscribe_on_load(move |_| note(&notes, name))
    });
    application.load("p");
    check(&told, &["first", "second", "third"]);
    assert!(application.loader().unsubscribe(tokens[1]) && !application.loader().unsubscribe(tokens[1]));
    application.load("p");
    check(&told, &["first", "third"]);
}

fn a_subscriber_may_unsubscribe_itself_and_others() {
    let application = Application::with_script("p", &two());
    let (told, tokens) = (Told::default(), Arc::new(Mutex::new(Vec::new())));
    let (notes, all, loader) = (told.clone(), tokens.clone(), application.loader().clone());
    let first = application.loader().subscribe_on_load(move |_| {
        note(&notes, "first");
        all.lock().unwrap().drain(..).for_each(|token| assert!(loader.unsubscribe(token)));
    });
    let notes = told.clone();
    let second = application.loader().subscribe_on_load(move |_| note(&notes, "second"));
    tokens.lock().unwrap().extend([first, second]);
    application.load("p");
    application.load("p");
    check(&told, &["first"]);
}

fn a_subscriber_may_load_and_unload() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", &two());
    data.add_script("b", "b.py", &two());
    let application = Application::on(data);
    let told = Told::default();
    let (notes, loader) = (told.clone(), application.loader().clone());
    application.loader().subscribe_on_load(move |key| {
        note(&notes, format!("load {key}"));
        match key {
            "a" => loader.load_plugin("b", LoadOptions::default()).wait().unwrap(),
            _ => loader.unload_plugin("a").unwrap(),
        }
    });
    let notes = told.clone();
    application.loader().subscribe_on_unload(move |key| note(&notes, format!("unload {key}")));
    application.load("a");
    patiently("both are told of", || told.lock().unwrap().len() == 3);
    check(&told, &["load a", "load b", "unload a"]);
    assert_eq!(application.loader().loaded_plugins(), ["b"]);
}

fn a_subscriber_that_panics_harms_nobody() {
    // printing a backtrace may take longer than a load waits for its subscribers
    std::panic::set_hook(Box::new(|_| {}));
    let application = Application::with_script("p", &two());
    let told = Told::default();
    application.loader().subscribe_on_load(|_| panic!("boom"));
    application.loader().subscribe_on_capability_load(|_| panic!("bang"));
    let notes = told.clone();
    application.loader().subscribe_on_load(move |key| note(&notes, key));
    application.load("p");
    check(&told, &["p"]);
    let logged = application.logged(LogLevel::Error, "p").join("\n");
    assert!(logged.contains("Plugin load completion callback failed for `p`: boom"), "{logged}");
    assert!(logged.contains("Plugin capability load callback failed for `p/A`: bang"), "{logged}");
    application.loader().unload_plugin("p").unwrap();
}

fn a_slow_subscriber_keeps_nobody_waiting_for_long() {
    let data = DataFolder::new();
    data.add_script("a", "a.py", &two());
    data.add_script("b", "b.py", &two());
    let application = Application::on(data);
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = Mutex::new(may_go);
    application.loader().subscribe_on_load(move |key| {
        if key == "a" {
            let _ = may_go.lock().unwrap().recv_timeout(Duration::from_secs(60));
        }
    });
    application.load("a");
    application.load("b");
    assert_eq!(application.loader().loaded_plugins(), ["a", "b"]);
    go.send(()).unwrap();
}

fn events_are_told_where_the_application_wants_them() {
    let data = DataFolder::new();
    data.add_script("p", "p.py", &two());
    let (post, posted) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
    let application = Application::start(data, |builder| builder.post(move |act| post.send(act).unwrap()));
    let told = listen(application.loader());
    let main = thread::current().id();
    application.loader().subscribe_on_load(move |_| assert_eq!(thread::current().id(), main));
    application.load("p");
    application.loader().unload_plugin("p").unwrap();
    check(&told, &[]);
    posted.try_iter().for_each(|act| act());
    check(&told, &["load p", "on A", "on B", "changed p", "off A", "off B", "unload p", "changed p"]);
    assert!(application.logged(LogLevel::Error, "p").is_empty());
}

process_tests!(
    everything_that_happens_is_told,
    subscribers_are_told_in_order_until_they_unsubscribe,
    a_subscriber_may_unsubscribe_itself_and_others,
    a_subscriber_may_load_and_unload,
    a_subscriber_that_panics_harms_nobody,
    a_slow_subscriber_keeps_nobody_waiting_for_long,
    events_are_told_where_the_application_wants_them,
);
