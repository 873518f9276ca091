//! What a preset says of plugins.

use matriline_refs::Preset;

use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{enter, give, object_mut, objects, slot};
use crate::boundary::Outcome;
use crate::number;

/// The part of a preset that has to do with plugins.
pub struct matriline_preset(pub(crate) Preset);

/// The types of presets that carry a `plugins` array.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_preset_type {
    /// How to print.
    PRINT = 0,
    /// On which printer.
    PRINTER = 1,
    /// With which material.
    FILAMENT = 2,
}

/// A preset without options and references. `type` is a `matriline_preset_type`; `name` is what its user calls it.
/// `preset_out` receives a preset to free with `matriline_preset_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_new(
    r#type: u8,
    name: matriline_str,
    preset_out: *mut *mut matriline_preset,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        let kind = number::preset_kind(r#type)?;
        // SAFETY: the caller's promise.
        let (name, preset_out) = unsafe { (name.read("name")?.to_owned(), slot(preset_out, "preset_out")?) };
        give(preset_out, matriline_preset(Preset { kind, name, options: Vec::new(), plugins: Vec::new() }));
        Ok(())
    })
}

/// Adds a value to an option of the preset.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_add_value(
    preset: *mut matriline_preset,
    option: matriline_str,
    value: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (preset, option) = unsafe { (object_mut(preset, "preset")?, option.read("option")?) };
        // SAFETY: the caller's promise.
        let value = unsafe { value.read("value") }?.to_owned();
        let options = &mut preset.0.options;
        match options.iter_mut().find(|(key, _)| key == option) {
            Some((_, values)) => values.push(value),
            None => options.push((option.to_owned(), vec![value])),
        }
        Ok(())
    })
}

/// Adds an entry to the `plugins` array of the preset.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_add_plugin(
    preset: *mut matriline_preset,
    plugin: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (preset, plugin) = unsafe { (object_mut(preset, "preset")?, plugin.read("plugin")?) };
        preset.0.plugins.push(plugin.to_owned());
        Ok(())
    })
}

/// Frees a preset. Threads: any.
///
/// # Safety
/// `preset` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_preset_free(preset: *mut matriline_preset) {
    // SAFETY: the caller's promise.
    unsafe { super::take(preset) }
}

/// Copies of the presets of an array.
///
/// # Safety
/// `first` is NULL with `count` 0, or the array is readable and its presets are NULL or valid.
pub(crate) unsafe fn presets(first: *const *const matriline_preset, count: usize) -> Outcome<Vec<Preset>> {
    // SAFETY: the caller's promise.
    let presets = unsafe { objects(first, count, "presets") }?;
    Ok(presets.iter().map(|preset| preset.0.clone()).collect())
}
