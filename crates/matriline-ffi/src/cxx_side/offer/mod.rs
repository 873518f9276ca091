//! The application that C++ offers.

pub(crate) mod files;
pub(crate) mod mesh;
pub(crate) mod model;
pub(crate) mod page;
pub(crate) mod presets;
mod ui;

use std::sync::{Arc, Mutex, PoisonError};

use cxx::SharedPtr;
use cxx::memory::SharedPtrTarget;
use matriline::host::{Feature, Host, Model, PlaterState, PresetBundle, Refused, UserInterface};

use crate::offer::ffi;
use model::ModelBuilder;
use presets::BundleBuilder;
use ui::Interface;

/// An object of C++ that the application promises to be usable, and destructible, on any thread.
pub(crate) struct Shared<T: SharedPtrTarget>(pub(crate) SharedPtr<T>);

// SAFETY: the promise that the classes of `host.hpp` ask of whoever derives from them.
unsafe impl<T: SharedPtrTarget> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: SharedPtrTarget> Sync for Shared<T> {}

/// The host of an application; null for one that offers nothing.
pub(crate) fn host_of(sink: SharedPtr<ffi::HostSink>) -> Option<Arc<dyn Host>> {
    if sink.is_null() {
        return None;
    }
    Some(Arc::new(CppHost { sink: Shared(sink), model: Kept::default(), presets: Kept::default() }))
}

struct CppHost {
    sink: Shared<ffi::HostSink>,
    model: Kept<ffi::HostModel, Model>,
    presets: Kept<ffi::HostPresets, PresetBundle>,
}

/// The snapshot that was read last, and the object of C++ that it was read from. That object is kept, so that no other
/// can have its address.
struct Kept<T: SharedPtrTarget, R>(Mutex<Option<(Shared<T>, Arc<R>)>>);

impl<T: SharedPtrTarget, R> Default for Kept<T, R> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: SharedPtrTarget, R> Kept<T, R> {
    /// The snapshot of an object that never changes; none of null.
    fn of(&self, object: SharedPtr<T>, read: impl FnOnce(&T) -> R) -> Option<Arc<R>> {
        let current = object.as_ref()?;
        {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, snapshot)) = &*kept
                && known.0.as_ref().is_some_and(|known| std::ptr::eq(known, current))
            {
                return Some(snapshot.clone());
            }
        }
        let snapshot = Arc::new(read(current));
        let new = Some((Shared(object), snapshot.clone()));
        // what was kept goes when the lock does not hold any more: the application's memory goes with it
        let former = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), new);
        drop(former);
        Some(snapshot)
    }
}

impl Host for CppHost {
    fn features(&self) -> Vec<Feature> {
        let feature = |number: u8| {
            Some(match number {
                0 => Feature::Language,
                1 => Feature::LocalBundles,
                2 => Feature::DockPanels,
                3 => Feature::Notifications,
                _ => return None,
            })
        };
        ffi::host_features(&self.sink.0).into_iter().filter_map(feature).collect()
    }

    fn model(&self) -> Option<Arc<Model>> {
        self.model.of(ffi::host_model(&self.sink.0), |model| {
            let mut builder = ModelBuilder::default();
            ffi::read_host_model(model, &mut builder);
            builder.finish()
        })
    }

    fn preset_bundle(&self) -> Option<Arc<PresetBundle>> {
        self.presets.of(ffi::host_presets(&self.sink.0), |presets| {
            let mut builder = BundleBuilder::default();
            ffi::read_host_presets(presets, &mut builder);
            builder.finish()
        })
    }

    fn plater(&self) -> Option<PlaterState> {
        let plater = ffi::host_plater(&self.sink.0);
        plater.found.then_some(PlaterState {
            is_project_dirty: plater.is_project_dirty,
            is_presets_dirty: plater.is_presets_dirty,
            inside_snapshot_capture: plater.inside_snapshot_capture,
        })
    }

    fn user_interface(&self) -> Option<Arc<dyn UserInterface>> {
        let interface = ffi::host_interface(&self.sink.0);
        (!interface.is_null()).then(|| Arc::new(Interface(Shared(interface))) as Arc<dyn UserInterface>)
    }

    fn app_language(&self) -> String {
        ffi::host_language(&self.sink.0)
    }

    fn reload_local_bundle(&self, bundle_id: &str) -> Result<bool, Refused> {
        ffi::host_reload(&self.sink.0, bundle_id).map_err(refused)
    }
}

fn refused(thrown: cxx::Exception) -> Refused {
    Refused(thrown.what().to_owned())
}
