//! One plugin of a catalog.

use matriline::CatalogEntry;
use matriline_manifest::UpdateStatus;

use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::{answer, text_of, value_of};

/// One plugin of a catalog, as long as the catalog lives.
pub struct matriline_descriptor {
    pub(crate) plugin_key: String,
    name: String,
    description: String,
    author: String,
    version: String,
    installed_version: String,
    latest_version: String,
    entry_package: String,
    requires_python: String,
    plugin_root: String,
    entry_path: String,
    error: String,
    cloud_uuid: String,
    is_enabled: bool,
    update_status: matriline_update_status,
    problems: matriline_text_list,
    dependencies: matriline_text_list,
    settings: Vec<(String, String)>,
}

/// How a plugin stands to the cloud.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_update_status {
    /// Local, or as new as the cloud's.
    NORMAL = 0,
    /// The cloud has a newer version.
    UPDATE_AVAILABLE = 1,
    /// The user may not have this plugin, or no more.
    UNAUTHORIZED = 2,
}

impl matriline_descriptor {
    pub(crate) fn of(entry: &CatalogEntry) -> Self {
        let descriptor = &entry.descriptor;
        let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
        Self {
            plugin_key: descriptor.plugin_key.clone(),
            name: descriptor.name.clone(),
            description: descriptor.description.clone(),
            author: descriptor.author.clone(),
            version: descriptor.version.clone(),
            installed_version: descriptor.installed_version.clone(),
            latest_version: descriptor.latest_available_version().to_owned(),
            entry_package: descriptor.entry_package.clone().unwrap_or_default(),
            requires_python: descriptor.requires_python.clone().unwrap_or_default(),
            plugin_root: path(&entry.folder),
            entry_path: entry.entry.as_deref().map(path).unwrap_or_default(),
            error: entry.error().unwrap_or_default(),
            cloud_uuid: descriptor.cloud.as_ref().map(|cloud| cloud.uuid.clone()).unwrap_or_default(),
            is_enabled: entry.install_state.as_ref().is_some_and(|state| state.enabled),
            update_status: match descriptor.update_status() {
                UpdateStatus::Normal => matriline_update_status::NORMAL,
                UpdateStatus::UpdateAvailable => matriline_update_status::UPDATE_AVAILABLE,
                UpdateStatus::Unauthorized => matriline_update_status::UNAUTHORIZED,
            },
            problems: matriline_text_list(entry.problems.iter().map(ToString::to_string).collect()),
            dependencies: matriline_text_list(descriptor.dependencies.clone()),
            settings: descriptor.settings.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        }
    }

    pub(crate) fn is_valid(&self) -> bool {
        self.error.is_empty()
    }
}

/// Whether the plugin can be loaded; false for NULL. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_is_valid(descriptor: *const matriline_descriptor) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, false, matriline_descriptor::is_valid) }
}

/// Whether its sidecar says that it is enabled, so that it is loaded at the start; false for a plugin that has
/// none. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_is_enabled(descriptor: *const matriline_descriptor) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, false, |it| it.is_enabled) }
}

/// Whether it is a plugin of the cloud; false for NULL. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_is_cloud_plugin(
    descriptor: *const matriline_descriptor,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, false, |it| !it.cloud_uuid.is_empty()) }
}

/// What the plugin is known by: the name of its entry file without the extension, or the UUID of a cloud plugin.
/// Threads: any.
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

/// The version of the manifest; of a cloud plugin the latest one. Threads: any.
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

/// The version that was installed; empty for a plugin that is not. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_installed_version(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.installed_version) }
}

/// The newest version one could have. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_latest_version(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.latest_version) }
}

/// The package that a wheel's entry imports; empty for a `.py` plugin. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_entry_package(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.entry_package) }
}

/// The versions of Python it asks for; empty when it asks for none. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_requires_python(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.requires_python) }
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

/// Its UUID in the cloud; empty for a local plugin. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_cloud_uuid(
    descriptor: *const matriline_descriptor,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(descriptor, |it| &it.cloud_uuid) }
}

/// Everything that discovery noticed, warnings and notes included, as long as the catalog lives; NULL for NULL.
/// Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_problems(
    descriptor: *const matriline_descriptor,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, std::ptr::null(), |it| std::ptr::from_ref(&it.problems)) }
}

/// The packages it needs, as requirements, as long as the catalog lives; NULL for NULL. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_dependencies(
    descriptor: *const matriline_descriptor,
) -> *const matriline_text_list {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, std::ptr::null(), |it| std::ptr::from_ref(&it.dependencies)) }
}

/// How it stands to the cloud, a `matriline_update_status`. Threads: any.
///
/// # Safety
/// `descriptor` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_update_status(descriptor: *const matriline_descriptor) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { value_of(descriptor, matriline_update_status::NORMAL as u8, |it| it.update_status as u8) }
}

/// Writes one of the texts of `[tool.orcaslicer.plugin.settings]`, by key, to `key_out` and `value_out`; false, and
/// both as they were, beyond the end. They live as long as the catalog. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_descriptor_setting(
    descriptor: *const matriline_descriptor,
    index: usize,
    key_out: *mut matriline_str,
    value_out: *mut matriline_str,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let found = unsafe { descriptor.as_ref() }.and_then(|it| it.settings.get(index));
        // SAFETY: the caller's promise.
        let (key_out, value_out) = unsafe { (key_out.as_mut(), value_out.as_mut()) };
        if let Some((key, value)) = found {
            if let Some(key_out) = key_out {
                *key_out = matriline_str::of(key);
            }
            if let Some(value_out) = value_out {
                *value_out = matriline_str::of(value);
            }
        }
        found.is_some()
    })
}
