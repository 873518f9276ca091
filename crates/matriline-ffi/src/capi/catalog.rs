//! What discovery found.

use matriline::{Catalog, CatalogEntry};

use super::text::matriline_str;
use super::{text_of, value_of};

/// The plugins of one discovery. It does not change any more.
pub struct matriline_catalog(Vec<matriline_descriptor>);

/// One plugin of a catalog, as long as the catalog lives.
pub struct matriline_descriptor {
    plugin_key: String,
    name: String,
    description: String,
    author: String,
    version: String,
    plugin_root: String,
    entry_path: String,
    error: String,
}

impl matriline_catalog {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        Self(catalog.entries().iter().map(descriptor).collect())
    }
}

fn descriptor(entry: &CatalogEntry) -> matriline_descriptor {
    let descriptor = &entry.descriptor;
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
    matriline_descriptor {
        plugin_key: descriptor.plugin_key.clone(),
        name: descriptor.name.clone(),
        description: descriptor.description.clone(),
        author: descriptor.author.clone(),
        version: descriptor.version.clone(),
        plugin_root: path(&entry.folder),
        entry_path: entry.entry.as_deref().map(path).unwrap_or_default(),
        error: entry.error().unwrap_or_default(),
    }
}

/// How many plugins there are, valid and invalid; 0 for NULL. Threads: any.
///
/// # Safety
/// `catalog` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_len(catalog: *const matriline_catalog) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, 0, |catalog| catalog.0.len()) }
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
    let get = |it: &matriline_catalog| it.0.get(index).map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, std::ptr::null(), get) }
}

/// The one of a key; NULL when there is none. It lives as long as the catalog. Threads: any.
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
        let found = it.0.iter().find(|descriptor| key == Some(&descriptor.plugin_key));
        found.map_or(std::ptr::null(), std::ptr::from_ref)
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(catalog, std::ptr::null(), find) }
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

/// Whether the plugin can be loaded; false for NULL. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_is_valid(descriptor: *const matriline_descriptor) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, false, |it| it.error.is_empty()) }
}

/// What the plugin is known by: the name of its entry file without the extension. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_plugin_key(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.plugin_key) }
}

/// Its name. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_name(descriptor: *const matriline_descriptor) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.name) }
}

/// Its description. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_description(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.description) }
}

/// Its author. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_author(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.author) }
}

/// Its version. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_version(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.version) }
}

/// Its folder, set for invalid plugins too. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_plugin_root(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.plugin_root) }
}

/// The file that is loaded; empty when there is none. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_entry_path(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.entry_path) }
}

/// What keeps it from being loaded; empty when nothing does. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_error(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.error) }
}
