#pragma once

#include <cstdint>
#include <memory>

#include "rust/cxx.h"
#include "matriline/host.hpp"

/// The application's `host::Host`, as Rust asks it.
namespace matriline::detail {

struct BundleBuilder;
struct Click;
struct Events;
struct MessageToUser;
struct ModelBuilder;
struct PageData;
struct PlaterData;
struct ProgressWindow;

struct HostSink {
    std::shared_ptr<host::Host> host;
};

/// What keeps the memory of a mesh alive.
struct MeshMemory {
    std::shared_ptr<const void> owner;
};

using HostInterface = host::UserInterface;
using HostModel = host::Model;
using HostPanel = host::Panel;
using HostPresets = host::PresetBundle;
using HostProgress = host::ProgressDialog;
using HostWindow = host::Window;

rust::Vec<std::uint8_t> host_features(const HostSink &sink) noexcept;
std::shared_ptr<HostModel> host_model(const HostSink &sink) noexcept;
void read_host_model(const HostModel &model, ModelBuilder &into) noexcept;
std::shared_ptr<HostPresets> host_presets(const HostSink &sink) noexcept;
void read_host_presets(const HostPresets &presets, BundleBuilder &into) noexcept;
PlaterData host_plater(const HostSink &sink) noexcept;
std::shared_ptr<HostInterface> host_interface(const HostSink &sink) noexcept;
rust::String host_language(const HostSink &sink) noexcept;
bool host_reload(const HostSink &sink, rust::Str bundle_id);

std::uint8_t show_message_box(const HostInterface &interface, const MessageToUser &message) noexcept;
bool show_page(const HostInterface &interface, const PageData &page, rust::Box<Events> events, rust::String &submitted);
std::shared_ptr<HostWindow> open_page(const HostInterface &interface, const PageData &page, rust::Box<Events> events);
std::shared_ptr<HostPanel> open_page_panel(const HostInterface &interface, const PageData &panel,
                                           rust::Box<Events> events);
std::shared_ptr<HostProgress> open_progress_window(const HostInterface &interface, const ProgressWindow &progress);
void show_notification(const HostInterface &interface, std::uint8_t level, rust::Str text, rust::Str hyper_text,
                       rust::Box<Click> click) noexcept;

void window_post(const HostWindow &window, rust::Str json) noexcept;
void window_close(const HostWindow &window) noexcept;
void panel_post(const HostPanel &panel, rust::Str json) noexcept;
void panel_close(const HostPanel &panel) noexcept;
void panel_show(const HostPanel &panel, bool shown) noexcept;
bool progress_update(const HostProgress &progress, std::int32_t value, rust::Str message) noexcept;
bool progress_pulse(const HostProgress &progress, rust::Str message) noexcept;
void progress_start_pulse(const HostProgress &progress, std::uint64_t milliseconds, rust::Str message) noexcept;
void progress_stop_pulse(const HostProgress &progress) noexcept;
void progress_close(const HostProgress &progress) noexcept;

} // namespace matriline::detail
