//! What the values of a setting need.

use matriline::Requirement;

use super::text::matriline_str;
use super::{text_of, value_of};

/// What each value of a setting needs, in the order of the setting.
pub struct matriline_requirement_list(Vec<matriline_requirement>);

/// One of them, as long as its list lives.
pub struct matriline_requirement {
    value: String,
    satisfied: bool,
    problem: String,
}

impl matriline_requirement_list {
    pub(crate) fn of(requirements: Vec<Requirement>) -> Self {
        let requirement = |it: Requirement| {
            let satisfied = it.is_satisfied();
            let problem = if satisfied { String::new() } else { it.to_string() };
            matriline_requirement { value: it.value, satisfied, problem }
        };
        Self(requirements.into_iter().map(requirement).collect())
    }
}

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_requirement_list_len(list: *const matriline_requirement_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// One of them; NULL beyond the end. It lives as long as the list. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_requirement_list_get(
    list: *const matriline_requirement_list,
    index: usize,
) -> *const matriline_requirement {
    let get = |it: &matriline_requirement_list| it.0.get(index).map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the caller's promise.
    unsafe { value_of(list, std::ptr::null(), get) }
}

/// Frees a list and what is in it. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_requirement_list_free(list: *mut matriline_requirement_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}

/// The value of the setting; empty for NULL. Threads: any.
///
/// # Safety
/// `requirement` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_requirement_value(
    requirement: *const matriline_requirement,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(requirement, |it| &it.value) }
}

/// Whether what it needs is there. Threads: any.
///
/// # Safety
/// `requirement` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_requirement_is_satisfied(
    requirement: *const matriline_requirement,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(requirement, false, |it| it.satisfied) }
}

/// One sentence: what is missing, and what would fix it. Empty when satisfied. Threads: any.
///
/// # Safety
/// `requirement` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_requirement_problem(
    requirement: *const matriline_requirement,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(requirement, |it| &it.problem) }
}
