//! Who is told of what happens to plugins.
//!
//! Subscribers are called in the order of their subscription.

use std::ffi::c_void;

use matriline::{CapabilityId, CapabilityType, Measured, OverBudget, PluginLoader, Subscription};

use super::callback::{Callback, matriline_drop_callback};
use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, object, value_of};
use crate::cxx_side::record::{nanoseconds, phase_number};

/// Is told of a plugin. The text lives until it returns.
pub type matriline_plugin_callback = Option<extern "C" fn(userdata: *mut c_void, plugin_key: matriline_str)>;

/// Is told of a capability. `type` is a `matriline_capability_type`; the texts live until it returns.
pub type matriline_capability_callback =
    Option<extern "C" fn(userdata: *mut c_void, r#type: u8, name: matriline_str, plugin_key: matriline_str)>;

/// What took longer than it may. The texts live until the callback returns.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_over_budget {
    /// The key of the plugin.
    pub plugin_key: matriline_str,
    /// Whether it was a call of a capability, else a phase of the plugin's life.
    pub is_call: bool,
    /// A `matriline_phase`; of a call 0.
    pub phase: u8,
    /// The type of the capability, a `matriline_capability_type`; unknown for a phase.
    pub kind: u8,
    /// The name of the capability; empty for a phase.
    pub name: matriline_str,
    /// The method that was called; empty for a phase.
    pub method: matriline_str,
    /// How long it took.
    pub elapsed_ns: u64,
    /// How long it may take.
    pub budget_ns: u64,
    /// All of it in a sentence.
    pub text: matriline_str,
}

/// Is told of what took longer than its budget. `over` lives until it returns.
pub type matriline_over_budget_callback =
    Option<extern "C" fn(userdata: *mut c_void, over: *const matriline_over_budget)>;

type OfPlugin = Callback<extern "C" fn(*mut c_void, matriline_str)>;
type OfCapability = Callback<extern "C" fn(*mut c_void, u8, matriline_str, matriline_str)>;
type OfOverBudget = Callback<extern "C" fn(*mut c_void, *const matriline_over_budget)>;

/// Calls `callback` with the key of a plugin whose load has ended, well or not; its error says which. A load that was
/// cancelled is not told.
///
/// `drop_callback` may be NULL; otherwise it is called once with `userdata`, on any thread: when the subscription has
/// ended and no call runs or waits in the event loop any more, or when this function fails. `token_out` may be NULL;
/// otherwise it receives what `matriline_manager_unsubscribe` takes, which is never 0. The subscription ends with the
/// manager. A callback may load, unload, subscribe and unsubscribe. None is called while the manager shuts down.
///
/// Threads: any; `callback` is called on the thread that `matriline_config_set_post` chose, else where the event happens.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_subscribe_on_load(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_plugin_callback,
    drop_callback: matriline_drop_callback,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let it = Callback::new(userdata, callback, drop_callback);
    let subscribe = |loader: &PluginLoader, it| loader.subscribe_on_load(move |key| tell_plugin(&it, key));
    // SAFETY: the caller's promise.
    unsafe { subscribed(manager, it, token_out, error_out, subscribe) }
}

/// Calls `callback` with the key of a plugin that was unloaded. All else as for `matriline_manager_subscribe_on_load`.
///
/// Threads: any; `callback` is called on the thread that `matriline_config_set_post` chose, else where the event happens.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_subscribe_on_unload(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_plugin_callback,
    drop_callback: matriline_drop_callback,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let it = Callback::new(userdata, callback, drop_callback);
    let subscribe = |loader: &PluginLoader, it| loader.subscribe_on_unload(move |key| tell_plugin(&it, key));
    // SAFETY: the caller's promise.
    unsafe { subscribed(manager, it, token_out, error_out, subscribe) }
}

/// Calls `callback` with the key of a plugin of which something changed that a list of plugins shows. All else as for
/// `matriline_manager_subscribe_on_load`.
///
/// Threads: any; `callback` is called on the thread that `matriline_config_set_post` chose, else where the event happens.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_subscribe_on_changed(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_plugin_callback,
    drop_callback: matriline_drop_callback,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let it = Callback::new(userdata, callback, drop_callback);
    let subscribe = |loader: &PluginLoader, it| loader.subscribe_on_changed(move |key| tell_plugin(&it, key));
    // SAFETY: the caller's promise.
    unsafe { subscribed(manager, it, token_out, error_out, subscribe) }
}

