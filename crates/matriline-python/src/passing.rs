//! The arguments of a call on their way to Python.

use std::borrow::Cow;

use matriline_capability::{Kind, MOST_ARGUMENTS, MOST_RECORDS, MethodSpec, OlderArg, Value, with_values};
use pyo3::prelude::*;
use pyo3::{ffi, ffi::PyObject};

use crate::classes::record::{self, Lent, RecordPool};
use crate::classes::{function, value};
use crate::objects::class_of;
use crate::{exception, forms};

/// The arguments of a vectorcall: a place that the callee may use, the object, and what the table asks for.
pub(crate) struct Arguments<'a> {
    pub(crate) objects: [*mut PyObject; MOST_ARGUMENTS + 2],
    pub(crate) count: usize,
    lent: [Option<Lent<'a>>; MOST_RECORDS],
    owned: usize,
    /// The places of functions, which may be over with the call.
    functions: usize,
}

impl<'a> Arguments<'a> {
    #[inline]
    pub(crate) fn new(instance: *mut PyObject) -> Self {
        let mut objects = [std::ptr::null_mut(); MOST_ARGUMENTS + 2];
        objects[1] = instance;
        Self { objects, count: 1, lent: [const { None }; MOST_RECORDS], owned: 0, functions: 0 }
    }

    /// Passes the arguments of today.
    ///
    /// # Safety
    /// As for [`push`](Self::push).
    #[inline]
    pub(crate) unsafe fn push_all(
        &mut self,
        spec: &MethodSpec,
        pools: &'a [Option<RecordPool>],
        args: &[Value<'_>],
    ) -> Result<(), Cow<'static, str>> {
        for (place, (value, pool)) in args.iter().zip(pools).enumerate() {
            // SAFETY: as promised by the caller.
            unsafe { self.push(*value, pool.as_ref(), spec.args[place].kind) }?;
        }
        Ok(())
    }

    /// Passes those of an older generation, which are arguments of today or fields of them.
    ///
    /// # Safety
    /// As for [`push`](Self::push).
    #[cold]
    pub(crate) unsafe fn push_older(
        &mut self,
        spec: &MethodSpec,
        older: &[OlderArg],
        args: &[Value<'_>],
    ) -> Result<(), Cow<'static, str>> {
        for arg in older {
            let value = match (args[arg.argument], arg.field) {
                (Value::Record(fields), Some(field)) => fields.get(field).copied(),
                (value, _) => Some(value),
            };
            let value = value.ok_or(Cow::Borrowed("a record with too few fields"))?;
            // SAFETY: as promised by the caller.
            unsafe { self.push(value, None, forms::kind(spec, *arg)) }?;
        }
        Ok(())
    }

    /// Tells the caller what the records hold that the method filled in.
    ///
    /// # Safety
    /// The GIL is held.
    #[cold]
    pub(crate) unsafe fn read_back(&self, py: Python<'_>, spec: &MethodSpec, args: &[Value<'_>]) {
        for (place, (value, arg)) in args.iter().zip(spec.args).enumerate() {
            let (Value::Filled(_, fill), Kind::Filled(record)) = (value, arg.kind) else { continue };
            // SAFETY: the objects of the arguments stand behind that of the capability, and are alive.
            let object = unsafe { Bound::from_borrowed_ptr(py, self.objects[place + 2]) };
            if let Some(fields) = record::read_record(&object, record) {
                with_values(&fields, &mut |fields| fill.fill(fields));
            }
        }
    }

    /// Tells the objects among them that the call is over.
    ///
    /// # Safety
    /// The GIL is held.
    #[cold]
    pub(crate) unsafe fn end_objects(&self, py: Python<'_>, spec: &MethodSpec) {
        for (arg, object) in spec.args.iter().zip(&self.objects[2..]) {
            let Kind::Object(spec) = arg.kind else { continue };
            if let Ok(class) = class_of(spec) {
                // SAFETY: the objects of the arguments are alive until these are dropped.
                class.end(&unsafe { Bound::from_borrowed_ptr(py, *object) });
            }
        }
    }

    /// # Safety
    /// The GIL is held until this is dropped, and the value outlives it.
    #[inline]
    unsafe fn push(
        &mut self,
        value: Value<'_>,
        pool: Option<&'a RecordPool>,
        kind: Kind,
    ) -> Result<(), Cow<'static, str>> {
        let object = match (kind, value, pool) {
            (Kind::Record(_), Value::Record(fields), Some(pool)) => {
                let Some(free) = self.lent.iter_mut().find(|lent| lent.is_none()) else {
                    return Err(format!("more than {MOST_RECORDS} records").into());
                };
                // SAFETY: as promised by the caller.
                match unsafe { pool.lend(fields) } {
                    Some(lent) => free.insert(lent).record,
                    None => std::ptr::null_mut(),
                }
            }
            (Kind::Record(_), ..) => return Err("an argument of another kind".into()),
            _ => {
                self.owned |= 1 << (self.count + 1);
                self.functions |= usize::from(matches!(kind, Kind::Function(_))) << (self.count + 1);
                // SAFETY: the GIL is held.
                unsafe { value::new(kind, value) }
            }
        };
        if object.is_null() {
            self.owned &= !(1 << (self.count + 1));
            self.functions &= self.owned;
            // SAFETY: the GIL is held.
            return Err(refusal(unsafe { Python::assume_attached() }).into());
        }
        self.count += 1;
        self.objects[self.count] = object;
        Ok(())
    }
}

/// Why Python could not be given an argument.
#[cold]
fn refusal(py: Python<'_>) -> String {
    PyErr::take(py).map_or_else(String::new, |error| exception::raised(py, &error).message)
}

impl Drop for Arguments<'_> {
    #[inline]
    fn drop(&mut self) {
        for place in 2..=self.count {
            if self.functions & (1 << place) != 0 {
                // SAFETY: the object is alive and the GIL is held.
                unsafe { function::end(self.objects[place]) };
            }
            if self.owned & (1 << place) != 0 {
                // SAFETY: made by `push`; the GIL is held.
                unsafe { ffi::Py_DECREF(self.objects[place]) };
            }
        }
    }
}
