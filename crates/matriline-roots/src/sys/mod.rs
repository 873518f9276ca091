//! What differs between systems: the question about a path beneath a folder, descriptors, links that aren't paths.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::{Folder, fd_target, is_magic_folder, is_not_a_link, sync_folder};

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{Folder, fd_target, is_magic_folder, is_not_a_link, sync_folder};