/// Calls `callback` with a capability that was loaded enabled, or was enabled. All else as for
/// `matriline_manager_subscribe_on_load`.
///
/// Threads: any; `callback` is called on the thread that `matriline_config_set_post` chose, else where the event happens.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_subscribe_on_capability_load(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_capability_callback,
    drop_callback: matriline_drop_callback,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let it = Callback::new(userdata, callback, drop_callback);
    let subscribe =
        |loader: &PluginLoader, it| loader.subscribe_on_capability_load(move |id| tell_capability(&it, id));
    // SAFETY: the caller's promise.
    unsafe { subscribed(manager, it, token_out, error_out, subscribe) }
}

/// Calls `callback` with a capability that was disabled, or unloaded while it was enabled. All else as for
/// `matriline_manager_subscribe_on_load`.
///
/// Threads: any; `callback` is called on the thread that `matriline_config_set_post` chose, else where the event happens.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_subscribe_on_capability_unload(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_capability_callback,
    drop_callback: matriline_drop_callback,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let it = Callback::new(userdata, callback, drop_callback);
    let subscribe =
        |loader: &PluginLoader, it| loader.subscribe_on_capability_unload(move |id| tell_capability(&it, id));
    // SAFETY: the caller's promise.
    unsafe { subscribed(manager, it, token_out, error_out, subscribe) }
}

/// Calls `callback` with what took longer than its budget, see `matriline_manager_set_budgets`. All else as for
/// `matriline_manager_subscribe_on_load`.
///
/// Threads: any; `callback` is called on the thread that `matriline_config_set_post` chose, else where the event happens.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_subscribe_on_over_budget(
    manager: *mut matriline_manager,
    userdata: *mut c_void,
    callback: matriline_over_budget_callback,
    drop_callback: matriline_drop_callback,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let it = Callback::new(userdata, callback, drop_callback);
    let subscribe =
        |loader: &PluginLoader, it| loader.subscribe_on_over_budget(move |over| tell_over_budget(&it, over));
    // SAFETY: the caller's promise.
    unsafe { subscribed(manager, it, token_out, error_out, subscribe) }
}

/// Ends a subscription: its callback is not called for what happens from now on, nor for what waits in the event loop. A
/// call that another thread has begun goes on after this returns; `drop_callback` says when the last one is over. False
/// when there is no such subscription, and for NULL.
///
/// Threads: any, also inside of a callback.
///
/// # Safety
/// `manager` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_unsubscribe(manager: *mut matriline_manager, token: u64) -> bool {
    let token = Subscription::from_number(token);
    // SAFETY: the caller's promise.
    unsafe { value_of(manager, false, |manager| manager.0.loader().unsubscribe(token)) }
}

/// # Safety
/// As the functions above.
unsafe fn subscribed<F: Copy>(
    manager: *mut matriline_manager,
    callback: Callback<F>,
    token_out: *mut u64,
    error_out: *mut *mut matriline_error,
    subscribe: impl FnOnce(&PluginLoader, Callback<F>) -> Subscription,
) -> matriline_result {
    enter(error_out, || {
        callback.check()?;
        // SAFETY: the caller's promise.
        let (manager, token_out) = unsafe { (object(manager, "manager")?, token_out.as_mut()) };
        let token = subscribe(manager.0.loader(), callback);
        if let Some(token_out) = token_out {
            *token_out = token.number();
        }
        Ok(())
    })
}

fn tell_plugin(callback: &OfPlugin, key: &str) {
    callback.with(|function, userdata| function(userdata, matriline_str::of(key)));
}

fn tell_capability(callback: &OfCapability, id: &CapabilityId) {
    let (name, key) = (matriline_str::of(&id.name), matriline_str::of(&id.plugin_key));
    callback.with(|function, userdata| function(userdata, id.kind.number(), name, key));
}

fn tell_over_budget(callback: &OfOverBudget, over: &OverBudget) {
    let text = over.to_string();
    let told = over_budget(over, &text);
    callback.with(|function, userdata| function(userdata, &raw const told));
}

fn over_budget(over: &OverBudget, text: &str) -> matriline_over_budget {
    let mut told = matriline_over_budget {
        plugin_key: matriline_str::of(&over.plugin),
        is_call: false,
        phase: 0,
        kind: CapabilityType::Unknown.number(),
        name: matriline_str::of(""),
        method: matriline_str::of(""),
        elapsed_ns: nanoseconds(over.elapsed),
        budget_ns: nanoseconds(over.budget),
        text: matriline_str::of(text),
    };
    match &over.what {
        Measured::Phase(phase) => told.phase = phase_number(*phase),
        Measured::Call { capability, method } => {
            (told.is_call, told.kind) = (true, capability.kind.number());
            (told.name, told.method) = (matriline_str::of(&capability.name), matriline_str::of(method));
        }
    }
    told
}
