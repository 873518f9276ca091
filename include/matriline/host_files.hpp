#pragma once

#include <filesystem>

#include "matriline/export.hpp"
#include "matriline/host_model.hpp"
#include "matriline/host_presets.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// For applications that have neither a model nor presets of their own: a command line, a test, an example.
namespace host {

/// Reads a model: an STL, binary or ASCII, or a 3MF, by the end of the file's name. Throws `Error` with
/// `ErrorCode::Io`, which names the file, for one that cannot be understood. Threads: any; reads the disk.
MATRILINE_EXPORT Model read_model(const std::filesystem::path &path);

/// Reads the presets in a folder and all folders below: each `.json` file in the slicer's format, with the options it
/// inherits (`inherits` is the name of another preset of the folder, of the same type). The first of each type that
/// goes with the printer is selected. Throws as `read_model` does, also for a preset that inherits from one that is not
/// there or from itself. Threads: any; reads the disk.
MATRILINE_EXPORT PresetBundle read_presets(const std::filesystem::path &folder);

} // namespace host

MATRILINE_END_NAMESPACE
