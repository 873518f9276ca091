//! What plugins are asked, allowed and refused while they run, and what is written down of it.

mod common;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::Application;
use matriline::audit::{Answer, GrantKind, Mode, Permission, Question};
use matriline::{CapabilityType, ManagerBuilder};
use matriline_testkit::{DataFolder, MainLoop, process_tests};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(60);

/// A plugin `stamp` whose capability `edit` runs `body`, with `{secret}` for a file that nothing covers.
fn with(
    body: &str,
    configure: impl FnOnce(ManagerBuilder) -> ManagerBuilder,
) -> (Application, tempfile::TempDir) {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().canonicalize().unwrap().join("secret.txt");
    std::fs::write(&secret, "hidden").unwrap();
    let body = body.replace("{secret}", secret.to_str().unwrap());
    let data = DataFolder::new();
    data.add_script("stamp", "stamp.py", &common::script(&body));
    let application = Application::start(data, configure);
    application.load("stamp");
    (application, outside)
}

const READS: &str = "return orca.ExecutionResult.success(open('{secret}').read())";

/// Answers every question with what it is told, and keeps them.
#[derive(Clone, Default)]
struct User {
    asked: Arc<Mutex<Vec<Question>>>,
    says: Arc<Mutex<Option<Answer>>>,
}

impl User {
    fn who_says(answer: Answer) -> Self {
        let user = Self::default();
        user.says(answer);
        user
    }

    fn says(&self, answer: Answer) {
        *self.says.lock().unwrap() = Some(answer);
    }

