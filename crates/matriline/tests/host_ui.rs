//! `orca.host.ui`: what plugins show, and what comes back.

mod common;
mod host_common;

use std::sync::Arc;

use host_common::{FUNCTIONS, check, check_raises, start, window};
use matriline::host::{Answer, Buttons, Dock, Icon, Level, WindowStyle};
use matriline_testkit::process_tests;
use serde_json::json;

fn messages() {
    let (host, interface) = start();
    interface.answer(Answer::Yes);
    check(
        &host,
        "message = orca.host.ui.message\n\
         assert message('Really?', 'Title', 'yes_no_cancel', 'question') == 'yes'\n\
         assert message('closed') == 'cancel'\n\
         assert message(text='odd', buttons='other', icon='other') == 'cancel'",
    );
    let [asked, closed, odd] = &interface.messages()[..] else { panic!("{:?}", interface.messages()) };
    assert_eq!((&*asked.text, &*asked.title), ("Really?", "Title"));
    assert_eq!((asked.buttons, asked.icon), (Buttons::YesNoCancel, Icon::Question));
    assert_eq!((&*closed.title, closed.buttons, closed.icon), ("OrcaSlicer", Buttons::Ok, Icon::Info));
    assert_eq!((odd.buttons, odd.icon), (Buttons::Ok, Icon::Info));
}

fn wrong_arguments() {
    let (host, _) = start();
    check_raises(&host, "orca.host.ui.message()", "TypeError", "text");
    check_raises(&host, "orca.host.ui.message(5)", "TypeError", "is not an instance of 'str'");
    check_raises(
        &host,
        "orca.host.ui.create_window('', on_message=5)",
        "TypeError",
        "on_message must be a function or None, not int",
    );
    check_raises(&host, "orca.host.ui.create_window('', style=2)", "ValueError", "WINDOW_MODAL");
    check_raises(&host, "orca.host.ui.create_window('', width='wide')", "TypeError", "'str' object");
    check_raises(&host, "orca.host.ui.create_dock_panel('', dock='top')", "ValueError", "\"float\"");
    check_raises(&host, "orca.host.ui.push_notification(3, 'text')", "TypeError", "NotificationLevel");
    check_raises(&host, "orca.host.ui.UiWindow()", "TypeError", "cannot create");
    check_raises(&host, "orca.host.ui.create_window('\\udc80')", "UnicodeEncodeError", "surrogates");
    check(&host, "assert not hasattr(orca.host.ui, 'create_panel')");
}

fn dialogs() {
    let (host, interface) = start();
    interface.use_dialog(|page, events| {
        assert_eq!((&*page.html, &*page.title, page.size), ("<b>", "Title", (320, 240)));
        events.message(json!({"step": 1}));
        Some(json!([1, null, "two"]))
    });
    check(
        &host,
        "answer = orca.host.ui.show_dialog('<b>', 'Title', 1, 1, on_message=events.append)\n\
         assert answer == [1, None, 'two'] and events == [{'step': 1}], (answer, events)\n\
         assert orca.host.ui.show_dialog('closed') is None",
    );
}

fn windows() {
    let (host, window) = window(FUNCTIONS);
    assert_eq!(
        (&*window.page.title, window.page.size, window.page.style),
        ("Title", (820, 600), WindowStyle::Modeless)
    );
    window.events().message(json!({"a": [1.5, true]}));
    check(
        &host,
        "assert window.id == 1 and window.is_open() and repr(window) == '<orca.host.ui.UiWindow id=1 open>'\n\
         assert events == [{'a': [1.5, True]}], events\n\
         window.post({'text': 'x', 1: (None, b'bytes')})",
    );
    assert_eq!(window.posted(), [json!({"text": "x", "1": [null, "bytes"]})]);
    window.events().closed();
    window.events().closed();
    window.events().message(json!(1));
    check(
        &host,
        "assert events[1:] == ['closed'], events\n\
         assert not window.is_open() and 'closed' in repr(window)\n\
         window.post(1)\nwindow.close()",
    );
    assert_eq!(window.posted().len(), 1);
    assert!(!window.is_closed());
    assert_eq!(Arc::strong_count(&window), 2, "the plugin holds it no more");
}

fn a_window_that_its_plugin_closes() {
    let (host, window) = window(FUNCTIONS);
    check(
        &host,
        "window.close()\nwindow.close()\nassert not window.is_open() and events == ['closed'], events",
    );
    assert!(window.is_closed());
    assert_eq!(Arc::strong_count(&window), 2, "the plugin holds it no more");
}

fn what_a_page_submits() {
    let (host, window) = window("on_submit=events.append, style=orca.host.ui.WINDOW_MODAL");
    assert_eq!(window.page.style, WindowStyle::Modal);
    window.events().submit(json!("payload"));
    window.events().closed();
    check(&host, "assert events == ['payload'] and not window.is_open()");
}

