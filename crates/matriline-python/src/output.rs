//! What plugins print: every line goes to the log with the plugin's name.
//!
//! `sys.stdout` and `sys.stderr` are ordinary text streams whose bytes end here. A line is written when it is
//! whole, or when it has grown long; lines of plugins that print at the same time do not mix.

use std::collections::HashMap;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use matriline_registry::lock::Mutex;
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::identity::{self, Who};
use crate::modules::{module, sys_object};

/// A line is cut after so many bytes, so that one without an end costs no memory.
const LONGEST_LINE: usize = 64 * 1024;

/// Where the lines go.
static LOG: Mutex<Option<Log>> = Mutex::new(None);

struct Log {
    file: File,
    forward: bool,
    /// The beginnings of lines, by plugin and stream.
    begun: HashMap<(String, Stream), Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stream {
    Out,
    Err,
}

/// Has what plugins print written to `<folder>/python_<date>_<pid>.log`, and to the process's own streams as well
/// if `forward` says so. Answers the path of the file.
///
/// # Errors
/// When the folder or the file cannot be made.
pub fn write_to(folder: &Path, forward: bool) -> io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let now = jiff::Zoned::now().strftime("%Y-%m-%d_%H-%M-%S").to_string();
    let path = folder.join(format!("python_{now}_{}.log", std::process::id()));
    let file = File::options().create(true).append(true).open(&path)?;
    *LOG.lock() = Some(Log { file, forward, begun: HashMap::new() });
    Ok(path)
}

/// Writes the lines out that plugins began and did not end.
pub fn flush() {
    if let Some(log) = LOG.lock().as_mut() {
        for ((plugin, stream), line) in std::mem::take(&mut log.begun) {
            log.write_line(&plugin, stream, &line);
        }
    }
}

/// The names of a text stream in `sys`, and the stream.
type NamedStream = ([&'static CStr; 2], Py<PyAny>);

static STREAMS: PyOnceLock<Vec<NamedStream>> = PyOnceLock::new();

/// Puts our streams in the place of `sys.stdout` and `sys.stderr`; again, where a plugin replaced them.
///
/// # Errors
/// What Python raises when `sys` was tampered with.
pub fn redirect(py: Python<'_>) -> PyResult<()> {
    for (names, stream) in STREAMS.get_or_try_init(py, || make_streams(py))? {
        for name in names {
            if !sys_object(py, name).is_ok_and(|found| found.is(stream)) {
                module(py, "sys")?.setattr(&*name.to_string_lossy(), stream)?;
            }
        }
    }
    Ok(())
}

fn make_streams(py: Python<'_>) -> PyResult<Vec<NamedStream>> {
    let text_stream = py.import("io")?.getattr("TextIOWrapper")?;
    let options = PyDict::new(py);
    options.set_item("encoding", "utf-8")?;
    options.set_item("errors", "backslashreplace")?;
    options.set_item("newline", "\n")?;
    options.set_item("write_through", true)?;
    let made = [([c"stdout", c"__stdout__"], Stream::Out), ([c"stderr", c"__stderr__"], Stream::Err)];
    let make = |(names, stream)| Ok((names, text_stream.call((Sink { stream },), Some(&options))?.unbind()));
    made.into_iter().map(make).collect()
}

impl Log {
    fn write(&mut self, plugin: &str, stream: Stream, bytes: &[u8]) {
        let key = (plugin.to_owned(), stream);
        let mut line = self.begun.remove(&key).unwrap_or_default();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            for part in piece.chunks(LONGEST_LINE) {
                line.extend_from_slice(part);
                if line.len() >= LONGEST_LINE || line.ends_with(b"\n") {
                    self.write_line(plugin, stream, &line);
                    line.clear();
                }
            }
        }
        if !line.is_empty() {
            self.begun.insert(key, line);
        }
    }

    /// A line that cannot be written is lost: there is no better place to say so.
    fn write_line(&mut self, plugin: &str, stream: Stream, line: &[u8]) {
        let mut text = format!("[{plugin}] ").into_bytes();
        text.extend_from_slice(line);
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        let _ = self.file.write_all(&text);
        if self.forward {
            let _ = match stream {
                Stream::Out => io::stdout().lock().write_all(&text),
                Stream::Err => io::stderr().lock().write_all(&text),
            };
        }
    }
}

/// The binary stream below a text stream.
#[pyclass(frozen, module = "orca")]
struct Sink {
    stream: Stream,
}

#[pymethods]
impl Sink {
    fn write(&self, py: Python<'_>, bytes: PyBuffer<u8>) -> PyResult<usize> {
        let bytes = bytes.to_vec(py)?;
        let plugin = identity::with_current(|who| match who {
            Who::Plugin(scope) => scope.identity().key().to_owned(),
            Who::Host => "application".to_owned(),
            Who::Unknown => "unknown".to_owned(),
        });
        if let Some(log) = LOG.lock().as_mut() {
            log.write(&plugin, self.stream, &bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&self) {}

    /// The streams belong to everybody: one plugin cannot close them.
    fn close(&self) {}

    #[getter]
    fn closed(&self) -> bool {
        false
    }

    fn readable(&self) -> bool {
        false
    }

    fn writable(&self) -> bool {
        true
    }

    fn seekable(&self) -> bool {
        false
    }

    fn isatty(&self) -> bool {
        false
    }

    fn fileno(&self, py: Python<'_>) -> PyResult<i32> {
        let unsupported = py.import("io")?.getattr("UnsupportedOperation")?;
        Err(PyErr::from_value(unsupported.call1(("what plugins print goes to a log, not to a descriptor",))?))
    }

    #[getter]
    fn name(&self) -> &'static str {
        match self.stream {
            Stream::Out => "<stdout>",
            Stream::Err => "<stderr>",
        }
    }
}
