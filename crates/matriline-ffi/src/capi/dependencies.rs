//! The packages that plugins depend on.

use std::path::PathBuf;
use std::time::Duration;

use matriline::{DependencyOptions, Index};

use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::{matriline_str, read_all};
use super::{enter, object, object_mut};

/// Sets the uv that installs the packages of plugins, by its path. Without it, it is looked for beside the library, in
/// the folder of `matriline_config_set_uv_folder` and on `PATH`.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_uv(
    config: *mut matriline_config,
    path: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, path, "path", error_out, |options, path| options.uv = some(path)) }
}

/// Sets a folder of the application that may hold uv.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_uv_folder(
    config: *mut matriline_config,
    folder: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, folder, "folder", error_out, |options, folder| options.beside = some(folder)) }
}

/// Sets the executable of the Python that is linked, which uv asks; without it, it is that in the Python's home.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_python(
    config: *mut matriline_config,
    path: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(config, path, "path", error_out, |options, path| options.python = some(path)) }
}

/// Adds a folder of wheels to choose from, asked before the index.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_add_wheel_folder(
    config: *mut matriline_config,
    folder: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe {
        set_text(config, folder, "folder", error_out, |options, folder| {
            options.wheel_folders.push(folder.into());
        })
    }
}

/// Sets the one index that packages come from (PEP 503 or 691); an empty text for what the user has set for uv, else
/// PyPI.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_index(
    config: *mut matriline_config,
    url: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let index = |url: &str| if url.is_empty() { Index::Default } else { Index::Url(url.to_owned()) };
    // SAFETY: the caller's promise.
    unsafe { set_text(config, url, "url", error_out, |options, url| options.index = index(url)) }
}

/// Asks no index: bundled wheels and the folders of wheels must do.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_no_index(
    config: *mut matriline_config,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.dependencies.index = Index::None;
        Ok(())
    })
}

/// Sets how long installing for one plugin may take, in milliseconds.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_dependency_time_limit(
    config: *mut matriline_config,
    milliseconds: u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.dependencies.time_limit =
            Duration::from_millis(milliseconds);
        Ok(())
    })
}

/// Installs packages into an environment of their own, before a plugin asks for the same ones. It blocks. Requirements
/// have the form of PEP 508.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and its texts readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_install_packages(
    manager: *mut matriline_manager,
    requirements: *const matriline_str,
    requirements_len: usize,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let requirements = unsafe { read_all(requirements, requirements_len, "requirements") }?;
        // SAFETY: the caller's promise.
        Ok(unsafe { object(manager, "manager") }?.0.install_packages(&requirements)?)
    })
}

/// Removes the environments that no installed plugin wants and that nobody has used for so many seconds: days rather
/// than minutes, where applications share a data folder. One whose packages some process has loaded stays.
/// `removed_out` may be NULL; otherwise it receives how many are gone.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_collect_environments(
    manager: *mut matriline_manager,
    unused_seconds: u64,
    removed_out: *mut usize,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, removed_out) = unsafe { (object(manager, "manager")?, removed_out.as_mut()) };
        let collected = manager.0.collect_environments(Duration::from_secs(unused_seconds))?;
        if let Some(removed_out) = removed_out {
            *removed_out = collected.removed.len();
        }
        Ok(())
    })
}

fn some(path: &str) -> Option<PathBuf> {
    (!path.is_empty()).then(|| path.into())
}

/// # Safety
/// As the functions above.
unsafe fn set_text(
    config: *mut matriline_config,
    text: matriline_str,
    name: &str,
    error_out: *mut *mut matriline_error,
    change: impl FnOnce(&mut DependencyOptions, &str),
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (config, text) = unsafe { (object_mut(config, "config")?, text.read(name)?) };
        change(&mut config.dependencies, text);
        Ok(())
    })
}
