//! One question for one act, in the mode `Ask`, with the libraries that plugins use.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use matriline_policy::{
    Activity, Answer, Category, Grant, GrantKind, Grants, Mode, PlaceRules, Question, Verdict,
};
use matriline_python::audit::{Auditor, last_violation, set_auditor, take_repeats};
use matriline_python::identity::{Identity, IdentityOptions, lifecycle};
use matriline_python::{Interpreter, InterpreterOptions, import_threading};
use matriline_testkit::process_tests;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tempfile::TempDir;

/// A plugin, and a user who gives the same answer to everything.
struct Stage {
    folder: TempDir,
    identity: Arc<Identity>,
    user: Arc<User>,
}

struct User {
    answer: Mutex<Answer>,
    /// How long the user thinks.
    thinks: Duration,
    asked: Mutex<Vec<Question>>,
    told: Mutex<Vec<Activity>>,
    identity: Mutex<Option<Arc<Identity>>>,
}

impl Auditor for User {
    fn ask(&self, question: &Question) -> Answer {
        self.asked.lock().unwrap().push(question.clone());
        std::thread::sleep(self.thinks);
        let answer = *self.answer.lock().unwrap();
        let identity = self.identity.lock().unwrap().clone().unwrap();
        if let (Answer::Always, Some(kind), true) =
            (answer, question.act.category.grants(), question.can_be_kept)
        {
            let mut grants = Grants::clone(&identity.standing().grants());
            for target in &question.act.targets {
                grants.insert(Grant::parse(kind, target).unwrap());
            }
            identity.set_grants(Arc::new(grants));
        }
        answer
    }

    fn record(&self, activity: Activity) {
        self.told.lock().unwrap().push(activity);
    }
}

impl Stage {
    fn new(mode: Mode, answer: Answer) -> Self {
        Self::thinking(mode, answer, Duration::ZERO)
    }

    fn thinking(mode: Mode, answer: Answer, thinks: Duration) -> Self {
        Interpreter::start(InterpreterOptions::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().canonicalize().unwrap().join("data");
        let own = data.join("orca_plugins/asks");
        fs::create_dir_all(&own).unwrap();
        let rules = PlaceRules::for_plugin(&data, &own).with_secrets(["Orca.conf"]);
        let identity =
            Identity::new(IdentityOptions { code: vec![own], mode, ..IdentityOptions::new("asks", rules) });
        let user = Arc::new(User {
            answer: Mutex::new(answer),
            thinks,
            asked: Mutex::default(),
            told: Mutex::default(),
            identity: Mutex::new(Some(identity.clone())),
        });
        set_auditor(Some(user.clone()));
        Interpreter::with(import_threading).unwrap().unwrap();
        Self { folder, identity, user }
    }

    /// A folder that is nobody's.
    fn outside(&self) -> PathBuf {
        let outside = self.folder.path().canonicalize().unwrap().join("outside");
        fs::create_dir_all(&outside).unwrap();
        outside
    }

    /// Runs code as a call of the plugin, with some names.
    fn run(&self, names: &[(&str, &str)], code: &str) -> Result<(), String> {
        let file = self.folder.path().canonicalize().unwrap().join("data/orca_plugins/asks/asks.py");
        Interpreter::with(|py| {
            let globals = PyDict::new(py);
            for (name, value) in names {
                globals.set_item(name, value)?;
            }
            let builtins = py.import("builtins")?;
            let code = builtins.call_method1("compile", (code, file.display().to_string(), "exec"))?;
            lifecycle(&self.identity, || builtins.call_method1("exec", (code, &globals)).map(drop))
        })
        .unwrap()
        .map_err(|error: PyErr| error.to_string())
    }

    /// Runs it, and it works.
    fn works(&self, names: &[(&str, &str)], code: &str) {
        self.run(names, code).unwrap_or_else(|error| panic!("{error}\n{code}\nasked {:#?}", self.events()));
    }

    /// The events that were asked about.
    fn events(&self) -> Vec<String> {
        self.user.asked.lock().unwrap().iter().map(|question| question.act.event.clone()).collect()
    }

    /// What was asked about, and forgets it.
    fn asked(&self) -> Vec<(Category, Vec<String>)> {
        let asked = std::mem::take(&mut *self.user.asked.lock().unwrap());
        asked.into_iter().map(|question| (question.act.category, question.act.targets)).collect()
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A server that answers every request with `hello`. Its port.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        }
    });
    port
}

