#include "matriline/host_files.hpp"

#include "host_config.hpp"

MATRILINE_BEGIN_NAMESPACE

namespace host {

using namespace matriline::detail;

namespace {

Config copied(const rust::Vec<SettingPair> &pairs) {
    Config config;
    for (const SettingPair &pair : pairs) {
        config.emplace(std::string(pair.key), std::string(pair.value));
    }
    return config;
}

Placement copied(const PlacementData &data) {
    return {data.offset, data.rotation, data.scaling_factor, data.mirror};
}

ModelVolume copied(const VolumeData &data, rust::Box<Mesh> mesh) {
    ModelVolume volume;
    volume.id = data.id;
    volume.name = std::string(data.name);
    volume.type = static_cast<VolumeType>(data.kind);
    if (data.has_extruder) {
        volume.extruder = data.extruder;
    }
    volume.placement = copied(data.placement);
    volume.mesh = TriangleMesh::State::mesh_of(std::move(mesh));
    volume.mesh_errors = data.mesh_errors;
    volume.painted = {data.fdm_support, data.seam, data.mm, data.fuzzy_skin};
    volume.config = copied(data.config);
    return volume;
}

ModelObject copied(const ModelFile &file, std::size_t place) {
    const ObjectData data = file.object(place);
    ModelObject object;
    object.id = data.id;
    object.name = std::string(data.name);
    object.module_name = std::string(data.module_name);
    object.input_file = std::string(data.input_file);
    object.printable = data.printable;
    object.is_cut = data.is_cut;
    object.has_custom_layering = data.has_custom_layering;
    object.config = copied(data.config);
    const auto volumes = file.volumes(place);
    for (std::size_t volume = 0; volume < volumes.size(); ++volume) {
        object.volumes.push_back(copied(volumes[volume], file.mesh(place, volume)));
    }
    for (const InstanceData &instance : file.instances(place)) {
        object.instances.push_back(
            {instance.id, instance.printable, instance.is_printable, copied(instance.placement)});
    }
    return object;
}

Preset copied(const HostPresetData &data) {
    Preset preset;
    preset.type = static_cast<PresetType>(data.kind);
    preset.name = std::string(data.name);
    preset.alias = std::string(data.alias);
    preset.file = std::string(data.file);
    preset.is_default = data.is_default;
    preset.is_external = data.is_external;
    preset.is_system = data.is_system;
    preset.is_visible = data.is_visible;
    preset.is_dirty = data.is_dirty;
    preset.is_compatible = data.is_compatible;
    preset.is_project_embedded = data.is_project_embedded;
    preset.bundle_id = std::string(data.bundle_id);
    preset.config = copied(data.config);
    return preset;
}

PresetCollection copied(const PresetFiles &files, CollectionOf kind) {
    PresetCollection collection;
    for (const HostPresetData &preset : files.presets(kind)) {
        collection.presets.push_back(copied(preset));
    }
    if (const std::size_t selected = files.selected(kind); selected < collection.presets.size()) {
        collection.selected = selected;
    }
    return collection;
}

} // namespace

Model read_model(const std::filesystem::path &path) {
    const auto file =
        checked([&](Failure &failure) { return detail::read_model(text(path.u8string(), "path"), failure); });
    const ModelData data = file->model();
    Model model;
    model.id = data.id;
    model.material_count = data.material_count;
    model.current_plate = data.current_plate;
    model.designer = std::string(data.designer);
    model.design_id = std::string(data.design_id);
    for (std::size_t place = 0; place < file->object_count(); ++place) {
        model.objects.push_back(copied(*file, place));
    }
    return model;
}

PresetBundle read_presets(const std::filesystem::path &folder) {
    const auto files =
        checked([&](Failure &failure) { return detail::read_presets(text(folder.u8string(), "folder"), failure); });
    PresetBundle bundle;
    bundle.prints = copied(*files, CollectionOf::Prints);
    bundle.printers = copied(*files, CollectionOf::Printers);
    bundle.filaments = copied(*files, CollectionOf::Filaments);
    bundle.current_filaments = detail::copied(files->current_filaments());
    bundle.full_config = copied(files->full_config());
    return bundle;
}

} // namespace host

MATRILINE_END_NAMESPACE
