//! What plugins ask the application while they are loaded, and what their pages are told.

use std::ffi::c_void;
use std::sync::Arc;

use matriline::{CapabilityId, PermissionRequest};

use super::callback::{Callback, matriline_drop_callback};
use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::granted::matriline_permission_item;
use super::text::matriline_str;
use super::{enter, object_mut};

/// Decides whether a plugin is allowed what it asks for: while it is loaded (`orca.request_permissions`), where a refusal
/// ends the load, or in its metadata (`matriline_manager_ask_permissions`). `wanted` is without what it has; `name` is what
/// users call the plugin. What is granted is kept in the sidecar and not asked again. Called where the functions of
/// `matriline_host` are; it may wait for the user. The texts live until it returns.
pub type matriline_permission_callback = Option<
    extern "C" fn(
        userdata: *mut c_void,
        plugin_key: matriline_str,
        name: matriline_str,
        wanted: *const matriline_permission_item,
        wanted_len: usize,
    ) -> bool,
>;

/// Takes what a capability of type `Pages` posts to its page, a JSON text. `type` is a `matriline_capability_type`.
/// Called where the functions of `matriline_host` are, in order and a little later. The texts live until it returns.
pub type matriline_page_callback = Option<
    extern "C" fn(
        userdata: *mut c_void,
        plugin_key: matriline_str,
        r#type: u8,
        name: matriline_str,
        message: matriline_str,
    ),
>;

pub(crate) type Permit = Callback<
    extern "C" fn(*mut c_void, matriline_str, matriline_str, *const matriline_permission_item, usize) -> bool,
>;
pub(crate) type PostToPage =
    Callback<extern "C" fn(*mut c_void, matriline_str, u8, matriline_str, matriline_str)>;

pub(crate) fn permits(permit: &Permit, request: &PermissionRequest) -> bool {
    let wanted: Vec<_> = request.permissions().collect();
    let items: Vec<_> = wanted.iter().map(matriline_permission_item::of).collect();
    let (key, name) = (matriline_str::of(&request.plugin), matriline_str::of(&request.name));
    permit.ask(true, |permit, userdata| permit(userdata, key, name, items.as_ptr(), items.len()))
}

pub(crate) fn show(post: &PostToPage, id: &CapabilityId, message: &str) {
    let (key, name) = (matriline_str::of(&id.plugin_key), matriline_str::of(&id.name));
    post.with(|post, userdata| post(userdata, key, id.kind.number(), name, matriline_str::of(message)));
}

/// Sets who decides on what plugins ask to be allowed. With a NULL `callback` that of `matriline_config_set_questions` does, and without both everything is granted. `drop_callback` may
/// be NULL; otherwise it is called once with `userdata`, on any thread, when neither the options nor a manager needs it
/// any more.
///
/// Threads: one at a time; `callback` is called on any thread.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_permissions(
    config: *mut matriline_config,
    userdata: *mut c_void,
    callback: matriline_permission_callback,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let permit = Callback::new(userdata, callback, drop_callback);
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.permissions = callback.is_some().then(|| Arc::new(permit));
        Ok(())
    })
}

/// Sets who takes what capabilities post to their pages. With a NULL `callback` messages are dropped. `drop_callback` is
/// as for `matriline_config_set_permissions`.
///
/// Threads: one at a time; `callback` is called on any thread.
///
/// # Safety
/// Every pointer is NULL or valid; the callbacks may be called with `userdata` on any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_post_to_page(
    config: *mut matriline_config,
    userdata: *mut c_void,
    callback: matriline_page_callback,
    drop_callback: matriline_drop_callback,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let post = Callback::new(userdata, callback, drop_callback);
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.post_to_page = callback.is_some().then(|| Arc::new(post));
        Ok(())
    })
}
