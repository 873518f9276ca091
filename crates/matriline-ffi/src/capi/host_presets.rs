//! The presets of an application: a snapshot, put together once and shared then.

use std::path::Path;
use std::sync::Arc;

use matriline::ErrorCode;
use matriline::host::{Config, Preset, PresetBundle, PresetCollection, PresetType};

use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{enter, object, object_mut};
use crate::boundary::{Fault, Outcome};

/// Presets that do not change any more. They are shared: whoever has a reference releases it.
pub struct matriline_host_presets(pub(super) Arc<PresetBundle>);

/// Presets that are put together.
#[derive(Default)]
pub struct matriline_host_presets_builder {
    presets: Vec<Given>,
    current_filaments: Vec<String>,
    full_config: Vec<(String, String)>,
}

/// A preset that was added.
struct Given {
    preset: Preset,
    options: Vec<(String, String)>,
    is_selected: bool,
    /// It is no preset of its own, but the selected one with changes.
    is_edited: bool,
}

/// What a preset is for. The numbers are those of `orca.host.PresetType`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_host_preset_type {
    /// How to print, with filament.
    PRINT = 1,
    /// How to print, with resin.
    SLA_PRINT = 2,
    /// A filament.
    FILAMENT = 3,
    /// A resin.
    SLA_MATERIAL = 4,
    /// A printer.
    PRINTER = 5,
}

/// A preset, as plugins read it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_host_preset {
    /// A `matriline_host_preset_type`.
    pub r#type: u8,
    /// By which it is found.
    pub name: matriline_str,
    /// A shorter name for the user, or empty.
    pub alias: matriline_str,
    /// The file it was read from, or empty.
    pub file: matriline_str,
    /// The bundle it belongs to, or empty.
    pub bundle_id: matriline_str,
    /// It is the one there is when there is no other.
    pub is_default: bool,
    /// It was opened from a file outside of the data folder.
    pub is_external: bool,
    /// It came with the application.
    pub is_system: bool,
    /// The user sees it.
    pub is_visible: bool,
    /// It has changes that are not saved.
    pub is_dirty: bool,
    /// It goes with the printer that is selected.
    pub is_compatible: bool,
    /// It belongs to the project that is open.
    pub is_project_embedded: bool,
    /// It is the one of its type that is selected.
    pub is_selected: bool,
    /// It is no preset of its own, but the selected one of its type with the changes that the user has made since.
    pub is_edited: bool,
}

/// No presets, to be put together. Free it with `matriline_host_presets_builder_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_host_presets_builder_new() -> *mut matriline_host_presets_builder {
    super::answer(std::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Frees a builder. Threads: any.
///
/// # Safety
/// `builder` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_builder_free(builder: *mut matriline_host_presets_builder) {
    // SAFETY: the caller's promise.
    unsafe { super::take(builder) }
}

/// Adds a preset, after those of its type that are there.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_builder_add(
    builder: *mut matriline_host_presets_builder,
    preset: *const matriline_host_preset,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (builder, given) = unsafe { (object_mut(builder, "builder")?, object(preset, "preset")?) };
        // SAFETY: the caller's promise.
        let read = |text: matriline_str, name| unsafe { text.read(name) }.map(str::to_owned);
        let preset = Preset {
            kind: preset_type(given.r#type)?,
            name: read(given.name, "name")?,
            alias: read(given.alias, "alias")?,
            file: read(given.file, "file")?,
            bundle_id: read(given.bundle_id, "bundle_id")?,
            is_default: given.is_default,
            is_external: given.is_external,
            is_system: given.is_system,
            is_visible: given.is_visible,
            is_dirty: given.is_dirty,
            is_compatible: given.is_compatible,
            is_project_embedded: given.is_project_embedded,
            config: Config::default(),
        };
        let (is_selected, is_edited) = (given.is_selected, given.is_edited);
        builder.presets.push(Given { preset, options: Vec::new(), is_selected, is_edited });
        Ok(())
    })
}

/// Sets an option of the preset that was added last.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_builder_set_option(
    builder: *mut matriline_host_presets_builder,
    key: matriline_str,
    value: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let builder = unsafe { object_mut(builder, "builder") }?;
        // SAFETY: the caller's promise.
        let option = unsafe { (key.read("key")?.to_owned(), value.read("value")?.to_owned()) };
        let message = "There is no preset yet: add one first";
        let last = builder.presets.last_mut();
        last.ok_or_else(|| Fault::new(ErrorCode::InvalidArgument, message))?.options.push(option);
        Ok(())
    })
}

