#include "matriline/plugin_descriptor.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

bool PluginDescriptor::has_local_package() const {
    return !cloud || cloud->installed || !plugin_root.empty() || !entry_path.empty();
}

std::string PluginDescriptor::normalized_error() const {
    const char *const blanks = " \t\r\n\f\v";
    const auto start = error.find_first_not_of(blanks);
    if (start == std::string::npos) {
        return {};
    }
    return error.substr(start, error.find_last_not_of(blanks) - start + 1);
}

PluginUpdateStatus PluginDescriptor::update_status() const {
    if (cloud && cloud->unauthorized) {
        return PluginUpdateStatus::Unauthorized;
    }
    return cloud && cloud->update_available ? PluginUpdateStatus::UpdateAvailable : PluginUpdateStatus::Normal;
}

std::string PluginDescriptor::latest_available_version() const {
    for (const ChangelogEntry &entry : changelog) {
        if (!entry.version.empty()) {
            return entry.version;
        }
    }
    return latest_version.empty() ? version : latest_version;
}

PluginCapabilityType PluginDescriptor::primary_capability_type() const {
    return capability_types.empty() ? PluginCapabilityType::Unknown : capability_types.front();
}

std::string_view PluginDescriptor::type_label() const {
    return plugin_capability_type_to_string(primary_capability_type());
}

MATRILINE_END_NAMESPACE

namespace matriline::detail {

namespace {

PluginDescriptor::ChangelogEntry copied(const ChangelogData &data) {
    return {std::string(data.changelog_id), std::string(data.plugin_uuid), std::string(data.version),
            std::string(data.changelog), data.created_time};
}

ChangelogData changelog_data(const PluginDescriptor::ChangelogEntry &entry) {
    const auto own = [](const std::string &value) { return owned(value, "changelog"); };
    return {own(entry.changelog_id), own(entry.plugin_uuid), own(entry.version), own(entry.changelog),
            entry.created_time};
}

CloudData cloud_data(const PluginDescriptor::CloudState &cloud) {
    return {true,         owned(cloud.uuid, "cloud.uuid"), cloud.installed, cloud.update_available, cloud.unauthorized,
            cloud.is_mine};
}

} // namespace

PluginDescriptor copied(const DescriptorData &data) {
    PluginDescriptor descriptor;
    descriptor.plugin_key = std::string(data.plugin_key);
    descriptor.name = std::string(data.name);
    descriptor.description = std::string(data.description);
    descriptor.author = std::string(data.author);
    descriptor.version = std::string(data.version);
    descriptor.latest_version = std::string(data.latest_version);
    descriptor.installed_version = std::string(data.installed_version);
    for (const std::uint8_t type : data.capability_types) {
        descriptor.capability_types.push_back(static_cast<PluginCapabilityType>(type));
    }
    descriptor.display_types = copied(data.display_types);
    descriptor.entry_package = std::string(data.entry_package);
    descriptor.dependencies = copied(data.dependencies);
    descriptor.requires_python = std::string(data.requires_python);
    for (const SettingData &setting : data.settings) {
        descriptor.settings.emplace(std::string(setting.key), std::string(setting.value));
    }
    descriptor.plugin_root = std::string(data.plugin_root);
    descriptor.entry_path = std::string(data.entry_path);
    for (const ChangelogData &entry : data.changelog) {
        descriptor.changelog.push_back(copied(entry));
    }
    descriptor.error = std::string(data.error);
    descriptor.problems = copied(data.problems);
    if (data.cloud.found) {
        descriptor.cloud =
            PluginDescriptor::CloudState{std::string(data.cloud.uuid), data.cloud.installed,
                                         data.cloud.update_available, data.cloud.unauthorized, data.cloud.is_mine};
    }
    descriptor.metadata_valid = data.metadata_valid;
    descriptor.sharing_token = std::string(data.sharing_token);
    descriptor.thumbnail_url = std::string(data.thumbnail_url);
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

DescriptorData descriptor_data(const PluginDescriptor &descriptor) {
    const auto own = [](const std::string &value) { return owned(value, "descriptor"); };
    DescriptorData data;
    data.plugin_key = own(descriptor.plugin_key);
    data.name = own(descriptor.name);
    data.description = own(descriptor.description);
    data.author = own(descriptor.author);
    data.version = own(descriptor.version);
    data.latest_version = own(descriptor.latest_version);
    data.installed_version = own(descriptor.installed_version);
    for (const PluginCapabilityType type : descriptor.capability_types) {
        data.capability_types.push_back(static_cast<std::uint8_t>(type));
    }
    data.display_types = texts(descriptor.display_types, "display_types");
    data.entry_package = own(descriptor.entry_package);
    data.dependencies = texts(descriptor.dependencies, "dependencies");
    data.requires_python = own(descriptor.requires_python);
    for (const auto &[key, value] : descriptor.settings) {
        data.settings.push_back(SettingData{own(key), own(value)});
    }
    data.plugin_root = own(descriptor.plugin_root);
    data.entry_path = own(descriptor.entry_path);
    for (const PluginDescriptor::ChangelogEntry &entry : descriptor.changelog) {
        data.changelog.push_back(changelog_data(entry));
    }
    data.error = own(descriptor.error);
    data.problems = texts(descriptor.problems, "problems");
    if (descriptor.cloud) {
        data.cloud = cloud_data(*descriptor.cloud);
    }
    data.metadata_valid = descriptor.metadata_valid;
    data.sharing_token = own(descriptor.sharing_token);
    data.thumbnail_url = own(descriptor.thumbnail_url);
    return data;
}

} // namespace matriline::detail
