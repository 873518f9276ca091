//! Records in messages.

use matriline_capability::{FieldSpec, Kind, RecordSpec};
use pyo3::prelude::*;
use pyo3::{ffi, ffi::PyObject};

use super::super::{text, value};
use super::{slot_at, spec_of};

/// What a field reads as, where it is not what every record has: `<orca.printer_agent.AgentInfo id='a'>`.
pub(super) unsafe extern "C" fn repr(object: *mut PyObject) -> *mut PyObject {
    // SAFETY: called by Python with a record.
    let shown = unsafe {
        let class = ffi::Py_TYPE(object);
        let mut shown = format!("<{}", std::ffi::CStr::from_ptr((*class).tp_name).to_string_lossy());
        for (place, field) in spec_of(class).map(RecordSpec::fields).unwrap_or_default().iter().enumerate() {
            match describe(object, place, field) {
                Ok(Some(text)) => shown += &format!(" {}={text}", field.name),
                Ok(None) => {}
                Err(()) => return std::ptr::null_mut(),
            }
        }
        shown + ">"
    };
    // SAFETY: the GIL is held.
    unsafe { text::new(&shown) }
}

/// How a message shows a field, if it does; an error with an exception.
///
/// # Safety
/// `object` is a record with that field and the GIL is held.
unsafe fn describe(object: *mut PyObject, place: usize, field: &FieldSpec) -> Result<Option<String>, ()> {
    if matches!(field.kind, Kind::Slice) {
        return Ok(None);
    }
    // SAFETY: as promised by the caller; what is made is let go of here.
    unsafe {
        let py = Python::assume_attached();
        let owned = |object| Bound::from_owned_ptr_or_opt(py, object).ok_or(());
        let now = Bound::from_borrowed_ptr_or_opt(py, slot_at(object, place).object(field.kind)).ok_or(())?;
        let usual = owned(value::default_of(field.kind))?;
        match now.eq(&usual) {
            Ok(true) => return Ok(None),
            Ok(false) if field.is_secret => return Ok(Some("***".into())),
            Ok(false) => {}
            Err(_) => ffi::PyErr_Clear(),
        }
        let text = owned(ffi::PyObject_Repr(now.as_ptr()))?;
        Ok(Some(text.to_string()))
    }
}
