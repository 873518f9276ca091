//! The interpreter: started once, on the main thread, isolated from the user's environment.

use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use once_cell::sync::OnceCell;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::attach::{self, FORKED, GATE};
use crate::identity::{HostScope, Identity};
use crate::{audit, exception, home, imports, output, replaced, sys, trampoline, version};

/// The minor version of CPython 3 that this build serves.
pub const MINOR: &str = env!("MATRILINE_PYTHON_MINOR");

/// The interpreter of this process.
#[derive(Debug)]
pub struct Interpreter {
    home: PathBuf,
}

/// How to start.
#[derive(Debug, Default)]
pub struct InterpreterOptions {
    /// The folder that holds the standard library (`<home>/lib/python3.X`). By default it is looked for above the
    /// libpython that is loaded.
    pub home: Option<PathBuf>,
}

/// Why the interpreter did not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Not on the main thread.
    #[error("Python must be started on the main thread of the process; call this from `main`")]
    OffMainThread,
    /// A second time.
    #[error("Python is already started; it can be started only once in a process")]
    Twice,
    /// By somebody else.
    #[error(
        "Python is already running in this process, started by other code; matriline must start it itself"
    )]
    StartedElsewhere,
    /// No standard library.
    #[error("No Python standard library was found {place}; give the folder that holds `{landmark}`")]
    NoHome {
        /// Where was looked.
        place: String,
        /// What a home holds.
        landmark: String,
    },
    /// Another version.
    #[error("This build serves CPython 3.{MINOR}, but the loaded libpython is {found}")]
    OtherVersion {
        /// The version of the library.
        found: String,
    },
    /// CPython refused.
    #[error("CPython did not start: {0}")]
    Refused(String),
}

/// Why the interpreter did not end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FinalizeError {
    /// Not on the main thread.
    #[error("Python must be ended on the main thread of the process")]
    OffMainThread,
    /// It does not run.
    #[error("Python is not running")]
    NotRunning,
    /// Capabilities are loaded.
    #[error("Python cannot end while {0} capabilities are loaded; unload all plugins first")]
    InUse(usize),
    /// Threads of plugins are still there.
    #[error(
        "Python cannot end while threads of plugins run: {0}; the process can exit without ending Python"
    )]
    Threads(String),
    /// Somebody holds the GIL, or waits for it.
    #[error("Python cannot end while {0} threads of the application use it")]
    Entered(u64),
}

static INTERPRETER: OnceCell<Interpreter> = OnceCell::new();
static RUNNING: AtomicBool = AtomicBool::new(false);

/// How long ending Python waits for threads that were just inside.
const LAST_WAIT: Duration = Duration::from_secs(10);

impl Interpreter {
    /// Starts the interpreter. The GIL is released when this returns.
    ///
    /// # Errors
    /// [`StartError`]: off the main thread, a second time, without a standard library, or CPython's own refusal.
    pub fn start(options: InterpreterOptions) -> Result<&'static Self, StartError> {
        if !sys::is_main_thread() {
            return Err(StartError::OffMainThread);
        }
        if INTERPRETER.get().is_some() {
            return Err(StartError::Twice);
        }
        INTERPRETER.get_or_try_init(|| Self::initialize(options))
    }

    /// Whether Python runs: it was started here and is not going.
    #[inline]
    pub fn is_running() -> bool {
        RUNNING.load(Ordering::Acquire) && !GATE.is_closed()
    }

    /// The interpreter, once it was started.
    pub fn get() -> Option<&'static Self> {
        INTERPRETER.get()
    }

    /// The folder its standard library was found in.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Attaches this thread, as the application, and runs `body`; `None` when Python is not running.
    ///
    /// Threads: any. Waits for the GIL.
    pub fn with<R>(body: impl FnOnce(Python<'_>) -> R) -> Option<R> {
        let _host = HostScope::enter();
        attach::attach(body)
    }

    /// Ends Python for good: it cannot be started again in this process.
    ///
    /// Never necessary: a process may exit with Python running, and no Python code runs then.
    ///
    /// # Errors
    /// [`FinalizeError`] when it is not safe: off the main thread, with capabilities loaded, with threads of plugins
    /// alive, with threads of the application inside.
    pub fn finalize() -> Result<(), FinalizeError> {
        if !sys::is_main_thread() {
            return Err(FinalizeError::OffMainThread);
        }
        if !Self::is_running() {
            return Err(FinalizeError::NotRunning);
        }
        refuse_if_used()?;
        match GATE.inside() {
            0 => {}
            count => return Err(FinalizeError::Entered(count)),
        }
        output::flush();
        GATE.close();
        // A thread that slipped in before the gate closed comes out again by itself. If one does not, Python stays
        // as it is for good, and is used by nobody else.
        if !GATE.wait_until_empty(LAST_WAIT) {
            return Err(FinalizeError::Entered(GATE.inside()));
        }
        refuse_if_used()?;
        // What plugins left to be done at the end is done as nobody's code, which may write nowhere.
        // SAFETY: on the main thread, with nobody inside and nobody let in any more.
        unsafe {
            ffi::PyGILState_Ensure();
            ffi::Py_FinalizeEx();
        }
        RUNNING.store(false, Ordering::Release);
        Ok(())
    }

    fn initialize(options: InterpreterOptions) -> Result<Self, StartError> {
        // SAFETY: this may be asked before Python is initialised.
        if unsafe { ffi::Py_IsInitialized() } != 0 {
            return Err(StartError::StartedElsewhere);
        }
        let version = version::text();
        if !version.starts_with(&format!("3.{MINOR}.")) {
            return Err(StartError::OtherVersion { found: version.into_owned() });
        }
        let home = find_home(options.home)?;
        initialize_isolated(&home)?;
        audit::set_standard_library(home.join(home::standard_library()));
        sys::on_fork_in_child(forked);
        let prepared = {
            let _host = HostScope::enter();
            // SAFETY: initialisation has left this thread with the GIL.
            let py = unsafe { Python::assume_attached() };
            prepare(py).map_err(|error| StartError::Refused(exception::raised(py, &error).traceback))
        };
        // SAFETY: this thread holds the GIL; it finds its state again by itself, being the main thread.
        unsafe { ffi::PyEval_SaveThread() };
        prepared?;
        RUNNING.store(true, Ordering::Release);
        Ok(Self { home })
    }
}

