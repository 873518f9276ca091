//! What differs from one operating system to the other.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::system_version;
#[cfg(target_os = "linux")]
pub(crate) use linux::{
    can_be_run, is_child, is_main_thread, library_path, on_fork_in_child, with_interrupts_kept,
};

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub use other::system_version;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{
    can_be_run, is_child, is_main_thread, library_path, on_fork_in_child, with_interrupts_kept,
};

/// The path that the bytes of the system's file names stand for.
pub(crate) fn path_of(bytes: &[u8]) -> std::borrow::Cow<'_, std::path::Path> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        std::path::Path::new(std::ffi::OsStr::from_bytes(bytes)).into()
    }
    #[cfg(not(unix))]
    {
        std::path::PathBuf::from(String::from_utf8_lossy(bytes).into_owned()).into()
    }
}
