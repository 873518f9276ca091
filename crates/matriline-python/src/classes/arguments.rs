//! The arguments of `ExecutionResult` and its factories, sorted by name.

use pyo3::ffi;
use pyo3::ffi::PyObject;

use super::text;

/// The arguments of a constructor or factory, by position or by name.
pub(super) struct Arguments<'a> {
    names: &'a [&'a str],
    /// One for each name; null where nothing was given.
    pub(super) given: [*mut PyObject; 3],
}

impl<'a> Arguments<'a> {
    /// Sorts arguments of a vectorcall by name; `None` with a `TypeError`.
    ///
    /// # Safety
    /// The arguments are those of a vectorcall, and the GIL is held.
    #[inline]
    pub(super) unsafe fn read(
        function: &str,
        names: &'a [&'a str],
        args: *const *mut PyObject,
        count: usize,
        keywords: *mut PyObject,
    ) -> Option<Self> {
        let mut given = [std::ptr::null_mut(); 3];
        if count > names.len() {
            // SAFETY: the GIL is held.
            unsafe {
                refuse(function, names, &format!("it takes at most {}, {count} were given", names.len()))
            };
            return None;
        }
        for (place, slot) in given.iter_mut().enumerate().take(count) {
            // SAFETY: the call has `count` positional arguments.
            *slot = unsafe { *args.add(place) };
        }
        let mut arguments = Self { names, given };
        // SAFETY: as promised by the caller.
        match keywords.is_null() || unsafe { arguments.read_keywords(function, args, count, keywords) } {
            true => Some(arguments),
            false => None,
        }
    }

    /// # Safety
    /// As for [`read`](Self::read), with a tuple of names in `keywords`.
    #[cold]
    unsafe fn read_keywords(
        &mut self,
        function: &str,
        args: *const *mut PyObject,
        count: usize,
        keywords: *mut PyObject,
    ) -> bool {
        // SAFETY: the values of keywords follow the positional arguments; names are `str`.
        unsafe {
            for index in 0..ffi::PyTuple_Size(keywords) {
                let name = text::view(ffi::PyTuple_GetItem(keywords, index)).unwrap_or_default();
                match self.names.iter().position(|known| *known == name) {
                    Some(place) if self.given[place].is_null() => {
                        self.given[place] = *args.add(count + index as usize);
                    }
                    Some(_) => return refuse(function, self.names, &format!("`{name}` was given twice")),
                    None => return refuse(function, self.names, &format!("it has no argument `{name}`")),
                }
            }
        }
        true
    }
}

/// Sets a `TypeError` that shows how the function is called.
///
/// # Safety
/// The GIL is held.
#[cold]
pub(super) unsafe fn refuse(function: &str, names: &[&str], problem: &str) -> bool {
    let call = format!("ExecutionResult{function}({})", names.join(", "));
    // SAFETY: the GIL is held.
    unsafe { text::raise_type(&format!("{call}: {problem}")) };
    false
}
