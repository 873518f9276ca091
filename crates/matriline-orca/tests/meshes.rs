//! Meshes as numpy arrays: over the memory of the snapshot, and read-only. The process ends with numpy loaded, as it
//! cannot be unloaded.

mod common;
mod numpy;

use std::sync::Arc;
use std::time::Duration;

use common::{Host, run, unload};
use matriline_host::{Generation, Model, ModelInstance, ModelObject, ModelVolume, Placement, TriangleMesh};
use matriline_orca::Offer;
use matriline_python::Interpreter;
use matriline_testkit::{MemoryHost, process_tests};

/// Offers a model of one object with that mesh.
fn offer(mesh: TriangleMesh) {
    let volume = ModelVolume {
        placement: Placement { scaling_factor: [2.0; 3], ..Placement::default() },
        ..ModelVolume::new(1, "part", mesh)
    };
    let instance = ModelInstance::new(2, Placement::at([5.0, 6.0, 0.0]));
    let host = MemoryHost::new();
    host.set_model(Model::of(vec![ModelObject::new(3, "cube", vec![volume], vec![instance])]));
    let offer = Offer {
        host: Some(Arc::new(host)),
        storage: None,
        post: None,
        patience: Duration::from_secs(30),
        generation: Generation::Newest,
    };
    Interpreter::with(|py| matriline_orca::offer(py, offer).unwrap()).unwrap();
}

/// Runs statements as a plugin that brings numpy, with a cuboid of 10 by 20 by 30.
fn check(code: &str) {
    let Some(folder) = numpy::folder() else {
        return matriline_testkit::skip("numpy cannot be installed");
    };
    let host = Host::start();
    offer(TriangleMesh::cuboid([10.0, 20.0, 30.0]));
    let plugin = numpy::brought_by(host.plugin("reads", "import numpy"), &folder).load();
    let prepared = "object = orca.host.model().object(0)\nmesh = object.volume(0).mesh()\n";
    run(&plugin, &format!("{prepared}{code}")).unwrap();
    unload(plugin);
}

/// 12.12: (8, 3) float32, not writeable, with a base.
fn vertices_and_triangles() {
    check(
        "vertices, triangles, normals = mesh.vertices(), mesh.triangles(), mesh.face_normals()\n\
         assert vertices.shape == (8, 3) and vertices.dtype == numpy.float32\n\
         assert not vertices.flags.writeable and vertices.base is not None and vertices.flags.c_contiguous\n\
         assert vertices.max(axis=0).tolist() == [10, 20, 30] and vertices[7].tolist() == [10, 20, 30]\n\
         assert triangles.shape == (12, 3) and triangles.dtype == numpy.int32 and not triangles.flags.writeable\n\
         assert triangles[0].tolist() == list(mesh.triangle(0))\n\
         assert normals.shape == (12, 3) and normals.dtype == numpy.float32\n\
         assert numpy.allclose(numpy.linalg.norm(normals, axis=1), 1)\n\
         normals[0] = 0",
    );
}

/// 12.12: assignment raises.
fn writing_is_refused() {
    check(
        "vertices = mesh.vertices()\n\
         for act in (lambda: vertices.__setitem__(0, 0), lambda: setattr(vertices.flags, 'writeable', True), lambda: vertices.resize((100, 3))):\n\
         \x20   try:\n        act()\n    except ValueError:\n        pass\n    else:\n        raise AssertionError(act)\n\
         assert mesh.vertex(0) == (0, 0, 0)\n\
         own = vertices.copy()\nown[0] = 5\nassert mesh.vertex(0) == (0, 0, 0)",
    );
}

fn arrays_share_memory_and_keep_it() {
    check(
        "first, second = mesh.vertices(), object.volume(0).mesh().vertices()\n\
         assert numpy.shares_memory(first, second)\n\
         triangles = mesh.triangles()\n\
         del object, mesh, second\nimport gc\ngc.collect()\n\
         assert first[7].tolist() == [10, 20, 30] and triangles[11].tolist() == [3, 7, 5]",
    );
}

/// 12.12: 4 by 4.
fn matrices() {
    check(
        "world = object.instance(0).matrix() @ object.volume(0).matrix()\n\
         assert world.shape == (4, 4) and world.dtype == numpy.float64\n\
         assert (world @ [10, 20, 30, 1]).tolist() == [25, 46, 60, 1], world\n\
         world = object.instance(0).matrix()\nworld[0, 3] = 0\n\
         assert object.instance(0).offset() == (5, 6, 0)",
    );
}

/// What an importer returns may be made of arrays, which are copied.
fn a_mesh_is_made_of_arrays() {
    check(
        "vertices, triangles = mesh.vertices(), mesh.triangles()\n\
         for real in (numpy.float32, numpy.float64):\n\
         \x20   for whole in (numpy.int32, numpy.int64, numpy.uint32):\n\
         \x20       for order in 'CF':\n\
         \x20           corners = numpy.array(vertices, dtype=real, order=order)\n\
         \x20           made = orca.host.TriangleMesh(corners, numpy.array(triangles, dtype=whole, order=order))\n\
         \x20           corners[:] = 0\n\
         \x20           assert made.volume() == 6000 and made.is_manifold(), (real, whole, order)\n\
         assert orca.host.TriangleMesh(vertices[::-1], 7 - triangles).vertex(0) == (10, 20, 30)\n\
         assert orca.host.TriangleMesh(numpy.zeros((0, 3), 'f'), numpy.zeros((0, 3), 'i')).is_empty()\n\
         small = orca.host.TriangleMesh(vertices.astype(numpy.float16), triangles.astype(numpy.int8))\n\
         assert small.volume() == 6000\n\
         for corners in (vertices[:, :2], vertices.ravel(), vertices.astype(str), vertices * numpy.nan):\n\
         \x20   try:\n        orca.host.TriangleMesh(corners, triangles)\n    except (TypeError, ValueError):\n        pass\n\
         \x20   else:\n        raise AssertionError(corners)",
    );
}

fn an_empty_mesh_has_empty_arrays() {
    let Some(folder) = numpy::folder() else {
        return matriline_testkit::skip("numpy cannot be installed");
    };
    let host = Host::start();
    offer(TriangleMesh::new(Vec::new(), Vec::new()).unwrap());
    let plugin = numpy::brought_by(host.plugin("reads", "import numpy"), &folder).load();
    let code = "mesh = orca.host.model().object(0).volume(0).mesh()\n\
                assert mesh.vertices().shape == mesh.triangles().shape == mesh.face_normals().shape == (0, 3)\n\
                assert mesh.is_empty() and mesh.vertices().dtype == numpy.float32";
    run(&plugin, code).unwrap();
    unload(plugin);
}

process_tests!(
    vertices_and_triangles,
    writing_is_refused,
    arrays_share_memory_and_keep_it,
    matrices,
    a_mesh_is_made_of_arrays,
    an_empty_mesh_has_empty_arrays,
);
