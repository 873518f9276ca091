//! `orca.host`: the data of the application, as plugins read it.

mod common;
mod host_common;

use std::sync::Arc;

use host_common::{Host, check, check_raises, cube};
use matriline::host::{
    Config, Feature, Model, ModelInstance, ModelObject, Placement, PlaterState, Preset, PresetBundle,
    PresetCollection, PresetType,
};
use matriline_testkit::{MemoryHost, ScriptedInterface, process_tests};

fn everything() -> MemoryHost {
    let host = MemoryHost::with_everything(ScriptedInterface::new());
    host.set_model(Model {
        id: 7,
        current_plate: 1,
        designer: "Somebody".into(),
        material_count: 2,
        ..Model::of(vec![cube()])
    });
    host.set_plater(PlaterState { is_project_dirty: true, ..PlaterState::default() });
    host.set_presets(presets());
    host
}

fn preset(kind: PresetType, name: &str) -> Arc<Preset> {
    let config: Config = [("printer_model", "X1"), ("layer_height", "0.2")].into_iter().collect();
    Arc::new(Preset { kind, name: name.into(), config, is_visible: true, ..Preset::default() })
}

fn presets() -> PresetBundle {
    let filament =
        Preset { alias: "PLA".into(), is_dirty: true, ..(*preset(PresetType::Filament, "X")).clone() };
    let one = |preset| PresetCollection { presets: vec![preset], selected: Some(0), edited: None };
    PresetBundle {
        prints: Arc::new(one(preset(PresetType::Print, "0.20mm Standard"))),
        printers: Arc::new(one(preset(PresetType::Printer, "Printer"))),
        filaments: Arc::new(one(Arc::new(filament))),
        current_filaments: vec!["X".into(), "X".into(), "missing filament preset".into()],
        full_config: [("nozzle_diameter", "0.4")].into_iter().collect(),
        ..PresetBundle::default()
    }
}

/// 12.12: what exists, and what it says without an application.
fn without_an_application() {
    let host = Host::without();
    let not_there = "OrcaSlicer application is not initialized";
    for call in ["model()", "preset_bundle()", "plater()", "ui.message('hello')", "ui.create_window('')"] {
        check_raises(&host, &format!("orca.host.{call}"), "RuntimeError", not_there);
    }
    check(
        &host,
        "for name in ('PresetBundle Preset PresetCollection Model ModelObject Plater BoundingBox ModelInstance '\n\
         \x20            'ModelVolume ModelVolumeType TriangleMesh PresetType').split():\n\
         \x20   assert isinstance(getattr(orca.host, name), type), name\n\
         \x20   assert getattr(orca.host, name).__module__ == 'orca.host', name\n\
         import orca.host.ui as ui\nfrom orca.host import plugin\nimport orca.host.plugin\n\
         assert ui is orca.host.ui\n\
         assert orca.host_features() == {'storage'}",
    );
    for name in ["app_language", "reload_local_bundle"] {
        check_raises(
            &host,
            &format!("orca.host.{name}"),
            "AttributeError",
            "OrcaSlicer has it since it has orca.slicing",
        );
    }
    check_raises(
        &host,
        "orca.host.ui.push_notification",
        "AttributeError",
        "\"notifications\" is not in orca.host_features()",
    );
    check_raises(
        &host,
        "orca.host.ui.create_panel",
        "AttributeError",
        "only programs derived from OrcaSlicer have it",
    );
    check_raises(&host, "orca.host.Polygon", "AttributeError", "a part of the slicing graph");
    check_raises(
        &host,
        "orca.host.anything",
        "AttributeError",
        "module 'orca.host' has no attribute 'anything'",
    );
    check(
        &host,
        "assert not hasattr(orca.host.ui, 'create_dock_panel') and not hasattr(orca.host.ui, 'NotificationLevel')",
    );
}

fn an_application_that_offers_nothing() {
    let host = Host::with(MemoryHost::new());
    check_raises(&host, "orca.host.model()", "RuntimeError", "Plater is not available");
    check_raises(&host, "orca.host.plater()", "RuntimeError", "Plater is not available");
    check_raises(&host, "orca.host.preset_bundle()", "RuntimeError", "Preset bundle is not available");
    check_raises(&host, "orca.host.ui.message('m')", "RuntimeError", "it has no user interface");
}

fn features_come_and_go() {
    let host = Host::with(MemoryHost::new().offering(&[Feature::Language, Feature::LocalBundles]));
    check(&host, "assert orca.host_features() == {'language', 'local-bundles', 'storage'}");
    check(
        &host,
        "assert orca.host.app_language() == 'en_GB'\n\
         assert orca.host.reload_local_bundle('local') is True and orca.host.reload_local_bundle('other') is False",
    );
    check_raises(&host, "orca.host.reload_local_bundle('broken')", "RuntimeError", "cannot be read");
    host.application.manager.shutdown().unwrap();
    drop(host);
    let host = Host::with(MemoryHost::new());
    check(&host, "assert orca.host_features() == {'storage'} and not hasattr(orca.host, 'app_language')");
}

