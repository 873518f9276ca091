//! What a method has answered, for types that have no functions of their own.

use ::matriline_capability::OwnedValue;
use matriline::{ExecutionResult, ImportedMesh};

use super::capability_types::matriline_value_kind;
use super::execution_result::matriline_execution_result;
use super::host_model::matriline_mesh;
use super::text::matriline_str;
use super::text_list::matriline_text_list;
use super::value_of;

/// What a method has answered.
pub struct matriline_returned {
    value: OwnedValue,
    result: Option<matriline_execution_result>,
    texts: Option<matriline_text_list>,
    meshes: Option<Vec<(String, matriline_mesh)>>,
}

impl matriline_returned {
    pub(super) fn of(value: OwnedValue) -> Self {
        let result = match &value {
            OwnedValue::Result(status, message, data) => Some(matriline_execution_result(ExecutionResult {
                status: *status,
                message: message.clone(),
                data: data.clone(),
            })),
            _ => None,
        };
        let object = match &value {
            OwnedValue::Object(object) => Some(&**object),
            _ => None,
        };
        let texts = object.and_then(|object| object.downcast_ref()).cloned().map(matriline_text_list);
        let meshes = object.and_then(|object| object.downcast_ref::<Vec<ImportedMesh>>());
        let mesh = |made: &ImportedMesh| (made.name.clone(), matriline_mesh(made.mesh.clone()));
        let meshes = meshes.map(|meshes| meshes.iter().map(mesh).collect());
        Self { value, result, texts, meshes }
    }

    fn mesh(&self, index: usize) -> Option<&(String, matriline_mesh)> {
        self.meshes.as_ref()?.get(index)
    }

    fn kind(&self) -> matriline_value_kind {
        match self.value {
            OwnedValue::Text(_) => matriline_value_kind::TEXT,
            OwnedValue::Json(_) => matriline_value_kind::JSON,
            OwnedValue::Number(_) | OwnedValue::Code(_) => matriline_value_kind::NUMBER,
            OwnedValue::Real(_) => matriline_value_kind::REAL,
            OwnedValue::Flag(_) => matriline_value_kind::FLAG,
            OwnedValue::Result(..) => matriline_value_kind::RESULT,
            _ if self.texts.is_some() => matriline_value_kind::TEXTS,
            _ if self.meshes.is_some() => matriline_value_kind::MESHES,
            _ => matriline_value_kind::NOTHING,
        }
    }
}

/// What it is, a `matriline_value_kind`; nothing for NULL. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_kind(returned: *const matriline_returned) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, matriline_value_kind::NOTHING as u8, |returned| returned.kind() as u8) }
}

/// The text of a text or of JSON; it lives as long as `returned`. Empty for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_text(returned: *const matriline_returned) -> matriline_str {
    let text = |returned: &matriline_returned| match &returned.value {
        OwnedValue::Text(text) | OwnedValue::Json(text) => matriline_str::of(text),
        _ => matriline_str::of(""),
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, matriline_str::of(""), text) }
}

/// The whole number; 0 for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_number(returned: *const matriline_returned) -> i64 {
    let number = |returned: &matriline_returned| match returned.value {
        OwnedValue::Number(number) => number,
        OwnedValue::Code(code) => code.into(),
        _ => 0,
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, 0, number) }
}

/// The number with a fraction; 0 for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_real(returned: *const matriline_returned) -> f64 {
    let real = |returned: &matriline_returned| match returned.value {
        OwnedValue::Real(number) => number,
        _ => 0.0,
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, 0.0, real) }
}

/// Yes or no; false for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_flag(returned: *const matriline_returned) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, false, |returned| matches!(returned.value, OwnedValue::Flag(true))) }
}

/// The result of a method that answers with one; it lives as long as `returned`. NULL for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_result(
    returned: *const matriline_returned,
) -> *const matriline_execution_result {
    let result =
        |returned: &matriline_returned| returned.result.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, std::ptr::null(), result) }
}

/// The texts of a method that answers with several; they live as long as `returned`. NULL for anything else. Threads:
/// any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_texts(
    returned: *const matriline_returned,
) -> *const matriline_text_list {
    let texts =
        |returned: &matriline_returned| returned.texts.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, std::ptr::null(), texts) }
}

/// How many meshes the plugin has made; 0 for anything else. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_mesh_count(returned: *const matriline_returned) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, 0, |returned| returned.meshes.as_ref().map_or(0, Vec::len)) }
}

/// What the plugin calls one of its meshes; it lives as long as `returned`. Empty where it does not, and beyond the end.
/// Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_mesh_name(
    returned: *const matriline_returned,
    index: usize,
) -> matriline_str {
    let name = |returned: &matriline_returned| {
        matriline_str::of(returned.mesh(index).map_or("", |(name, _)| name.as_str()))
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, matriline_str::of(""), name) }
}

/// One of the meshes; it lives as long as `returned`. NULL beyond the end. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_mesh(
    returned: *const matriline_returned,
    index: usize,
) -> *const matriline_mesh {
    let mesh = |returned: &matriline_returned| {
        returned.mesh(index).map_or(std::ptr::null(), |(_, mesh)| std::ptr::from_ref(mesh))
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(returned, std::ptr::null(), mesh) }
}

/// Frees an answer. Threads: any.
///
/// # Safety
/// `returned` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_returned_free(returned: *mut matriline_returned) {
    // SAFETY: the caller's promise.
    unsafe { super::take(returned) }
}
