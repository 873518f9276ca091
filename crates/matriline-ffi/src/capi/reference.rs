//! Capability references.

use matriline_refs::CapabilityRefBorrowed;

use super::answer;
use super::text::matriline_str;

/// An entry of a preset's `plugins` array: `<plugin name>;<cloud uuid or empty>;<capability name>`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_capability_ref {
    /// The name of the plugin.
    pub name: matriline_str,
    /// The name of the capability.
    pub capability_name: matriline_str,
    /// The UUID in the cloud, or an empty text.
    pub uuid: matriline_str,
}

/// Reads a reference. On true `reference_out` borrows from `text`; for a text that is none it is left alone.
///
/// Threads: any.
///
/// # Safety
/// `text` is readable, `reference_out` NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_ref_parse(
    text: matriline_str,
    reference_out: *mut matriline_capability_ref,
) -> bool {
    answer(false, || {
        // SAFETY: the caller's promise.
        let (text, slot) = unsafe { (text.read("text"), reference_out.as_mut()) };
        let found = text.ok().and_then(CapabilityRefBorrowed::parse);
        if let (Some(found), Some(slot)) = (found, slot) {
            *slot = matriline_capability_ref {
                name: matriline_str::of(found.name),
                capability_name: matriline_str::of(found.capability_name),
                uuid: matriline_str::of(found.uuid),
            };
        }
        found.is_some()
    })
}