/// 12.12: a part of 10 by 20 by 30 and a modifier, the instance moved by (5, 6, 0).
fn a_model() {
    let host = Host::with(everything());
    check(
        &host,
        "model = orca.host.model()\n\
         assert (model.id(), model.object_count(), model.current_plate_index(), model.designer(), model.design_id()) == (7, 1, 1, 'Somebody', '')\n\
         assert (model.material_count(), model.is_mm_painted()) == (2, False)\n\
         object = model.object(0)\n\
         assert (object.name, object.id(), object.volume_count(), object.instance_count()) == ('cube', 4, 2, 1)\n\
         assert object.is_multiparts() and object.printable and not object.is_cut()\n\
         assert all(abs(a - b) < 1e-3 for a, b in zip(object.raw_mesh_bounding_box().size, (10, 20, 30)))\n\
         assert (object.min_z(), object.max_z(), model.max_z()) == (0, 30, 30)\n\
         assert (object.facets_count(), object.parts_count()) == (12, 1)\n\
         assert object.config_keys() == ['brim_width'] and object.config_value('brim_width') == '5'\n\
         instance = object.instances()[0]\n\
         assert instance.offset() == (5, 6, 0) and instance.printable and instance.is_printable()\n\
         assert instance.rotation() == (0, 0, 0) and instance.mirror() == (1, 1, 1) and instance.scaling_factor() == (1, 1, 1)\n\
         assert not instance.is_left_handed() and instance.bounding_box().min == (5, 6, 0)\n\
         part, modifier = object.volumes()\n\
         assert part.facets_count() == 12 and abs(part.volume() - 6000) < 60 and part.is_manifold()\n\
         assert part.is_model_part() and not part.is_modifier() and modifier.is_modifier() and not modifier.is_model_part()\n\
         assert modifier.type() is orca.host.ModelVolumeType.ParameterModifier and part.type() is orca.host.ModelVolumeType.ModelPart\n\
         assert part.extruder_id() == -1 and modifier.extruder_id() == 2\n\
         assert part.mesh_errors_count() == 0 and not part.is_seam_painted() and not modifier.is_support_modifier()\n\
         bounds = model.bounding_box()\n\
         assert bounds.defined and bounds.center == (10, 16, 15) and bounds.max == (15, 26, 30) and bounds.radius > 18\n\
         assert repr(object) == '<orca.host.ModelObject \"cube\" id=4 volumes=2 instances=1>', repr(object)\n\
         assert repr(part).startswith('<orca.host.ModelVolume \"part\"') and 'ModelPart' in repr(part)\n\
         assert repr(instance).startswith('<orca.host.ModelInstance id=3'), repr(instance)",
    );
}

fn indexes_that_are_not_there() {
    let host = Host::with(everything());
    let model = "orca.host.model()";
    for (call, message) in [
        ("object(1)", "model object index out of range"),
        ("object(-1)", "model object index out of range"),
        ("object(0).instance(1)", "instance index out of range"),
        ("object(0).volume(2)", "volume index out of range"),
        ("object(0).volume(0).mesh().vertex(8)", "vertex index out of range"),
        ("object(0).volume(0).mesh().triangle(12)", "triangle index out of range"),
    ] {
        check_raises(&host, &format!("{model}.{call}"), "IndexError", message);
    }
    check_raises(&host, &format!("{model}.object('0')"), "TypeError", "str");
    check_raises(&host, &format!("{model}.object(10 ** 30)"), "OverflowError", "");
    check_raises(&host, "orca.host.Model()", "TypeError", "cannot create 'orca.host.Model' instances");
    check_raises(
        &host,
        "orca.host.preset_bundle().prints.preset(1)",
        "IndexError",
        "preset index out of range",
    );
    check_raises(&host, "setattr(orca.host.model().object(0), 'name', 'x')", "AttributeError", "name");
}

/// 12.12: a mesh without numpy.
fn meshes_without_numpy() {
    let host = Host::with(everything());
    let mesh = "orca.host.model().object(0).volume(0).mesh()";
    check(
        &host,
        &format!(
            "mesh = {mesh}\n\
             assert (mesh.vertex_count(), mesh.triangle_count(), mesh.facets_count()) == (8, 12, 12)\n\
             assert not mesh.is_empty() and mesh.is_manifold() and abs(mesh.volume() - 6000) < 1e-3\n\
             assert mesh.vertex(7) == (10, 20, 30) and mesh.triangle(0) == (0, 2, 1)\n\
             assert mesh.bounding_box().size == (10, 20, 30)"
        ),
    );
    for call in [
        &format!("{mesh}.vertices()"),
        &format!("{mesh}.face_normals()"),
        "orca.host.model().object(0).volume(0).matrix()",
    ] {
        check_raises(&host, call, "ImportError", "numpy is required to access mesh arrays/matrices");
    }
}

