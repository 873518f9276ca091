//! Records: objects with named fields, such as the context of a call.
//!
//! A record that is made for a call borrows the caller's strings and makes a `str` of one only when the plugin
//! asks for it. Whoever lends strings takes them back before the call returns: see [`Lent`]. Fields of other kinds
//! are made when the record is lent.

use std::cell::Cell;
use std::ffi::{CString, c_int, c_void};

use matriline_capability::{Access, FieldSpec, Kind, RecordSpec, Value};
use matriline_registry::lock::Mutex;
use pyo3::prelude::*;
use pyo3::types::PyType;
use pyo3::{ffi, ffi::PyObject};

use super::{slice, text, value};

mod made;
mod shown;

pub(super) use made::new_record;
pub(crate) use made::read_record;
use made::{fill, put};
use shown::repr;

/// A record as Python holds it; `slots` has as many places as the class has fields.
#[repr(C)]
struct Record {
    head: PyObject,
    slots: [Slot; 0],
}

/// A field: an object, or a borrowed text until somebody asks for it, or nothing yet, which reads as the default of
/// its kind.
#[repr(C)]
struct Slot {
    object: *mut PyObject,
    start: *const u8,
    len: usize,
}

/// The classes made so far, by their row.
static CLASSES: Mutex<Vec<(&'static RecordSpec, Py<PyType>)>> = Mutex::new(Vec::new());

/// The class of a record, in `package` (`orca`); made once.
///
/// # Errors
/// What Python raises when it cannot make the class.
pub fn record_class<'py>(
    py: Python<'py>,
    package: &str,
    spec: &'static RecordSpec,
) -> PyResult<Bound<'py, PyType>> {
    if let Some(class) = find(py, spec) {
        return Ok(class);
    }
    let base = spec.base.map(|base| record_class(py, package, base)).transpose()?;
    let class = make(py, package, spec, base)?;
    CLASSES.lock().push((spec, class.clone().unbind()));
    Ok(class)
}

fn find<'py>(py: Python<'py>, spec: &'static RecordSpec) -> Option<Bound<'py, PyType>> {
    let classes = CLASSES.lock();
    classes.iter().find(|(known, _)| known.class == spec.class).map(|(_, class)| class.bind(py).clone())
}

fn make<'py>(
    py: Python<'py>,
    package: &str,
    spec: &'static RecordSpec,
    base: Option<Bound<'py, PyType>>,
) -> PyResult<Bound<'py, PyType>> {
    let fields = spec.fields();
    let module = match spec.python_module {
        "" => package.to_owned(),
        module => format!("{package}.{module}"),
    };
    let inherited = fields.len() - spec.own_fields.len();
    let mut getset: Vec<ffi::PyGetSetDef> = Vec::with_capacity(spec.own_fields.len() + 1);
    let mut slice_place = None;
    for (index, field) in spec.own_fields.iter().enumerate() {
        let place = inherited + index;
        if matches!(field.kind, Kind::Slice) {
            slice_place = Some(place);
            continue;
        }
        getset.push(ffi::PyGetSetDef {
            name: CString::new(field.name)?.into_raw(),
            get: Some(get),
            set: (spec.access != Access::ReadOnly).then_some(set),
            doc: CString::new(field.doc.trim())?.into_raw(),
            closure: Box::into_raw(Box::new(Field { place, spec: field })).cast(),
        });
    }
    getset.push(ffi::PyGetSetDef {
        name: std::ptr::null_mut(),
        get: None,
        set: None,
        doc: std::ptr::null_mut(),
        closure: std::ptr::null_mut(),
    });
    let slot = |slot: c_int, pfunc: *mut c_void| ffi::PyType_Slot { slot, pfunc };
    let doc = CString::new(spec.doc.trim())?;
    let mut slots = [
        slot(ffi::Py_tp_new, new as *mut c_void),
        slot(ffi::Py_tp_dealloc, dealloc as *mut c_void),
        // A class lives as long as the process, and so do its field definitions.
        slot(ffi::Py_tp_getset, Box::leak(getset.into_boxed_slice()).as_mut_ptr().cast()),
        slot(ffi::Py_tp_doc, doc.as_ptr() as *mut c_void),
        slot(ffi::Py_tp_repr, repr as *mut c_void),
        slot(0, std::ptr::null_mut()),
    ];
    let name = CString::new(format!("{module}.{}", spec.class))?.into_raw();
    let mut definition = ffi::PyType_Spec {
        name,
        basicsize: (size_of::<Record>() + fields.len() * size_of::<Slot>()) as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_BASETYPE) as u32,
        slots: slots.as_mut_ptr(),
    };
    let bases = base.map_or(std::ptr::null_mut(), |base| base.into_ptr());
    // SAFETY: the definition and all it points at outlive the call; what Python keeps of it (name, field
    // definitions) was leaked.
    let class = unsafe {
        let class = ffi::PyType_FromSpecWithBases(&mut definition, bases);
        ffi::Py_XDECREF(bases);
        Bound::from_owned_ptr_or_err(py, class)?
    };
    let class = class.cast_into::<PyType>()?;
    if let Some(place) = slice_place {
        slice::add_to(&class, place)?;
    }
    Ok(class)
}

