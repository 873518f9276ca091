#pragma once

#include "generated/audit.hpp"
#include "host.hpp"
#include "matriline/plugin_audit_manager.hpp"

namespace matriline::detail {

inline AuditViolation violation_of(const ViolationData &data) {
    return {std::string(data.plugin_key), std::string(data.event_name), std::string(data.path),
            std::string(data.reason), std::string(data.capability)};
}

} // namespace matriline::detail
