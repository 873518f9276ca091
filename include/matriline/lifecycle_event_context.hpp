#pragma once

#include <cstdint>
#include <string>

#include "matriline/lifecycle_event.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// What a plugin is told of an event of the application. What an event does not tell stays as it is here.
struct LifecycleEventContext {
    /// The name of what it happened to: a project, an object, a preset, a plate.
    std::string name;
    /// How it ended.
    LifecycleEvtCode code = LifecycleEvtCode::Ok;
    /// What is said about that; `cancelled` for a job that was.
    std::string msg;
    /// The identity of what it happened to.
    std::string id;
    /// The name it had before.
    std::string previous_name;
    /// The printer.
    std::string device_id;
    /// The job.
    std::string job_id;
    /// What brought it about.
    std::string source;
    /// The place of what it happened to, such as that of a plate; -1 for none.
    std::int64_t index = -1;
    /// Whether the project has unsaved changes.
    bool dirty = false;
};

MATRILINE_END_NAMESPACE
