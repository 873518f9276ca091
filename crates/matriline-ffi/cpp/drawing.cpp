#include "generated/drawing.hpp"

#include "host.hpp"
#include "matriline/plugin_manager.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

std::vector<VisualizationInputSpec> PluginManager::drawable_inputs(std::string_view key, std::string_view name) {
    const rust::Str checked_key = text(key, "key"), checked_name = text(name, "name");
    std::vector<VisualizationInputSpec> inputs;
    for (const DrawableData &data : checked([&](Failure &failure) {
             return list_drawable_inputs(started_host(), checked_key, checked_name, failure);
         })) {
        inputs.push_back({std::string(data.kind), std::string(data.format), std::string(data.transport), data.min_major,
                          data.min_minor, data.max_major, data.max_minor});
    }
    return inputs;
}

Drawn PluginManager::draw(std::string_view key, std::string_view name, const VisualizationContext &context) {
    const rust::Str checked_key = text(key, "key"), checked_name = text(name, "name");
    const VisualizationInput &input = context.input;
    const DrawingData data{text(context.orca_version, "orca_version"),
                           context.revision,
                           text(input.kind, "kind"),
                           text(input.format, "format"),
                           text(input.transport, "transport"),
                           text(input.location, "location"),
                           input.major_version,
                           input.minor_version,
                           text(context.metadata, "metadata")};
    const DrawnData answered = checked([&](Failure &failure) {
        return detail::draw(started_host(), checked_key, checked_name, data, failure);
    });
    Drawn drawn;
    set_result(drawn.result, answered.status, answered.message, answered.data);
    if (answered.is_open) {
        drawn.revision = answered.revision;
    }
    return drawn;
}

void PluginManager::end_drawing(std::string_view key, std::string_view name) {
    const rust::Str checked_key = text(key, "key"), checked_name = text(name, "name");
    checked([&](Failure &failure) { detail::end_drawing(started_host(), checked_key, checked_name, failure); });
}

MATRILINE_END_NAMESPACE
