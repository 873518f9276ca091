//! What an application offers to plugins: one table of functions.

use std::ffi::c_void;
use std::sync::Arc;

use matriline::ErrorCode;
use matriline::host::{Feature, Generation, Host, Model, PlaterState, PresetBundle, Refused, UserInterface};

use super::callback::matriline_drop_callback;
use super::config::matriline_config;
use super::error::{matriline_error, matriline_result};
use super::host_model::matriline_host_model;
use super::host_presets::matriline_host_presets;
use super::host_ui::{
    Interface, matriline_click, matriline_message, matriline_page, matriline_page_events, matriline_progress,
    matriline_progress_window, matriline_window,
};
use super::text::{matriline_str, matriline_text, take_text};
use super::{enter, object_mut};
use crate::boundary::{Fault, Outcome};

/// A part of the interface that exists for plugins only where the application offers it: a bit of
/// `matriline_host.features`.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum matriline_feature {
    /// `app_language`.
    LANGUAGE = 1,
    /// `reload_local_bundle`.
    LOCAL_BUNDLES = 2,
    /// `open_panel`.
    DOCK_PANELS = 4,
    /// `notify`.
    NOTIFICATIONS = 8,
}

/// A generation of the interface that plugins were written for, with all that came before it. Plugins ask for the names
/// of a generation, such as `hasattr(orca, "pages")`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum matriline_generation {
    /// The specification's: `orca.gcode`, `orca.script`, `orca.printer_agent`, `orca.host`.
    SPEC = 0,
    /// And `orca.slicing`, configurations, permissions.
    NEWER = 1,
    /// And `orca.pages`, `orca.visualization`, events, storage.
    NEWEST = 2,
}

/// What the application has open beside the model.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct matriline_plater_state {
    /// The project has changes that are not saved.
    pub is_project_dirty: bool,
    /// A preset has changes that are not saved.
    pub is_presets_dirty: bool,
    /// The application is just taking a snapshot for undo.
    pub inside_snapshot_capture: bool,
}

/// An application, as plugins see it: set `size`, `userdata` and whatever is offered, and leave the rest zero. What is
/// NULL answers that there is no such thing. A later version may append members; `size` says which there are.
///
/// Every function takes `userdata` first. It is called on the main thread of an application that gave
/// `matriline_config_set_post`, by its event loop or while it waits in a function of this library; else on any thread.
/// It runs without the GIL.
///
/// A text that a function answers comes from `matriline_text_new`, and the library frees it. Where a function answers a
/// text with the words of a refusal, NULL stands for success, and a plugin gets the words as a `RuntimeError`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_host {
    /// `sizeof(matriline_host)`.
    pub size: usize,
    /// Given to every function.
    pub userdata: *mut c_void,
    /// Called once with `userdata`, on any thread, when neither the options nor a manager needs it any more.
    pub drop: matriline_drop_callback,
    /// What is offered beyond the names that always exist: a sum of `matriline_feature`.
    pub features: u32,
    /// The model as it is now: a reference that the library takes over; NULL when the application has no plater.
    pub model: Option<extern "C" fn(userdata: *mut c_void) -> *const matriline_host_model>,
    /// The presets as they are now, in the same way.
    pub presets: Option<extern "C" fn(userdata: *mut c_void) -> *const matriline_host_presets>,
    /// What else is open; false when the application has no plater.
    pub plater: Option<extern "C" fn(userdata: *mut c_void, state_out: *mut matriline_plater_state) -> bool>,
    /// The language of the application, such as `de_DE`.
    pub app_language: Option<extern "C" fn(userdata: *mut c_void) -> *mut matriline_text>,
    /// Reads a bundle of presets again after its files changed; `found_out` receives whether there is one of that name.
    /// Answers the words of a refusal.
    pub reload_local_bundle: Option<
        extern "C" fn(
            userdata: *mut c_void,
            bundle_id: matriline_str,
            found_out: *mut bool,
        ) -> *mut matriline_text,
    >,
    /// Shows a message and waits for its answer, a `matriline_answer`. Without it the application has no windows.
    pub message: Option<extern "C" fn(userdata: *mut c_void, message: *const matriline_message) -> u8>,
    /// Shows a page in a window that blocks the others, and waits until it is closed. Before it waits it tells
    /// `matriline_page_events_opened`, so that the window is closed when the plugin is unloaded; its event loop must run
    /// what is posted to the main thread meanwhile. `submitted_out` receives what the page submitted, JSON, if it did.
    /// `events` belongs to the function, which frees it. Answers the words of a refusal.
    pub show_dialog: Option<
        extern "C" fn(
            userdata: *mut c_void,
            page: *const matriline_page,
            events: *mut matriline_page_events,
            submitted_out: *mut *mut matriline_text,
        ) -> *mut matriline_text,
    >,
    /// Opens a window with a page and returns at once. `window_out` receives its functions. `events` belongs to the
    /// application, which frees it when the window is gone. Answers the words of a refusal.
    pub open_window: Option<
        extern "C" fn(
            userdata: *mut c_void,
            page: *const matriline_page,
            events: *mut matriline_page_events,
            window_out: *mut matriline_window,
        ) -> *mut matriline_text,
    >,
    /// Opens a panel; everything is as for `open_window`.
    pub open_panel: Option<
        extern "C" fn(
            userdata: *mut c_void,
            panel: *const matriline_page,
            events: *mut matriline_page_events,
            window_out: *mut matriline_window,
        ) -> *mut matriline_text,
    >,
    /// Opens a progress window. Answers the words of a refusal.
    pub open_progress: Option<
        extern "C" fn(
            userdata: *mut c_void,
            progress: *const matriline_progress,
            window_out: *mut matriline_progress_window,
        ) -> *mut matriline_text,
    >,
    /// Shows a notification. `level` is one of those of `orca.host.ui.NotificationLevel`, from 1 to 9. `click` is NULL
    /// when nobody wants to know of a click; else it belongs to the application, which frees it.
    pub notify: Option<
        extern "C" fn(
            userdata: *mut c_void,
            level: u8,
            text: matriline_str,
            hyper_text: matriline_str,
            click: *mut matriline_click,
        ),
    >,
}

