//! The model of an application: a snapshot, put together once and shared then.

use std::ffi::c_void;
use std::path::Path;
use std::sync::Arc;

use matriline::ErrorCode;
use matriline::host::{
    Config, Model, ModelInstance, ModelObject, ModelVolume, Painted, Placement, TriangleMesh, VolumeKind,
};

use super::callback::{Callback, matriline_drop_callback};
use super::error::{matriline_error, matriline_result};
use super::text::matriline_str;
use super::{array, enter, give, object, object_mut, slot, value_of};
use crate::boundary::{Fault, Outcome};

/// A model that does not change any more. It is shared: whoever has a reference releases it.
pub struct matriline_host_model(pub(super) Arc<Model>);

/// A model that is put together.
#[derive(Default)]
pub struct matriline_host_model_builder {
    model: Model,
    objects: Vec<Object>,
}

/// An object with its options, and those of its volumes.
struct Object {
    object: ModelObject,
    options: Vec<(String, String)>,
    volumes: Vec<(ModelVolume, Vec<(String, String)>)>,
}

/// A mesh of triangles. A value: whoever has it frees it.
pub struct matriline_mesh(pub(super) TriangleMesh);

/// Where something stands: it is mirrored and scaled, turned about the axes X, Y and Z in that order, and moved. Lengths
/// are millimetres.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_placement {
    /// How far it is moved.
    pub offset: [f64; 3],
    /// The angles, in radians.
    pub rotation: [f64; 3],
    /// The factors along the axes.
    pub scaling_factor: [f64; 3],
    /// 1, or -1 where it is mirrored.
    pub mirror: [f64; 3],
}

/// A part of an object.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_model_volume {
    /// The number that stays the same while the volume exists.
    pub id: u64,
    /// Its name.
    pub name: matriline_str,
    /// What it is in its object, by the number of `orca.host.ModelVolumeType`: 0 for what is printed.
    pub r#type: i8,
    /// Its extruder, from 1; 0 when it has that of the object.
    pub extruder: u32,
    /// Where it stands in the object.
    pub placement: matriline_placement,
    /// How many errors of the mesh were repaired.
    pub mesh_errors: u32,
    /// Supports are painted on it.
    pub fdm_support_painted: bool,
    /// Seams are.
    pub seam_painted: bool,
    /// Materials are.
    pub mm_painted: bool,
    /// Fuzzy skin is.
    pub fuzzy_skin_painted: bool,
}

/// A copy of an object on a plate.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_model_instance {
    /// The number that stays the same while the instance exists.
    pub id: u64,
    /// Whether the user wants it printed.
    pub printable: bool,
    /// Whether it stands where it can be printed as well.
    pub is_printable: bool,
    /// Where it stands.
    pub placement: matriline_placement,
}

/// An object.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_model_object {
    /// The number that stays the same while the object exists.
    pub id: u64,
    /// Its name.
    pub name: matriline_str,
    /// The module it belongs to, or empty.
    pub module_name: matriline_str,
    /// The file it was read from, or empty.
    pub input_file: matriline_str,
    /// Whether the user wants it printed.
    pub printable: bool,
    /// Whether it is a piece of a cut object.
    pub is_cut: bool,
    /// Whether its layers have heights that the user drew.
    pub has_custom_layering: bool,
}

/// What a model says of itself.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct matriline_model_info {
    /// Its number.
    pub id: u64,
    /// How many materials it has.
    pub material_count: usize,
    /// The plate that the user sees, from 0.
    pub current_plate: usize,
    /// Who designed it, or empty.
    pub designer: matriline_str,
    /// The number of the design on the pages it came from, or empty.
    pub design_id: matriline_str,
}

/// A placement that changes nothing. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_placement_new() -> matriline_placement {
    let Placement { offset, rotation, scaling_factor, mirror } = Placement::default();
    matriline_placement { offset, rotation, scaling_factor, mirror }
}

impl matriline_placement {
    fn read(self) -> Placement {
        let Self { offset, rotation, scaling_factor, mirror } = self;
        Placement { offset, rotation, scaling_factor, mirror }
    }
}

/// Numbers that the application lends, until nobody holds them.
struct Lent<T> {
    first: *const T,
    count: usize,
    _owner: Arc<Callback<()>>,
}

// SAFETY: whoever lends memory promises that it stays as it is until the function that frees it is called.
unsafe impl<T: Sync> Send for Lent<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Lent<T> {}

impl<T> AsRef<[T]> for Lent<T> {
    fn as_ref(&self) -> &[T] {
        match self.count {
            0 => &[],
            // SAFETY: the promise above; the owner is held here.
            count => unsafe { std::slice::from_raw_parts(self.first, count) },
        }
    }
}

