#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// An act of a plugin's life, in the order in which a plugin goes through them.
enum class PluginPhase : unsigned char {
    /// Its folder is read.
    Discover = 0,
    /// Its environment is made, or found.
    Environment = 1,
    /// Its module is imported.
    Import = 2,
    /// Its capabilities are registered and made.
    Register = 3,
    /// The `on_load` of all of its capabilities.
    OnLoad = 4,
    /// The `on_unload` of all of its capabilities.
    OnUnload = 5,
};

constexpr std::size_t plugin_phase_count = 6;

/// How long something took, each time that it happened.
struct Timing {
    std::uint64_t count = 0;
    std::chrono::nanoseconds total{0};
    std::chrono::nanoseconds worst{0};
    std::chrono::nanoseconds last{0};
};

/// What a method of a capability has taken since its plugin was loaded, without waiting for Python.
struct MethodTiming {
    PluginCapabilityIdentifier capability;
    /// `execute`, …
    std::string method;
    Timing timing;
};

/// What a plugin has taken.
struct PluginTimings {
    /// Over all of its loads; by the numbers of the phases.
    std::array<Timing, plugin_phase_count> phases;
    /// In the order of registration; empty for a plugin that is not loaded.
    std::vector<MethodTiming> methods;

    const Timing &of(PluginPhase phase) const { return phases[static_cast<std::size_t>(phase)]; }
};

/// How long plugins may take; nothing for as long as they like. Nothing is stopped: what takes longer is a warning in
/// the log, and told to subscribers, when it ends.
struct PluginBudgets {
    /// By the numbers of the phases.
    std::array<std::optional<std::chrono::nanoseconds>, plugin_phase_count> phases;
    /// Each call of a capability.
    std::optional<std::chrono::nanoseconds> call;

    std::optional<std::chrono::nanoseconds> &of(PluginPhase phase) { return phases[static_cast<std::size_t>(phase)]; }
};

/// A plugin took longer than it may: in a phase, or in a call.
struct OverBudget {
    std::string plugin_key;
    /// Nothing for a call.
    std::optional<PluginPhase> phase;
    /// Nothing for a phase.
    std::optional<PluginCapabilityIdentifier> capability;
    /// The method that was called; empty for a phase.
    std::string method;
    std::chrono::nanoseconds elapsed{0};
    std::chrono::nanoseconds budget{0};
    /// All of it, in a sentence.
    std::string text;
};

MATRILINE_END_NAMESPACE