fn a_request_is_asked_once() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let port = server();
    stage.works(&[("port", &port)], "import urllib.request\nassert urllib.request.urlopen(f'http://127.0.0.1:{port}/x').read() == b'hello'");
    assert_eq!(stage.asked(), [(Category::Http, vec![format!("127.0.0.1:{port}")])]);
    stage.works(&[("port", &port)], "import http.client\nc = http.client.HTTPConnection('127.0.0.1', int(port))\nc.request('GET', '/')\nassert c.getresponse().read() == b'hello'");
    assert_eq!(stage.asked(), [(Category::Http, vec![format!("127.0.0.1:{port}")])]);
    stage.works(
        &[("port", &port)],
        "import socket\nsocket.create_connection(('localhost', int(port))).close()",
    );
    assert_eq!(stage.asked(), [(Category::Socket, vec![format!("localhost:{port}")])]);
}

fn what_was_allowed_lets_nothing_else_pass() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let (port, other) = (server(), server());
    let code = "import urllib.request, socket\nurllib.request.urlopen(f'http://127.0.0.1:{port}/').read()\n\
                socket.create_connection(('127.0.0.1', int(other))).close()";
    stage.works(&[("port", &port), ("other", &other)], code);
    let expected = [
        (Category::Http, vec![format!("127.0.0.1:{port}")]),
        (Category::Socket, vec![format!("127.0.0.1:{other}")]),
    ];
    assert_eq!(stage.asked(), expected);
}

fn a_process_is_asked_once() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let echo = text(&fs::canonicalize("/bin/echo").unwrap());
    stage.works(&[], "import subprocess\nassert subprocess.run(['echo', 'hi'], stdout=-1, stderr=subprocess.DEVNULL).stdout == b'hi\\n'");
    assert_eq!(stage.asked(), [(Category::Process, vec![echo])]);
    stage.works(&[], "import subprocess\nsubprocess.run('exit 0', shell=True, check=True)");
    let sh = text(&fs::canonicalize("/bin/sh").unwrap());
    assert_eq!(stage.asked(), [(Category::Process, vec![format!("{sh} -c exit 0")])]);
    stage.works(&[], "import subprocess\np = subprocess.Popen(['sleep', '100'], start_new_session=True)\np.kill()\np.wait()");
    assert_eq!(stage.asked().len(), 1, "one ends one's own child unasked");
    stage.works(&[], "import os\nos.system('exit 0')");
    assert_eq!(stage.asked(), [(Category::Process, vec!["exit 0".to_owned()])]);
}

fn another_search_path_is_another_program() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let echo = stage.outside().join("echo");
    fs::write(&echo, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&echo, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let code = "import subprocess\nsubprocess.run(['echo'], env={'PATH': outside}, check=True)";
    stage.works(&[("outside", &text(&stage.outside()))], code);
    let programs = [text(&fs::canonicalize("/bin/echo").unwrap()), text(&echo)];
    assert_eq!(stage.asked(), programs.map(|program| (Category::Process, vec![program])));
}

fn a_tree_is_asked_once() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let outside = stage.outside();
    for file in ["from/a.txt", "from/deep/b.txt", "from/deep/er/c.txt"] {
        fs::create_dir_all(outside.join(file).parent().unwrap()).unwrap();
        fs::write(outside.join(file), "x").unwrap();
    }
    let names = [("from_", text(&outside.join("from"))), ("to", text(&outside.join("to")))];
    let names = names.each_ref().map(|(name, path)| (*name, &**path));
    stage.works(&names, "import shutil\nshutil.copytree(from_, to)");
    assert_eq!(stage.asked(), [(Category::FsReadWrite, vec![names[0].1.to_owned(), names[1].1.to_owned()])]);
    assert!(outside.join("to/deep/er/c.txt").exists());
    stage.works(&names, "import os\nassert len(list(os.walk(from_))) == 3");
    assert_eq!(stage.asked(), [(Category::FsRead, vec![names[0].1.to_owned()])]);
    stage.works(&names, "import shutil\nshutil.rmtree(to)");
    assert_eq!(stage.asked(), [(Category::FsDelete, vec![names[1].1.to_owned()])]);
    stage.works(&names, "import glob\nassert len(glob.glob(from_ + '/**/*.txt', recursive=True)) == 3");
    assert_eq!(stage.asked(), [(Category::FsRead, vec![names[0].1.to_owned()])]);
}

