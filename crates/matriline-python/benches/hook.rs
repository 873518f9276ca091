//! What the audit hook costs, beside a Python without a hook and one with a hook that does nothing: an event that concerns
//! nobody, reading opens, a write inside of a root, and knowing whose code runs.
//!
//! A hook stays until its process ends, so each contender is a process of its own, which all live as long as the bench
//! and are timed by turns. At the end: the least and the median over the turns, in nanoseconds an act.

use std::env;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write, stdin};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use criterion::Criterion;
use matriline_policy::PlaceRules;
use matriline_python::identity::{Identity, IdentityOptions, lifecycle, with_plugin_key};
use matriline_python::{Interpreter, InterpreterOptions};
use pyo3::ffi;
use pyo3::prelude::*;

/// Names the contender that this process is.
const ROLE: &str = "MATRILINE_BENCH_HOOK";

const ROLES: [&str; 3] = ["no hook", "empty hook", "matriline"];

/// What is timed, and how often in one turn.
const ROWS: [(&str, u64); 7] = [
    ("event of no interest", 200_000),
    ("event of no interest, one argument", 200_000),
    ("event of a reading open", 100_000),
    ("reading open and close", 4_000),
    ("reading open and close, of its own file", 4_000),
    ("writing open and close, inside of a root", 4_000),
    ("whose code runs", 500_000),
];

/// How many turns the table at the end is made of.
const TURNS: usize = 41;

