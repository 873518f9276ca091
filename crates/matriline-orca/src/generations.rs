//! Which names the generations after the specification's have brought.
//!
//! An application offers them all, unless it says otherwise. What is listed does not exist for plugins then: modules,
//! names in modules, and what the root of capabilities offers, since these are what plugins ask for. Methods that plugins
//! write, and members of enumerations, have numbers and places in tables, and stay.

use matriline_capability::{CameraStreamMode, LifecycleEvent};
use matriline_host::Generation;
use pyo3::prelude::*;
use pyo3::types::PyModule;

use crate::{bases, host};

/// The names by what has them, below `orca`.
const NEWER: &[(Generation, &str, &[&str])] = &[
    (Generation::Newer, "", &["slicing", "request_permissions", "SlicingPipeline"]),
    (
        Generation::Newer,
        bases::ROOT,
        &[
            "has_config_ui",
            "get_config_ui",
            "get_default_config",
            "get_config",
            "get_config_version",
            "save_config",
            "on_cancelled",
        ],
    ),
    (Generation::Newer, "printer_agent", &["PrinterConnectionParams", "CameraStreamMode"]),
    (Generation::Newer, "host.ui", &["WINDOW_MODELESS", "WINDOW_MODAL"]),
    (
        Generation::Newest,
        "",
        &["pages", "visualization", "Pages", "LifecycleEvent", "LifecycleEvtCode", "LifecycleEventContext"],
    ),
    (Generation::Newest, bases::ROOT, &["on_lifecycle_event"]),
];

/// Has the names come and go with their generation.
pub(crate) fn add_to(orca: &Bound<'_, PyModule>) -> PyResult<()> {
    for (generation, place, names) in NEWER {
        bind(orca, place, names.iter().copied(), *generation)?;
    }
    bind(orca, "", LifecycleEvent::SPEC.members.iter().copied(), Generation::Newest)?;
    let modes = CameraStreamMode::SPEC.members.iter().copied().filter(|mode| *mode != "None_");
    bind(orca, "printer_agent", modes, Generation::Newer)
}

fn bind<'a>(
    orca: &Bound<'_, PyModule>,
    place: &str,
    names: impl Iterator<Item = &'a str>,
    generation: Generation,
) -> PyResult<()> {
    let mut owner = orca.clone().into_any();
    for part in place.split('.').filter(|part| !part.is_empty()) {
        owner = owner.getattr(part)?;
    }
    let path = match place {
        "" => orca.name()?.to_string(),
        place => format!("{}.{place}", orca.name()?),
    };
    names.into_iter().try_for_each(|name| host::of_generation(&owner, &path, name, generation))
}