/// A table that the library keeps, and drops once.
pub(crate) struct Table(pub(crate) matriline_host);

// SAFETY: whoever gives a table promises that its functions may be called with its `userdata` on any thread.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Drop for Table {
    fn drop(&mut self) {
        if let Some(drop) = self.0.drop {
            drop(self.0.userdata);
        }
    }
}

/// The application behind a table.
pub(crate) struct Application(pub(crate) Arc<Table>);

impl Host for Application {
    fn features(&self) -> Vec<Feature> {
        let bits = [
            (matriline_feature::LANGUAGE, Feature::Language),
            (matriline_feature::LOCAL_BUNDLES, Feature::LocalBundles),
            (matriline_feature::DOCK_PANELS, Feature::DockPanels),
            (matriline_feature::NOTIFICATIONS, Feature::Notifications),
        ];
        let offered = bits.into_iter().filter(|(bit, _)| self.0.0.features & *bit as u32 != 0);
        offered.map(|(_, feature)| feature).collect()
    }

    fn model(&self) -> Option<Arc<Model>> {
        let table = &self.0.0;
        let model = table.model?(table.userdata);
        // SAFETY: the function gives a reference away.
        (!model.is_null()).then(|| unsafe { Arc::from_raw(model) }.0.clone())
    }

    fn preset_bundle(&self) -> Option<Arc<PresetBundle>> {
        let table = &self.0.0;
        let presets = table.presets?(table.userdata);
        // SAFETY: the function gives a reference away.
        (!presets.is_null()).then(|| unsafe { Arc::from_raw(presets) }.0.clone())
    }

    fn plater(&self) -> Option<PlaterState> {
        let table = &self.0.0;
        let mut state = matriline_plater_state::default();
        table.plater?(table.userdata, &mut state).then_some(PlaterState {
            is_project_dirty: state.is_project_dirty,
            is_presets_dirty: state.is_presets_dirty,
            inside_snapshot_capture: state.inside_snapshot_capture,
        })
    }

    fn user_interface(&self) -> Option<Arc<dyn UserInterface>> {
        self.0.0.message?;
        Some(Arc::new(Interface(self.0.clone())))
    }

    fn app_language(&self) -> String {
        let table = &self.0.0;
        // SAFETY: the text comes from `matriline_text_new`, and the function gives it away.
        let language = table.app_language.and_then(|ask| unsafe { take_text(ask(table.userdata)) });
        language.unwrap_or_default()
    }

