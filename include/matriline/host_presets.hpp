#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "matriline/host_model.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

namespace host {

/// What a preset is for. The numbers are those that plugins see.
enum class PresetType : signed char {
    Invalid = 0,
    Print = 1,
    SlaPrint = 2,
    Filament = 3,
    SlaMaterial = 4,
    Printer = 5,
    PhysicalPrinter = 6,
    Plate = 7,
    Model = 8,
};

/// A preset, as plugins read it.
struct Preset {
    PresetType type = PresetType::Invalid;
    /// By which it is found.
    std::string name;
    /// A shorter name for the user, or empty.
    std::string alias;
    /// The file it was read from, or empty.
    std::string file;
    /// Whether it is the one there is when there is no other.
    bool is_default = false;
    /// Whether it was opened from a file outside of the data folder.
    bool is_external = false;
    /// Whether it came with the application.
    bool is_system = false;
    bool is_visible = false;
    /// Whether it has changes that are not saved.
    bool is_dirty = false;
    /// Whether it goes with the printer that is selected.
    bool is_compatible = false;
    /// Whether it belongs to the project that is open.
    bool is_project_embedded = false;
    /// The bundle it belongs to, or empty.
    std::string bundle_id;
    Config config;
};

/// The presets of one kind.
struct PresetCollection {
    /// In the order of the application.
    std::vector<Preset> presets;
    /// The place of the one that is selected.
    std::optional<std::size_t> selected;
    /// The selected one with the changes that the user has made since; nothing without changes.
    std::optional<Preset> edited;
};

/// All presets of the application.
struct PresetBundle {
    PresetCollection prints;
    PresetCollection printers;
    PresetCollection filaments;
    PresetCollection sla_prints;
    PresetCollection sla_materials;
    /// The names of the filaments in use, one for each extruder.
    std::vector<std::string> current_filaments;
    /// The options of everything that is selected, together.
    Config full_config;
};

} // namespace host

MATRILINE_END_NAMESPACE
