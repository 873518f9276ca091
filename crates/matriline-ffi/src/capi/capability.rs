//! A capability of a loaded plugin.

use std::sync::Arc;

use matriline::{Capability, CapabilityType, Entry, ErrorCode, ExecutionResult, Typed, Value};

use super::execution_result::matriline_execution_result;
use super::text::{matriline_str, matriline_text};
use super::{answer, give, object, text_of, value_of};
use crate::boundary::{Fault, Outcome};

/// A capability. It is counted: it may be kept for as long as one likes, and once its plugin is unloaded its
/// calls fail with `MATRILINE_RESULT_CAPABILITY_UNLOADED`.
pub struct matriline_capability {
    entry: Arc<Entry>,
    /// What is called: that of the entry, or one whose calls end in time.
    called: Arc<dyn Capability>,
}

impl matriline_capability {
    pub(crate) fn of(entry: Arc<Entry>) -> *const Self {
        let called = entry.capability();
        Self::called_by(entry, called)
    }

    /// The same with calls of its own.
    pub(crate) fn called_by(entry: Arc<Entry>, called: Arc<dyn Capability>) -> *const Self {
        Arc::into_raw(Arc::new(Self { entry, called }))
    }

    /// The capability behind a pointer, through the trait of its type, if it is of that type.
    ///
    /// # Safety
    /// The pointer is NULL or valid.
    pub(crate) unsafe fn view<T: Typed + ?Sized>(pointer: *const Self) -> Outcome<Arc<T>> {
        // SAFETY: the caller's promise.
        let capability = unsafe { Self::of_type(pointer, T::kind()) }?;
        Ok(T::view(capability.called.clone()))
    }

    /// What is called.
    pub(crate) fn called(&self) -> &dyn Capability {
        &*self.called
    }

    /// The capability behind a pointer, if it is of that type.
    ///
    /// # Safety
    /// The pointer is NULL, or the capability lives as long as the answer is used.
    pub(crate) unsafe fn of_type<'a>(pointer: *const Self, kind: CapabilityType) -> Outcome<&'a Self> {
        // SAFETY: the caller's promise.
        let capability = unsafe { object(pointer, "capability") }?;
        let id = capability.entry.id();
        if id.kind == kind {
            return Ok(capability);
        }
        let message = format!("The capability {id} is not of type `{kind}`; call the function of its type");
        Err(Fault::new(ErrorCode::InvalidArgument, message))
    }

    /// Calls a method whose answer is an `ExecutionResult`.
    pub(crate) fn call_for_result(
        &self,
        method: usize,
        args: &[Value<'_>],
        result_out: &mut *mut matriline_execution_result,
    ) -> Outcome<()> {
        let mut result = None;
        self.called.call(method, args, &mut |value| {
            if let Value::Result(status, message, data) = value {
                result = Some(ExecutionResult { status, message: message.into(), data: data.into() });
            }
        })?;
        give(result_out, matriline_execution_result(result.ok_or_else(Fault::no_answer)?));
        Ok(())
    }

    /// Calls a method whose answer is a text.
    pub(crate) fn call_for_text(
        &self,
        method: usize,
        args: &[Value<'_>],
        text_out: &mut *mut matriline_text,
    ) -> Outcome<()> {
        let mut text = None;
        self.called.call(method, args, &mut |value| {
            if let Value::Text(answered) = value {
                text = Some(answered.to_owned());
            }
        })?;
        give(text_out, matriline_text(text.ok_or_else(Fault::no_answer)?));
        Ok(())
    }

    /// Calls a method that answers nothing.
    pub(crate) fn call_for_nothing(&self, method: usize, args: &[Value<'_>]) -> Outcome<()> {
        Ok(self.called.call(method, args, &mut |_| ())?)
    }
}

/// Counts another holder, and answers the same pointer. NULL stays NULL. Threads: any.
///
/// # Safety
/// `capability` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_retain(
    capability: *const matriline_capability,
) -> *const matriline_capability {
    if !capability.is_null() {
        // SAFETY: the pointer came from `Arc::into_raw`, and the caller promises that it is valid.
        answer((), || unsafe { Arc::increment_strong_count(capability) });
    }
    capability
}

/// Lets go of a capability; the last holder frees it. Threads: any.
///
/// # Safety
/// `capability` is NULL or valid, and this holder uses it no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_release(capability: *const matriline_capability) {
    if !capability.is_null() {
        // SAFETY: as above; the caller gives its count away.
        answer((), || unsafe { Arc::decrement_strong_count(capability) });
    }
}

/// The type, a `matriline_capability_type`; `unknown` for NULL. Threads: any.
///
/// # Safety
/// `capability` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_kind(capability: *const matriline_capability) -> u8 {
    // SAFETY: the caller's promise.
    unsafe { value_of(capability, CapabilityType::Unknown.number(), |it| it.entry.id().kind.number()) }
}

/// The name; empty for NULL. Threads: any.
///
/// # Safety
/// `capability` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_name(capability: *const matriline_capability) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(capability, |it| &it.entry.id().name) }
}

/// The key of the plugin that offers it; empty for NULL. Threads: any.
///
/// # Safety
/// `capability` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_plugin_key(
    capability: *const matriline_capability,
) -> matriline_str {
    // SAFETY: the caller's promise.
    unsafe { text_of(capability, |it| &it.entry.id().plugin_key) }
}

/// Whether calls pass: its plugin is loaded and it is switched on. Threads: any.
///
/// # Safety
/// `capability` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_is_enabled(capability: *const matriline_capability) -> bool {
    // SAFETY: the caller's promise.
    unsafe { value_of(capability, false, |it| it.entry.gate().is_enabled() && !it.entry.gate().is_closed()) }
}

/// Capabilities in an order.
pub struct matriline_capability_list(pub(crate) Vec<Arc<Entry>>);

/// How many there are; 0 for NULL. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_list_len(list: *const matriline_capability_list) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(list, 0, |list| list.0.len()) }
}

/// One of them, to let go with `matriline_capability_release`; NULL beyond the end. Threads: any.
///
/// # Safety
/// `list` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_list_get(
    list: *const matriline_capability_list,
    index: usize,
) -> *const matriline_capability {
    let get = |list: &matriline_capability_list| {
        list.0.get(index).map_or(std::ptr::null(), |entry| matriline_capability::of(entry.clone()))
    };
    // SAFETY: the caller's promise.
    unsafe { value_of(list, std::ptr::null(), get) }
}

/// Frees a list; capabilities got from it stay. Threads: any.
///
/// # Safety
/// `list` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_capability_list_free(list: *mut matriline_capability_list) {
    // SAFETY: the caller's promise.
    unsafe { super::take(list) }
}