/// Adds the name of a filament in use: one for each extruder.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_builder_add_current_filament(
    builder: *mut matriline_host_presets_builder,
    name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (builder, name) = unsafe { (object_mut(builder, "builder")?, name.read("name")?) };
        builder.current_filaments.push(name.to_owned());
        Ok(())
    })
}

/// Sets an option of everything that is selected, together.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_builder_set_full_option(
    builder: *mut matriline_host_presets_builder,
    key: matriline_str,
    value: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let builder = unsafe { object_mut(builder, "builder") }?;
        // SAFETY: the caller's promise.
        let (key, value) = unsafe { (key.read("key")?, value.read("value")?) };
        builder.full_config.push((key.to_owned(), value.to_owned()));
        Ok(())
    })
}

/// The presets as they were put together; the builder is empty then. NULL for NULL. Release them with
/// `matriline_host_presets_release`.
///
/// Threads: one at a time.
///
/// # Safety
/// `builder` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_builder_finish(
    builder: *mut matriline_host_presets_builder,
) -> *const matriline_host_presets {
    super::answer(std::ptr::null(), || {
        // SAFETY: the caller's promise.
        let Some(builder) = (unsafe { builder.as_mut() }) else { return std::ptr::null() };
        share(std::mem::take(builder).finish())
    })
}

/// Reads the presets in a folder and all folders below: each `.json` file in the slicer's format, with the options it
/// inherits. The first of each type that goes with the printer is selected. Fails with `MATRILINE_RESULT_IO`, whose
/// message names the file, for one that cannot be understood. `presets_out` receives them, to release with
/// `matriline_host_presets_release`.
///
/// Threads: any; reads the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_read(
    folder: matriline_str,
    presets_out: *mut *const matriline_host_presets,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (folder, out) = unsafe { (folder.read("folder")?, object_mut(presets_out, "presets_out")?) };
        *out = share(matriline_files::read_presets(Path::new(folder))?);
        Ok(())
    })
}

/// One more reference to presets, which is answered. NULL for NULL. Threads: any.
///
/// # Safety
/// `presets` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_retain(
    presets: *const matriline_host_presets,
) -> *const matriline_host_presets {
    if !presets.is_null() {
        // SAFETY: the caller's promise; it came from `share`.
        unsafe { Arc::increment_strong_count(presets) };
    }
    presets
}

/// Lets a reference go. Threads: any.
///
/// # Safety
/// `presets` is NULL or valid, and this reference is used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_presets_release(presets: *const matriline_host_presets) {
    if !presets.is_null() {
        // SAFETY: the caller's promise; it came from `share`.
        super::answer((), || unsafe { Arc::decrement_strong_count(presets) });
    }
}

fn share(bundle: PresetBundle) -> *const matriline_host_presets {
    Arc::into_raw(Arc::new(matriline_host_presets(Arc::new(bundle))))
}

impl matriline_host_presets_builder {
    fn finish(self) -> PresetBundle {
        let mut bundle = PresetBundle {
            current_filaments: self.current_filaments,
            full_config: self.full_config.into_iter().collect(),
            ..PresetBundle::default()
        };
        for Given { mut preset, options, is_selected, is_edited } in self.presets {
            preset.config = options.into_iter().collect();
            let collection = collection(&mut bundle, preset.kind);
            if is_edited {
                collection.edited = Some(Arc::new(preset));
                continue;
            }
            if is_selected {
                collection.selected = Some(collection.presets.len());
            }
            collection.presets.push(Arc::new(preset));
        }
        bundle
    }
}

fn collection(bundle: &mut PresetBundle, kind: PresetType) -> &mut PresetCollection {
    Arc::make_mut(match kind {
        PresetType::Printer => &mut bundle.printers,
        PresetType::Filament => &mut bundle.filaments,
        PresetType::SlaPrint => &mut bundle.sla_prints,
        PresetType::SlaMaterial => &mut bundle.sla_materials,
        _ => &mut bundle.prints,
    })
}

fn preset_type(number: u8) -> Outcome<PresetType> {
    match number {
        1 => Ok(PresetType::Print),
        2 => Ok(PresetType::SlaPrint),
        3 => Ok(PresetType::Filament),
        4 => Ok(PresetType::SlaMaterial),
        5 => Ok(PresetType::Printer),
        _ => Err(crate::number::unknown("type of preset", number)),
    }
}