/// The object in a place of a record that no attribute shows, if there is one.
///
/// # Safety
/// The class of the record has that place.
pub(super) unsafe fn hidden<'py>(record: &Bound<'py, PyAny>, place: usize) -> Option<Bound<'py, PyAny>> {
    // SAFETY: as promised; the GIL is held.
    unsafe { Bound::from_borrowed_ptr_or_opt(record.py(), slot_at(record.as_ptr(), place).object) }
}

/// What a field's getter and setter know.
struct Field {
    place: usize,
    spec: &'static FieldSpec,
}

/// The slots of a record, all of them.
///
/// # Safety
/// `object` is a record, or derives from one, and the GIL is held while the answer is used.
unsafe fn slot_at<'a>(object: *mut PyObject, place: usize) -> &'a mut Slot {
    // SAFETY: the class of `object` has more than `place` slots behind its head.
    unsafe { &mut *(&raw mut (*object.cast::<Record>()).slots).cast::<Slot>().add(place) }
}

impl Slot {
    /// Lets go of the text, so that the field reads as "".
    ///
    /// # Safety
    /// The GIL is held.
    unsafe fn clear(&mut self) {
        let object = std::mem::replace(&mut self.object, std::ptr::null_mut());
        self.start = std::ptr::null();
        // SAFETY: the slot owned the reference.
        unsafe { ffi::Py_XDECREF(object) };
    }

    /// A borrowed reference to what a field of that kind reads as, made now if nobody asked before; null with an
    /// exception.
    ///
    /// # Safety
    /// The GIL is held, and a borrowed text is still lent.
    unsafe fn object(&mut self, kind: Kind) -> *mut PyObject {
        if self.object.is_null() {
            self.object = match (self.start.is_null(), kind) {
                // SAFETY: lent as UTF-8 text of that length.
                (false, _) => unsafe { text::new(self.text()) },
                // SAFETY: the GIL is held.
                (true, Kind::Text) => unsafe { text::new("") },
                // SAFETY: the GIL is held.
                (true, kind) => unsafe { value::default_of(kind) },
            };
        }
        self.object
    }

    /// The text that is lent.
    ///
    /// # Safety
    /// There is one.
    unsafe fn text<'a>(&self) -> &'a str {
        // SAFETY: lent as UTF-8 text of that length.
        unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(self.start, self.len)) }
    }
}

unsafe extern "C" fn new(
    class: *mut ffi::PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called by Python with a tuple, and a dictionary or null. `tp_alloc` gives zeroed slots.
    unsafe {
        let given = ffi::PyTuple_Size(args) + if kwargs.is_null() { 0 } else { ffi::PyDict_Size(kwargs) };
        let makes = given > 0 && !super::has_own_initialiser(class);
        let spec = if makes { spec_of(class).filter(|spec| spec.access == Access::Make) } else { None };
        if makes && spec.is_none() {
            let name = std::ffi::CStr::from_ptr((*class).tp_name).to_string_lossy();
            text::raise_type(&format!("{name}() takes no arguments; set its fields instead"));
            return std::ptr::null_mut();
        }
        let record = (*class).tp_alloc.map_or(std::ptr::null_mut(), |alloc| alloc(class, 0));
        if let Some(spec) = spec
            && !record.is_null()
            && !fill(record, spec, args, kwargs)
        {
            ffi::Py_DECREF(record);
            return std::ptr::null_mut();
        }
        record
    }
}