fn a_temporary_file_is_asked_once() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let code = "import tempfile\nwith tempfile.NamedTemporaryFile('w', dir=outside) as f:\n    f.write('x')\n    f.flush()\n    open(f.name).read()";
    stage.works(&[("outside", &text(&stage.outside()))], code);
    let asked = stage.asked();
    assert_eq!((asked.len(), asked[0].0), (1, Category::FsCreate), "{asked:?}");
}

fn importing_never_asks() {
    let stage = Stage::new(Mode::Ask, Answer::No);
    stage.works(
        &[],
        "import asyncio, ctypes, decimal, email, hashlib, json, logging, multiprocessing, random, ssl, sqlite3, \
         tempfile, unittest, urllib.request, uuid, xml.dom.minidom, zipfile\n\
         sqlite3.connect(':memory:').close()\nloop = asyncio.new_event_loop()\nloop.close()\n\
         random.SystemRandom().random()",
    );
    assert_eq!(stage.asked(), []);
}

fn a_no_is_a_permission_error_and_is_not_asked_again() {
    let stage = Stage::new(Mode::Ask, Answer::No);
    let path = stage.outside().join("x.txt");
    let code = "for _ in range(3):\n    try:\n        open(path, 'w')\n    except PermissionError as error:\n        message = str(error)\n\
                assert '`open`' in message and path in message and 'plugin `asks`' in message, message";
    stage.works(&[("path", &text(&path))], code);
    assert_eq!(stage.asked(), [(Category::FsReadWrite, vec![text(&path)])]);
    assert!(!path.exists());
    let standing = stage.identity.standing();
    assert_eq!((standing.violation_count(), standing.violations().len()), (3, 3));
    let violation = last_violation().unwrap();
    assert_eq!((&*violation.event_name, violation.path), ("open", text(&path)));
    let told = stage.user.told.lock().unwrap();
    assert_eq!(told.iter().filter(|told| told.verdict == Verdict::Denied).count(), 3);
}

fn always_is_kept_and_once_is_for_the_call() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let path = text(&stage.outside().join("x.txt"));
    let code = "for _ in range(3):\n    open(path, 'w').close()\n    open(path).close()";
    stage.works(&[("path", &path)], code);
    stage.works(&[("path", &path)], code);
    assert_eq!(stage.asked().len(), 2, "a call each");
    *stage.user.answer.lock().unwrap() = Answer::Always;
    stage.works(&[("path", &path)], code);
    stage.works(&[("path", &path)], code);
    assert_eq!(stage.asked().len(), 1);
    assert_eq!(stage.identity.standing().grants().list(GrantKind::FsReadWrite), [path]);
}

fn two_threads_ask_once() {
    let stage = Stage::thinking(Mode::Ask, Answer::Once, Duration::from_millis(300));
    let path = text(&stage.outside().join("x.txt"));
    let code = "import threading\n\
                threads = [threading.Thread(target=lambda: open(path, 'w').close()) for _ in range(4)]\n\
                [thread.start() for thread in threads]\n[thread.join() for thread in threads]\n\
                import os\nassert os.path.exists(path)";
    stage.works(&[("path", &path)], code);
    assert_eq!(stage.asked().len(), 1);
}

fn what_cannot_be_granted_is_not_asked() {
    let stage = Stage::new(Mode::Ask, Answer::Always);
    let data = stage.folder.path().canonicalize().unwrap().join("data");
    for path in ["orca_plugins/asks/.install_state.json", "orca_plugins/config.json", "Orca.conf.bak"] {
        let error = stage.run(&[("path", &text(&data.join(path)))], "open(path, 'w')").unwrap_err();
        assert!(error.contains("PermissionError"), "{error}");
    }
    for path in ["/proc/self/mem", "/dev/mem", "/dev/tty"] {
        let error = stage.run(&[("path", path)], "open(path, 'wb')").unwrap_err();
        assert!(error.contains("device"), "{error}");
    }
    let hooks = "import sys\nseen = []\nsys.addaudithook(lambda *event: seen.append(event))\nid(seen)\nassert not seen";
    stage.works(&[], hooks);
    assert_eq!(stage.asked(), []);
}

