//! Names that plugins look for and that are not there, and why.
//!
//! Plugins find out by `hasattr` and `getattr` what an application offers, so an absent name is an `AttributeError`;
//! whoever uses it without asking reads in the message where it would be found.

use matriline_host::Generation;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyModule, PyTuple};

use crate::host::{self, Needs};

/// Why a name is absent.
#[derive(Clone, Copy)]
enum Why {
    /// Programs derived from OrcaSlicer have it; OrcaSlicer has this.
    ForkOnly(&'static str),
    /// It belongs to steps of slicing that no application dispatches yet.
    SlicingGraph,
    /// It belongs to a type of capability that the application does not take.
    Type,
    /// It never was there; this is meant.
    Never(&'static str),
}

/// The names by their module.
const ABSENT: &[(&str, &[&str], Why)] = &[
    ("orca", &["__version__", "version"], Why::Never("the version of the application is `ctx.orca_version`")),
    ("orca", &["config"], Why::Never("a capability has `self.get_config()` and `self.save_config(text)`")),
    ("orca", &["importer", "exporter", "analysis", "automation"], Why::Type),
    (
        "orca.host",
        &["presets", "select_filament_preset"],
        Why::ForkOnly("reads presets alone, with orca.host.preset_bundle()"),
    ),
    (
        "orca.host",
        &["data_dir"],
        Why::ForkOnly(
            "gives each plugin a folder of its own, orca.host.plugin.storage(), since it has orca.pages",
        ),
    ),
    (
        "orca.host.ui",
        &["create_panel"],
        Why::ForkOnly("has create_dock_panel() and pages of plugins since it has orca.pages"),
    ),
    (
        "orca.host",
        &[
            "Point",
            "Polygon",
            "ExPolygon",
            "SurfaceType",
            "Surface",
            "SurfaceCollection",
            "Print",
            "PrintObject",
            "Layer",
            "LayerRegion",
            "stTop",
            "stBottom",
            "stBottomBridge",
            "stInternal",
            "stInternalSolid",
            "stInternalBridge",
        ],
        Why::SlicingGraph,
    ),
];

/// Lets the module say why a name is absent (PEP 562). Names that are there are found as before.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let title = module.name()?.to_string();
    let explain = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<()> {
        let name: String = args.get_item(0)?.extract()?;
        Err(PyAttributeError::new_err(explanation(&title, &name)))
    };
    let doc = c"__getattr__(name)\n--\n\nRaises the AttributeError of a name that the module does not have.";
    module
        .add("__getattr__", PyCFunction::new_closure(module.py(), Some(c"__getattr__"), Some(doc), explain)?)
}

fn explanation(module: &str, name: &str) -> String {
    let plain = format!("module '{module}' has no attribute '{name}'");
    reason(module, name).map_or_else(|| plain.clone(), |reason| format!("{plain}: {reason}"))
}

/// Why a name of a module is absent, if that is known.
fn reason(module: &str, name: &str) -> Option<String> {
    let known = ABSENT.iter().find(|(place, names, _)| *place == module && names.contains(&name));
    Some(match known.map(|(.., why)| *why) {
        None => match host::needs_of(module, name)? {
            Needs::Feature(feature) => format!(
                "this application does not offer it, \"{}\" is not in orca.host_features(); {}",
                feature.name(),
                since(feature.since())
            ),
            Needs::Generation(generation) => {
                format!("this application offers an older generation of the interface; {}", since(generation))
            }
        },
        Some(Why::ForkOnly(instead)) => format!(
            "only programs derived from OrcaSlicer have it, which itself {instead}; ask with hasattr({module}, '{name}') before you use it"
        ),
        Some(Why::SlicingGraph) => format!(
            "it is a part of the slicing graph, which this application does not offer; {}",
            since(Generation::Newer)
        ),
        Some(Why::Type) => "this application takes no plugins of that kind".into(),
        Some(Why::Never(meant)) => format!("no version has it; {meant}"),
    })
}

/// Why a module below `orca` cannot be imported, if that is known.
pub(crate) fn reason_of_module(path: &str) -> Option<String> {
    let (module, name) = path.rsplit_once('.')?;
    reason(module, name)
}

/// Since when OrcaSlicer has a name, in words that plugins can test: it never told them a number.
fn since(generation: Generation) -> String {
    format!("OrcaSlicer has it since it has {}", generation.sign())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_forks_say_so() {
        let text = explanation("orca.host.ui", "create_panel");
        assert!(
            text.starts_with("module 'orca.host.ui' has no attribute 'create_panel': only programs derived")
        );
    }

    #[test]
    fn other_names_are_plain() {
        assert_eq!(explanation("orca", "nothing"), "module 'orca' has no attribute 'nothing'");
    }
}