    fn answers(&self, builder: ManagerBuilder) -> ManagerBuilder {
        let user = self.clone();
        builder.questions(
            move |question| {
                user.asked.lock().unwrap().push(question.clone());
                user.says.lock().unwrap().unwrap_or(Answer::No)
            },
            LIMIT,
        )
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn message(application: &Application) -> String {
    match application.execute("stamp", "edit") {
        Ok(result) => result.message,
        Err(error) => error.traceback().map_or_else(|| error.to_string(), str::to_owned),
    }
}

fn an_answer_for_good_is_kept() {
    let user = User::who_says(Answer::Always);
    let (application, outside) = with(READS, |builder| user.answers(builder));
    assert_eq!(message(&application), "hidden");
    assert_eq!(message(&application), "hidden");
    let asked = user.asked.lock().unwrap().clone();
    let [question] = &asked[..] else { panic!("{asked:?}") };
    let secret = outside.path().canonicalize().unwrap().join("secret.txt").to_str().unwrap().to_owned();
    assert_eq!((question.act.plugin_key.as_str(), question.act.capability.as_str()), ("stamp", "edit"));
    assert_eq!((question.act.event.as_str(), &question.act.targets), ("open", &vec![secret.clone()]));
    assert!(question.can_be_kept);
    let granted = Permission { kind: GrantKind::FsRead, target: secret };
    assert_eq!(application.manager.permissions("stamp").unwrap(), std::slice::from_ref(&granted));
    application.manager.loader().reload_plugin("stamp").wait().unwrap();
    assert_eq!(message(&application), "hidden");
    assert_eq!(user.count(), 1, "it is kept over a reload");
    // it is gone at once, for the plugin that is loaded
    user.says(Answer::No);
    assert!(application.manager.revoke("stamp", &granted).unwrap());
    assert!(message(&application).contains("PermissionError"));
    assert_eq!(user.count(), 2);
}

fn an_answer_for_once_is_not_kept() {
    let user = User::who_says(Answer::Once);
    let (application, _outside) = with(READS, |builder| user.answers(builder));
    assert_eq!(message(&application), "hidden");
    assert_eq!(message(&application), "hidden");
    assert_eq!(user.count(), 2, "once for each call");
    assert!(application.manager.permissions("stamp").unwrap().is_empty());
}

fn a_no_is_a_violation_even_if_it_is_swallowed() {
    let user = User::who_says(Answer::No);
    let body = "try:\n    open('{secret}')\nexcept OSError:\n    pass\nreturn orca.ExecutionResult.success('went on')";
    let (application, outside) = with(body, |builder| user.answers(builder));
    assert_eq!(message(&application), "went on");
    let violations = application.manager.violations("stamp");
    let [violation] = &violations[..] else { panic!("{violations:?}") };
    assert_eq!((violation.event_name.as_str(), violation.capability.as_str()), ("open", "edit"));
    assert!(Path::new(&violation.path).ends_with("secret.txt") && outside.path().exists());
    assert_eq!(application.manager.violation_count("stamp"), 1);
}

fn nobody_answers_in_time() {
    let waits = |builder: ManagerBuilder| {
        let never = |_: &Question| {
            std::thread::sleep(Duration::from_secs(20));
            Answer::Always
        };
        builder.questions(never, Duration::from_millis(300))
    };
    let (application, _outside) = with(READS, waits);
    let begun = Instant::now();
    assert!(message(&application).contains("PermissionError"));
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert!(application.manager.permissions("stamp").unwrap().is_empty());
}

/// A question of a plugin's thread is asked on the main thread, which waits for something else meanwhile.
fn questions_are_asked_on_the_main_thread() {
    let (main, main_loop) = (std::thread::current().id(), MainLoop::new());
    let threads = Arc::new(Mutex::new(Vec::new()));
    let seen = threads.clone();
    let ask = move |_: &Question| {
        seen.lock().unwrap().push(std::thread::current().id());
        Answer::Once
    };
    let (application, _outside) = with(READS, |builder| builder.questions(ask, LIMIT).post(main_loop.post()));
    let manager = application.manager.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    let running = std::thread::spawn(move || {
        sender.send(message(&application)).unwrap();
        application
    });
    let answer = manager.wait_until(None, |limit| receiver.recv_timeout(limit).ok());
    assert_eq!(answer.as_deref(), Some("hidden"));
    assert_eq!(*threads.lock().unwrap(), [main]);
    drop(running.join().unwrap());
}

fn two_threads_that_ask_the_same_get_one_question() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let ask = move |_: &Question| {
        counted.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(500));
        Answer::Always
    };
    let body = "import threading\nread = []\nwork = lambda: read.append(open('{secret}').read())\n\
                threads = [threading.Thread(target=work) for _ in range(4)]\n\
                [thread.start() for thread in threads]\n[thread.join() for thread in threads]\n\
                return orca.ExecutionResult.success(str(len(read)))";
    let (application, _outside) = with(body, |builder| builder.questions(ask, LIMIT));
    assert_eq!(message(&application), "4");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

fn modes_by_plugin_and_type() {
    let user = User::who_says(Answer::No);
    let free = |builder| user.answers(builder).audit_mode_for_plugin("stamp", Mode::Loading);
    let (application, _outside) = with(READS, free);
    assert_eq!(message(&application), "hidden");
    application.manager.shutdown().unwrap();
    let (application, _outside) =
        with(READS, |builder| builder.audit_mode_for_type(CapabilityType::PostProcessing, Mode::Enforcing));
    assert!(message(&application).contains("PermissionError"));
    assert_eq!(application.manager.audit_mode("stamp", None), Some(Mode::Loading));
    assert_eq!(
        application.manager.audit_mode("stamp", Some(CapabilityType::PostProcessing)),
        Some(Mode::Enforcing)
    );
    application.manager.shutdown().unwrap();
    let (application, _outside) = with(READS, |builder| builder.audit_mode(Mode::Enforcing));
    assert!(message(&application).contains("PermissionError"));
    assert!(application.manager.set_audit_mode("stamp", Mode::Loading));
    assert_eq!(message(&application), "hidden");
    assert_eq!(user.count(), 0);
}

fn secrets_are_read_in_no_mode() {
    let user = User::who_says(Answer::Always);
    let (application, _outside) = with(READS, |builder| user.answers(builder).secrets(["Secret.TXT"]));
    assert!(message(&application).contains("denied filename"));
    assert!(application.manager.set_audit_mode("stamp", Mode::Loading));
    assert!(message(&application).contains("denied filename"));
    assert_eq!(user.count(), 0, "no answer can allow it");
}

/// Without a function for requests, what a plugin declares goes the way of questions.
fn a_request_is_a_question_as_well() {
    let user = User::who_says(Answer::No);
    let data = DataFolder::new();
    let declares = "# /// script\n# [tool.orcaslicer.plugin]\n# name = 'stamp'\n\
                    # [tool.matriline.permissions]\n# fs_read = ['/a', '/b']\n# process = ['/c']\n# ///\n";
    data.add_script("stamp", "stamp.py", &format!("{declares}{}", common::script("pass")));
    let application = Application::start(data, |builder| user.answers(builder));
    assert!(!application.manager.ask_permissions("stamp").unwrap());
    assert_eq!(user.count(), 1, "the first no is enough");
    user.says(Answer::Always);
    assert!(application.manager.ask_permissions("stamp").unwrap());
    let asked: Vec<_> = user.asked.lock().unwrap().iter().map(|asked| asked.act.targets.join(" ")).collect();
    assert_eq!(asked, ["/a /b", "/a /b", "/c"]);
    assert_eq!(application.manager.permissions("stamp").unwrap().len(), 3);
}

/// The lines about the file that nothing covers.
fn lines(application: &Application) -> Vec<Value> {
    let file = application.jobs.path().join("activity");
    application.manager.export_activity(&file).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    all.filter(|line| line["targets"].to_string().contains("secret.txt")).collect()
}

fn acts_are_written_down() {
    let user = User::who_says(Answer::Always);
    let (application, _outside) = with(READS, |builder| user.answers(builder));
    message(&application);
    let lines = lines(&application);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let of = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    assert_eq!((of("plugin"), of("capability"), of("act")), ("stamp".into(), "edit".into(), "open".into()));
    assert_eq!(
        (of("category"), of("decision"), of("rule")),
        ("fs_read".into(), "allowed".into(), "grant".into())
    );
    assert_eq!(line["count"], 1);
    let time = of("time");
    assert!(time.ends_with('Z') && time.len() == "2026-01-01T00:00:00.000Z".len(), "{time}");
}

/// A thousand reads of one file are a line or two, and none is lost.
fn repeats_are_counted() {
    let body = "for _ in range(1000):\n    open('{secret}').close()\nreturn orca.ExecutionResult.success('')";
    let (application, _outside) = with(body, |builder| builder);
    message(&application);
    let lines = lines(&application);
    assert!(lines.len() <= 4, "{lines:?}");
    assert_eq!(lines.iter().map(|line| line["count"].as_u64().unwrap()).sum::<u64>(), 1000);
    // the log is written at the end without being asked for
    let log = application.data.path().join("log/activity.jsonl");
    application.manager.shutdown().unwrap();
    assert!(std::fs::read_to_string(log).unwrap().contains("secret.txt"));
}

/// From every mode, and in many ways, whatever the user says: no plugin writes its own grant.
fn no_plugin_writes_a_grant() {
    let body = r#"
import os, pathlib, shutil, subprocess, sqlite3, tempfile, threading
folder = os.path.dirname(os.path.abspath(__file__))
sidecar = os.path.join(folder, '.install_state.json')
grant = '{"enabled": true, "permissions": {"process": ["/forged"]}}'
other = os.path.join(folder, 'other.json')
open(other, 'w').write(grant)
def by_descriptor():
    handle = os.open(folder, os.O_RDONLY)
    file = os.open('.install_state.json', os.O_WRONLY | os.O_CREAT | os.O_TRUNC, dir_fd=handle)
    os.write(file, grant.encode())
def by_link():
    link = os.path.join(folder, 'link')
    os.symlink(sidecar, link)
    open(link, 'w').write(grant)
def by_hard_link():
    os.link(sidecar, os.path.join(folder, 'hard'))
    open(os.path.join(folder, 'hard'), 'w').write(grant)
def by_folder():
    os.rename(folder, folder + '-old')
def by_thread():
    thread = threading.Thread(target=lambda: open(sidecar, 'w').write(grant))
    thread.start()
    thread.join()
def by_current_folder():
    os.chdir(folder)
    open('.install_state.json', 'w').write(grant)
ways = [
    lambda: open(sidecar, 'w').write(grant),
    lambda: open(sidecar, 'a').write(grant),
    lambda: open(sidecar, 'r+').write(grant),
    lambda: open(sidecar, 'x').write(grant),
    lambda: open(sidecar.encode(), 'w').write(grant),
    lambda: open(os.path.join(folder, '.', '..', os.path.basename(folder), '.install_state.json'), 'w').write(grant),
    lambda: open(os.path.join(folder, '.INSTALL_STATE.JSON'), 'w').write(grant),
    lambda: os.open(sidecar, os.O_WRONLY | os.O_TRUNC),
    lambda: pathlib.Path(sidecar).write_text(grant),
    lambda: os.rename(other, sidecar),
    lambda: os.replace(other, sidecar),
    lambda: shutil.copyfile(other, sidecar),
    lambda: shutil.move(other, sidecar),
    lambda: os.remove(sidecar),
    lambda: os.truncate(sidecar, 0),
    lambda: os.chmod(sidecar, 0o777),
    lambda: os.link(other, sidecar),
    lambda: os.symlink(other, sidecar),
    lambda: sqlite3.connect(sidecar).execute('create table a (b)'),
    lambda: tempfile.NamedTemporaryFile(dir=folder, prefix='.install_state', delete=False).write(b'x'),
    lambda: open(os.path.join(folder, '..', 'config.json'), 'w').write(grant),
    lambda: open(os.path.join(folder, '..', 'other', '.install_state.json'), 'w').write(grant),
    by_descriptor, by_link, by_hard_link, by_folder, by_thread, by_current_folder,
]
done = []
for number, way in enumerate(ways):
    try:
        way()
        done.append(number)
    except (OSError, sqlite3.Error):
        pass
return orca.ExecutionResult.success(str(done))
"#;
    for mode in Mode::ALL {
        let user = User::who_says(Answer::Always);
        let (application, _outside) = with(body.trim(), |builder| user.answers(builder).audit_mode(mode));
        let sidecar = application.data.path().join("orca_plugins/stamp/.install_state.json");
        let before = std::fs::read(&sidecar).unwrap();
        let done = message(&application);
        assert_eq!(std::fs::read(&sidecar).unwrap(), before, "{mode}: {done}");
        assert!(!application.data.path().join("orca_plugins/config.json").exists(), "{mode}: {done}");
        assert!(application.manager.permissions("stamp").unwrap().iter().all(|one| one.target != "/forged"));
        // what a thread does alone raises in that thread, and a link to nowhere is harmless
        assert!(!done.contains("PermissionError"), "{mode}: {done}");
        application.manager.shutdown().unwrap();
    }
}

process_tests!(
    an_answer_for_good_is_kept,
    an_answer_for_once_is_not_kept,
    a_no_is_a_violation_even_if_it_is_swallowed,
    nobody_answers_in_time,
    questions_are_asked_on_the_main_thread,
    two_threads_that_ask_the_same_get_one_question,
    modes_by_plugin_and_type,
    secrets_are_read_in_no_mode,
    a_request_is_a_question_as_well,
    acts_are_written_down,
    repeats_are_counted,
    no_plugin_writes_a_grant,
);
