#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matriline/audit_question.hpp"
#include "matriline/capability_config.hpp"
#include "matriline/capability_type.hpp"
#include "matriline/dependency_options.hpp"
#include "matriline/host.hpp"
#include "matriline/log.hpp"
#include "matriline/own_printer_agent.hpp"
#include "matriline/permission_request.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_option.hpp"
#include "matriline/version.hpp"

/// What `Python.h` calls `PyObject`.
struct _object;

MATRILINE_BEGIN_NAMESPACE

/// An extension module of the application, which plugins find as `orca.<name>`: made with pybind11 or the C API, for
/// the Python that is linked, at once or in phases (PEP 489).
///
///     options.submodules.push_back({"extra", PyInit_extra});
struct Submodule {
    std::string name;
    /// Its `PyInit_…`. Called once in a process, when a manager starts, on that thread and with the GIL held.
    ::_object *(*init)();
};

/// Puts `task` into the application's event loop, where it is run soon, once, and in order. Called on any thread,
/// without the GIL and without a lock; it must not wait for the task. What it throws is logged, and the event is lost.
///
/// A task may be dropped instead of being run, and may still be run after the manager has been shut down.
using PostFunction = std::function<void(std::function<void()> task)>;

/// Takes what a capability of type `Pages` posts to its page, a JSON text. Called where the host is
/// (`host::Host`), in order and a little later. What it throws is logged.
using PageMessageCallback =
    std::function<void(const PluginCapabilityIdentifier &capability, const std::string &message)>;

/// What a `PluginManager` is started with.
struct ManagerOptions {
    /// The folder with the application's data; plugins lie in `orca_plugins` below it.
    std::string data_dir;
    /// The version of the application, as plugins see it in their contexts.
    std::string application_version;
    /// The home of the Python that is linked; empty to find it from the libpython in use.
    std::string python_home;
    /// Whether the output of plugins also goes to the process's own streams.
    bool forward_output = false;
    LogCallback log;
    /// How subscribers and the host are called. Without it subscribers are called where the event happens, and the host
    /// on threads of plugins.
    PostFunction post;
    /// The options of the application's presets that hold names of capabilities.
    std::vector<PluginOption> plugin_options = orca_plugin_options();
    /// The page of the plugin hub, without a query; with it missing plugins say where to look.
    std::string hub;
    /// The user whose cloud plugins are looked for, or empty.
    std::string cloud_user;
    /// Whether a plugin that asks for another Python cannot be loaded; else that is a warning.
    bool enforce_requires_python = false;
    /// How packages that plugins depend on are installed.
    DependencyOptions dependencies;
    /// Capability types that the application defines itself: `CapabilityType<…>::declaration()`.
    std::vector<CapabilityTypeDeclaration> capability_types;
    /// Extension modules that the application gives to plugins.
    std::vector<Submodule> submodules;
    /// The printer agents that the application brings itself: plugins cannot take their ids.
    std::vector<OwnPrinterAgent> printer_agents = orca_printer_agents();
    /// What the application offers to plugins; without it they are told that there is no application.
    std::shared_ptr<host::Host> host;
    /// How long a plugin waits for an answer of the host while the main thread is inside of a plugin's code, which may
    /// be waiting for the same plugin.
    std::chrono::milliseconds host_patience = std::chrono::seconds(30);
    /// The newest generation of the interface that plugins find; names of newer ones do not exist for them, whatever the
    /// host has. An older one is for trying out how a plugin takes it.
    host::Generation generation = host::Generation::Newest;
    /// The overrides of configurations in the edited preset; without them no configuration is overridden.
    std::shared_ptr<PresetConfigs> preset_configs;
    /// Decides on what plugins ask to be allowed; without it `questions` does, and without both everything is granted.
    PermissionCallback permissions;
    /// Asks the user about what plugins do that neither a place nor a permission covers, and makes `AuditMode::Ask`
    /// their mode. No answer within `question_time_limit` is a no.
    QuestionCallback questions;
    std::chrono::milliseconds question_time_limit = std::chrono::seconds(60);
    /// How strict the policy is with plugins; without it `AuditMode::Loading`, or `AuditMode::Ask` with `questions`.
    std::optional<AuditMode> audit_mode;
    /// The same by the keys of plugins, in the place of everything else that is said about modes.
    std::map<std::string, AuditMode> audit_mode_of_plugins;
    /// The same for the calls of all capabilities of a type.
    std::map<PluginCapabilityType, AuditMode> audit_mode_of_types;
    /// The names of the files in which the application keeps its secrets. No plugin reads or writes a file whose name
    /// begins like that, in whatever case and folder.
    std::vector<std::string> secrets;
    /// Folders that plugins may read in every mode and not write to: the application's resources.
    std::vector<std::string> read_only_roots;
    /// Without it messages to pages are dropped.
    PageMessageCallback post_to_page;
};

MATRILINE_END_NAMESPACE
