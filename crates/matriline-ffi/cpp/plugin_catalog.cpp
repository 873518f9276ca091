#include "matriline/plugin_catalog.hpp"

#include <iterator>
#include <optional>

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

namespace {

std::vector<PluginDescriptor> all(CatalogPart part) {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return copy_catalog(*host, part, failure); }));
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

std::vector<std::string> PluginCatalog::get_plugin_directories() const {
    const Host *host = current_host();
    if (host == nullptr) {
        return {};
    }
    return copied(checked([&](Failure &failure) { return plugin_directories(*host, failure); }));
}

MATRILINE_END_NAMESPACE
