//! What presets lack.

use matriline::CapabilityId;
use matriline_refs::{Bucket, MissingPlugin, Resolution, resolve};

use super::catalog::matriline_catalog;
use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::plugin_options::matriline_plugin_options;
use super::preset::{matriline_preset, presets};
use super::reference::matriline_capability_ref;
use super::text::matriline_str;
use super::{answer, enter, give, object, slot, text_of, value_of};
use crate::number;

/// What a set of presets lacks.
pub struct matriline_resolution {
    resolution: Resolution,
    /// The line of each row, by bucket.
    lines: [Vec<String>; 4],
    /// The message about each bucket; empty where the bucket is.
    messages: [String; 4],
    /// What the action about each bucket opens; empty where it opens nothing.
    find_urls: [String; 4],
    signature: String,
}

/// Why a capability that a preset uses cannot be called.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_bucket {
    /// Its cloud plugin is not installed.
    MISSING_CLOUD = 0,
    /// Its local plugin is not installed.
    MISSING_LOCAL = 1,
    /// Its plugin is installed and not loaded, or loaded with the capability disabled.
    INACTIVE = 2,
    /// Its plugin is loaded and has no such capability.
    BROKEN = 3,
}

/// A reference whose capability cannot be called. It lives as long as its resolution.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_missing_plugin {
    /// The reference.
    pub reference: matriline_capability_ref,
    /// Where to look for the plugin; only for missing local and broken ones, and only with a hub.
    pub recovery_url: matriline_str,
    /// The key of the option that uses the capability.
    pub option: matriline_str,
    /// The type of the option, a `matriline_capability_type`.
    pub kind: u8,
    /// The type of the preset that has the reference, a `matriline_preset_type`.
    pub preset: u8,
    /// The name of that preset.
    pub preset_name: matriline_str,
    /// What is wrong with the package, or why its load failed; empty when neither is.
    pub problem: matriline_str,
    /// One line for a person.
    pub text: matriline_str,
}

/// A value of an option that no reference of its preset names. It lives as long as its resolution.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_unreferenced_value {
    /// The value.
    pub value: matriline_str,
    /// The key of the option.
    pub option: matriline_str,
    /// The type of the option, a `matriline_capability_type`.
    pub kind: u8,
    /// The type of the preset, a `matriline_preset_type`.
    pub preset: u8,
    /// The name of the preset.
    pub preset_name: matriline_str,
}

impl matriline_resolution {
    fn of(resolution: Resolution) -> Self {
        let lines = Bucket::ALL
            .map(|bucket| resolution.bucket(bucket).iter().map(MissingPlugin::to_string).collect());
        let (mut messages, mut find_urls): ([String; 4], [String; 4]) = Default::default();
        for message in resolution.messages() {
            messages[message.bucket as usize] = message.to_string();
            find_urls[message.bucket as usize] = message.find_url.unwrap_or_default().to_owned();
        }
        Self { lines, messages, find_urls, signature: resolution.signature(), resolution }
    }
}

/// What the selected presets lack, against what is installed and loaded now: give the print, the printer and every
/// filament preset. `resolution_out` receives a resolution to free with `matriline_resolution_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_resolve(
    manager: *const matriline_manager,
    presets: *const *const matriline_preset,
    presets_len: usize,
    resolution_out: *mut *mut matriline_resolution,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let presets = unsafe { self::presets(presets, presets_len) }?;
        // SAFETY: the caller's promise.
        let (manager, slot) =
            unsafe { (object(manager, "manager")?, slot(resolution_out, "resolution_out")?) };
        give(slot, matriline_resolution::of(manager.0.resolve(&presets)));
        Ok(())
    })
}

/// The same without a manager and without Python: against the plugins of a catalog, of which none is loaded. `hub` is
/// the page of the plugin hub, or empty.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_catalog_resolve(
    catalog: *const matriline_catalog,
    options: *const matriline_plugin_options,
    presets: *const *const matriline_preset,
    presets_len: usize,
    hub: matriline_str,
    resolution_out: *mut *mut matriline_resolution,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let presets = unsafe { self::presets(presets, presets_len) }?;
        // SAFETY: the caller's promise.
        let (catalog, options) = unsafe { (object(catalog, "catalog")?, object(options, "options")?) };
        // SAFETY: the caller's promise.
        let (hub, slot) = unsafe { (hub.read("hub")?, slot(resolution_out, "resolution_out")?) };
        let hub = Some(hub).filter(|hub| !hub.is_empty());
        give(slot, matriline_resolution::of(resolve(&options.0, &presets, catalog.catalog(), &(), hub)));
        Ok(())
    })
}

