//! The classes that plugins see, made from the table at run time.

mod arguments;
mod binding;
pub(crate) mod enumeration;
pub(crate) mod function;
pub(crate) mod record;
pub(crate) mod result;
mod slice;
pub(crate) mod text;
pub(crate) mod value;

pub use binding::binding;
pub use enumeration::{add_member, enumeration, enumeration_of};
pub use record::record_class;
pub use result::{result_class, set_statuses};

/// Whether a class, or one it derives from, brings an `__init__` of its own, which takes its own arguments.
///
/// # Safety
/// `class` is alive and the GIL is held.
unsafe fn has_own_initialiser(class: *mut pyo3::ffi::PyTypeObject) -> bool {
    let address = |class: *const pyo3::ffi::PyTypeObject| {
        // SAFETY: both classes are alive.
        unsafe { (*class).tp_init }.map_or(0, |initialiser| initialiser as usize)
    };
    address(class) != address(&raw const pyo3::ffi::PyBaseObject_Type)
}
