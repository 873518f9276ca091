#include "matriline/preset_document.hpp"

#include "preset.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

struct PresetDocument::State {
    rust::Box<Document> document;
};

PresetDocument::PresetDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
PresetDocument::PresetDocument(PresetDocument &&) noexcept = default;
PresetDocument &PresetDocument::operator=(PresetDocument &&) noexcept = default;
PresetDocument::~PresetDocument() = default;

PresetDocument PresetDocument::parse(std::string_view json) {
    auto document = checked([&](Failure &failure) { return parse_document(text(json, "json"), failure); });
    return PresetDocument(std::make_unique<State>(State{std::move(document)}));
}

std::optional<std::vector<std::string>> PresetDocument::strings(std::string_view key) const {
    const auto found = checked([&](Failure &failure) { return state_->document->strings(text(key, "key"), failure); });
    return found.given ? std::make_optional(copied(found.texts)) : std::nullopt;
}

std::vector<std::string> PresetDocument::plugins() const {
    return copied(checked([&](Failure &failure) { return state_->document->plugins(failure); }));
}

void PresetDocument::set_plugins(const std::vector<std::string> &plugins) {
    checked([&](Failure &failure) { state_->document->set_plugins(texts(plugins, "plugins"), failure); });
}

std::string PresetDocument::to_json() const {
    return std::string(checked([&](Failure &failure) { return state_->document->json(failure); }));
}

void PresetDocument::save(std::string_view path) const {
    checked([&](Failure &failure) { state_->document->save(text(path, "path"), failure); });
}

Preset PresetDocument::preset(PresetType type, const std::vector<PluginOption> &options) const {
    const PresetData data = checked([&](Failure &failure) {
        return state_->document->preset(static_cast<std::uint8_t>(type), options_data(options), failure);
    });
    Preset preset;
    preset.type = type;
    preset.name = std::string(data.name);
    for (const PresetOptionData &option : data.options) {
        preset.options.emplace(std::string(option.key), copied(option.values));
    }
    preset.plugins = copied(data.plugins);
    return preset;
}

MATRILINE_END_NAMESPACE
