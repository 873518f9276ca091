//! What an application offers to plugins, as traits and plain data.
//!
//! The choice that shapes the crate: **what plugins read is a snapshot, what they do is a call**. The application
//! hands out its [`Model`] and its [`PresetBundle`] as values that never change and that are shared, so that a plugin
//! may hold them on any thread for as long as it likes; changing something makes a new value and leaves the parts that
//! stayed as they were. What a plugin wants done (a message, a window) is a call of the [`UserInterface`].
//!
//! Nothing here knows Python. Every method is called without a lock of ours and without the GIL: on the main thread of
//! the application when it gave a function that posts to it, else on the thread of the plugin.

mod config;
mod feature;
mod geometry;
pub mod json;
mod mesh;
mod model;
mod page;
mod presets;
mod storage;
mod ui;

pub use config::Config;
pub use feature::{Feature, Generation};
pub use geometry::{BoundingBox, Matrix, Placement};
pub use mesh::{MeshError, TriangleMesh};
pub use model::{Model, ModelInstance, ModelObject, ModelVolume, Painted, VolumeKind};
pub use page::{PAGE_SCRIPT, PageMessage, page_dispatch};
pub use presets::{Preset, PresetBundle, PresetCollection, PresetType};
pub use storage::{Storage, StorageError};
pub use ui::{
    Answer, Buttons, Dock, Icon, Level, Message, NewPage, NewPanel, NewProgress, Notification, PageEvents,
    Panel, ProgressDialog, UserInterface, Window, WindowStyle,
};

use std::sync::Arc;

/// What the application has open beside the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaterState {
    /// The project has changes that are not saved.
    pub is_project_dirty: bool,
    /// A preset has changes that are not saved.
    pub is_presets_dirty: bool,
    /// The application is just taking a snapshot for undo.
    pub inside_snapshot_capture: bool,
}

/// An act that the application refused, in words for the author of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// An application, as plugins see it. Whatever is not written answers that there is no such thing.
///
/// Threads: the main thread of the application when it gave a function that posts to it, else any.
pub trait Host: Send + Sync {
    /// What is offered beyond the names that always exist. A name whose feature is not here does not exist for plugins,
    /// which probe for it; see [`Feature`]. Asked once, when the manager starts.
    fn features(&self) -> Vec<Feature> {
        Vec::new()
    }

    /// The model as it is now; none when the application has no plater.
    fn model(&self) -> Option<Arc<Model>> {
        None
    }

    /// The presets as they are now.
    fn preset_bundle(&self) -> Option<Arc<PresetBundle>> {
        None
    }

    /// What else is open; none when the application has no plater.
    fn plater(&self) -> Option<PlaterState> {
        None
    }

    /// The user interface; none for an application without windows.
    fn user_interface(&self) -> Option<Arc<dyn UserInterface>> {
        None
    }

    /// The language of the application, such as `de_DE`. Belongs to [`Feature::Language`].
    fn app_language(&self) -> String {
        String::new()
    }

    /// Reads a bundle of presets again after its files changed; false when there is none of that name. Belongs to
    /// [`Feature::LocalBundles`].
    ///
    /// # Errors
    /// [`Refused`], which the plugin gets as a `RuntimeError`.
    fn reload_local_bundle(&self, bundle_id: &str) -> Result<bool, Refused> {
        let _ = bundle_id;
        Ok(false)
    }
}