/// A mesh over memory of the application, which is lent and not copied: `vertex_count` times three coordinates, and
/// `triangle_count` times the places of three vertices, counter-clockwise seen from outside. `drop_callback` may be
/// NULL; otherwise it is called once with `userdata`, on any thread, when nobody holds the memory any more, also when
/// this fails. `mesh_out` receives a mesh to free with `matriline_mesh_free`.
///
/// Threads: any.
///
/// # Safety
/// Every pointer is NULL or valid; the memory stays as it is until `drop_callback` is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_mesh_new(
    vertices: *const [f32; 3],
    vertex_count: usize,
    triangles: *const [i32; 3],
    triangle_count: usize,
    userdata: *mut c_void,
    drop_callback: matriline_drop_callback,
    mesh_out: *mut *mut matriline_mesh,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    let owner = Arc::new(Callback::new(userdata, Some(()), drop_callback));
    enter(error_out, || {
        // SAFETY: the caller's promise.
        unsafe {
            array(vertices, vertex_count, "vertices")?;
            array(triangles, triangle_count, "triangles")?;
        }
        let vertices = Lent { first: vertices, count: vertex_count, _owner: owner.clone() };
        let triangles = Lent { first: triangles, count: triangle_count, _owner: owner };
        let mesh = TriangleMesh::new(vertices, triangles)
            .map_err(|error| Fault::new(ErrorCode::InvalidArgument, error.to_string()))?;
        // SAFETY: the caller's promise.
        give(unsafe { slot(mesh_out, "mesh_out") }?, matriline_mesh(mesh));
        Ok(())
    })
}

/// How many vertices a mesh has; 0 for NULL. Threads: any.
///
/// # Safety
/// `mesh` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_mesh_vertex_count(mesh: *const matriline_mesh) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(mesh, 0, |mesh| mesh.0.vertices().len()) }
}

/// The three coordinates of each vertex, one after the other; they live as long as the mesh. NULL for NULL. Threads: any.
///
/// # Safety
/// `mesh` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_mesh_vertices(mesh: *const matriline_mesh) -> *const f32 {
    // SAFETY: the caller's promise.
    unsafe { value_of(mesh, std::ptr::null(), |mesh| mesh.0.vertices().as_flattened().as_ptr()) }
}

/// How many triangles a mesh has; 0 for NULL. Threads: any.
///
/// # Safety
/// `mesh` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_mesh_triangle_count(mesh: *const matriline_mesh) -> usize {
    // SAFETY: the caller's promise.
    unsafe { value_of(mesh, 0, |mesh| mesh.0.triangles().len()) }
}

/// The places of the three vertices of each triangle, one after the other; they live as long as the mesh. NULL for NULL.
/// Threads: any.
///
/// # Safety
/// `mesh` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_mesh_triangles(mesh: *const matriline_mesh) -> *const i32 {
    // SAFETY: the caller's promise.
    unsafe { value_of(mesh, std::ptr::null(), |mesh| mesh.0.triangles().as_flattened().as_ptr()) }
}

/// Frees a mesh. A model that it was added to does not need it. Threads: any.
///
/// # Safety
/// `mesh` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_mesh_free(mesh: *mut matriline_mesh) {
    // SAFETY: the caller's promise.
    unsafe { super::take(mesh) }
}

/// A model without objects, to be put together. Free it with `matriline_host_model_builder_free`. Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn matriline_host_model_builder_new() -> *mut matriline_host_model_builder {
    super::answer(std::ptr::null_mut(), || Box::into_raw(Box::default()))
}

/// Frees a builder. Threads: any.
///
/// # Safety
/// `builder` is NULL or valid, and used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_free(builder: *mut matriline_host_model_builder) {
    // SAFETY: the caller's promise.
    unsafe { super::take(builder) }
}

/// Sets what the model says of itself.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_set_info(
    builder: *mut matriline_host_model_builder,
    info: *const matriline_model_info,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (builder, info) = unsafe { (object_mut(builder, "builder")?, object(info, "info")?) };
        // SAFETY: the caller's promise.
        let (designer, design_id) =
            unsafe { (info.designer.read("designer")?, info.design_id.read("design_id")?) };
        let model = &mut builder.model;
        (model.id, model.material_count, model.current_plate) =
            (info.id, info.material_count, info.current_plate);
        (model.designer, model.design_id) = (designer.to_owned(), design_id.to_owned());
        Ok(())
    })
}

/// Adds an object.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_add_object(
    builder: *mut matriline_host_model_builder,
    model_object: *const matriline_model_object,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (builder, given) =
            unsafe { (object_mut(builder, "builder")?, object(model_object, "model_object")?) };
        // SAFETY: the caller's promise.
        let read = |text: matriline_str, name| unsafe { text.read(name) }.map(str::to_owned);
        let object = ModelObject {
            id: given.id,
            name: read(given.name, "name")?,
            module_name: read(given.module_name, "module_name")?,
            input_file: read(given.input_file, "input_file")?,
            printable: given.printable,
            is_cut: given.is_cut,
            has_custom_layering: given.has_custom_layering,
            ..ModelObject::default()
        };
        builder.objects.push(Object { object, options: Vec::new(), volumes: Vec::new() });
        Ok(())
    })
}

