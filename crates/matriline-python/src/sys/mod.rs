//! What differs from one operating system to the other.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::{is_main_thread, library_path, on_fork_in_child, with_interrupts_kept};

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{is_main_thread, library_path, on_fork_in_child, with_interrupts_kept};