fn enforcing_lets_what_is_granted_pass_with_all_its_steps() {
    let stage = Stage::new(Mode::Enforcing, Answer::Always);
    let port = server();
    let fetch = "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{port}/').read()";
    let error = stage.run(&[("port", &port)], fetch).unwrap_err();
    assert!(error.contains("without permission"), "{error}");
    let grant = |kind, text| Grant::parse(kind, text).unwrap();
    let echo = text(&fs::canonicalize("/bin/echo").unwrap());
    let grants = [grant(GrantKind::NetworkHttp, "127.0.0.1"), grant(GrantKind::Process, &echo)];
    stage.identity.set_grants(Arc::new(grants.into_iter().collect()));
    stage.works(&[("port", &port)], fetch);
    stage.works(&[], "import subprocess\nsubprocess.run(['echo', 'a'], stdout=-1, check=True)");
    assert!(stage.run(&[], "import subprocess\nsubprocess.run(['ls'])").is_err());
    let outside = stage.outside();
    fs::write(outside.join("x"), "x").unwrap();
    assert!(stage.run(&[("path", &text(&outside.join("x")))], "open(path).read()").is_err());
    assert!(stage.run(&[("path", &text(&outside))], "import os\nos.listdir(path)").is_err());
    assert_eq!(stage.asked(), [], "nobody is asked");
}

fn loading_reads_and_connects_as_it_comes_and_tells() {
    let stage = Stage::new(Mode::Loading, Answer::No);
    let (outside, port) = (stage.outside(), server());
    fs::write(outside.join("x"), "x").unwrap();
    let path = text(&outside.join("x"));
    let code = "import json, subprocess, urllib.request\nfor _ in range(5):\n    open(path).read()\n\
                urllib.request.urlopen(f'http://127.0.0.1:{port}/').read()\nsubprocess.run(['true'], check=True)";
    stage.works(&[("path", &path), ("port", &port)], code);
    assert_eq!(stage.asked(), []);
    let repeats: Vec<_> =
        take_repeats().into_iter().filter(|activity| activity.act.targets == [&*path]).collect();
    assert_eq!(repeats.iter().map(|activity| activity.count).collect::<Vec<_>>(), [4]);
    let told = stage.user.told.lock().unwrap();
    let of = |event: &str| told.iter().filter(|told| told.act.event == event).count();
    assert_eq!((of("open"), of("urllib.Request"), of("subprocess.Popen")), (1, 1, 1), "{told:#?}");
    drop(told);
    let error = stage.run(&[("path", &text(&outside.join("Orca.conf")))], "open(path)").unwrap_err();
    assert!(error.contains("denied filename"), "{error}");
}

fn copies_of_the_application_are_granted_by_their_word() {
    let stage = Stage::new(Mode::Enforcing, Answer::No);
    let code = "import os\nchild = os.fork()\nif child == 0:\n    os._exit(7)\n\
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7";
    assert!(stage.run(&[], code).is_err());
    let grant = Grant::parse(GrantKind::Process, "fork").unwrap();
    stage.identity.set_grants(Arc::new([grant].into_iter().collect()));
    stage.works(&[], code);
}

fn a_local_url_is_a_file() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let path = stage.outside().join("x");
    fs::write(&path, "x").unwrap();
    let code = "import urllib.request\nassert urllib.request.urlopen('file://' + path).read() == b'x'";
    stage.works(&[("path", &text(&path))], code);
    assert_eq!(stage.asked(), [(Category::FsRead, vec![text(&path)])]);
}

fn an_act_of_the_plugin_below_a_library_is_its_own() {
    let stage = Stage::new(Mode::Ask, Answer::Once);
    let (port, other) = (server(), server());
    let code = "import socket, urllib.request\n\
                class Smuggles(urllib.request.BaseHandler):\n    \
                def http_request(self, request):\n        \
                socket.create_connection(('127.0.0.1', int(other))).close()\n        return request\n\
                urllib.request.build_opener(Smuggles).open(f'http://127.0.0.1:{port}/').read()";
    stage.works(&[("port", &port), ("other", &other)], code);
    assert!(stage.asked().contains(&(Category::Socket, vec![format!("127.0.0.1:{other}")])));
}

process_tests!(
    a_request_is_asked_once,
    what_was_allowed_lets_nothing_else_pass,
    a_process_is_asked_once,
    another_search_path_is_another_program,
    a_tree_is_asked_once,
    a_temporary_file_is_asked_once,
    importing_never_asks,
    a_no_is_a_permission_error_and_is_not_asked_again,
    always_is_kept_and_once_is_for_the_call,
    two_threads_ask_once,
    what_cannot_be_granted_is_not_asked,
    enforcing_lets_what_is_granted_pass_with_all_its_steps,
    loading_reads_and_connects_as_it_comes_and_tells,
    an_act_of_the_plugin_below_a_library_is_its_own,
    copies_of_the_application_are_granted_by_their_word,
    a_local_url_is_a_file,
);
