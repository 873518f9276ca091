#include "matriline/host_presets.hpp"

#include "host_config.hpp"

namespace matriline::detail {

namespace {

HostPresetData preset_of(const host::Preset &preset) {
    return {static_cast<std::int8_t>(preset.type),
            lossy(preset.name),
            lossy(preset.alias),
            lossy(preset.file),
            preset.is_default,
            preset.is_external,
            preset.is_system,
            preset.is_visible,
            preset.is_dirty,
            preset.is_compatible,
            preset.is_project_embedded,
            lossy(preset.bundle_id),
            settings_of(preset.config)};
}

void read(const host::PresetCollection &collection, CollectionOf kind, BundleBuilder &into) {
    for (const host::Preset &preset : collection.presets) {
        into.add_preset(kind, preset_of(preset));
    }
    if (collection.selected) {
        into.select(kind, *collection.selected);
    }
    if (collection.edited) {
        into.set_edited(kind, preset_of(*collection.edited));
    }
}

} // namespace

void read_host_presets(const HostPresets &presets, BundleBuilder &into) noexcept {
    rust::Vec<rust::String> filaments;
    for (const std::string &name : presets.current_filaments) {
        filaments.push_back(lossy(name));
    }
    into.set(std::move(filaments), settings_of(presets.full_config));
    read(presets.prints, CollectionOf::Prints, into);
    read(presets.printers, CollectionOf::Printers, into);
    read(presets.filaments, CollectionOf::Filaments, into);
    read(presets.sla_prints, CollectionOf::SlaPrints, into);
    read(presets.sla_materials, CollectionOf::SlaMaterials, into);
}

} // namespace matriline::detail
