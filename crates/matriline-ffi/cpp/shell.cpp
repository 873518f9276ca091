#include "shell.hpp"

MATRILINE_BEGIN_NAMESPACE

PluginCapabilityInterface::~PluginCapabilityInterface() = default;

MATRILINE_END_NAMESPACE

namespace matriline::detail {

std::shared_ptr<LoadedPluginCapability> make_shell(rust::Box<CapabilityHandle> handle, std::uint8_t kind,
                                                   rust::Str name, rust::Str plugin_key) {
    auto instance = make_instance(std::move(handle), static_cast<PluginCapabilityType>(kind), name);
    return std::make_shared<LoadedPluginCapability>(std::move(instance), std::string(plugin_key));
}

} // namespace matriline::detail
