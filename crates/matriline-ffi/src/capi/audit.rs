//! How strict the policy is with plugins, and who answers its questions: what a manager is started with.

use std::ffi::c_void;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use matriline::audit::{Answer, Mode, Question, question_text};
use matriline::{CapabilityType, ManagerBuilder};

use super::callback::{Callback, matriline_drop_callback};
use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{enter, object_mut};
use crate::boundary::Outcome;
use crate::number::{audit_mode, capability_type};

/// What happens to an act of a plugin that neither a place nor a permission covers.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_audit_mode {
    /// Reading, network and processes as they come; writing elsewhere is refused.
    LOADING = 0,
    /// It is refused.
    ENFORCING = 1,
    /// The user is asked; while nobody answers, it is refused.
    ASK = 2,
}

/// What a user says to a question.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_permission_answer {
    /// Not now.
    NO = 0,
    /// This time.
    ONCE = 1,
    /// From now on; it is kept.
    ALWAYS = 2,
}

/// What a plugin is about to do.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_question {
    /// The key of the plugin.
    pub plugin_key: matriline_str,
    /// The capability that was called; empty outside of a call.
    pub capability: matriline_str,
    /// The audit event of Python.
    pub event: matriline_str,
    /// What kind of act it is: `fs_read`, `fs_readwrite`, `fs_create`, `fs_delete`, `http`, `socket`, `process`, …
    pub category: matriline_str,
    /// What it is done to, as far as nothing allows it yet: paths, hosts, programs.
    pub targets: *const matriline_str,
    /// How many those are.
    pub targets_len: usize,
    /// Whether `MATRILINE_PERMISSION_ANSWER_ALWAYS` can be kept; else it counts for this time.
    pub can_be_kept: bool,
    /// All of it, in an English sentence.
    pub text: matriline_str,
}

/// Answers a question with a `matriline_permission_answer`; any other number is a no. Called where the functions of
/// `matriline_host` are, without `matriline_config_set_post` on a thread of its own; it may wait for the user. The
/// question lives until it returns.
pub type matriline_question_callback =
    Option<extern "C" fn(userdata: *mut c_void, question: *const matriline_question) -> u8>;

type Ask = Callback<extern "C" fn(*mut c_void, *const matriline_question) -> u8>;

/// What a `matriline_config` says about the audit.
#[derive(Default)]
pub(crate) struct AuditConfig {
    mode: Option<Mode>,
    by_plugin: Vec<(String, Mode)>,
    by_type: Vec<(CapabilityType, Mode)>,
    secrets: Vec<String>,
    read_only: Vec<PathBuf>,
    questions: Option<(Arc<Ask>, Duration)>,
}

impl AuditConfig {
    /// The builder with it.
    pub(crate) fn applied_to(&self, mut builder: ManagerBuilder) -> ManagerBuilder {
        builder = builder.secrets(self.secrets.iter().cloned());
        if let Some(mode) = self.mode {
            builder = builder.audit_mode(mode);
        }
        for (key, mode) in &self.by_plugin {
            builder = builder.audit_mode_for_plugin(key, *mode);
        }
        for (kind, mode) in &self.by_type {
            builder = builder.audit_mode_for_type(*kind, *mode);
        }
        for folder in &self.read_only {
            builder = builder.read_only_root(folder);
        }
        match self.questions.clone() {
            Some((ask, limit)) => builder.questions(move |question| answer(&ask, question), limit),
            None => builder,
        }
    }
}

fn answer(ask: &Ask, question: &Question) -> Answer {
    let act = &question.act;
    let targets: Vec<_> = act.targets.iter().map(|target| matriline_str::of(target)).collect();
    let text = question_text(question);
    let shown = matriline_question {
        plugin_key: matriline_str::of(&act.plugin_key),
        capability: matriline_str::of(&act.capability),
        event: matriline_str::of(&act.event),
        category: matriline_str::of(act.category.as_str()),
        targets: targets.as_ptr(),
        targets_len: targets.len(),
        can_be_kept: question.can_be_kept,
        text: matriline_str::of(&text),
    };
    match ask.ask(0, |ask, userdata| ask(userdata, &shown)) {
        1 => Answer::Once,
        2 => Answer::Always,
        _ => Answer::No,
    }
}

/// Sets how strict the policy is with plugins, a `matriline_audit_mode`. Without it that is
/// `MATRILINE_AUDIT_MODE_LOADING`, and `MATRILINE_AUDIT_MODE_ASK` with `matriline_config_set_questions`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_audit_mode(
    config: *mut matriline_config,
    mode: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe {
        change(config, error_out, |audit| {
            audit.mode = Some(audit_mode(mode)?);
            Ok(())
        })
    }
}

/// The same for one plugin, in the place of everything else that is said about modes.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_audit_mode_for_plugin(
    config: *mut matriline_config,
    plugin_key: matriline_str,
    mode: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    let key = || unsafe { plugin_key.read("plugin_key") };
    // SAFETY: the caller's promise.
    unsafe {
        change(config, error_out, |audit| {
            audit.by_plugin.push((key()?.to_owned(), audit_mode(mode)?));
            Ok(())
        })
    }
}

/// The same for the calls of all capabilities of a type, a `matriline_capability_type`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_audit_mode_for_type(
    config: *mut matriline_config,
    r#type: u8,
    mode: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe {
        change(config, error_out, |audit| {
            audit.by_type.push((capability_type(r#type)?, audit_mode(mode)?));
            Ok(())
        })
    }
}

/// Adds the name of a file in which the application keeps secrets. No plugin reads or writes a file whose name begins
/// like that, in whatever case and folder.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_add_secret(
    config: *mut matriline_config,
    name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    let name = || unsafe { name.read("name") };
    // SAFETY: the caller's promise.
    unsafe {
        change(config, error_out, |audit| {
            audit.secrets.push(name()?.to_owned());
            Ok(())
        })
    }
}

/// Adds a folder that plugins may read in every mode and not write to: the application's resources. One that does not
/// exist is left out.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_add_read_only_root(
    config: *mut matriline_config,
    folder: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    let folder = || unsafe { folder.read("folder") };
    // SAFETY: the caller's promise.
    unsafe {
        change(config, error_out, |audit| {
            audit.read_only.push(folder()?.into());
            Ok(())
        })
    }
}

/// Sets who asks the user about what plugins do that neither a place nor a permission covers, and makes
/// `MATRILINE_AUDIT_MODE_ASK` their mode. No answer within `time_limit_ms` is a no. With a NULL `callback` nobody is
/// asked. `drop_callback` may be NULL; otherwise it is called once with `userdata`, on any thread, when neither the options
/// nor a manager needs it any more.
///
/// Threads: one at a time; `callback` is called on any thread.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_questions(
    config: *mut matriline_config,
    userdata: *mut c_void,
    callback: matriline_question_callback,
    time_limit_ms: u64,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let ask = Callback::new(userdata, callback, drop_callback);
    enter(error_out, || {
        let limit = Duration::from_millis(time_limit_ms);
        // SAFETY: the caller's promise.
        let config = unsafe { object_mut(config, "config") }?;
        config.audit.questions = callback.is_some().then(|| (Arc::new(ask), limit));
        Ok(())
    })
}

/// # Safety
/// As the functions above.
unsafe fn change(
    config: *mut matriline_config,
    error_out: *mut *mut matriline_error,
    act: impl FnOnce(&mut AuditConfig) -> Outcome<()>,
) -> matriline_result {
    // SAFETY: the caller's promise.
    enter(error_out, || act(&mut unsafe { object_mut(config, "config") }?.audit))
}
