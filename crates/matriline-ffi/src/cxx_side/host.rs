//! `PluginManager`.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use cxx::{ExternType, SharedPtr, kind, type_id};
use matriline::host::Generation;
use matriline::{
    DependencyOptions, ErrorCode, Index, ManagerBuilder, OwnAgent, PluginManager, PostProcess,
    PostProcessStep, PyInit, TypeDeclaration,
};

use crate::boundary::{Fault, Outcome, catch, run};
use crate::bridge::ffi;
use crate::cxx_side::answers::{answered_by, slice_of};
use crate::cxx_side::offer::host_of;
use crate::cxx_side::preset::plugin_options;
use crate::cxx_side::subscribe::pass_on;
use crate::number::{audit_mode, capability_type};

/// A manager from its start on.
pub(crate) struct Host {
    manager: OnceLock<PluginManager>,
    additions: Mutex<Additions>,
}

/// What a manager is to be started with beside its options.
#[derive(Default)]
struct Additions {
    types: Vec<TypeDeclaration>,
    submodules: Vec<(String, PyInit)>,
    own_agents: Vec<OwnAgent>,
}

// SAFETY: the bridge declares the type under this very name.
unsafe impl ExternType for Host {
    type Id = type_id!("matriline::detail::Host");
    type Kind = kind::Opaque;
}

pub(crate) fn new_host() -> Box<Host> {
    Box::new(Host { manager: OnceLock::new(), additions: Mutex::default() })
}

struct Log(SharedPtr<ffi::LogSink>);

// SAFETY: the sink is a `const std::function` that the application promises to be callable from any thread.
unsafe impl Send for Log {}
// SAFETY: as above.
unsafe impl Sync for Log {}

impl Log {
    fn write(&self, record: &matriline::LogRecord<'_>) {
        let plugin = record.plugin.unwrap_or_default();
        // an exception of the application's callback has nowhere to go
        let _ = ffi::write_log(&self.0, record.level as u8, record.target, plugin, record.text);
    }
}

struct Post(SharedPtr<ffi::PostSink>);

// SAFETY: the sink is a `const std::function` that the application promises to be callable from any thread.
unsafe impl Send for Post {}
// SAFETY: as above.
unsafe impl Sync for Post {}

impl Post {
    fn post(&self, act: Box<dyn FnOnce() + Send>) {
        pass_on(ffi::post_task(&self.0, Box::new(Task(Mutex::new(Some(act))))));
    }
}

