//! The manager: the catalog, the loader and the interpreter of one application.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use matriline_capability::CapabilityType;
use matriline_catalog::Catalog;
use matriline_manifest::{Severity, Target};
use matriline_orca as orca;
use matriline_python::{Interpreter, InterpreterOptions, output, set_log};
use matriline_refs::{ResolvedValue, resolve_values};
use tracing::Dispatch;

use crate::lease::Lease;
use crate::log::{self, Callback, LogRecord};
use crate::{Error, PluginLoader, Requirement, RequirementState};

/// The plugins of one data folder. A handle: clones stand for the same manager.
///
/// A process has one manager at a time, since it has one interpreter. The plugins of a manager that goes without
/// [`shutdown`](Self::shutdown) answer calls with an error from then on, and are unloaded when the next one starts.
///
/// Threads: starting happens on the main thread; everything else on any.
#[derive(Clone)]
pub struct PluginManager(Arc<Shared>);

struct Shared {
    data_dir: PathBuf,
    application_version: String,
    dispatch: Dispatch,
    target: Target,
    catalog: ArcSwap<Catalog>,
    loader: PluginLoader,
}

/// Whether `orca` was made importable. Managers start on the main thread, one after the other.
static INSTALLED: AtomicBool = AtomicBool::new(false);

/// What a manager is started with.
pub struct ManagerBuilder {
    data_dir: PathBuf,
    application_version: String,
    python_home: Option<PathBuf>,
    forward_output: bool,
    log: Option<Callback>,
}

impl ManagerBuilder {
    /// The version that contexts tell plugins (`orca_version`). Empty by default.
    pub fn application_version(mut self, version: impl Into<String>) -> Self {
        self.application_version = version.into();
        self
    }

    /// The folder that holds the standard library of Python. By default it is found from the loaded libpython.
    pub fn python_home(mut self, home: impl Into<PathBuf>) -> Self {
        self.python_home = Some(home.into());
        self
    }

    /// Whether what plugins print goes to the streams of the process as well as to the log file. Off by default.
    pub fn forward_output(mut self, forward: bool) -> Self {
        self.forward_output = forward;
        self
    }

    /// Takes the messages of matriline. It is called on the thread a message comes from, without the GIL and without a
    /// lock of ours; it may call back.
    pub fn log(mut self, callback: impl Fn(&LogRecord<'_>) + Send + Sync + 'static) -> Self {
        self.log = Some(Arc::new(callback));
        self
    }

    /// Starts Python, if it is not running yet, and the manager. The catalog is empty until
    /// [`PluginManager::discover_plugins`].
    ///
    /// # Errors
    /// [`Error::DataFolder`], [`Error::AlreadyManaged`], [`Error::Start`].
    ///
    /// Threads: the main thread.
    pub fn start(self) -> Result<PluginManager, Error> {
        let refused = |cause| Error::DataFolder { path: self.data_dir.clone(), cause: Arc::new(cause) };
        let data_dir = self.data_dir.canonicalize().map_err(refused)?;
        std::fs::read_dir(&data_dir).map_err(refused)?;
        let lease = Lease::take()?;
        let dispatch = log::dispatch(self.log);
        set_log(Some(dispatch.clone()));
        let started = tracing::dispatcher::with_default(&dispatch, || {
            start_python(self.python_home)?;
            redirect_output(&data_dir, self.forward_output);
            PluginLoader::end_abandoned();
            Ok(())
        });
        if let Err(error) = started {
            set_log(None);
            return Err(error);
        }
        Ok(PluginManager(Arc::new(Shared {
            loader: PluginLoader::new(data_dir.clone(), dispatch.clone(), lease),
            data_dir,
            application_version: self.application_version,
            dispatch,
            target: Target::of_this_build(minor_version()),
            catalog: ArcSwap::default(),
        })))
    }
}

fn minor_version() -> u32 {
    matriline_python::MINOR.parse().unwrap_or_default()
}

fn start_python(home: Option<PathBuf>) -> Result<(), Error> {
    if Interpreter::get().is_none() {
        Interpreter::start(InterpreterOptions { home })?;
    }
    if !INSTALLED.load(Ordering::Acquire) {
        let made =
            Interpreter::with(|py| orca::install(py).map_err(|error| matriline_python::raised(py, &error)));
        if let Some(Err(raised)) = made {
            return Err(matriline_python::StartError::Refused(raised.traceback).into());
        }
        INSTALLED.store(true, Ordering::Release);
    }
    match Interpreter::is_running() {
        true => Ok(()),
        false => Err(matriline_python::StartError::Twice.into()),
    }
}

/// A log that cannot be written is no reason not to start.
fn redirect_output(data_dir: &Path, forward: bool) {
    if let Err(error) = output::write_to(&data_dir.join("log"), forward) {
        tracing::warn!(target: "matriline::load", "What plugins print is lost: the log folder `{}` cannot be written: {error}", data_dir.join("log").display());
    }
}

impl PluginManager {
    /// A manager of the plugins in `<data_dir>/orca_plugins`.
    pub fn builder(data_dir: impl Into<PathBuf>) -> ManagerBuilder {
        ManagerBuilder {
            data_dir: data_dir.into(),
            application_version: String::new(),
            python_home: None,
            forward_output: false,
            log: None,
        }
    }

