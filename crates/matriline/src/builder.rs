//! Starting a manager.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use matriline_capability::{CapabilityId, CapabilityType, TypeDeclaration};
use matriline_catalog::{Discovery, ScanOptions};
use matriline_host::{Generation, Host};
use matriline_manifest::RequiresPython;
use matriline_orca::{self as orca, Offer, Offering, PyInit, Submodule};
use matriline_python::{Interpreter, InterpreterOptions, logged_to, output, set_log};
use matriline_refs::PluginOptions;

use crate::audit::{self, Answer, AuditOptions, Mode, Question};
use crate::config_store::PresetConfigs;
use crate::events::{Events, Post};
use crate::lease::Lease;
use crate::loader::LoaderParts;
use crate::log::{self, Callback, LogRecord};
use crate::manager::Parts;
use crate::services::{Answers, PermissionRequest};
use crate::storage::PluginStorage;
use crate::target::running_target;
use crate::unload::PATIENCE;
use crate::{DependencyOptions, Error, OwnAgent, PluginLoader, PluginManager, abandoned};

/// What a manager is started with.
pub struct ManagerBuilder {
    data_dir: PathBuf,
    application_version: String,
    python_home: Option<PathBuf>,
    forward_output: bool,
    plugin_options: PluginOptions,
    hub: Option<String>,
    cloud_user: Option<String>,
    requires_python: RequiresPython,
    log: Option<Callback>,
    post: Option<Post>,
    host: Option<Arc<dyn Host>>,
    host_patience: Duration,
    generation: Generation,
    dependencies: DependencyOptions,
    presets: Option<Arc<dyn PresetConfigs>>,
    answers: Answers,
    audit: AuditOptions,
    types: Vec<TypeDeclaration>,
    submodules: Vec<Submodule>,
    own_agents: Vec<OwnAgent>,
}

/// See [`ManagerBuilder::host_patience`].
const HOST_PATIENCE: Duration = Duration::from_secs(30);

/// Whether `orca` was made importable. Managers start on the main thread, one after the other.
static INSTALLED: AtomicBool = AtomicBool::new(false);