/// An error while capabilities are loaded or threads of plugins live.
fn refuse_if_used() -> Result<(), FinalizeError> {
    match trampoline::live() {
        0 => {}
        count => return Err(FinalizeError::InUse(count)),
    }
    let threads = Identity::with_threads();
    if threads.is_empty() {
        return Ok(());
    }
    let describe = |identity: &Arc<Identity>| {
        let names = Interpreter::with(|py| identity.thread_names(py)).unwrap_or_default();
        match names.is_empty() {
            true => format!("{} of `{}`", identity.threads(), identity.key()),
            false => format!("{} of `{}`", names.join(", "), identity.key()),
        }
    };
    Err(FinalizeError::Threads(threads.iter().map(describe).collect::<Vec<_>>().join("; ")))
}

fn find_home(given: Option<PathBuf>) -> Result<PathBuf, StartError> {
    let landmark = home::landmark().display().to_string();
    match given {
        Some(home) if home::holds_standard_library(&home) => Ok(home),
        Some(home) => Err(StartError::NoHome { place: format!("in `{}`", home.display()), landmark }),
        None => {
            home::find().ok_or(StartError::NoHome { place: "beside the loaded libpython".into(), landmark })
        }
    }
}

/// `PyConfig_InitIsolatedConfig` (PEP 587) with UTF-8 mode, a home, and neither `site` nor written bytecode.
fn initialize_isolated(home: &Path) -> Result<(), StartError> {
    let home = CString::new(home.as_os_str().as_encoded_bytes())
        .map_err(|error| StartError::Refused(error.to_string()))?;
    let mut preconfig = std::mem::MaybeUninit::<ffi::PyPreConfig>::uninit();
    let mut config = std::mem::MaybeUninit::<ffi::PyConfig>::uninit();
    // SAFETY: the functions of PEP 587 in their order; each configuration is initialised by its own function first.
    unsafe {
        ffi::PyPreConfig_InitIsolatedConfig(preconfig.as_mut_ptr());
        (*preconfig.as_mut_ptr()).utf8_mode = 1;
        check(ffi::Py_PreInitialize(preconfig.as_ptr()))?;
        ffi::PyConfig_InitIsolatedConfig(config.as_mut_ptr());
        let config = config.assume_init_mut();
        config.site_import = 0;
        config.install_signal_handlers = 0;
        config.write_bytecode = 0;
        config.pathconfig_warnings = 0;
        let result = check(ffi::PyConfig_SetBytesString(config, &raw mut config.home, home.as_ptr()))
            .and_then(|()| check(ffi::Py_InitializeFromConfig(config)));
        ffi::PyConfig_Clear(config);
        result
    }
}

fn check(status: ffi::PyStatus) -> Result<(), StartError> {
    // SAFETY: a status may be asked at any time; its message is a C string that lives for ever, or null.
    unsafe {
        if ffi::PyStatus_Exception(status) == 0 {
            return Ok(());
        }
        let message = (!status.err_msg.is_null()).then(|| CStr::from_ptr(status.err_msg).to_string_lossy());
        Err(StartError::Refused(message.map_or_else(|| "no reason given".into(), |text| text.into_owned())))
    }
}

/// What stands before the first plugin.
fn prepare(py: Python<'_>) -> PyResult<()> {
    // The first import of `signal`, which many modules do, takes Ctrl-C from the application: it happens here.
    sys::with_interrupts_kept(|| py.import("_signal"))?;
    audit::install().map_err(pyo3::exceptions::PyRuntimeError::new_err)?;
    replaced::install(py)?;
    imports::install(py)?;
    output::redirect(py)
}

/// In a forked child Python belongs to nobody we know: everything of ours is refused there.
extern "C" fn forked() {
    FORKED.store(true, Ordering::Release);
    GATE.close();
}
