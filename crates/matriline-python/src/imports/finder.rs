//! The finder (PEP 451): serves the names of the table, and the distributions of the plugin that asks.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::{Source, paths, table};
use crate::identity::{self, Who};
use crate::modules::{module, sys_object};

/// Puts the finder before `PathFinder`.
pub(super) fn install(py: Python<'_>) -> PyResult<()> {
    let path = paths::entries(py)?;
    table::with(|table| table.see_path(path));
    let finders = sys_object(py, c"meta_path")?.cast_into::<PyList>()?;
    let external = module(py, "_frozen_importlib_external")?;
    let path_finder = external.getattr(intern!(py, "PathFinder"))?;
    let spec_of_file = external.getattr(intern!(py, "spec_from_file_location"))?.unbind();
    let place = finders.index(&path_finder).unwrap_or(finders.len());
    finders.insert(place, Bound::new(py, Finder { path_finder: path_finder.unbind(), spec_of_file })?)
}

/// The key of the plugin whose code this thread runs.
pub(super) fn plugin_of_thread() -> Option<String> {
    identity::with_current(|who| match who {
        Who::Plugin(scope) => Some(scope.identity().key().to_owned()),
        Who::Host | Who::Unknown => None,
    })
}

/// The finder; see the head of this file.
#[pyclass(frozen, module = "orca")]
struct Finder {
    path_finder: Py<PyAny>,
    spec_of_file: Py<PyAny>,
}

#[pymethods]
impl Finder {
    #[pyo3(signature = (name, path=None, target=None))]
    fn find_spec<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        path: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if path.is_some() {
            return Ok(None);
        }
        let found = |path: Bound<'py, PyList>| {
            let spec =
                self.path_finder.bind(py).call_method1(intern!(py, "find_spec"), (name, path, target))?;
            Ok((!spec.is_none()).then_some(spec))
        };
        if table::standard(py)?.contains(name) {
            // Whatever plugins do to `sys.path`, the standard library is Python's own.
            let path = table::with(|table| table.path().to_vec());
            return found(PyList::new(py, path)?);
        }
        let known = table::with(|table| table.source(name));
        let source = match (known, plugin_of_thread()) {
            (Some(source), _) => source,
            (None, Some(plugin)) => match paths::find(py, &plugin, name)? {
                Some(source) => source,
                None => return Ok(None),
            },
            (None, None) => return Ok(None),
        };
        match source {
            Source::Made => Ok(None),
            Source::Folder(folder) => found(PyList::new(py, [folder.as_os_str()])?),
            Source::File(file) => Ok(Some(self.spec_of_file.bind(py).call1((name, file.as_os_str()))?)),
        }
    }

    /// What `importlib.metadata` asks every finder.
    #[pyo3(signature = (context=None))]
    fn find_distributions<'py>(
        &self,
        py: Python<'py>,
        context: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let nothing = PyTuple::empty(py).into_any();
        let Some(plugin) = plugin_of_thread() else { return Ok(nothing) };
        let folders = table::with(|table| table.distributions(&plugin));
        let asked = match context {
            Some(context) => context.getattr(intern!(py, "__dict__"))?.cast_into::<PyDict>()?.copy()?,
            None => PyDict::new(py),
        };
        // Who says where to look gets no other answers.
        if folders.is_empty() || asked.contains("path")? {
            return Ok(nothing);
        }
        let folders = folders.iter().map(|folder| folder.as_os_str());
        asked.set_item("path", PyList::new(py, folders.collect::<Vec<_>>())?)?;
        let metadata = py.import("importlib.metadata")?;
        let context = metadata
            .getattr(intern!(py, "DistributionFinder"))?
            .getattr(intern!(py, "Context"))?
            .call((), Some(&asked))?;
        metadata
            .getattr(intern!(py, "MetadataPathFinder"))?
            .call_method1(intern!(py, "find_distributions"), (context,))
    }
}