/// The row of a class, or of the record class that it derives from.
///
/// # Safety
/// The class is alive and the GIL is held.
unsafe fn spec_of(class: *mut ffi::PyTypeObject) -> Option<&'static RecordSpec> {
    let classes = CLASSES.lock();
    // Bases stand before what extends them.
    let known = classes.iter().rev().find(|(_, known)| {
        // SAFETY: as promised by the caller; a class of ours lives as long as the process.
        unsafe { ffi::PyType_IsSubtype(class, known.as_ptr().cast()) != 0 }
    });
    known.map(|(spec, _)| *spec)
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: called by Python with a record that nobody refers to any more. Only exact classes of ours and
    // subclasses whose own deallocation runs this one end here; the size tells how many slots are ours.
    unsafe {
        let class = ffi::Py_TYPE(object);
        for place in 0..slots_of(class) {
            slot_at(object, place).clear();
        }
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

/// How many slots objects of that class have: those of the nearest class of ours, which a class that Python code
/// derives from it may extend.
///
/// # Safety
/// The class is a record class or derives from one, and the GIL is held.
unsafe fn slots_of(class: *mut ffi::PyTypeObject) -> usize {
    let ours: ffi::destructor = dealloc;
    let mut base = class;
    // SAFETY: the chain of bases holds a record class, as promised.
    unsafe {
        while (*base).tp_dealloc.is_none_or(|freed| !std::ptr::fn_addr_eq(freed, ours)) {
            base = (*base).tp_base;
        }
        ((*base).tp_basicsize as usize - size_of::<Record>()) / size_of::<Slot>()
    }
}

unsafe extern "C" fn get(object: *mut PyObject, field: *mut c_void) -> *mut PyObject {
    // SAFETY: the descriptor checked that the object is a record, and `field` is what `make` put there.
    unsafe {
        let field = &*field.cast::<Field>();
        ffi::Py_XNewRef(slot_at(object, field.place).object(field.spec.kind))
    }
}

unsafe extern "C" fn set(object: *mut PyObject, value: *mut PyObject, field: *mut c_void) -> c_int {
    // SAFETY: as for `get`; a null value asks for deletion.
    unsafe {
        let field = &*field.cast::<Field>();
        if value.is_null() {
            let name = field.spec.name;
            text::raise_type(&format!("{name} cannot be deleted; set it to \"\" instead"));
            return -1;
        }
        if put(object, field.place, field.spec, value) { 0 } else { -1 }
    }
}

/// Keeps one record of a class for the next call, so that calls seldom make one.
#[derive(Debug)]
pub(crate) struct RecordPool {
    class: *mut ffi::PyTypeObject,
    kinds: Box<[Kind]>,
    /// Touched under the GIL alone, which orders the accesses.
    spare: Cell<*mut PyObject>,
}

// SAFETY: the class lives as long as the process, and the spare record is touched under the GIL.
unsafe impl Send for RecordPool {}
// SAFETY: as above.
unsafe impl Sync for RecordPool {}

/// A record that has borrowed its texts. Dropping it gives them back: the record goes back to the pool, or, where
/// the plugin kept it, copies its texts.
pub(crate) struct Lent<'a> {
    pub(crate) record: *mut PyObject,
    pool: &'a RecordPool,
    count: usize,
}

impl RecordPool {
    /// A pool of the class of `spec`.
    pub(crate) fn new(class: &Bound<'_, PyType>, spec: &'static RecordSpec) -> Self {
        // Record classes are never freed: `CLASSES` holds them.
        Self {
            class: class.as_ptr().cast(),
            kinds: spec.fields().iter().map(|field| field.kind).collect(),
            spare: Cell::new(std::ptr::null_mut()),
        }
    }

    /// Frees the record that is kept.
    pub(crate) fn clear(&self, py: Python<'_>) {
        let spare = self.spare.replace(std::ptr::null_mut());
        // SAFETY: the pool owned the reference.
        drop(unsafe { Bound::from_owned_ptr_or_opt(py, spare) });
    }

    /// A record with those texts, or `None` with an exception.
    ///
    /// # Safety
    /// The GIL is held, also when the answer is dropped; the texts outlive the answer.
    #[inline]
    pub(crate) unsafe fn lend(&self, fields: &[Value<'_>]) -> Option<Lent<'_>> {
        let mut record = self.spare.replace(std::ptr::null_mut());
        if record.is_null() {
            // SAFETY: the class lives for ever; the GIL is held.
            record =
                unsafe { (*self.class).tp_alloc.map_or(std::ptr::null_mut(), |alloc| alloc(self.class, 0)) };
            if record.is_null() {
                return None;
            }
        }
        let lent = Lent { record, pool: self, count: fields.len() };
        for (place, field) in fields.iter().enumerate() {
            // SAFETY: the trampoline checked that the class has a field for each value.
            let slot = unsafe { slot_at(record, place) };
            match field {
                Value::Text(text) => {
                    slot.start = text.as_ptr();
                    slot.len = text.len();
                }
                // SAFETY: the GIL is held.
                other => unsafe {
                    slot.object = value::new(self.kinds[place], *other);
                    if slot.object.is_null() {
                        return None;
                    }
                },
            }
        }
        Some(lent)
    }
}

impl Drop for Lent<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the GIL is held and the texts are still there, as promised to `lend`.
        unsafe {
            if ffi::Py_REFCNT(self.record) == 1 {
                for place in 0..self.count {
                    slot_at(self.record, place).clear();
                }
                let other = self.pool.spare.replace(self.record);
                ffi::Py_XDECREF(other);
            } else {
                for place in 0..self.count {
                    let slot = slot_at(self.record, place);
                    let kind = self.pool.kinds[place];
                    if slot.object(kind).is_null() {
                        ffi::PyErr_Clear();
                    }
                    slot.start = std::ptr::null();
                    if matches!(kind, Kind::Slice) {
                        slice::end(slot.object);
                    }
                }
                ffi::Py_DECREF(self.record);
            }
        }
    }
}