impl ManagerBuilder {
    pub(crate) fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            application_version: String::new(),
            python_home: None,
            forward_output: false,
            plugin_options: PluginOptions::orca(),
            hub: None,
            cloud_user: None,
            requires_python: RequiresPython::Warn,
            log: None,
            post: None,
            host: None,
            host_patience: HOST_PATIENCE,
            generation: Generation::Newest,
            dependencies: DependencyOptions::default(),
            presets: None,
            answers: Answers::default(),
            audit: AuditOptions::default(),
            types: Vec::new(),
            submodules: Vec::new(),
            own_agents: OwnAgent::of_orca(),
        }
    }

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

    /// The options of presets that hold names of capabilities. [`PluginOptions::orca`] by default.
    pub fn plugin_options(mut self, options: PluginOptions) -> Self {
        self.plugin_options = options;
        self
    }

    /// The page where users look for plugins that a preset lacks, without a query.
    pub fn hub(mut self, url: impl Into<String>) -> Self {
        self.hub = Some(url.into());
        self
    }

    /// The user whose cloud plugins are looked for; see [`PluginManager::set_cloud_user`].
    pub fn cloud_user(mut self, user: impl Into<String>) -> Self {
        self.cloud_user = Some(user.into());
        self
    }

    /// Whether a plugin whose `requires-python` leaves out the Python that runs cannot be loaded. Off by default: it
    /// is a warning then, since most plugins run on an older Python than they ask for.
    pub fn enforce_requires_python(mut self, enforce: bool) -> Self {
        self.requires_python = if enforce { RequiresPython::Enforce } else { RequiresPython::Warn };
        self
    }

    /// Takes the messages of matriline. It is called on the thread a message comes from, without the GIL and without a
    /// lock of ours. It may call back; messages about what it calls are lost, those of a load that it asks for too, since they
    /// might never end.
    pub fn log(mut self, callback: impl Fn(&LogRecord<'_>) + Send + Sync + 'static) -> Self {
        self.log = Some(Arc::new(callback));
        self
    }

    /// How subscribers and the [`host`](Self::host) are called: `post` puts what it is given into the event loop of the
    /// application, where it is run soon and in order, on the main thread. Without it subscribers are called where the
    /// event happens, mostly on threads of the loader, and the host on threads of plugins.
    pub fn post(mut self, post: impl Fn(Box<dyn FnOnce() + Send>) + Send + Sync + 'static) -> Self {
        self.post = Some(Arc::new(post));
        self
    }

    /// What the application offers to plugins: its model, its presets, its user interface. It is called on the main
    /// thread, through the function given to [`post`](Self::post), or while the main thread waits in a function of
    /// matriline; without such a function on the threads of plugins. Without a host plugins are told that there is no
    /// application.
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.host = Some(host);
        self
    }

    /// How long a plugin waits for an answer of the host while the main thread is inside of a plugin's code, which may
    /// be waiting for the same plugin. 30 seconds by default.
    pub fn host_patience(mut self, patience: Duration) -> Self {
        self.host_patience = patience;
        self
    }

    /// The newest generation of the interface that plugins find; names of newer ones do not exist for them, whatever the
    /// [`host`](Self::host) has. The newest by default, which plugins of all generations run with: an older one is for
    /// trying out how a plugin takes it.
    pub fn generation(mut self, generation: Generation) -> Self {
        self.generation = generation;
        self
    }

    /// How packages that plugins depend on are installed.
    pub fn dependencies(mut self, options: DependencyOptions) -> Self {
        self.dependencies = options;
        self
    }

    /// The overrides of configurations in the edited preset. Without them no configuration is overridden.
    pub fn preset_configs(mut self, presets: impl PresetConfigs + 'static) -> Self {
        self.presets = Some(Arc::new(presets));
        self
    }

    /// Decides whether a plugin is allowed what it asks for: while it is loaded (`orca.request_permissions`), where a
    /// refusal ends the load, or in its metadata, when the application wants that
    /// ([`PluginManager::ask_permissions`]). What is granted is kept in the sidecar and not asked again. Without such a
    /// function the one for [`questions`](Self::questions) decides, and without both everything is granted. It is called where the [`host`](Self::host) is called, and may wait for the user.
    pub fn permissions(
        mut self,
        permit: impl Fn(&PermissionRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.answers.permit = Some(Arc::new(permit));
        self
    }

    /// Takes what a capability posts to its page ([`PagesCapability`](crate::PagesCapability)), a JSON text. It is
    /// called where the [`host`](Self::host) is called, in order and a little later. Without it messages are dropped.
    pub fn post_to_page(mut self, post: impl Fn(&CapabilityId, &str) + Send + Sync + 'static) -> Self {
        self.answers.post_to_page = Some(Arc::new(post));
        self
    }

    /// Takes plugins of another type: one of [`types`](crate::types), or one of the application's own, declared by
    /// [`capability_type!`](crate::capability_type). Plugins find its base class below `orca` while this manager runs;
    /// its capabilities are found, switched, configured, named in presets and timed like those of any type.
    ///
    /// A type stays as it was first declared for as long as the process runs.
    pub fn capability_type(mut self, declaration: TypeDeclaration) -> Self {
        self.types.push(declaration);
        self
    }

    /// Gives plugins an extension module of the application's, as `orca.<name>`: one written with pybind11, or with the
    /// C API. It is made when the manager starts, once in a process, and plugins find it while this manager runs.
    ///
    /// # Safety
    /// `init` is the function `PyInit_…` of an extension module for the Python of this process. It is called on the
    /// main thread with the GIL held.
    pub unsafe fn register_submodule(mut self, name: impl Into<String>, init: PyInit) -> Self {
        // SAFETY: as promised by the caller.
        self.submodules.push(unsafe { Submodule::new(name, init) });
        self
    }

    /// The printer agents that the application brings itself: plugins cannot take their ids. [`OwnAgent::of_orca`] by
    /// default.
    pub fn own_printer_agents(mut self, agents: impl IntoIterator<Item = OwnAgent>) -> Self {
        self.own_agents = agents.into_iter().collect();
        self
    }

    /// How strict the policy is with plugins. [`Mode::Loading`] by default, or [`Mode::Ask`] with
    /// [`questions`](Self::questions).
    pub fn audit_mode(mut self, mode: Mode) -> Self {
        self.audit.mode = Some(mode);
        self
    }

    /// The same for one plugin, in the place of everything else that is said about modes.
    pub fn audit_mode_for_plugin(mut self, key: impl Into<String>, mode: Mode) -> Self {
        self.audit.by_plugin.insert(key.into(), mode);
        self
    }

    /// The same for the calls of all capabilities of a type.
    pub fn audit_mode_for_type(mut self, kind: CapabilityType, mode: Mode) -> Self {
        self.audit.by_type.retain(|(known, _)| *known != kind);
        self.audit.by_type.push((kind, mode));
        self
    }

    /// The names of the files in which the application keeps its secrets. No plugin reads or writes a file whose name
    /// begins like that, in whatever case and folder, so that backups and temporary files beside it are covered.
    pub fn secrets<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.audit.secrets.extend(names.into_iter().map(Into::into));
        self
    }

    /// A folder that plugins may read in every mode, and not write to: the application's resources. One that does not
    /// exist is left out.
    pub fn read_only_root(mut self, folder: impl AsRef<Path>) -> Self {
        self.audit.read_only.extend(folder.as_ref().canonicalize());
        self
    }

    /// Asks the user about what a plugin does that neither a place nor a permission covers, and makes [`Mode::Ask`] the
    /// mode of plugins. No answer within `limit` is a no, and a later one counts for nothing. It is called where the
    /// [`host`](Self::host) is called, without a [`post`](Self::post) on a thread of its own; the limit cannot hold on the
    /// main thread itself. [`question_text`](crate::audit::question_text) has the words. What is answered with
    /// [`Answer::Always`](crate::audit::Answer::Always) is kept ([`PluginManager::permissions`]).
    pub fn questions(
        mut self,
        ask: impl Fn(&Question) -> Answer + Send + Sync + 'static,
        limit: Duration,
    ) -> Self {
        self.audit.questions = Some((Arc::new(ask), limit));
        self
    }

    /// Starts Python, if it is not running yet, and the manager. The catalog is empty until
    /// [`PluginManager::discover_plugins`].
    ///
    /// # Errors
    /// [`Error::DataFolder`], [`Error::AlreadyManaged`], [`Error::Start`]; [`Error::Bring`] for a
    /// [type](Self::capability_type) or a [module](Self::register_submodule) that cannot be offered.
    ///
    /// Threads: the main thread.
    pub fn start(self) -> Result<PluginManager, Error> {
        let refused = |cause| Error::DataFolder { path: self.data_dir.clone(), cause: Arc::new(cause) };
        let data_dir = self.data_dir.canonicalize().map_err(refused)?;
        std::fs::read_dir(&data_dir).map_err(refused)?;
        let lease = Lease::take()?;
        let dispatch = log::dispatch(self.log);
        set_log(Some(dispatch.clone()));
        let started = logged_to(&dispatch, || {
            start_python(self.python_home)?;
            bring(self.types, &self.submodules)?;
            redirect_output(&data_dir, self.forward_output);
            abandoned::unload(PATIENCE);
            Ok(())
        });
        if let Err(error) = started {
            set_log(None);
            return Err(error);
        }
        let scan = ScanOptions {
            target: running_target(),
            cloud_user: self.cloud_user,
            requires_python: self.requires_python,
        };
        let loader = PluginLoader::new(LoaderParts {
            events: Events::new(self.post.clone(), dispatch.clone()),
            environments: self.dependencies.open(&data_dir),
            presets: self.presets,
            answers: self.answers,
            audit: self.audit,
            own_agents: self.own_agents,
            data_dir: data_dir.clone(),
            dispatch: dispatch.clone(),
            lease,
        });
        audit::begin(&loader.0);
        let storage = PluginStorage(Arc::downgrade(&loader.0));
        let offering = logged_to(&dispatch, || {
            offer(Offer {
                host: self.host,
                storage: Some(Arc::new(storage)),
                post: self.post,
                patience: self.host_patience,
                generation: self.generation,
            })
        })?;
        let parts = Parts {
            loader,
            offering,
            discovery: Discovery::new(&data_dir, scan.clone()),
            data_dir,
            application_version: self.application_version,
            plugin_options: self.plugin_options,
            hub: self.hub,
            dispatch,
        };
        let manager = PluginManager::of(parts, scan);
        manager.recover();
        Ok(manager)
    }
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

/// Shows plugins the types and the modules of the application.
fn bring(types: Vec<TypeDeclaration>, submodules: &[Submodule]) -> Result<(), Error> {
    let kinds = types.into_iter().map(TypeDeclaration::declare).collect::<Result<Vec<_>, _>>()?;
    let brought = Interpreter::with(|py| orca::bring(py, &kinds, submodules));
    Ok(brought.unwrap_or(Ok(()))?)
}

/// Shows the application to plugins.
fn offer(offer: Offer) -> Result<Offering, Error> {
    let refused = |traceback| Error::from(matriline_python::StartError::Refused(traceback));
    let offered = Interpreter::with(|py| {
        orca::offer(py, offer).map_err(|error| refused(matriline_python::raised(py, &error).traceback))
    });
    offered.unwrap_or_else(|| Err(matriline_python::StartError::Twice.into()))
}

/// A log that cannot be written is no reason not to start.
fn redirect_output(data_dir: &Path, forward: bool) {
    if let Err(error) = output::write_to(&data_dir.join("log"), forward) {
        tracing::warn!(target: "matriline::load", "What plugins print is lost: the log folder `{}` cannot be written: {error}", data_dir.join("log").display());
    }
}
