//! What discovery found.

use std::sync::Arc;

use matriline::Catalog;

use super::descriptor::matriline_descriptor;
use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::{enter, give, slot, value_of};
use crate::cxx_side::catalog::scan;

/// The plugins of one discovery. It does not change any more.
pub struct matriline_catalog {
    catalog: Arc<Catalog>,
    descriptors: Vec<matriline_descriptor>,
    enabled: matriline_text_list,
    problems: matriline_text_list,
}

impl matriline_catalog {
    pub(crate) fn of(catalog: Arc<Catalog>) -> Self {
        let descriptors = catalog.entries().iter().map(|entry| matriline_descriptor::of(entry)).collect();
        let enabled = catalog.enabled_keys().map(str::to_owned).collect();
        let problems = catalog.problems().iter().map(ToString::to_string).collect();
        Self {
            descriptors,
            enabled: matriline_text_list(enabled),
            problems: matriline_text_list(problems),
            catalog,
        }
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }
}

/// Reads the plugin folders below a data folder, without a manager and without Python. `cloud_user` is whose cloud
/// plugins are looked for too, or empty. A folder that is not there has no plugins. `catalog_out` receives a
/// catalog to free with `matriline_catalog_free`.
///
/// Threads: any. It blocks while it reads.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_scan(
    data_dir: matriline_str,
    cloud_user: matriline_str,
    catalog_out: *mut *mut matriline_catalog,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (data_dir, user) = unsafe { (data_dir.read("data_dir")?, cloud_user.read("cloud_user")?) };
        // SAFETY: the caller's promise.
        let catalog_out = unsafe { slot(catalog_out, "catalog_out") }?;
        give(catalog_out, matriline_catalog::of(Arc::new(scan(data_dir, user))));
        Ok(())
    })
}

/// How many plugins there are, valid and invalid; 0 for NULL. Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_len(catalog: *const matriline_catalog) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, 0, |catalog| catalog.descriptors.len()) }
}

/// One of them, by key; NULL beyond the end. It lives as long as the catalog. Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_get(
    catalog: *const matriline_catalog,
    index: usize,
) -> *const matriline_descriptor {
    let get = |it: &matriline_catalog| it.descriptors.get(index).map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, std::ptr::null(), get) }
}

/// The one of a key, the valid one where several have it; NULL when there is none. It lives as long as the catalog.
/// Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid, `plugin_key` readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_find(
    catalog: *const matriline_catalog,
    plugin_key: matriline_str,
) -> *const matriline_descriptor {
    let find = |it: &matriline_catalog| {
        // SAFETY: the caller's promise.
        let key = unsafe { plugin_key.read("plugin_key") }.ok();
        let mut found = it.descriptors.iter().filter(|descriptor| key == Some(&descriptor.plugin_key));
        let first = found.next();
        let valid = first.into_iter().chain(found).find(|descriptor| descriptor.is_valid());
        valid.or(first).map_or(std::ptr::null(), std::ptr::from_ref)
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, std::ptr::null(), find) }
}

/// The keys of the plugins whose sidecar says that they are enabled, which an application loads when it starts; as
/// long as the catalog lives. NULL for NULL. Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_enabled_keys(
    catalog: *const matriline_catalog,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, std::ptr::null(), |it| std::ptr::from_ref(&it.enabled)) }
}

/// What is wrong with the folders of plugins themselves, such as one that cannot be read; as long as the catalog
/// lives. NULL for NULL. Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_problems(
    catalog: *const matriline_catalog,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, std::ptr::null(), |it| std::ptr::from_ref(&it.problems)) }
}

/// Frees a catalog and its descriptors. Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_free(catalog: *mut matriline_catalog) {
    // SAFETY: the caller's promise.
    unsafe { super::take(catalog) }
}