    fn reload_local_bundle(&self, bundle_id: &str) -> Result<bool, Refused> {
        let table = &self.0.0;
        let Some(reload) = table.reload_local_bundle else { return Ok(false) };
        let mut found = false;
        accepted(reload(table.userdata, matriline_str::of(bundle_id), &mut found)).map(|()| found)
    }
}

/// What a function answers that may refuse.
pub(super) fn accepted(refusal: *mut matriline_text) -> Result<(), Refused> {
    // SAFETY: the text comes from `matriline_text_new`, and the function gives it away.
    unsafe { take_text(refusal) }.map_or(Ok(()), |words| Err(Refused(words)))
}

/// Sets what the application offers to plugins. The table is copied. With NULL plugins are told that there is no
/// application. `host->drop` is called also when this fails, unless `host` is NULL or its size is wrong.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, `host` for `host->size` bytes; its functions may be called as its comment says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_host(
    config: *mut matriline_config,
    host: *const matriline_host,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let table = unsafe { read(host) }?.map(|table| Arc::new(Table(table)));
        // SAFETY: the caller's promise.
        unsafe { object_mut(config, "config") }?.host = table;
        Ok(())
    })
}

/// Sets how long a plugin waits for an answer of the host while the main thread is inside of a plugin's code, which may
/// be waiting for the same plugin. 30 seconds without it.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_host_patience(
    config: *mut matriline_config,
    milliseconds: u64,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let config = unsafe { object_mut(config, "config") }?;
        config.host_patience = Some(std::time::Duration::from_millis(milliseconds));
        Ok(())
    })
}

/// Sets the newest generation of the interface that plugins find, a `matriline_generation`; names of newer ones do not
/// exist for them, whatever the host has. The newest without it, which plugins of all generations run with.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_config_set_generation(
    config: *mut matriline_config,
    generation: u8,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let config = unsafe { object_mut(config, "config") }?;
        let wrong = || {
            let message = format!("There is no generation {generation}: give a `matriline_generation`");
            Fault::new(ErrorCode::InvalidArgument, message)
        };
        config.generation = Generation::ALL.get(usize::from(generation)).copied().ok_or_else(wrong)?;
        Ok(())
    })
}

/// The members that a table has; those it does not have are NULL.
///
/// # Safety
/// `host` is NULL, or readable for `host->size` bytes.
unsafe fn read(host: *const matriline_host) -> Outcome<Option<matriline_host>> {
    // SAFETY: the caller's promise; a table begins with its size.
    let Some(size) = (unsafe { host.cast::<usize>().as_ref() }) else { return Ok(None) };
    let least = std::mem::offset_of!(matriline_host, model);
    if *size < least {
        let message = format!("The size of the host is {size}: set it to `sizeof(matriline_host)`");
        return Err(Fault::new(ErrorCode::InvalidArgument, message));
    }
    // SAFETY: numbers, and functions that may be NULL.
    let mut table: matriline_host = unsafe { std::mem::zeroed() };
    let count = (*size).min(size_of::<matriline_host>());
    // SAFETY: the caller's promise, and the size of the table here.
    unsafe { std::ptr::copy_nonoverlapping(host.cast::<u8>(), (&raw mut table).cast::<u8>(), count) };
    Ok(Some(table))
}

/// A function that is missing where another one needs it.
pub(super) fn no_such(function: &str) -> Refused {
    Refused(format!("This application has no `{function}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_table_has_fewer_functions() {
        extern "C" fn language(_: *mut c_void) -> *mut matriline_text {
            std::ptr::null_mut()
        }
        // SAFETY: numbers, and functions that may be NULL.
        let mut table: matriline_host = unsafe { std::mem::zeroed() };
        table.size = size_of::<matriline_host>();
        table.app_language = Some(language);
        // SAFETY: the table is there.
        assert!(unsafe { read(&table) }.unwrap().unwrap().app_language.is_some());
        table.size = std::mem::offset_of!(matriline_host, app_language);
        // SAFETY: as above.
        assert!(unsafe { read(&table) }.unwrap().unwrap().app_language.is_none());
        table.size = 0;
        // SAFETY: as above.
        assert!(unsafe { read(&table) }.is_err());
        // SAFETY: NULL is allowed.
        assert!(unsafe { read(std::ptr::null()) }.unwrap().is_none());
    }
}
