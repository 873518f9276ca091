#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/host_model.hpp"
#include "matriline/host_presets.hpp"
#include "matriline/host_ui.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

namespace host {

/// A part of the interface that exists for plugins only where the application offers it.
enum class Feature : unsigned char {
    /// `Host::app_language`.
    Language = 0,
    /// `Host::reload_local_bundle`.
    LocalBundles = 1,
    /// `UserInterface::open_panel`.
    DockPanels = 2,
    /// `UserInterface::notify`.
    Notifications = 3,
};

/// A generation of the interface that plugins were written for, with all that came before it. Plugins ask for the names
/// of a generation, such as `hasattr(orca, "pages")`.
enum class Generation : unsigned char {
    /// The specification's: `orca.gcode`, `orca.script`, `orca.printer_agent`, `orca.host`.
    Spec = 0,
    /// And `orca.slicing`, configurations, permissions.
    Newer = 1,
    /// And `orca.pages`, `orca.visualization`, events, storage.
    Newest = 2,
};

/// What the application has open beside the model.
struct PlaterState {
    bool is_project_dirty = false;
    /// Whether a preset has changes that are not saved.
    bool is_presets_dirty = false;
    /// Whether the application is just taking a snapshot for undo.
    bool inside_snapshot_capture = false;
};

/// An application, as plugins see it; derive from it and give it to `ManagerOptions::host`. Whatever is not written
/// answers that there is no such thing. What a function throws is logged, and counts as no such thing.
///
/// Threads: the main thread of an application that has a `ManagerOptions::post`: what plugins ask is run there by the
/// event loop, or while it waits in a function of this library. Without such a function any thread. Without the GIL.
class MATRILINE_EXPORT Host {
public:
    Host() = default;
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;
    virtual ~Host();

    /// What is offered beyond the names that always exist. A name whose feature is not here does not exist for plugins,
    /// which probe for it. Asked once, when the manager starts.
    virtual std::vector<Feature> features();

    /// The model as it is now; null when the application has no plater. One that is given out again is not copied
    /// again, and never changes.
    virtual std::shared_ptr<const Model> model();

    /// The presets as they are now; null when there are none. As for the model.
    virtual std::shared_ptr<const PresetBundle> preset_bundle();

    /// What else is open; nothing when the application has no plater.
    virtual std::optional<PlaterState> plater();

    /// Null for an application without windows.
    virtual std::shared_ptr<UserInterface> user_interface();

    /// The language of the application, such as `de_DE`.
    virtual std::string app_language();

    /// Reads a bundle of presets again after its files changed; false when there is none of that name. A plugin gets
    /// the words of an exception as a `RuntimeError`.
    virtual bool reload_local_bundle(const std::string &bundle_id);
};

} // namespace host

MATRILINE_END_NAMESPACE