unsafe extern "C" {
    // Not declared by `pyo3-ffi`.
    fn PySys_Audit(event: *const c_char, format: *const c_char, ...) -> c_int;
    fn PySys_AddAuditHook(
        hook: unsafe extern "C" fn(*const c_char, *mut ffi::PyObject, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
}

fn main() {
    if let Ok(role) = env::var(ROLE) {
        return serve(&role);
    }
    let data = tempfile::tempdir().unwrap();
    let contenders: Vec<_> = ROLES.iter().map(|role| Mutex::new(Contender::new(role, data.path()))).collect();
    let mut criterion = Criterion::default().configure_from_args();
    for (row, (name, _)) in ROWS.iter().enumerate() {
        let mut group = criterion.benchmark_group(*name);
        for (role, contender) in ROLES.iter().zip(&contenders) {
            group.bench_function(*role, |bencher| {
                bencher.iter_custom(|count| contender.lock().unwrap().time(row, count));
            });
        }
    }
    print_table(&contenders);
}

#[allow(clippy::print_stdout, reason = "the table is what the bench is for")]
fn print_table(contenders: &[Mutex<Contender>]) {
    println!("{:<42} {:>24} {:>24} {:>24}", "ns, least / median", ROLES[0], ROLES[1], ROLES[2]);
    for (row, (name, count)) in ROWS.iter().enumerate() {
        let mut figures = vec![Vec::new(); ROLES.len()];
        for _ in 0..TURNS {
            for (contender, figures) in contenders.iter().zip(&mut figures) {
                let time = contender.lock().unwrap().time(row, *count);
                figures.push(time.as_nanos() as f64 / *count as f64);
            }
        }
        let cell = |figures: &mut Vec<f64>| {
            figures.sort_by(f64::total_cmp);
            format!("{:.1} / {:.1}", figures[0], figures[TURNS / 2])
        };
        let cells: Vec<_> = figures.iter_mut().map(cell).collect();
        println!("{name:<42} {:>24} {:>24} {:>24}", cells[0], cells[1], cells[2]);
    }
}

/// A process that times rows.
struct Contender {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Contender {
    fn new(role: &str, data: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .env(ROLE, role)
            .current_dir(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, orders, answers }
    }

    fn time(&mut self, row: usize, count: u64) -> Duration {
        writeln!(self.orders.as_mut().unwrap(), "{row} {count}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        Duration::from_nanos(answer.trim().parse().unwrap())
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // The process ends with its orders.
        self.orders = None;
        let _ = self.child.wait();
    }
}

/// One contender: takes orders until there are no more.
fn serve(role: &str) {
    let data = std::fs::canonicalize(".").unwrap();
    let folder = data.join("orca_plugins/bench");
    std::fs::create_dir_all(&folder).unwrap();
    for file in [data.join("root.txt"), folder.join("own.txt"), env::temp_dir().join("matriline-bench.txt")] {
        std::fs::write(file, "x").unwrap();
    }
    let run = |py: Python<'_>| {
        for order in stdin().lines() {
            let order = order.unwrap();
            let (row, count) = order.split_once(' ').unwrap();
            let elapsed = time(py, row.parse().unwrap(), count.parse().unwrap(), &data);
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", elapsed.as_nanos()).and_then(|()| out.flush()).unwrap();
        }
    };
    if role == "matriline" {
        Interpreter::start(InterpreterOptions::default()).unwrap();
        let identity = Identity::new(IdentityOptions {
            code: vec![folder.clone()],
            ..IdentityOptions::new("bench", PlaceRules::for_plugin(&data, &folder))
        });
        Interpreter::with(|py| lifecycle(&identity, || run(py))).unwrap();
        return;
    }
    // SAFETY: Python is not initialised yet, and is by this thread.
    let py = unsafe {
        if role == "empty hook" {
            PySys_AddAuditHook(empty, std::ptr::null_mut());
        }
        ffi::Py_InitializeEx(0);
        Python::assume_attached()
    };
    run(py);
}

unsafe extern "C" fn empty(_: *const c_char, _: *mut ffi::PyObject, _: *mut c_void) -> c_int {
    0
}

fn time(py: Python<'_>, row: usize, count: u64, data: &Path) -> Duration {
    let outside = env::temp_dir().join("matriline-bench.txt");
    match row {
        0 => timed(count, || audit(c"builtins.id", None)),
        1 => {
            let argument = py.None();
            timed(count, || audit(c"builtins.id", Some(argument.as_ptr())))
        }
        2 => {
            let path = pyo3::types::PyString::new(py, &outside.display().to_string());
            // SAFETY: the GIL is held; the format says what follows.
            timed(count, || unsafe {
                PySys_Audit(c"open".as_ptr(), c"OOi".as_ptr(), path.as_ptr(), ffi::Py_None(), libc::O_RDONLY);
            })
        }
        3 => opens(py, &outside, "os.O_RDONLY", count),
        4 => opens(py, &data.join("orca_plugins/bench/own.txt"), "os.O_RDONLY", count),
        5 => opens(py, &data.join("root.txt"), "os.O_WRONLY", count),
        _ => timed(count, || {
            with_plugin_key(|key| black_box(key.map(str::len)));
        }),
    }
}

fn timed(count: u64, mut act: impl FnMut()) -> Duration {
    let begun = Instant::now();
    for _ in 0..count {
        act();
    }
    begun.elapsed()
}

fn audit(event: &CStr, argument: Option<*mut ffi::PyObject>) {
    // SAFETY: the GIL is held; the format says how many arguments follow.
    unsafe {
        match argument {
            None => PySys_Audit(event.as_ptr(), std::ptr::null()),
            Some(argument) => PySys_Audit(event.as_ptr(), c"O".as_ptr(), argument),
        };
    }
}

/// Opens and closes a file that often, in Python.
fn opens(py: Python<'_>, path: &Path, flags: &str, count: u64) -> Duration {
    let code = format!(
        "import os, time\ndef run(open=os.open, close=os.close, path={:?}, flags={flags}):\n    begun = time.perf_counter_ns()\n    \
         for _ in range({count}):\n        close(open(path, flags))\n    return time.perf_counter_ns() - begun\nelapsed = run()",
        path.display().to_string()
    );
    let names = pyo3::types::PyDict::new(py);
    py.run(&CString::new(code).unwrap(), Some(&names), None).unwrap();
    Duration::from_nanos(names.get_item("elapsed").unwrap().unwrap().extract().unwrap())
}
