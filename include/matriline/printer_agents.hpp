#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/agent_info.hpp"
#include "matriline/export.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/printer_agent_plugin_capability.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A printer agent in a list.
struct PrinterAgentEntry {
    /// What it says of itself; of the application's own the id and the name.
    AgentInfo info;
    /// The capability; empty for the application's own.
    std::optional<PluginCapabilityIdentifier> capability;
};

/// The printer agents of the application and of the plugins that are loaded, by their ids, as presets name them.
///
/// An agent is there while its capability is loaded and enabled, before subscribers are told of that. One that goes away is
/// disconnected first, if it was ever asked for.
///
/// Threads: any. Every function throws `Error` when no manager runs.
class MATRILINE_EXPORT PrinterAgents {
public:
    PrinterAgents() = delete;

    /// All agents: the application's own first, then those of plugins, in the order in which they came.
    static std::vector<PrinterAgentEntry> list();

    /// The agent of a plugin that has the id; null for one of the application's own, and for none.
    ///
    /// With a timeout it is an object of its own: a call that has not returned by then answers with `ErrorCode::TimedOut`
    /// and goes on without the caller, so that the functions it was given must own what they use.
    static std::shared_ptr<PrinterAgentPluginCapability> get(std::string_view id,
                                                             std::chrono::milliseconds timeout = {});
};

MATRILINE_END_NAMESPACE