/// What the application's event loop is to run, once.
pub(crate) struct Task(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Task {
    /// A second time does nothing.
    pub(crate) fn run(&self) {
        let act = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // the facade keeps what a subscriber raises to itself
        let _ = catch(|| {
            act.into_iter().for_each(|act| act());
            Ok(())
        });
    }
}

impl Host {
    /// The manager, which is there once `start` has succeeded.
    #[inline]
    pub(crate) fn manager(&self) -> Outcome<&PluginManager> {
        self.manager.get().ok_or_else(not_started)
    }

    /// One more type that plugins find once it is started.
    pub(crate) fn declare(&self, declaration: TypeDeclaration) {
        self.additions().types.push(declaration);
    }

    /// One more extension module that plugins find once it is started.
    ///
    /// # Safety
    /// As for [`ManagerBuilder::register_submodule`].
    pub(crate) unsafe fn register_submodule(&self, name: &str, init: PyInit) {
        self.additions().submodules.push((name.into(), init));
    }

    /// The printer agents that the application brings itself.
    pub(crate) fn set_own_agents(&self, agents: Vec<OwnAgent>) {
        self.additions().own_agents = agents;
    }

    fn additions(&self) -> MutexGuard<'_, Additions> {
        self.additions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn start(
        &self,
        config: &ffi::HostConfig,
        log: SharedPtr<ffi::LogSink>,
        post: SharedPtr<ffi::PostSink>,
        application: SharedPtr<ffi::Application>,
        offer: SharedPtr<ffi::HostSink>,
        failure: Pin<&mut ffi::Failure>,
    ) {
        run(failure, || {
            let mut builder = PluginManager::builder(&config.data_dir)
                .forward_output(config.forward_output)
                .enforce_requires_python(config.enforce_requires_python)
                .host_patience(Duration::from_millis(config.host_patience_ms))
                .generation(generation(config.generation))
                .plugin_options(plugin_options(&config.plugin_options)?)
                .dependencies(dependency_options(&config.dependencies));
            if !config.application_version.is_empty() {
                builder = builder.application_version(&config.application_version);
            }
            if !config.python_home.is_empty() {
                builder = builder.python_home(&config.python_home);
            }
            if !config.cloud_user.is_empty() {
                builder = builder.cloud_user(&config.cloud_user);
            }
            if !config.hub.is_empty() {
                builder = builder.hub(&config.hub);
            }
            if !log.is_null() {
                let log = Log(log);
                builder = builder.log(move |record| log.write(record));
            }
            if !post.is_null() {
                let post = Post(post);
                builder = builder.post(move |act| post.post(act));
            }
            let Additions { types, submodules, own_agents } = std::mem::take(&mut *self.additions());
            builder = builder.own_printer_agents(own_agents);
            builder = types.into_iter().fold(builder, ManagerBuilder::capability_type);
            for (name, init) in submodules {
                // SAFETY: promised to `Host::register_submodule`.
                builder = unsafe { builder.register_submodule(name, init) };
            }
            if let Some(host) = host_of(offer) {
                builder = builder.host(host);
            }
            builder = audited(builder, &config.audit)?;
            let question_limit = Duration::from_millis(config.audit.question_limit_ms);
            let manager = answered_by(builder, application, question_limit).start()?;
            self.manager.get_or_init(|| manager);
            Ok(())
        });
    }

    pub(crate) fn shutdown(&self, failure: Pin<&mut ffi::Failure>) {
        run(failure, || Ok(self.manager()?.shutdown()?));
    }

    pub(crate) fn run_post_process(
        &self,
        job: &ffi::JobData,
        slice: SharedPtr<ffi::SliceSink>,
        mut sink: Pin<&mut ffi::StepSink>,
        failure: Pin<&mut ffi::Failure>,
    ) -> Vec<String> {
        run(failure, || {
            let slice = slice_of(slice);
            let post_process = PostProcess {
                source: job.source.as_ref(),
                make_copy: job.make_copy,
                host: &job.host,
                output_name: &job.output_name,
                post_process_plugin: &job.post_process_plugin,
                slicing_pipeline_plugin: &job.slicing_pipeline_plugin,
                slice: slice.as_ref(),
                plugins: list(&job.plugins),
            };
            let mut report = |step: &PostProcessStep| report_step(sink.as_mut(), step);
            let edited = self.manager()?.run_post_process_plugins(&post_process, &mut report)?;
            Ok(edited.iter().map(|path| path.to_string_lossy().into_owned()).collect())
        })
    }
}

/// The generation of that number; of a number that has none, the newest.
fn generation(number: u8) -> Generation {
    Generation::ALL.get(usize::from(number)).copied().unwrap_or_default()
}

fn dependency_options(data: &ffi::DependencyData) -> DependencyOptions {
    let path = |text: &String| (!text.is_empty()).then(|| PathBuf::from(text));
    DependencyOptions {
        uv: path(&data.uv),
        beside: path(&data.uv_folder),
        python: path(&data.python),
        wheel_folders: data.wheel_folders.iter().map(PathBuf::from).collect(),
        index: match (data.has_index, data.index_url.as_str()) {
            (false, _) => Index::None,
            (true, "") => Index::Default,
            (true, url) => Index::Url(url.to_owned()),
        },
        time_limit: Duration::from_millis(data.time_limit_ms),
    }
}

fn audited(mut builder: ManagerBuilder, data: &ffi::AuditData) -> Outcome<ManagerBuilder> {
    builder = builder.secrets(data.secrets.iter().cloned());
    if data.has_mode {
        builder = builder.audit_mode(audit_mode(data.mode)?);
    }
    for said in &data.by_plugin {
        builder = builder.audit_mode_for_plugin(&said.plugin_key, audit_mode(said.mode)?);
    }
    for said in &data.by_type {
        builder = builder.audit_mode_for_type(capability_type(said.kind)?, audit_mode(said.mode)?);
    }
    Ok(data.read_only_roots.iter().fold(builder, |builder, folder| builder.read_only_root(folder)))
}

#[cold]
fn not_started() -> Box<Fault> {
    Fault::new(ErrorCode::NotStarted, "The plugin manager is not started; call `initialize` first")
}

pub(crate) fn list(list: &ffi::TextList) -> Option<&[String]> {
    list.given.then_some(&list.texts)
}

fn report_step(sink: Pin<&mut ffi::StepSink>, step: &PostProcessStep) {
    let mut data = ffi::StepData {
        kind: step.id.kind.number(),
        name: &step.id.name,
        plugin_key: &step.id.plugin_key,
        failed: step.outcome.is_err(),
        status: 0,
        message: "",
        data: "",
        code: 0,
        plugin: "",
        traceback: "",
        nanoseconds: u64::try_from(step.elapsed.as_nanos()).unwrap_or(u64::MAX),
    };
    let text;
    match &step.outcome {
        Ok(result) => {
            (data.status, data.message, data.data) = (result.status as u8, &result.message, &result.data);
        }
        Err(error) => {
            text = error.to_string();
            data.code = error.code() as i32;
            data.message = &text;
            data.plugin = error.plugin().unwrap_or_default();
            data.traceback = error.traceback().unwrap_or_default();
        }
    }
    // the sink keeps what the application throws, and C++ throws it again after the run
    let _ = ffi::report_step(sink, &data);
}
