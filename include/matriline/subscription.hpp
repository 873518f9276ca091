#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

struct OverBudget;

/// What a subscriber gives back to `PluginLoader::unsubscribe`. No two of a process are equal; `Subscription{}` is
/// none.
enum class Subscription : std::uint64_t {};

/// What the loader tells its subscribers, with the key of a plugin, a capability, or what took too long.
///
/// Subscribers are called in the order of their subscription, on the thread that `ManagerOptions::post` chose, or else
/// where the event happens, which is mostly a thread of the loader. They are called without the GIL and without a lock,
/// so that they may load, unload, subscribe and unsubscribe. What one throws is logged; the others are called all the
/// same. Whoever subscribes while an event is told is called from the next event on.
using PluginCallback = std::function<void(const std::string &plugin_key)>;
using CapabilityCallback = std::function<void(const PluginCapabilityIdentifier &capability)>;
using OverBudgetCallback = std::function<void(const OverBudget &over)>;

MATRILINE_END_NAMESPACE
