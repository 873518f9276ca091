//! Capabilities: made of the classes that a plugin registered, and checked before anybody can call them.

use std::collections::HashSet;

use matriline_capability::{Capability, CapabilityId, CapabilityType, Duty, Failures, table};
use matriline_python::{PythonCapability, lossy, type_name};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::LoadedPlugin;
use crate::error::{LoadError, Stage};
use crate::module::PACKAGE;
use crate::{bases, handles};

impl LoadedPlugin {
    /// Makes the capability of a class and asks it once for its type and its name.
    pub(super) fn make(&self, class: &Bound<'_, PyType>) -> Result<PythonCapability, LoadError> {
        let py = class.py();
        let raised = |stage| move |error: PyErr| self.raised(py, stage, Some(class), &error);
        let instance = class.call0().map_err(raised(Stage::Capability))?;
        let kind = instance.call_method0(intern!(py, "get_type")).map_err(raised(Stage::GetType))?;
        let kind = self.kind(class, &kind)?;
        let name = instance.call_method0(intern!(py, "get_name")).map_err(raised(Stage::GetName))?;
        let name = self.name(class, &name)?;
        let base = base(py, kind).map_err(raised(Stage::Capability))?;
        let id = CapabilityId { kind, name, plugin_key: self.key() };
        let capability = PythonCapability::new(&instance, id, self.identity.clone(), PACKAGE, &base)
            .map_err(raised(Stage::Capability))?;
        self.warn_unwritten(class, &capability);
        handles::add(&instance, capability.id(), &self.services);
        Ok(capability)
    }

    fn kind(
        &self,
        class: &Bound<'_, PyType>,
        answer: &Bound<'_, PyAny>,
    ) -> Result<CapabilityType, LoadError> {
        let py = class.py();
        let members =
            matriline_python::module(py, PACKAGE).and_then(|orca| orca.getattr(intern!(py, "PluginType")));
        let is_member = members.and_then(|class| answer.is_instance(&class)).unwrap_or(false);
        let number = answer.getattr(intern!(py, "value")).and_then(|value| value.extract::<u8>()).ok();
        number
            .filter(|_| is_member)
            .and_then(CapabilityType::from_number)
            .ok_or_else(|| self.wrong_answer(class, "get_type", "a member of `orca.PluginType`", answer))
    }

    fn name(&self, class: &Bound<'_, PyType>, answer: &Bound<'_, PyAny>) -> Result<String, LoadError> {
        let Ok(name) = answer.cast::<PyString>() else {
            return Err(self.wrong_answer(class, "get_name", "a `str`", answer));
        };
        match lossy(name) {
            name if name.is_empty() => {
                Err(LoadError::EmptyName { plugin: self.key(), class: type_name(class) })
            }
            name if name.contains(';') => Err(LoadError::SeparatorInName { plugin: self.key(), name }),
            name => Ok(name),
        }
    }

    /// A class without a method of its row loads, since others of its methods may work; a call of it is an error.
    fn warn_unwritten(&self, class: &Bound<'_, PyType>, capability: &PythonCapability) {
        let CapabilityId { kind, name, plugin_key: plugin } = capability.id();
        for usage in capability.misfits() {
            let class = type_name(class);
            tracing::warn!(target: "matriline::load", plugin = &**plugin, "Plugin `{plugin}`: a method of class `{class}` of capability `{name}` takes other arguments than it is given; every call of it will fail: write it as `{usage}`");
        }
        // Where failures have an answer, a method that is not written is a way to say no.
        let row = table::row(*kind).filter(|row| row.failures == Failures::Errors);
        let methods = row.map_or(&[][..], |row| row.methods);
        for (place, method) in methods.iter().enumerate() {
            if method.duty == Duty::Required && !capability.is_written(place) {
                let (class, method) = (type_name(class), method.name);
                tracing::warn!(target: "matriline::load", plugin = &**plugin, "Plugin `{plugin}`: class `{class}` of capability `{name}` has no method `{method}`; every call of it will fail");
            }
        }
    }

    pub(super) fn check_duplicates(&self) -> Result<(), LoadError> {
        let mut seen = HashSet::new();
        for capability in &self.capabilities {
            let CapabilityId { kind, name, .. } = capability.id();
            if !seen.insert((*kind, name)) {
                return Err(LoadError::Duplicate { plugin: self.key(), name: name.clone(), kind: *kind });
            }
        }
        Ok(())
    }

    fn wrong_answer(
        &self,
        class: &Bound<'_, PyType>,
        method: &'static str,
        expected: &'static str,
        answer: &Bound<'_, PyAny>,
    ) -> LoadError {
        let (class, found) = (type_name(class), type_name(&answer.get_type()));
        LoadError::WrongAnswer { plugin: self.key(), class, method, expected, found }
    }
}

/// The class that a capability of that type gets its methods from.
fn base(py: Python<'_>, kind: CapabilityType) -> PyResult<Bound<'_, PyType>> {
    let (module, class) = match table::row(kind) {
        Some(row) => (format!("{PACKAGE}.{}", row.python_module), row.python_class),
        None => (PACKAGE.to_owned(), bases::ROOT),
    };
    Ok(py.import(module)?.getattr(class)?.cast_into()?)
}
