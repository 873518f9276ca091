#pragma once

#include "generated/bridge.hpp"

namespace matriline::detail {

/// What the classes of all capability types share: the object of one live capability.
template <class Interface>
class Shell : public Interface {
public:
    Shell(rust::Box<CapabilityHandle> handle, PluginCapabilityType type, rust::Str name)
        : handle_(std::move(handle)), type_(type), name_(name) {}

    std::string get_name() const override { return name_; }
    PluginCapabilityType get_type() const override { return type_; }
    bool is_enabled() const override { return handle_->is_enabled(); }

protected:
    const CapabilityHandle &handle() const { return *handle_; }

private:
    rust::Box<CapabilityHandle> handle_;
    PluginCapabilityType type_;
    std::string name_;
};

/// The object of a capability, of the class of its type.
std::shared_ptr<PluginCapabilityInterface> make_instance(rust::Box<CapabilityHandle> handle, PluginCapabilityType type,
                                                         rust::Str name);

} // namespace matriline::detail
