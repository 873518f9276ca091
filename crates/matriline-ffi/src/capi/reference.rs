//! Capability references.

use matriline_refs::{CapabilityRef, CapabilityRefBorrowed};

use super::error::{matriline_error, matriline_result};
use super::text::{matriline_str, matriline_text};
use super::{answer, enter, give, slot};

/// An entry of a preset's `plugins` array: `<plugin name>;<cloud uuid or empty>;<capability name>`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_capability_ref {
    /// The key of a local plugin, the display name of a cloud plugin.
    pub name: matriline_str,
    /// The name of the capability.
    pub capability_name: matriline_str,
    /// The UUID in the cloud, or an empty text.
    pub uuid: matriline_str,
}

impl matriline_capability_ref {
    pub(crate) fn of(reference: CapabilityRefBorrowed<'_>) -> Self {
        Self {
            name: matriline_str::of(reference.name),
            capability_name: matriline_str::of(reference.capability_name),
            uuid: matriline_str::of(reference.uuid),
        }
    }
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
            *slot = matriline_capability_ref::of(found);
        }
        found.is_some()
    })
}

/// The text of a reference, as `plugins` holds it. It fails when the text would not read back as the reference is:
/// name and capability must not be empty, name and UUID must not hold a `;`. `text_out` receives a text to free
/// with `matriline_text_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_ref_build(
    reference: matriline_capability_ref,
    text_out: *mut *mut matriline_text,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (name, uuid) = unsafe { (reference.name.read("name")?, reference.uuid.read("uuid")?) };
        // SAFETY: the caller's promise.
        let capability_name = unsafe { reference.capability_name.read("capability_name") }?;
        // SAFETY: the caller's promise.
        let text_out = unsafe { slot(text_out, "text_out") }?;
        give(text_out, matriline_text(CapabilityRef::new(name, uuid, capability_name)?.to_string()));
        Ok(())
    })
}
