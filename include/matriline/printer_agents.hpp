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

/// The functions that the selected agent is given; one may be empty. What an agent tells through them it tells on any thread.
struct PrinterAgentFunctions {
    /// See `PrinterAgentPluginCapability::set_server_callback`.
    ServerFn server;
    /// See `PrinterAgentPluginCapability::set_on_ssdp_msg_fn`.
    SsdpFn ssdp;
    /// See `PrinterAgentPluginCapability::set_on_printer_connected_fn`.
    TopicFn printer_connected;
    /// See `PrinterAgentPluginCapability::set_on_subscribe_failure_fn`.
    TopicFn subscribe_failure;
    /// See `PrinterAgentPluginCapability::set_on_message_fn`.
    MessageFn message;
    /// See `PrinterAgentPluginCapability::set_on_user_message_fn`.
    UserMessageFn user_message;
    /// See `PrinterAgentPluginCapability::set_on_local_connect_fn`.
    LocalConnectFn local_connect;
    /// See `PrinterAgentPluginCapability::set_on_local_message_fn`.
    MessageFn local_message;
    /// See `PrinterAgentPluginCapability::set_queue_on_main_fn`. Without one tasks go the way of `ManagerOptions::post`.
    QueueOnMainFn queue_on_main;
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

    /// Works with that agent from now on: the one before is told to let go of its printer and given no functions any more,
    /// this one is given `functions`, for as long as it is selected, and begins to look for printers. Null, and nothing
    /// changes, for an id that no plugin has. An agent that hangs is waited for three seconds in each step.
    ///
    /// Threads: any; not two at a time.
    static std::shared_ptr<PrinterAgentPluginCapability> select(std::string_view id,
                                                                const PrinterAgentFunctions &functions = {});

    /// Works with no agent of a plugin any more.
    static void deselect();

    /// The id of the agent that is worked with. An agent that goes away is deselected.
    static std::optional<std::string> selected();
};

MATRILINE_END_NAMESPACE
