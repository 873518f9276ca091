//! What a file is, before it is installed.

use std::path::Path;

use matriline::Inspection;

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::{enter, give, object, slot, text_of, value_of};

/// What a `.py` or `.whl` file is, and what installing it would do.
pub struct matriline_inspection {
    inspected: Inspection,
    refused: String,
    problems: matriline_text_list,
    /// By the numbers of permissions.
    asks_for: [matriline_text_list; 5],
}

/// What a plugin can ask for.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_permission {
    /// To read paths.
    FS_READ = 0,
    /// To read and write paths.
    FS_READWRITE = 1,
    /// To ask hosts by HTTP.
    NETWORK_HTTP = 2,
    /// To open sockets to hosts.
    NETWORK_SOCKET = 3,
    /// To start programs.
    PROCESS = 4,
}

impl matriline_inspection {
    fn of(inspected: Inspection) -> Self {
        let asked = &inspected.asks_for;
        let asks_for =
            [&asked.fs_read, &asked.fs_readwrite, &asked.network_http, &asked.network_socket, &asked.process];
        Self {
            refused: inspected.refused.as_ref().map(ToString::to_string).unwrap_or_default(),
            problems: matriline_text_list(inspected.problems.iter().map(ToString::to_string).collect()),
            asks_for: asks_for.map(|texts| matriline_text_list(texts.clone())),
            inspected,
        }
    }
}

/// Looks at a `.py` or `.whl` file. Changes nothing and runs no code of the plugin. Fails for what is no such file.
/// `inspection_out` receives an object to free with `matriline_inspection_free`.
///
/// Threads: any. It blocks for the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_inspect_plugin(
    manager: *const matriline_manager,
    file: matriline_str,
    inspection_out: *mut *mut matriline_inspection,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, file) = unsafe { (object(manager, "manager")?, file.read("file")?) };
        // SAFETY: the caller's promise.
        let inspection_out = unsafe { slot(inspection_out, "inspection_out") }?;
        give(inspection_out, matriline_inspection::of(manager.0.inspect_plugin(Path::new(file))?));
        Ok(())
    })
}

/// The key the plugin would have; empty for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_plugin_key(
    inspection: *const matriline_inspection,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(inspection, |it| &it.inspected.descriptor.plugin_key) }
}

/// Its name; empty for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_name(inspection: *const matriline_inspection) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(inspection, |it| &it.inspected.descriptor.name) }
}

/// Its version; empty for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_version(
    inspection: *const matriline_inspection,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(inspection, |it| &it.inspected.descriptor.version) }
}

/// Why it cannot be installed; empty when it can, and for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_refused(
    inspection: *const matriline_inspection,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(inspection, |it| &it.refused) }
}

/// Everything that is wrong with it, bad or not, as long as the inspection lives. NULL for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_problems(
    inspection: *const matriline_inspection,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { value_of(inspection, std::ptr::null(), |it| std::ptr::from_ref(&it.problems)) }
}

/// What it asks for of a permission, a `matriline_permission`, that its user has not been asked for yet: paths, hosts or
/// programs, as long as the inspection lives. Nothing of it is granted. NULL for a number that is none, and for NULL.
/// Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_asks_for(
    inspection: *const matriline_inspection,
    permission: u8,
) -> *const matriline_text_list {
    let asks_for = |it: &matriline_inspection| {
        it.asks_for.get(usize::from(permission)).map_or(std::ptr::null(), std::ptr::from_ref)
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(inspection, std::ptr::null(), asks_for) }
}

/// Whether it would take the place of an installed plugin; false for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_replaces(inspection: *const matriline_inspection) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(inspection, false, |it| it.inspected.existing.is_some()) }
}

/// The version of the plugin it would replace; empty where there is none, and for NULL. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_existing_version(
    inspection: *const matriline_inspection,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe {
        text_of(inspection, |it| it.inspected.existing.as_ref().map_or("", |existing| &existing.version))
    }
}

/// Frees an inspection. Threads: any.
///
/// # Safety
/// `inspection` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_inspection_free(inspection: *mut matriline_inspection) {
    // SAFETY: the caller's promise.
    unsafe { super::take(inspection) }
}
