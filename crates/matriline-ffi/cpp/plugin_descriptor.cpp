#include "matriline/plugin_descriptor.hpp"

#include "host.hpp"

namespace matriline::detail {

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

std::vector<PluginDescriptor> copied(const rust::Vec<DescriptorData> &list) {
    std::vector<PluginDescriptor> descriptors;
    descriptors.reserve(list.size());
    for (const DescriptorData &data : list) {
        descriptors.push_back(copied(data));
    }
    return descriptors;
}

} // namespace matriline::detail
