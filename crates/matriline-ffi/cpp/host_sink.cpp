#include "host_sink.hpp"

#include "answers.hpp"
#include "host_config.hpp"

MATRILINE_BEGIN_NAMESPACE

namespace host {

Host::~Host() = default;

std::vector<Feature> Host::features() {
    return {};
}
std::shared_ptr<const Model> Host::model() {
    return nullptr;
}
std::shared_ptr<const PresetBundle> Host::preset_bundle() {
    return nullptr;
}
std::optional<PlaterState> Host::plater() {
    return std::nullopt;
}
std::shared_ptr<UserInterface> Host::user_interface() {
    return nullptr;
}
std::string Host::app_language() {
    return {};
}
bool Host::reload_local_bundle(const std::string &) {
    return false;
}

} // namespace host

MATRILINE_END_NAMESPACE

namespace matriline::detail {

rust::Vec<std::uint8_t> host_features(const HostSink &sink) noexcept {
    rust::Vec<std::uint8_t> numbers;
    return asked("`Host::features`", std::move(numbers), [&] {
        rust::Vec<std::uint8_t> offered;
        for (const host::Feature feature : sink.host->features()) {
            offered.push_back(static_cast<std::uint8_t>(feature));
        }
        return offered;
    });
}

std::shared_ptr<HostModel> host_model(const HostSink &sink) noexcept {
    return asked("`Host::model`", std::shared_ptr<HostModel>(),
                 [&] { return std::const_pointer_cast<HostModel>(sink.host->model()); });
}

std::shared_ptr<HostPresets> host_presets(const HostSink &sink) noexcept {
    return asked("`Host::preset_bundle`", std::shared_ptr<HostPresets>(),
                 [&] { return std::const_pointer_cast<HostPresets>(sink.host->preset_bundle()); });
}

PlaterData host_plater(const HostSink &sink) noexcept {
    return asked("`Host::plater`", PlaterData{}, [&] {
        const auto plater = sink.host->plater();
        return plater ? PlaterData{true, plater->is_project_dirty, plater->is_presets_dirty,
                                   plater->inside_snapshot_capture}
                      : PlaterData{};
    });
}

std::shared_ptr<HostInterface> host_interface(const HostSink &sink) noexcept {
    return asked("`Host::user_interface`", std::shared_ptr<HostInterface>(),
                 [&] { return sink.host->user_interface(); });
}

rust::String host_language(const HostSink &sink) noexcept {
    return asked("`Host::app_language`", rust::String(), [&] { return lossy(sink.host->app_language()); });
}

bool host_reload(const HostSink &sink, rust::Str bundle_id) {
    return sink.host->reload_local_bundle(std::string(bundle_id));
}

} // namespace matriline::detail