/// Whether any of the presets uses a capability; asked before it is disabled or its plugin removed. `type` is a
/// `matriline_capability_type`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array and every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_capability_in_use(
    manager: *const matriline_manager,
    presets: *const *const matriline_preset,
    presets_len: usize,
    plugin_key: matriline_str,
    r#type: u8,
    name: matriline_str,
    in_use_out: *mut bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = number::capability_type(r#type)?;
        // SAFETY: the caller's promise.
        let presets = unsafe { self::presets(presets, presets_len) }?;
        // SAFETY: the caller's promise.
        let (manager, key) = unsafe { (object(manager, "manager")?, plugin_key.read("plugin_key")?) };
        // SAFETY: the caller's promise.
        let (name, in_use_out) =
            unsafe { (name.read("name")?, super::object_mut(in_use_out, "in_use_out")?) };
        let id = CapabilityId { kind, name: name.to_owned(), plugin_key: key.to_owned() };
        *in_use_out = manager.0.capability_in_use(&presets, &id);
        Ok(())
    })
}

/// How many references are in a bucket, a `matriline_bucket`; 0 for NULL. Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_len(
    resolution: *const matriline_resolution,
    bucket: u8,
) -> usize {
    let len = |it: &matriline_resolution| it.lines.get(usize::from(bucket)).map_or(0, Vec::len);
    // SAFETY: the caller's promise.
    unsafe { value_of(resolution, 0, len) }
}

/// Writes a row of a bucket to `missing_out`; false, and `missing_out` as it was, beyond the end. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_get(
    resolution: *const matriline_resolution,
    bucket: u8,
    index: usize,
    missing_out: *mut matriline_missing_plugin,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (resolution, missing_out) = unsafe { (resolution.as_ref(), missing_out.as_mut()) };
        let row = resolution.and_then(|it| {
            let bucket_of = Bucket::ALL.get(usize::from(bucket))?;
            let missing = it.resolution.bucket(*bucket_of).get(index)?;
            Some((missing, it.lines[usize::from(bucket)].get(index)?))
        });
        if let (Some((missing, line)), Some(missing_out)) = (row, missing_out) {
            *missing_out = missing_plugin(missing, line);
        }
        row.is_some()
    })
}

/// Writes a value that no reference names to `value_out`; false, and `value_out` as it was, beyond the end. Such a
/// value does not block, since nothing tells what it lacks. Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_unreferenced(
    resolution: *const matriline_resolution,
    index: usize,
    value_out: *mut matriline_unreferenced_value,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (resolution, value_out) = unsafe { (resolution.as_ref(), value_out.as_mut()) };
        let found = resolution.and_then(|it| it.resolution.unreferenced().get(index));
        if let (Some(it), Some(value_out)) = (found, value_out) {
            *value_out = matriline_unreferenced_value {
                value: matriline_str::of(&it.value),
                option: matriline_str::of(&it.option),
                kind: it.kind.number(),
                preset: number::of_preset_kind(it.preset),
                preset_name: matriline_str::of(&it.preset_name),
            };
        }
        found.is_some()
    })
}

/// Whether anything is missing, so that slicing would give another result than the presets ask for. Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_blocks_slicing(
    resolution: *const matriline_resolution,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(resolution, false, |it| it.resolution.blocks_slicing()) }
}

/// What a user is told of a bucket, a `matriline_bucket`: a heading, and a line for each plugin. Empty when nothing
/// is in it. Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_message(
    resolution: *const matriline_resolution,
    bucket: u8,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(resolution, |it| it.messages.get(usize::from(bucket)).map_or("", String::as_str)) }
}

/// The words on the button below that message, for what the user can do about it; empty when nothing is in the bucket.
/// Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_action(
    resolution: *const matriline_resolution,
    bucket: u8,
) -> matriline_str {
    let action = |it: &matriline_resolution| {
        let known = Bucket::ALL.get(usize::from(bucket));
        let filled = known.filter(|bucket| !it.resolution.bucket(**bucket).is_empty());
        matriline_str::of(filled.map_or("", |bucket| bucket.action().label()))
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(resolution, matriline_str::of(""), action) }
}

/// The page that the button opens: that of the one plugin, or the hub for several; empty when it does something else, or
/// there is no hub. Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_find_url(
    resolution: *const matriline_resolution,
    bucket: u8,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(resolution, |it| it.find_urls.get(usize::from(bucket)).map_or("", String::as_str)) }
}

/// A text that stays the same while the messages do. Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_signature(
    resolution: *const matriline_resolution,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(resolution, |it| &it.signature) }
}

/// Frees a resolution and what was got of it. Threads: any.
///
/// # Safety
/// `resolution` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_resolution_free(resolution: *mut matriline_resolution) {
    // SAFETY: the caller's promise.
    unsafe { super::take(resolution) }
}

fn missing_plugin(missing: &MissingPlugin, line: &str) -> matriline_missing_plugin {
    let optional = |text: Option<&str>| matriline_str::of(text.unwrap_or_default());
    matriline_missing_plugin {
        reference: matriline_capability_ref::of(missing.reference.as_borrowed()),
        recovery_url: optional(missing.recovery_url.as_deref()),
        option: matriline_str::of(&missing.option),
        kind: missing.kind.number(),
        preset: number::of_preset_kind(missing.preset),
        preset_name: matriline_str::of(&missing.preset_name),
        problem: optional(missing.problem.as_deref()),
        text: matriline_str::of(line),
    }
}
