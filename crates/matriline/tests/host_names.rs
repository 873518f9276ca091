//! `orca.host`: its names, and what Python's help says of them.

mod common;
mod host_common;

use host_common::{check, start};
use matriline_testkit::process_tests;

fn everything_has_a_docstring() {
    let (host, _) = start();
    check(
        &host,
        "import inspect\n\
         def undocumented(owner, path):\n\
         \x20   for name, value in vars(owner).items():\n\
         \x20       if name.startswith('_') or isinstance(value, (int, str)):\n            continue\n\
         \x20       where = path + '.' + name\n\
         \x20       if isinstance(value, type) and hasattr(value, '__members__') or type(value) in vars(owner).values():\n            continue\n\
         \x20       if not inspect.getdoc(value):\n            yield where\n\
         \x20       if isinstance(value, type) or inspect.ismodule(value):\n            yield from undocumented(value, where)\n\
         missing = ([] if orca.__doc__ else ['orca']) + list(undocumented(orca, 'orca'))\n\
         assert not missing, missing\n\
         import pydoc\nhelp = ' '.join(pydoc.plain(pydoc.render_doc(orca.host.TriangleMesh)).replace('|', ' ').split())\n\
         for said in ('shape (N, 3) and type float32, in mm', 'shape (M, 3) and type int32', 'Raises ImportError without numpy',\n\
         \x20            'Raises IndexError', 'read-only and shares the memory', 'used on any thread'):\n\
         \x20   assert said in help, (said, help)",
    );
}

/// 4.7 and 4.8: what the classes of `orca.host` have.
fn classes_have_their_names() {
    let (host, _) = start();
    check(
        &host,
        "names = {\n\
         'PresetType': 'Invalid Print SlaPrint Filament SlaMaterial Printer PhysicalPrinter Plate Model',\n\
         'ModelVolumeType': 'Invalid ModelPart NegativeVolume ParameterModifier SupportBlocker SupportEnforcer',\n\
         'Preset': 'type name alias file is_default is_external is_system is_visible is_dirty is_compatible is_project_embedded '\n\
         \x20    'bundle_id is_user is_from_bundle label config_keys config_value',\n\
         'PresetCollection': 'size get_selected_preset selected_preset get_selected_preset_name selected_preset_name '\n\
         \x20    'get_edited_preset edited_preset preset find_preset preset_names',\n\
         'PresetBundle': 'prints printers filaments sla_prints sla_materials current_process_preset current_print_preset '\n\
         \x20    'current_printer_preset current_filament_preset_names current_filament_presets full_config_keys full_config_value',\n\
         'BoundingBox': 'defined min max size center radius',\n\
         'TriangleMesh': 'vertex_count triangle_count facets_count is_empty vertices triangles face_normals vertex triangle '\n\
         \x20    'volume bounding_box is_manifold',\n\
         'ModelVolume': 'id name type is_model_part is_modifier is_negative_volume is_support_enforcer is_support_blocker '\n\
         \x20    'is_support_modifier extruder_id offset rotation scaling_factor mirror matrix facets_count volume bounding_box '\n\
         \x20    'is_manifold mesh mesh_errors_count is_fdm_support_painted is_seam_painted is_mm_painted is_fuzzy_skin_painted '\n\
         \x20    'config_keys config_value',\n\
         'ModelInstance': 'id printable is_printable offset rotation scaling_factor mirror matrix is_left_handed bounding_box',\n\
         'ModelObject': 'id name module_name input_file printable instance_count volume_count instances instance volumes volume '\n\
         \x20    'bounding_box raw_mesh_bounding_box min_z max_z facets_count parts_count materials_count mesh_errors_count '\n\
         \x20    'is_multiparts is_cut has_custom_layering is_fdm_support_painted is_seam_painted is_mm_painted '\n\
         \x20    'is_fuzzy_skin_painted config_keys config_value',\n\
         'Model': 'id object_count objects object bounding_box bounding_box_approx max_z material_count is_fdm_support_painted '\n\
         \x20    'is_seam_painted is_mm_painted is_fuzzy_skin_painted current_plate_index designer design_id',\n\
         'Plater': 'model is_project_dirty is_presets_dirty inside_snapshot_capture',\n\
         'ui.UiWindow': 'id post close is_open',\n\
         'ui.UiDockPanel': 'post show hide close is_open',\n\
         'ui.ProgressDialog': 'id update pulse start_pulse stop_pulse close is_open __enter__ __exit__',\n\
         'ui.NotificationLevel': ' '.join(level + 'NotificationLevel' for level in 'ProgressBar Hint Regular PrintInfo '\n\
         \x20    'PrintInfoShort Important Warning SeriousWarning Error'.split()),\n\
         'ui': 'message show_dialog create_window create_progress_dialog create_dock_panel push_notification WINDOW_MODELESS '\n\
         \x20    'WINDOW_MODAL PD_APP_MODAL PD_AUTO_HIDE PD_CAN_ABORT PD_CAN_SKIP PD_ELAPSED_TIME PD_ESTIMATED_TIME PD_REMAINING_TIME',\n\
         'plugin': 'storage'}\n\
         import functools\n\
         for owner, members in names.items():\n\
         \x20   found = functools.reduce(getattr, owner.split('.'), orca.host)\n\
         \x20   missing = [name for name in members.split() if not hasattr(found, name)]\n\
         \x20   assert not missing, (owner, missing)",
    );
}

process_tests!(everything_has_a_docstring, classes_have_their_names);
