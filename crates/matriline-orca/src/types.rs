//! The base classes of types that an application declares.

use matriline_capability::{CapabilityType, DeclareError, TypeSpec, table};
use matriline_python::add_member;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::brought::{self, BringError};
use crate::{bases, module};

/// Makes the base class of a type, unless that was done before; answers the name of its module.
pub(crate) fn bring(py: Python<'_>, kind: CapabilityType) -> Result<&'static str, BringError> {
    let Some(row) = table::row(kind) else { return Ok("") };
    let made = make(py, row).map_err(|error| BringError::raised(py, row.python_module, &error))?;
    match made {
        None => Ok(row.python_module),
        Some(taken) => Err(DeclareError::Taken {
            text: kind.as_str().into(),
            what: "the name",
            name: format!("{}.{taken}", module::PACKAGE),
        }
        .into()),
    }
}

/// Answers the name that `orca` has another use for, where there is one.
fn make(py: Python<'_>, row: &'static TypeSpec) -> PyResult<Option<&'static str>> {
    let orca = module::orca(py)?;
    let place = match brought::find(py, row.python_module) {
        Some(module) => module,
        None if !brought::is_free(&orca, row.python_module)? => return Ok(Some(row.python_module)),
        None => {
            let module = module::new(py, row.python_module)?;
            let doc = PyString::new(py, &bases::module_doc(row));
            module::set(&module, "__doc__", Some(doc.as_any()))?;
            brought::keep(row.python_module, &module);
            module
        }
    };
    if place.dict().contains(row.python_class)? {
        return Ok(None);
    }
    let members = orca.getattr("PluginType")?.cast_into::<PyType>()?;
    let name = row.kind.member();
    let member = match members.getattr(name) {
        Ok(member) => member,
        Err(_) if !brought::is_free(&orca, name)? => return Ok(Some(name)),
        Err(_) => {
            let member = add_member(&members, name, row.kind.number().into())?;
            module::set(&orca, name, Some(&member))?;
            member
        }
    };
    let root = orca.getattr(bases::ROOT)?.cast_into::<PyType>()?;
    let class = bases::of_row(&root, row, &member.unbind())?;
    module::set(&place, row.python_class, Some(&class))?;
    Ok(None)
}