fn a_window_is_closed_with_its_plugin() {
    let (host, window) = window(FUNCTIONS);
    host.run("import builtins\nbuiltins.kept = (window, events)").unwrap();
    host.application.manager.loader().unload_plugin("host").unwrap();
    assert!(window.is_closed());
    window.events().closed();
    window.events().message(json!(1));
    let kept = "import builtins\nwindow, events = builtins.kept\n\
                assert events == ['unloaded'], events\nassert not window.is_open()\nwindow.post(1)\nwindow.close()";
    let ran = host.run_as_other(kept);
    ran.unwrap_or_else(|error| panic!("{}", error.traceback().unwrap()));
    assert!(window.posted().is_empty());
}

/// Whatever a plugin kept is dead or without effect once it is loaded again under another manager.
fn what_was_kept_from_another_run() {
    let (first, window) = window(FUNCTIONS);
    check(
        &first,
        "import builtins\nui = orca.host.ui\n\
         builtins.kept = kept = type('Kept', (), {})()\n\
         kept.window, kept.progress = window, ui.create_progress_dialog('T', 'M')\n\
         kept.panel = ui.create_dock_panel('')\n\
         kept.plater, kept.model, kept.presets = orca.host.plater(), orca.host.model(), orca.host.preset_bundle()\n\
         kept.capability = Run.__new__(Run)",
    );
    first.application.manager.shutdown().unwrap();
    assert!(window.is_closed());
    let between = matriline::python::Interpreter::with(|py| {
        let plater = py.eval(c"__import__('builtins').kept.plater.model()", None, None);
        plater.unwrap_err().to_string()
    });
    assert!(between.unwrap().contains("OrcaSlicer application is not initialized"));
    drop(first);
    let (second, interface) = start();
    check(
        &second,
        "import builtins\nkept = builtins.kept\n\
         assert not kept.window.is_open() and not kept.progress.is_open() and not kept.panel.is_open()\n\
         kept.window.post(1)\nkept.window.close()\nkept.panel.show()\nkept.panel.close()\n\
         assert kept.progress.update(1) is False and kept.progress.pulse() is False\n\
         kept.progress.start_pulse()\nkept.progress.close()\n\
         assert kept.model.objects() == [] and kept.presets.prints.size() == 0\n\
         assert kept.plater.model().objects() == []\n\
         try:\n    kept.capability.get_config()\nexcept RuntimeError:\n    pass\nelse:\n    raise AssertionError",
    );
    assert!(interface.windows().is_empty() && window.posted().is_empty());
}

/// Threads post while the user closes the window.
fn a_window_closed_while_messages_are_posted() {
    let (host, window) = window(FUNCTIONS);
    check(
        &host,
        "def work():\n    for number in range(500):\n        window.post(number)\n\
         threads = [threading.Thread(target=work) for _ in range(4)]\n\
         for thread in threads:\n    thread.start()",
    );
    while window.posted().is_empty() {
        std::thread::yield_now();
    }
    window.events().closed();
    check(
        &host,
        "for thread in threads:\n    thread.join()\n\
         assert events == ['closed'] and not window.is_open(), events\nwindow.post('late')",
    );
    assert!(window.posted().iter().all(|posted| *posted != json!("late")));
}

fn functions_that_raise() {
    let (host, window) = window("on_message=lambda data: data['missing'], on_close=lambda: 1 / 0");
    window.events().message(json!({}));
    window.events().closed();
    let errors = host.errors();
    assert!(
        errors[0].contains("raised `KeyError` in `on_message`") && errors[0].contains("Traceback"),
        "{errors:?}"
    );
    assert!(errors[1].contains("raised `ZeroDivisionError` in `on_close`"), "{errors:?}");
    check(&host, "assert not window.is_open()");
}

/// 12.14: a function sees the plugin that made it, inside of another's call as well.
fn functions_run_as_who_made_them() {
    let (host, interface) = start();
    let own = "import os\nown = orca.host.plugin.storage()\n";
    check(
        &host,
        &format!(
            "{own}def write(data):\n    open(os.path.join(orca.host.plugin.storage(), 'mine'), 'w').close()\n    \
             events.append(orca.host.plugin.storage() == own)\n    \
             open(os.path.join(data, 'not_mine'), 'w')\n\
             window = orca.host.ui.create_window('', on_message=write)"
        ),
    );
    let window = interface.windows().remove(0);
    let folder = host.application.data.path().join("orca_plugins/__data__").canonicalize().unwrap();
    let others = folder.join("other").to_str().unwrap().to_owned();
    interface.use_dialog(move |_, _| {
        window.events().message(json!(others));
        None
    });
    let ran = host.run_as_other(&format!(
        "{own}assert own.endswith('other')\norca.host.ui.show_dialog('')\n\
         assert orca.host.plugin.storage() == own\nopen(os.path.join(own, 'still_mine'), 'w').close()"
    ));
    ran.unwrap_or_else(|error| panic!("{}", error.traceback().unwrap()));
    let errors = host.errors();
    check(&host, "assert events == [True], events");
    assert!(errors[0].contains("raised `PermissionError` in `on_message`"), "{errors:?}");
    assert!(folder.join("host/mine").exists() && folder.join("other/still_mine").exists());
    assert!(!folder.join("other/not_mine").exists());
}

