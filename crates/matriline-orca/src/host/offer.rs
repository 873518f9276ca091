//! What the application that runs offers, and the names that come and go with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use matriline_host::{Feature, Generation, Host, Storage};
use matriline_python::desk::{self, DeskOptions, Post};
use matriline_python::identity::host_call;
use matriline_python::modules;
use matriline_registry::lock::Mutex;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use crate::module;

/// What an application offers to plugins.
pub struct Offer {
    /// The application; without one the functions of `orca.host` raise.
    pub host: Option<Arc<dyn Host>>,
    /// Folders for plugins; without one `orca.host.plugin` does not exist.
    pub storage: Option<Arc<dyn Storage>>,
    /// The function that posts to the main thread. Without one the application is called on the threads of plugins.
    pub post: Option<Post>,
    /// How long a plugin waits for a main thread that is inside of a plugin's code.
    pub patience: Duration,
    /// Names of newer generations do not exist, whatever else is offered.
    pub generation: Generation,
}

/// What is offered now.
struct Offered {
    number: u64,
    host: Option<Arc<dyn Host>>,
    storage: Option<Arc<dyn Storage>>,
    features: Vec<Feature>,
}

/// Stands for one offer; given to [`withdraw`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offering(u64);

static OFFERED: Mutex<Option<Arc<Offered>>> = Mutex::new(None);

/// What an application must offer for a name to exist.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    Feature(Feature),
    Generation(Generation),
}

/// A name that exists only while what it needs is offered.
struct Optional {
    needs: Needs,
    /// A module, or a class.
    owner: Py<PyAny>,
    /// What the owner is called.
    path: String,
    name: String,
    object: Py<PyAny>,
}

static OPTIONAL: Mutex<Vec<Arc<Optional>>> = Mutex::new(Vec::new());

/// Offers an application to plugins, until [`withdraw`].
///
/// # Errors
/// What Python raises when a module was tampered with.
///
/// Threads: the main thread of the application, attached as the application.
pub fn offer(py: Python<'_>, offer: Offer) -> PyResult<Offering> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let Offer { host, storage, post, patience, generation } = offer;
    let features = host.as_ref().map(|host| host_call(|| host.features()));
    let mut features = features.unwrap_or_default();
    features.extend(storage.is_some().then_some(Feature::Storage));
    features.retain(|feature| feature.since() <= generation);
    features.sort();
    features.dedup();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let offered = Arc::new(Offered { number, host, storage, features });
    let former = OFFERED.lock().replace(offered.clone());
    host_call(|| {
        drop(former);
        desk::open(DeskOptions { post, patience });
    });
    let offering = Offering(number);
    show(py, &offered.features, generation).inspect_err(|_| withdraw(offering))?;
    Ok(offering)
}

/// The application is going: its functions raise from now on, and calls that wait are given up. Nothing happens when
/// another offer was made since.
pub fn withdraw(offering: Offering) {
    let former = OFFERED.lock().take_if(|offered| offered.number == offering.0);
    if former.is_some() {
        host_call(|| {
            desk::close();
            drop(former);
        });
    }
}

/// Makes `object` a name of `module` while the feature is offered; until [`hide`] it is there as well.
pub(super) fn optional(
    module: &Bound<'_, PyModule>,
    name: &str,
    object: &Bound<'_, PyAny>,
    feature: Feature,
) -> PyResult<()> {
    module.add(name, object)?;
    let path = module.name()?.to_string();
    keep(module, path, name, object, Needs::Feature(feature));
    Ok(())
}

/// Has a name that a module or a class has exist only where its generation is offered.
pub(crate) fn of_generation(
    owner: &Bound<'_, PyAny>,
    path: &str,
    name: &str,
    generation: Generation,
) -> PyResult<()> {
    // As it stands there: a class binds what it is asked for.
    let object = owner.getattr("__dict__")?.get_item(name)?;
    keep(owner, path.to_owned(), name, &object, Needs::Generation(generation));
    Ok(())
}

fn keep(owner: &Bound<'_, PyAny>, path: String, name: &str, object: &Bound<'_, PyAny>, needs: Needs) {
    let (owner, object, name) = (owner.clone().unbind(), object.clone().unbind(), name.to_owned());
    OPTIONAL.lock().push(Arc::new(Optional { needs, owner, path, name, object }));
}

/// What a name of a module needs to exist.
pub(crate) fn needs_of(module: &str, name: &str) -> Option<Needs> {
    let is_it = |optional: &&Arc<Optional>| optional.path == module && optional.name == name;
    OPTIONAL.lock().iter().find(is_it).map(|optional| optional.needs)
}

/// Nothing is offered yet.
pub(crate) fn hide(py: Python<'_>) -> PyResult<()> {
    show(py, &[], Generation::Newest)
}

fn show(py: Python<'_>, features: &[Feature], generation: Generation) -> PyResult<()> {
    let all = OPTIONAL.lock().clone();
    for optional in all {
        let is_offered = match optional.needs {
            Needs::Feature(feature) => features.contains(&feature),
            Needs::Generation(needed) => needed <= generation,
        };
        let object = is_offered.then(|| optional.object.bind(py));
        let owner = optional.owner.bind(py);
        match (owner.cast::<PyModule>(), object) {
            (Ok(module), object) => module::set(module, &optional.name, object)?,
            (Err(_), Some(object)) => owner.setattr(&optional.name, object)?,
            (Err(_), None) if owner.hasattr(&optional.name)? => owner.delattr(&optional.name)?,
            (Err(_), None) => {}
        }
        if let Ok(part) = optional.object.bind(py).cast::<PyModule>() {
            let modules = modules(py);
            match object {
                Some(object) => modules.set_item(part.name()?, object)?,
                None if modules.contains(part.name()?)? => modules.del_item(part.name()?)?,
                None => {}
            }
        }
    }
    Ok(())
}

/// The application, if there is one.
pub(super) fn host() -> Option<Arc<dyn Host>> {
    OFFERED.lock().as_ref()?.host.clone()
}

/// The folders of plugins, if there are any.
pub(super) fn storage() -> Option<Arc<dyn Storage>> {
    OFFERED.lock().as_ref()?.storage.clone()
}

/// The features that are offered.
pub(super) fn features() -> Vec<Feature> {
    OFFERED.lock().as_ref().map(|offered| offered.features.clone()).unwrap_or_default()
}
