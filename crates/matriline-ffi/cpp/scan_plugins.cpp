#include "matriline/scan_plugins.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

std::vector<PluginDescriptor> scan_plugins(std::string_view data_dir, std::string_view cloud_user) {
    return copied(checked([&](Failure &failure) {
        return detail::scan_plugins(text(data_dir, "data_dir"), text(cloud_user, "cloud_user"), failure);
    }));
}

MATRILINE_END_NAMESPACE
