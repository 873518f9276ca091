//! One act of a plugin, in a process of its own: a bare interpreter, one plugin, code of a few lines; what the audit says
//! of it, and what is left of it outside.
//!
//! The acts stand in a Python file, each below a line `#: name · effect`. A line `#< …` is run before, as the application;
//! lines below `#> application` are run afterwards, as the application on a thread of its own.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

use std::env;
use std::ffi::CString;
use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use matriline_policy::{Activity, Answer, Mode, PlaceRules, Question, Verdict};
use matriline_python::audit::{Auditor, set_auditor};
use matriline_python::identity::{Identity, IdentityOptions, lifecycle};
use matriline_python::{Interpreter, InterpreterOptions};
use matriline_testkit::Victim;
use pyo3::prelude::*;
use tracing::field::{Field, Visit};
use tracing::{Metadata, span};

/// The key of the plugin that acts.
pub const KEY: &str = "acts";

/// Begins what a process of an act says.
const SAYS: &str = "matriline: ";

/// One act: what it is, how it shows that it worked, and its code.
#[derive(Debug, Clone)]
pub struct Act {
    pub section: String,
    pub name: String,
    pub effect: Effect,
    /// An event that the policy knows and lets pass.
    pub passes: Option<String>,
    before: String,
    code: String,
    application: Option<String>,
}

/// How an act shows from outside that it worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Something changed in the folder outside of all roots.
    File,
    /// Somebody came to the server.
    Net,
    /// The code ran to its end without an exception.
    Inside,
    /// The process ended too early.
    End,
}

/// What became of an act.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Whether it worked.
    pub worked: bool,
    /// The exception that it raised.
    pub raised: Option<String>,
    /// Whether there is no such thing in this Python.
    pub is_unavailable: bool,
    /// What the user was asked, by event.
    pub asked: Vec<String>,
    /// What was told: verdict, plugin, event, rule.
    pub told: Vec<Told>,
    /// Which plugin the log says was blocked, by line.
    pub blocked: Vec<String>,
    /// All that the process said.
    pub output: String,
}

#[derive(Debug)]
pub struct Told {
    pub denied: bool,
    pub plugin: String,
    pub event: String,
    pub targets: String,
}

/// The acts of a file.
pub fn acts(text: &str) -> Vec<Act> {
    let mut acts: Vec<Act> = Vec::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("#: # ") {
            section = title.to_owned();
        } else if let Some(head) = line.strip_prefix("#: ") {
            let (name, effect) = head.split_once(" · ").unwrap_or_else(|| panic!("no effect: {line}"));
            let (effect, passes) = match effect.split_once(" · ") {
                Some((effect, event)) => (effect, Some(event.to_owned())),
                None => (effect, None),
            };
            let effect = match effect {
                "file" => Effect::File,
                "net" => Effect::Net,
                "inside" => Effect::Inside,
                "end" => Effect::End,
                _ => panic!("no such effect: {line}"),
            };
            let (name, section) = (name.to_owned(), section.clone());
            let (before, code) = Default::default();
            acts.push(Act { section, name, effect, passes, before, code, application: None });
        } else if let Some(act) = acts.last_mut() {
            if let Some(line) = line.strip_prefix("#< ") {
                act.before += &format!("{line}\n");
                continue;
            }
            match (line, &mut act.application) {
                ("#> application", none) => *none = Some(String::new()),
                (line, Some(code)) => *code += &format!("{line}\n"),
                (line, None) => act.code += &format!("{line}\n"),
            }
        }
    }
    acts
}

/// What the code of every act finds.
const PRELUDE: &str = "\
import os, sys
class Unavailable(BaseException): pass
def absent(): raise Unavailable
";

