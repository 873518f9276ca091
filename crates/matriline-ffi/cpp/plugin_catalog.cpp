#include "matriline/plugin_catalog.hpp"

#include <iterator>
#include <optional>

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::vector<std::string> copied(const rust::Vec<rust::String> &texts) {
    std::vector<std::string> copy;
    copy.reserve(texts.size());
    for (const rust::String &text : texts) {
        copy.emplace_back(text);
    }
    return copy;
}

PluginDescriptor copied(const DescriptorData &data) {
    PluginDescriptor descriptor;
    descriptor.plugin_key = std::string(data.plugin_key);
    descriptor.name = std::string(data.name);
    descriptor.description = std::string(data.description);
    descriptor.author = std::string(data.author);
    descriptor.version = std::string(data.version);
    descriptor.entry_package = std::string(data.entry_package);
    descriptor.dependencies = copied(data.dependencies);
    descriptor.plugin_root = std::string(data.plugin_root);
    descriptor.entry_path = std::string(data.entry_path);
    descriptor.error = std::string(data.error);
    descriptor.problems = copied(data.problems);
    return descriptor;
}

std::vector<PluginDescriptor> all(CatalogPart part) {
    std::vector<PluginDescriptor> descriptors;
    if (const Host *host = current_host()) {
        for (const DescriptorData &data :
             checked([&](Failure &failure) { return copy_catalog(*host, part, failure); })) {
            descriptors.push_back(copied(data));
        }
    }
    return descriptors;
}

std::optional<PluginDescriptor> one(CatalogPart part, std::string_view key) {
    if (const Host *host = current_host()) {
        const auto found =
            checked([&](Failure &failure) { return copy_catalog_entry(*host, part, text(key, "key"), failure); });
        if (!found.empty()) {
            return copied(found.front());
        }
    }
    return std::nullopt;
}

bool write(std::optional<PluginDescriptor> found, PluginDescriptor &out) {
    if (found) {
        out = std::move(*found);
    }
    return found.has_value();
}

} // namespace

std::vector<PluginDescriptor> PluginCatalog::get_plugin_catalog() const {
    return all(CatalogPart::Valid);
}
std::vector<PluginDescriptor> PluginCatalog::get_invalid_plugins() const {
    return all(CatalogPart::Invalid);
}

std::vector<PluginDescriptor> PluginCatalog::get_all_plugin_descriptors() const {
    auto descriptors = get_plugin_catalog();
    auto invalid = get_invalid_plugins();
    descriptors.insert(descriptors.end(), std::make_move_iterator(invalid.begin()),
                       std::make_move_iterator(invalid.end()));
    return descriptors;
}

bool PluginCatalog::try_get_valid_plugin_descriptor(std::string_view key, PluginDescriptor &out) const {
    return write(one(CatalogPart::Valid, key), out);
}

bool PluginCatalog::try_get_invalid_plugin_descriptor(std::string_view key, PluginDescriptor &out) const {
    return write(one(CatalogPart::Invalid, key), out);
}

bool PluginCatalog::try_get_plugin_descriptor(std::string_view key, PluginDescriptor &out) const {
    return try_get_valid_plugin_descriptor(key, out) || try_get_invalid_plugin_descriptor(key, out);
}

bool PluginCatalog::has_valid_plugin_descriptor(std::string_view key) const {
    return one(CatalogPart::Valid, key).has_value();
}

MATRILINE_END_NAMESPACE
