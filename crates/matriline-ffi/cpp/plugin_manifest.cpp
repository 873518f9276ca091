#include "matriline/plugin_manifest.hpp"

#include "preset.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

ManifestUpdate update_plugin_manifest(const Preset &preset) {
    const UpdateData data =
        checked([&](Failure &failure) { return update_manifest(started_host(), preset_data(preset), failure); });
    ManifestUpdate update{copied(data.plugins), copied(data.added), copied(data.pruned), {}, {}};
    for (const AmbiguousData &it : data.ambiguous) {
        update.ambiguous.push_back({std::string(it.option), std::string(it.value), copied(it.candidates),
                                    std::string(it.chosen),
                                    static_cast<AmbiguousCapability::DecidedBy>(it.decided_by)});
    }
    for (const UnresolvedData &it : data.unresolved) {
        update.unresolved.push_back({std::string(it.option), std::string(it.value)});
    }
    return update;
}

MATRILINE_END_NAMESPACE
