#pragma once

#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The plugins of a data folder, the valid ones first, without a manager and without Python. `cloud_user` is whose
/// cloud plugins are looked for too, or empty. A folder without plugins, or one that is not there, has none.
///
/// It blocks while it reads. Throws `Error` when a text is not UTF-8. Threads: any.
MATRILINE_EXPORT std::vector<PluginDescriptor> scan_plugins(std::string_view data_dir,
                                                            std::string_view cloud_user = {});

MATRILINE_END_NAMESPACE
