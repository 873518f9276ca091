//! What a manager is started with.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use matriline::host::Generation;
use matriline::{DependencyOptions, LogRecord, OwnAgent, PyInit, TypeDeclaration};
use matriline_refs::PluginOptions;

use super::audit::AuditConfig;
use super::callback::{Callback, matriline_drop_callback};
use super::error::{matriline_error, matriline_result};
use super::host::Table;
use super::permissions::{Permit, PostToPage};
use super::plugin_options::matriline_plugin_options;
use super::preset_configs::PresetFunctions;
use super::task::matriline_task;
use super::text::matriline_str;
use super::{enter, object, object_mut};

/// The options of a manager.
#[derive(Default)]
pub struct matriline_config {
    pub(crate) data_dir: String,
    pub(crate) application_version: String,
    pub(crate) python_home: String,
    pub(crate) forward_output: bool,
    pub(crate) cloud_user: String,
    pub(crate) hub: String,
    pub(crate) enforce_requires_python: bool,
    /// Those of OrcaSlicer when none are set.
    pub(crate) plugin_options: Option<PluginOptions>,
    pub(crate) log: Option<Arc<Log>>,
    pub(crate) post: Option<Arc<Post>>,
    pub(crate) dependencies: DependencyOptions,
    pub(crate) host: Option<Arc<Table>>,
    pub(crate) host_patience: Option<Duration>,
    pub(crate) generation: Generation,
    pub(crate) preset_configs: Option<Arc<PresetFunctions>>,
    pub(crate) permissions: Option<Arc<Permit>>,
    pub(crate) post_to_page: Option<Arc<PostToPage>>,
    /// Those of OrcaSlicer when none are set.
    pub(crate) printer_agents: Option<Vec<OwnAgent>>,
    pub(crate) capability_types: Vec<TypeDeclaration>,
    pub(crate) submodules: Vec<(String, PyInit)>,
    pub(crate) audit: AuditConfig,
}

/// The level of a line in the log.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_log_level {
    /// What only its author reads.
    TRACE = 0,
    /// What helps to find a fault.
    DEBUG = 1,
    /// What happened.
    INFO = 2,
    /// What may be a fault.
    WARN = 3,
    /// What failed.
    ERROR = 4,
}

/// Receives what the library logs. `level` is a `matriline_log_level`; the texts live until it returns;
/// `plugin` may be empty. It is called on the thread that logs, which may be inside a plugin, and must not call
/// one.
pub type matriline_log_callback = Option<
    extern "C" fn(
        userdata: *mut c_void,
        level: u8,
        target: matriline_str,
        plugin: matriline_str,
        text: matriline_str,
    ),
>;

pub(crate) type Log = Callback<extern "C" fn(*mut c_void, u8, matriline_str, matriline_str, matriline_str)>;
pub(crate) type Post = Callback<extern "C" fn(*mut c_void, *mut matriline_task)>;

pub(crate) fn write_log(log: &Log, record: &LogRecord<'_>) {
    let plugin = matriline_str::of(record.plugin.unwrap_or_default());
    let (target, text) = (matriline_str::of(record.target), matriline_str::of(record.text));
    log.with(|callback, userdata| callback(userdata, record.level as u8, target, plugin, text));
}

/// Options with their defaults; the data folder is still to be set. Free it with `matriline_config_free`.
///
/// Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_config_new() -> *mut matriline_config {
    super::answer(std::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Sets the folder with the application's data; plugins lie in `orca_plugins` below it.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_data_dir(
    config: *mut matriline_config,
    data_dir: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, data_dir, "data_dir", |config| &mut config.data_dir, error_out) }
}

/// Sets the version of the application, as plugins see it in their contexts.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_application_version(
    config: *mut matriline_config,
    version: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, version, "version", |config| &mut config.application_version, error_out) }
}

/// Sets the home of the Python that is linked; without it, it is found from the libpython in use.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_python_home(
    config: *mut matriline_config,
    home: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, home, "home", |config| &mut config.python_home, error_out) }
}

/// Sets whether the output of plugins also goes to the process's own streams.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_forward_output(
    config: *mut matriline_config,
    forward: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.forward_output = forward;
        Ok(())
    })
}

/// Sets the user whose cloud plugins are looked for; an empty text for none.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_cloud_user(
    config: *mut matriline_config,
    user: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, user, "user", |config| &mut config.cloud_user, error_out) }
}

/// Sets the page of the plugin hub, without a query; with it missing plugins say where to look.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_hub(
    config: *mut matriline_config,
    hub: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, hub, "hub", |config| &mut config.hub, error_out) }
}

/// Sets whether a plugin that asks for another Python cannot be loaded; else that is a warning.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_enforce_requires_python(
    config: *mut matriline_config,
    enforce: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.enforce_requires_python = enforce;
        Ok(())
    })
}

/// Sets the options of the application's presets that hold names of capabilities; they are copied. Without it they
/// are those of OrcaSlicer.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_plugin_options(
    config: *mut matriline_config,
    options: *const matriline_plugin_options,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, options) = unsafe { (object_mut(config, "config")?, object(options, "options")?) };
        config.plugin_options = Some(options.0.clone());
        Ok(())
    })
}

/// Sets where the log goes; with a NULL `callback` it goes nowhere. `drop_callback` may be NULL; otherwise it is
/// called once with `userdata`, on any thread, when neither the options nor a manager needs it any more.
///
/// Threads: one at a time; `callback` is called on any thread.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_log(
    config: *mut matriline_config,
    userdata: *mut c_void,
    callback: matriline_log_callback,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let log = Log::new(userdata, callback, drop_callback);
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.log = Some(Arc::new(log));
        Ok(())
    })
}

/// Frees options. A manager that was started with them does not need them. Threads: any.
///
/// # Safety
/// `config` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_free(config: *mut matriline_config) {
    // SAFETY: the caller's promise.
    unsafe { super::take(config) }
}

/// # Safety
/// As the functions above.
unsafe fn set_text(
    config: *mut matriline_config,
    text: matriline_str,
    name: &str,
    field: impl FnOnce(&mut matriline_config) -> &mut String,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, text) = unsafe { (object_mut(config, "config")?, text.read(name)?) };
        *field(config) = text.to_owned();
        Ok(())
    })
}