impl Act {
    /// Does the act in a process of its own, in that mode.
    pub fn run(&self, mode: Mode) -> Outcome {
        let stage = tempfile::tempdir().unwrap();
        let stage = std::fs::canonicalize(stage.path()).map(|path| (path, stage)).unwrap();
        let place = |name: &str| {
            let path = stage.0.join(name);
            std::fs::create_dir_all(&path).unwrap();
            path
        };
        let (outside, data) = (place("outside"), place("data"));
        place("data/orca_plugins/acts");
        let (tcp, udp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let victim = Victim::prepare(&outside);
        let code = self.code.replace("absent()", "raise Unavailable");
        let (says, complains) = (stage.0.join("says.txt"), stage.0.join("complains.txt"));
        let mut child = Command::new(env::current_exe().unwrap())
            .env("MATRILINE_ACT", format!("{PRELUDE}{code}"))
            .env("MATRILINE_ACT_APPLICATION", self.application.as_deref().unwrap_or_default())
            .env("MATRILINE_ACT_BEFORE", &self.before)
            .env("MATRILINE_ACT_MODE", mode.as_str())
            .env("MATRILINE_ACT_DATA", &data)
            .env(
                "MATRILINE_ACT_PLACES",
                format!(
                    "folder = {:?}; new = {:?}; victim = {:?}; home = {:?}; tcp = {}; udp = {}",
                    outside.display().to_string(),
                    outside.join("new.txt").display().to_string(),
                    outside.join("victim.txt").display().to_string(),
                    data.display().to_string(),
                    tcp.local_addr().unwrap().port(),
                    udp.local_addr().unwrap().port(),
                ),
            )
            .env("TMPDIR", &outside)
            .env("TERM", "dumb")
            .current_dir(&data)
            .stdin(Stdio::null())
            .stdout(File::create(&says).unwrap())
            .stderr(File::create(&complains).unwrap())
            .spawn()
            .unwrap();
        let (ended, status) = (in_time(&mut child), child.wait().unwrap());
        let mut outcome = Outcome::default();
        let read = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let text = read(&says);
        let mut done = false;
        for line in text.lines().filter_map(|line| line.strip_prefix(SAYS)) {
            let mut words = line.splitn(5, ' ');
            match words.next() {
                Some("told") => outcome.told.push(Told {
                    denied: words.next() == Some("denied"),
                    plugin: words.next().unwrap_or_default().to_owned(),
                    event: words.next().unwrap_or_default().to_owned(),
                    targets: words.next().unwrap_or_default().to_owned(),
                }),
                Some("blocked") => outcome.blocked.push(words.next().unwrap_or_default().to_owned()),
                Some("asked") => outcome.asked.push(words.next().unwrap_or_default().to_owned()),
                Some("raised") => outcome.raised = Some(line["raised ".len()..].to_owned()),
                Some("application") => {}
                Some("done") => done = true,
                _ => panic!("{line}"),
            }
        }
        outcome.is_unavailable =
            outcome.raised.as_deref().is_some_and(|raised| raised.contains("Unavailable"));
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        let ends_well = ended && status.success() && done;
        outcome.worked = match self.effect {
            Effect::File => !victim.changes().is_empty(),
            Effect::Net => tcp.accept().is_ok() || udp.recv(&mut [0; 64]).is_ok(),
            Effect::Inside => outcome.raised.is_none() && done,
            Effect::End => !ends_well,
        };
        let errors = read(&complains);
        let said: Vec<_> = text.lines().take(30).collect();
        outcome.output = format!("{status}\n{}\n{errors}\n{:?}", said.join("\n"), victim.changes());
        assert!(ends_well || self.effect == Effect::End, "`{}`: {}", self.name, outcome.output);
        outcome
    }
}

/// Waits for the end of a process; one that hangs is ended.
fn in_time(child: &mut std::process::Child) -> bool {
    let end = Instant::now() + Duration::from_secs(40);
    while Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    false
}

/// The side of the process that acts, if this is one.
pub fn act_if_asked() -> bool {
    let Ok(code) = env::var("MATRILINE_ACT") else { return false };
    let said = |name: &str| env::var(name).unwrap();
    let data = PathBuf::from(said("MATRILINE_ACT_DATA"));
    let mode = Mode::from_name(&said("MATRILINE_ACT_MODE")).unwrap();
    let (places, application) = (said("MATRILINE_ACT_PLACES"), said("MATRILINE_ACT_APPLICATION"));
    Interpreter::start(InterpreterOptions::default()).unwrap();
    set_auditor(Some(Arc::new(Teller)));
    matriline_python::set_log(Some(tracing::Dispatch::new(Logger)));
    let folder = data.join("orca_plugins").join(KEY);
    let identity = Identity::new(IdentityOptions {
        code: vec![folder.clone()],
        mode,
        ..IdentityOptions::new(KEY, PlaceRules::for_plugin(&data, &folder))
    });
    Interpreter::with(|py| {
        matriline_python::import_threading(py).unwrap();
        py.run(&CString::new(said("MATRILINE_ACT_BEFORE")).unwrap(), None, None).unwrap();
        let ran = lifecycle(&identity, || run(py, &format!("{places}\n{code}"), &folder.join("acts.py")));
        if let Err(error) = ran {
            say(&format!("raised {error}").replace('\n', " "));
        }
    });
    if !application.is_empty() {
        let host = || {
            let program = Path::new("application.py");
            let ran =
                Interpreter::with(|py| run(py, &format!("{places}\nimport os, sys\n{application}"), program));
            if let Err(error) = ran.unwrap() {
                say(&format!("application {error}").replace('\n', " "));
            }
        };
        std::thread::scope(|scope| scope.spawn(host).join().unwrap());
        // The main thread runs what is waiting for it, signal handlers above all.
        if let Err(error) = Interpreter::with(|py| py.run(c"[0 for _ in range(1000)]", None, None)).unwrap() {
            say(&format!("application {error}").replace('\n', " "));
        }
    }
    let end = Instant::now() + Duration::from_secs(20);
    while identity.threads() > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
    if application.contains("finalize") {
        Interpreter::finalize().unwrap();
    }
    say("done");
    true
}

fn run(py: Python<'_>, code: &str, path: &Path) -> PyResult<()> {
    let builtins = py.import("builtins")?;
    let code = builtins.call_method1("compile", (code, path.display().to_string(), "exec"))?;
    let names = pyo3::types::PyDict::new(py);
    names.set_item("__name__", KEY)?;
    builtins.call_method1("exec", (code, &names))?;
    // What the code leaves in its names lives on, as in a module.
    py.import("sys")?.setattr(if path.starts_with("application.py") { "application" } else { KEY }, names)?;
    Ok(())
}

/// Says a line at once: the process may not live to say it later.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(format!("{SAYS}{line}\n").as_bytes()).and_then(|()| out.flush());
}

/// Tells what it is told, and answers no.
struct Teller;

impl Auditor for Teller {
    fn ask(&self, question: &Question) -> Answer {
        say(&format!("asked {}", question.act.event));
        Answer::No
    }

    fn record(&self, activity: Activity) {
        let verdict = match activity.verdict {
            Verdict::Denied => "denied",
            Verdict::Allowed => "allowed",
        };
        let act = &activity.act;
        say(&format!("told {verdict} {} {} {:?} {}", act.plugin_key, act.event, act.targets, activity.rule));
    }
}

/// Says which plugin the log's lines about refusals name.
struct Logger;

impl tracing::Subscriber for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "matriline::audit" && *metadata.level() == tracing::Level::WARN
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut plugin = Plugin(String::new());
        event.record(&mut plugin);
        say(&format!("blocked {}", plugin.0));
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// The field `plugin` of an event.
struct Plugin(String);

impl Visit for Plugin {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "plugin" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
