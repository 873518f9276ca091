//! The artifact of `matriline-ffi`: cargo makes `libmatriline_ffi_static.a` of it.
pub use matriline_ffi::*;
