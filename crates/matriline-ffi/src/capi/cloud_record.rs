//! What an application has fetched from its cloud of plugins.

use matriline::{CloudOverlay, Descriptor, ErrorCode};

use super::error::{matriline_error, matriline_result};
use super::manager::matriline_manager;
use super::text::matriline_str;
use super::{enter, give, object, object_mut, objects, slot};
use crate::boundary::Fault;

/// What the cloud says of a plugin, installed or not.
pub struct matriline_cloud_record(Descriptor);

impl matriline_cloud_record {
    pub(crate) fn descriptor(&self) -> Descriptor {
        self.0.clone()
    }

    fn cloud(&mut self) -> &mut CloudOverlay {
        self.0.cloud.get_or_insert_default()
    }
}

/// The record of a plugin with this UUID, which is the plugin's key. All else is empty at first. `record_out` receives a
/// record to free with `matriline_cloud_record_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_new(
    uuid: matriline_str,
    record_out: *mut *mut matriline_cloud_record,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (uuid, out) = unsafe { (uuid.read("uuid")?, slot(record_out, "record_out")?) };
        if uuid.is_empty() {
            let message = "The text `uuid` is empty; give the plugin's UUID in the cloud";
            return Err(Fault::new(ErrorCode::InvalidArgument, message));
        }
        let cloud = CloudOverlay { uuid: uuid.to_owned(), ..CloudOverlay::default() };
        let record =
            Descriptor { plugin_key: uuid.to_owned(), cloud: Some(cloud.into()), ..Descriptor::default() };
        give(out, matriline_cloud_record(record));
        Ok(())
    })
}

/// Sets the name to show.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_set_name(
    record: *mut matriline_cloud_record,
    name: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(record, name, "name", error_out, |record| &mut record.0.name) }
}

/// Sets the description.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_set_description(
    record: *mut matriline_cloud_record,
    description: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(record, description, "description", error_out, |record| &mut record.0.description) }
}

/// Sets the author.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_set_author(
    record: *mut matriline_cloud_record,
    author: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(record, author, "author", error_out, |record| &mut record.0.author) }
}

/// Sets the latest version that the cloud has.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_set_version(
    record: *mut matriline_cloud_record,
    version: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    // SAFETY: the caller's promise.
    unsafe { set_text(record, version, "version", error_out, |record| &mut record.cloud().latest_version) }
}

/// Sets whether the user may not have the plugin, or no more.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_set_unauthorized(
    record: *mut matriline_cloud_record,
    unauthorized: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(record, "record") }?.cloud().unauthorized = unauthorized;
        Ok(())
    })
}

/// Sets whether the user published the plugin.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_set_is_mine(
    record: *mut matriline_cloud_record,
    is_mine: bool,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe { object_mut(record, "record") }?.cloud().is_mine = is_mine;
        Ok(())
    })
}

/// Puts what the cloud says of plugins beside what is installed, in the place of what was told before; none for an empty
/// array. It stays over discoveries. The records are copied.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid, the array readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_manager_update_cloud_catalog(
    manager: *mut matriline_manager,
    records: *const *const matriline_cloud_record,
    records_len: usize,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (manager, records) =
            unsafe { (object(manager, "manager")?, objects(records, records_len, "records")?) };
        manager.0.update_cloud_catalog(records.iter().map(|record| record.descriptor()).collect());
        Ok(())
    })
}

/// Frees a record. Threads: any.
///
/// # Safety
/// `record` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_cloud_record_free(record: *mut matriline_cloud_record) {
    // SAFETY: the caller's promise.
    unsafe { super::take(record) }
}

/// # Safety
/// As the functions above.
unsafe fn set_text(
    record: *mut matriline_cloud_record,
    text: matriline_str,
    name: &str,
    error_out: *mut *mut matriline_error,
    field: impl FnOnce(&mut matriline_cloud_record) -> &mut String,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (record, text) = unsafe { (object_mut(record, "record")?, text.read(name)?) };
        text.clone_into(field(record));
        Ok(())
    })
}