    /// The data folder, canonical.
    pub fn data_dir(&self) -> &Path {
        &self.0.data_dir
    }

    /// The version that contexts tell plugins.
    pub fn application_version(&self) -> &str {
        &self.0.application_version
    }

    /// Scans the data folder and puts the result in the place of the catalog. Runs no plugin code, and changes nothing
    /// that is loaded.
    pub fn discover_plugins(&self) -> Arc<Catalog> {
        let catalog = Arc::new(self.logged(|| Catalog::scan(&self.0.data_dir, &self.0.target)));
        self.logged(|| report(&catalog));
        self.0.loader.see(catalog.clone());
        self.0.catalog.store(catalog.clone());
        catalog
    }

    /// What the last scan found.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.0.catalog.load_full()
    }

    /// What is loaded.
    pub fn loader(&self) -> &PluginLoader {
        &self.0.loader
    }

    /// What the values of a setting need, in order, and whether it is there. `plugins` are the references of the
    /// preset; without them no value is resolved.
    pub fn requirements(
        &self,
        kind: CapabilityType,
        values: &[String],
        plugins: Option<&[String]>,
    ) -> Vec<Requirement> {
        let require = |value: &ResolvedValue<'_>| match value {
            ResolvedValue::Unresolved { value } => Requirement {
                value: (*value).into(),
                kind,
                reference: None,
                state: RequirementState::NotReferenced,
            },
            ResolvedValue::Resolved(reference) => Requirement {
                value: reference.capability_name.into(),
                kind,
                state: self.state_of(reference.plugin_key(), kind, reference.capability_name),
                reference: Some(reference.into_owned()),
            },
        };
        resolve_values(values, plugins).iter().map(require).collect()
    }

    fn state_of(&self, key: &str, kind: CapabilityType, name: &str) -> RequirementState {
        let catalog = self.catalog();
        if let Some(entry) = self.0.loader.plugin_capability_by_name(key, kind, name) {
            return match entry.gate().is_enabled() {
                true => RequirementState::Satisfied,
                false => RequirementState::Disabled,
            };
        }
        match catalog.get(key) {
            _ if self.0.loader.is_plugin_loaded(key) => RequirementState::NoSuchCapability,
            None => RequirementState::NotInstalled,
            Some(entry) => match entry.error() {
                Some(problem) => RequirementState::Invalid(problem),
                None => {
                    let problem = self.0.loader.plugin_load_error(key);
                    RequirementState::NotLoaded(problem.map(|error| error.to_string()))
                }
            },
        }
    }

    /// Unloads every plugin. Capabilities that are still held answer calls with an error from then on. Python keeps
    /// running, so that another manager can be started. A second shutdown does nothing.
    ///
    /// # Errors
    /// [`Error::StillRunning`] when a call does not return; whatever could be unloaded is.
    ///
    /// Threads: any, outside of calls into plugins.
    pub fn shutdown(&self) -> Result<(), Error> {
        let unloaded = self.0.loader.close();
        output::flush();
        unloaded
    }

    /// Runs `body` with messages going to the application's callback.
    pub(crate) fn logged<R>(&self, body: impl FnOnce() -> R) -> R {
        tracing::dispatcher::with_default(&self.0.dispatch, body)
    }
}

/// Says what a scan found.
fn report(catalog: &Catalog) {
    let (valid, invalid) = (catalog.valid().count(), catalog.invalid().count());
    tracing::info!(target: "matriline::catalog", "Found {valid} plugins and {invalid} broken packages");
    if let Some(problem) = catalog.problem() {
        tracing::warn!(target: "matriline::catalog", "{problem}");
    }
    for entry in catalog.entries() {
        let plugin = entry.descriptor.plugin_key.as_str();
        let folder = entry.folder.display();
        match entry.error() {
            Some(problem) => {
                tracing::warn!(target: "matriline::catalog", plugin, "Plugin `{plugin}` is broken: {problem}");
            }
            None => tracing::debug!(target: "matriline::catalog", plugin, "Plugin `{plugin}` in `{folder}`"),
        }
        for problem in &entry.problems {
            match problem.severity {
                Severity::Error => {}
                Severity::Warning => {
                    tracing::warn!(target: "matriline::catalog", plugin, "Plugin `{plugin}` in `{folder}`: {problem}");
                }
                Severity::Note => {
                    tracing::debug!(target: "matriline::catalog", plugin, "Plugin `{plugin}` in `{folder}`: {problem}");
                }
            }
        }
    }
}