/// 12.14: a function that no plugin made runs as none, inside of a plugin's call as well.
fn functions_of_nobody_run_as_nobody() {
    let (host, interface) = start();
    let made = matriline::python::Interpreter::with(|py| {
        py.run(
            c"import builtins, orca\nbuiltins.seen = []\n\
              def function(data):\n    \
                  try:\n        builtins.seen.append(orca.host.plugin.storage())\n    \
                  except RuntimeError as error:\n        builtins.seen.append(str(error))\n    raise ValueError('thrown')\n\
              orca.host.ui.create_window('', on_message=function)",
            None,
            None,
        )
    });
    made.unwrap().unwrap();
    let window = interface.windows().remove(0);
    interface.use_dialog(move |_, _| {
        window.events().message(json!(1));
        None
    });
    check(
        &host,
        "import builtins\nown = orca.host.plugin.storage()\norca.host.ui.show_dialog('')\n\
         assert builtins.seen == ['The current plugin is not registered'], builtins.seen\n\
         assert orca.host.plugin.storage() == own",
    );
}

fn progress() {
    let (host, interface) = start();
    check(
        &host,
        "ui = orca.host.ui\n\
         assert (ui.PD_APP_MODAL, ui.PD_AUTO_HIDE, ui.PD_CAN_ABORT, ui.PD_CAN_SKIP) == (2, 4, 1, 0x80)\n\
         assert (ui.PD_ELAPSED_TIME, ui.PD_ESTIMATED_TIME, ui.PD_REMAINING_TIME) == (8, 0x10, 0x40)\n\
         dialog = ui.create_progress_dialog('Title', 'Message', -5)\n\
         assert dialog.update(5, 'five') and dialog.pulse() and dialog.is_open() and dialog.id > 0\n\
         dialog.start_pulse(0)\ndialog.stop_pulse()\ndialog.close()\ndialog.close()\n\
         assert not dialog.is_open() and not dialog.update(6) and not dialog.pulse()\n\
         dialog.start_pulse()\n\
         try:\n    with ui.ProgressDialog('T', 'M', maximum=7, style=ui.PD_CAN_ABORT) as second:\n        1 / 0\n\
         except ZeroDivisionError:\n    assert not second.is_open()\n\
         third = ui.ProgressDialog('T', 'M')",
    );
    let [first, second, third] = &interface.progress()[..] else { panic!() };
    assert_eq!((first.new.maximum, first.new.style), (100, 6));
    assert_eq!(first.acts(), ["update 5 five", "pulse", "start_pulse 1", "stop_pulse", "close"]);
    assert_eq!((second.new.maximum, second.new.style, second.acts()), (7, 1, vec!["close".to_owned()]));
    third.cancel();
    check(&host, "assert not third.update(1) and third.is_open()");
    host.application.manager.loader().unload_plugin("host").unwrap();
    assert_eq!(third.acts(), ["update 1", "close"]);
}

fn panels() {
    let (host, interface) = start();
    check(
        &host,
        &format!(
            "panel = orca.host.ui.create_dock_panel('<p>', 'Panel', width=0, dock='left', {FUNCTIONS})\n\
             panel.hide()\npanel.post('hidden')\nassert panel.is_open()"
        ),
    );
    let panel = interface.panels().remove(0);
    assert_eq!((panel.new.dock, panel.new.size), (Dock::Left, (400, 600)));
    assert!(!panel.is_shown());
    assert_eq!(panel.posted(), [json!("hidden")]);
    panel.events().message(json!(1));
    check(
        &host,
        "panel.show()\npanel.close()\npanel.show()\nassert not panel.is_open() and events == [1], events",
    );
    assert!(panel.is_shown() && panel.is_closed());
    check(&host, &format!("panel = orca.host.ui.create_dock_panel('<p>', 'Panel', {FUNCTIONS})"));
    interface.panels()[1].events().closed();
    check(&host, "assert not panel.is_open() and events == [1, 'closed'], events");
}

fn notifications() {
    let (host, interface) = start();
    check(
        &host,
        "ui = orca.host.ui\n\
         ui.push_notification(ui.NotificationLevel.WarningNotificationLevel, 'text', 'click', lambda: events.append('clicked'))\n\
         ui.push_notification(ui.NotificationLevel.RegularNotificationLevel, 'plain')",
    );
    let [(warning, Some(click)), (plain, None)] = &interface.notifications()[..] else { panic!() };
    assert_eq!((warning.level, &*warning.hyper_text), (Level::Warning, "click"));
    assert_eq!((plain.level, &*plain.text), (Level::Regular, "plain"));
    click();
    click();
    check(&host, "assert events == ['clicked', 'clicked'], events");
    host.application.manager.loader().unload_plugin("host").unwrap();
    click();
}

process_tests!(
    messages,
    wrong_arguments,
    dialogs,
    windows,
    a_window_that_its_plugin_closes,
    what_a_page_submits,
    a_window_is_closed_with_its_plugin,
    what_was_kept_from_another_run,
    a_window_closed_while_messages_are_posted,
    functions_that_raise,
    functions_run_as_who_made_them,
    functions_of_nobody_run_as_nobody,
    progress,
    panels,
    notifications,
);