fn empty_things() {
    let host = Host::with(MemoryHost::with_everything(ScriptedInterface::new()));
    check(
        &host,
        "model = orca.host.model()\n\
         assert model.objects() == [] and model.max_z() == 0\n\
         bounds = model.bounding_box()\n\
         assert not bounds.defined and bounds.size == (0, 0, 0) and bounds.radius == 0 and 'undefined' in repr(bounds)\n\
         bundle = orca.host.preset_bundle()\n\
         assert bundle.prints.size() == 0 and bundle.current_print_preset() is None and bundle.current_filament_presets() == []",
    );
}

/// 12.12: three filaments of which one is missing; options that are there and that are not.
fn presets_of_the_application() {
    let host = Host::with(everything());
    check(
        &host,
        "bundle = orca.host.preset_bundle()\n\
         assert bundle.current_filament_preset_names() == ['X', 'X', 'missing filament preset']\n\
         x, also_x, missing = bundle.current_filament_presets()\n\
         assert x.name == also_x.name == 'X' and missing is None\n\
         assert x.label() == '* PLA' and x.label(no_alias=True) == '* X' and x.is_dirty\n\
         printer = bundle.current_printer_preset()\n\
         assert printer.config_value('missing_test_key') is None and printer.config_value('printer_model') == 'X1'\n\
         assert printer.config_keys() == ['layer_height', 'printer_model']\n\
         assert printer.type is orca.host.PresetType.Printer and printer.is_user() and not printer.is_from_bundle()\n\
         assert bundle.current_print_preset().name == bundle.current_process_preset().name == '0.20mm Standard'\n\
         prints = bundle.prints\n\
         assert prints.size() == len(prints) == 1 and prints.preset(0).name == prints.preset_names()[0]\n\
         assert prints.get_selected_preset().name == prints.selected_preset_name() == prints.get_selected_preset_name()\n\
         assert prints.edited_preset().name == prints.get_edited_preset().name == prints.selected_preset().name\n\
         assert prints.find_preset('other') is None and prints.find_preset('0.20mm Standard').is_visible\n\
         assert bundle.full_config_keys() == ['nozzle_diameter'] and bundle.full_config_value('nozzle_diameter') == '0.4'\n\
         assert bundle.full_config_value('other') is None and bundle.sla_prints.size() == bundle.sla_materials.size() == 0\n\
         assert repr(prints) == '<orca.host.PresetCollection size=1 selected=\"0.20mm Standard\">', repr(prints)\n\
         assert repr(printer) == '<orca.host.Preset \"Printer\" type=Printer options=2>', repr(printer)\n\
         assert repr(bundle) == '<orca.host.PresetBundle prints=1 printers=1 filaments=1>', repr(bundle)",
    );
    check_raises(&host, "orca.host.preset_bundle().filament", "AttributeError", "filament");
    check_raises(&host, "orca.host.preset_bundle().printers.find_preset(5)", "TypeError", "int");
    check_raises(
        &host,
        "orca.host.preset_bundle().full_config_value('\\ud800')",
        "UnicodeEncodeError",
        "surrogates",
    );
}

fn the_plater() {
    let host = Host::with(everything());
    check(
        &host,
        "plater = orca.host.plater()\n\
         assert plater.is_project_dirty() and not plater.is_presets_dirty() and not plater.inside_snapshot_capture()\n\
         assert plater.model().object_count() == 1 and repr(plater) == '<orca.host.Plater>'",
    );
}

fn a_snapshot_outlives_what_it_shows() {
    let host = Host::with(everything());
    host.run("global kept\nkept = orca.host.model().object(0).volumes()[0].mesh()").unwrap();
    host.host.set_model(Model::of(vec![ModelObject::new(
        9,
        "other",
        vec![],
        vec![ModelInstance::new(1, Placement::default())],
    )]));
    host.run(
        "assert kept.vertex(7) == (10, 20, 30)\n\
         assert orca.host.model().object(0).name == 'other' and not orca.host.model().bounding_box().defined",
    )
    .unwrap();
}

/// A folder of one's own, which may be written to.
fn storage() {
    let host = Host::without();
    check(
        &host,
        "import os\nfolder = orca.host.plugin.storage()\n\
         open(os.path.join(orca_plugins, '..', 'first.txt'), 'w').close()\n\
         assert os.path.isdir(folder) and folder.endswith(os.path.join('orca_plugins', '__data__', 'host')), folder\n\
         with open(os.path.join(folder, 'state.json'), 'w') as file:\n    file.write('{}')\n\
         os.makedirs(os.path.join(folder, 'deep', 'er'))\n\
         assert orca.host.plugin.storage() == folder",
    );
    check_raises(&host, "open(orca.host.plugin.storage() + '/../other.txt', 'w')", "PermissionError", "");
    host.application.manager.discover_plugins();
    assert!(host.application.manager.catalog().get("__data__").is_none());
}

process_tests!(
    without_an_application,
    an_application_that_offers_nothing,
    features_come_and_go,
    a_model,
    indexes_that_are_not_there,
    meshes_without_numpy,
    empty_things,
    presets_of_the_application,
    the_plater,
    a_snapshot_outlives_what_it_shows,
    storage,
);