/// Adds a volume to the last object. The mesh stays the caller's.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_add_volume(
    builder: *mut matriline_host_model_builder,
    volume: *const matriline_model_volume,
    mesh: *const matriline_mesh,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (builder, given) = unsafe { (object_mut(builder, "builder")?, object(volume, "volume")?) };
        // SAFETY: the caller's promise.
        let (mesh, name) = unsafe { (object(mesh, "mesh")?, given.name.read("name")?) };
        let volume = ModelVolume {
            kind: volume_kind(given.r#type)?,
            extruder: (given.extruder > 0).then_some(given.extruder),
            placement: given.placement.read(),
            mesh_errors: given.mesh_errors,
            painted: Painted {
                fdm_support: given.fdm_support_painted,
                seam: given.seam_painted,
                mm: given.mm_painted,
                fuzzy_skin: given.fuzzy_skin_painted,
            },
            ..ModelVolume::new(given.id, name, mesh.0.clone())
        };
        builder.last()?.volumes.push((volume, Vec::new()));
        Ok(())
    })
}

/// Adds an instance to the last object.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_add_instance(
    builder: *mut matriline_host_model_builder,
    instance: *const matriline_model_instance,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (builder, given) = unsafe { (object_mut(builder, "builder")?, object(instance, "instance")?) };
        let instance = ModelInstance {
            printable: given.printable,
            is_printable: given.is_printable,
            ..ModelInstance::new(given.id, given.placement.read())
        };
        builder.last()?.object.instances.push(Arc::new(instance));
        Ok(())
    })
}

/// Sets an option of the last volume of the last object, or of the object while it has no volume.
///
/// Threads: one at a time.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_set_option(
    builder: *mut matriline_host_model_builder,
    key: matriline_str,
    value: matriline_str,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let builder = unsafe { object_mut(builder, "builder") }?;
        // SAFETY: the caller's promise.
        let option = unsafe { (key.read("key")?.to_owned(), value.read("value")?.to_owned()) };
        let last = builder.last()?;
        last.volumes.last_mut().map_or(&mut last.options, |(_, options)| options).push(option);
        Ok(())
    })
}

/// The model as it was put together; the builder is empty then. NULL for NULL. Release it with
/// `matriline_host_model_release`.
///
/// Threads: one at a time.
///
/// # Safety
/// `builder` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_builder_finish(
    builder: *mut matriline_host_model_builder,
) -> *const matriline_host_model {
    super::answer(std::ptr::null(), || {
        // SAFETY: the caller's promise.
        let Some(builder) = (unsafe { builder.as_mut() }) else { return std::ptr::null() };
        share(std::mem::take(builder).finish())
    })
}

/// Reads a model from a file: an STL, binary or ASCII, or a 3MF, by the end of its name. Fails with
/// `MATRILINE_RESULT_IO`, whose message names the file, when it cannot be understood. `model_out` receives the model, to
/// release with `matriline_host_model_release`.
///
/// Threads: any; reads the disk.
///
/// # Safety
/// Every pointer is NULL or valid, every text readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_read(
    path: matriline_str,
    model_out: *mut *const matriline_host_model,
    error_out: *mut *mut matriline_error,
) -> matriline_result {
    enter(error_out, || {
        // SAFETY: the caller's promise.
        let (path, out) = unsafe { (path.read("path")?, object_mut(model_out, "model_out")?) };
        *out = share(matriline_files::read_model(Path::new(path))?);
        Ok(())
    })
}

/// One more reference to a model, which is answered. NULL for NULL. Threads: any.
///
/// # Safety
/// `model` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_retain(
    model: *const matriline_host_model,
) -> *const matriline_host_model {
    if !model.is_null() {
        // SAFETY: the caller's promise; it came from `share`.
        unsafe { Arc::increment_strong_count(model) };
    }
    model
}

/// Lets a reference go. Threads: any.
///
/// # Safety
/// `model` is NULL or valid, and this reference is used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn matriline_host_model_release(model: *const matriline_host_model) {
    if !model.is_null() {
        // SAFETY: the caller's promise; it came from `share`.
        super::answer((), || unsafe { Arc::decrement_strong_count(model) });
    }
}

fn share(model: Model) -> *const matriline_host_model {
    Arc::into_raw(Arc::new(matriline_host_model(Arc::new(model))))
}

impl matriline_host_model_builder {
    fn last(&mut self) -> Outcome<&mut Object> {
        let message = "The model has no object yet: add one first";
        self.objects.last_mut().ok_or_else(|| Fault::new(ErrorCode::InvalidArgument, message))
    }

    fn finish(self) -> Model {
        let Self { mut model, objects } = self;
        model.objects.extend(objects.into_iter().map(|Object { mut object, options, volumes }| {
            object.config = options.into_iter().collect::<Config>();
            object.volumes.extend(volumes.into_iter().map(|(mut volume, options)| {
                volume.config = options.into_iter().collect::<Config>();
                Arc::new(volume)
            }));
            Arc::new(object)
        }));
        model
    }
}

fn volume_kind(number: i8) -> Outcome<VolumeKind> {
    let found = VolumeKind::ALL.into_iter().find(|(kind, _)| *kind as i8 == number);
    found.map(|(kind, _)| kind).ok_or_else(|| {
        let message = format!("No type of volume has the number {number}: use one that the header names");
        Fault::new(ErrorCode::InvalidArgument, message)
    })
}
