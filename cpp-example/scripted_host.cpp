#include "scripted_host.hpp"

#include <array>
#include <utility>

#include "matriline/host_files.hpp"
#include "options.hpp"

namespace host = matriline::host;

namespace {

/// A cube of 20 mm on the plate.
std::shared_ptr<const host::Model> a_cube() {
    std::vector<host::TriangleMesh::Vertex> vertices;
    for (int corner = 0; corner < 8; ++corner) {
        const auto along = [corner](int axis) { return (corner >> axis & 1) != 0 ? 20.0F : 0.0F; };
        vertices.push_back({along(0), along(1), along(2)});
    }
    const std::vector<host::TriangleMesh::Triangle> triangles = {{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6},
                                                                 {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7},
                                                                 {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
    host::ModelVolume volume;
    volume.id = 1;
    volume.name = "Cube";
    volume.mesh = host::TriangleMesh(std::move(vertices), triangles);
    host::ModelInstance instance;
    instance.id = 2;
    instance.placement.offset = {100, 100, 0};
    host::ModelObject object;
    object.id = 3;
    object.name = "Cube";
    object.volumes = {std::move(volume)};
    object.instances = {instance};
    host::Model model;
    model.id = 4;
    model.objects = {std::move(object)};
    return std::make_shared<const host::Model>(std::move(model));
}

/// A collection of one preset, which is selected.
host::PresetCollection collection(host::PresetType type, const std::string &name, host::Config config) {
    host::Preset preset;
    preset.type = type;
    preset.name = name;
    preset.is_system = true;
    preset.is_visible = true;
    preset.is_compatible = true;
    preset.config = std::move(config);
    host::PresetCollection collection;
    collection.presets = {std::move(preset)};
    collection.selected = 0;
    return collection;
}

std::shared_ptr<const host::PresetBundle> a_printer() {
    host::PresetBundle bundle;
    bundle.prints = collection(host::PresetType::Print, "0.20mm Standard",
                               {{"layer_height", "0.2"},
                                {"initial_layer_print_height", "0.2"},
                                {"wall_loops", "2"},
                                {"sparse_infill_density", "15%"},
                                {"outer_wall_speed", "120"},
                                {"enable_support", "0"}});
    bundle.printers = collection(host::PresetType::Printer, "Generic 0.4 nozzle",
                                 {{"nozzle_diameter", "0.4"},
                                  {"printable_area", "0x0,200x0,200x200,0x200"},
                                  {"printable_height", "200"},
                                  {"gcode_flavor", "marlin2"}});
    bundle.filaments = collection(host::PresetType::Filament, "Generic PLA",
                                  {{"filament_type", "PLA"},
                                   {"nozzle_temperature", "210"},
                                   {"filament_density", "1.24"},
                                   {"filament_diameter", "1.75"},
                                   {"filament_cost", "20"},
                                   {"filament_colour", "#00AE42"}});
    bundle.current_filaments = {"Generic PLA"};
    for (const auto *presets : {&bundle.prints, &bundle.printers, &bundle.filaments}) {
        const host::Config &config = presets->presets.front().config;
        bundle.full_config.insert(config.begin(), config.end());
    }
    return std::make_shared<const host::PresetBundle>(std::move(bundle));
}

/// Keeps what is shown; after so much, a plugin shows too much to be read.
class Record {
public:
    explicit Record(ProbeReport &report) : report_(report) {}

    void add(const char *kind, Json::Members members) {
        constexpr int enough = 200;
        if (++count_ <= enough) {
            members.insert(members.begin(), {"kind", kind});
            report_.add("windows", Json::object(members));
        }
    }

private:
    ProbeReport &report_;
    int count_ = 0;
};

/// A window or a panel.
class Opened : public host::Panel {
public:
    Opened(std::string title, host::PageEvents events, Record &record)
        : title_(std::move(title)), events_(std::move(events)), record_(record) {}

    void post(const std::string &json) override { record_.add("post", {{"title", title_}, {"data", Json::raw(json)}}); }
    void close() override {
        is_open_ = false;
        record_.add("close", {{"title", title_}});
    }
    void show() override {}
    void hide() override {}

    /// The user closes it.
    void close_by_user() {
        if (std::exchange(is_open_, false)) {
            events_.closed();
        }
    }

private:
    std::string title_;
    host::PageEvents events_;
    Record &record_;
    bool is_open_ = true;
};

class Progress : public host::ProgressDialog {
public:
    bool update(std::int32_t, const std::string &) override { return true; }
    bool pulse(const std::string &) override { return true; }
    void start_pulse(std::chrono::milliseconds, const std::string &) override {}
    void stop_pulse() override {}
    void close() override {}
};

} // namespace

class ScriptedHost::Interface : public host::UserInterface {
public:
    explicit Interface(ProbeReport &report) : record_(report) {}

    host::Answer message(const host::Message &message) override {
        const bool asks = message.buttons == host::Buttons::YesNo || message.buttons == host::Buttons::YesNoCancel;
        record_.add("message", {{"title", message.title}, {"text", message.text}, {"answer", asks ? "yes" : "ok"}});
        return asks ? host::Answer::Yes : host::Answer::Ok;
    }

    std::optional<std::string> show_dialog(const host::NewPage &page, host::PageEvents) override {
        record_.add("dialog", described(page));
        return std::nullopt;
    }

    std::shared_ptr<host::Window> open_window(const host::NewPage &page, host::PageEvents events) override {
        record_.add("window", described(page));
        return opened(page.title, std::move(events));
    }

    std::shared_ptr<host::ProgressDialog> open_progress(const host::NewProgress &progress) override {
        record_.add("progress", {{"title", progress.title}, {"text", progress.message}});
        return std::make_shared<Progress>();
    }

    std::shared_ptr<host::Panel> open_panel(const host::NewPanel &panel, host::PageEvents events) override {
        record_.add("panel", described(panel));
        return opened(panel.title, std::move(events));
    }

    void notify(const host::Notification &notification, std::function<void()>) override {
        record_.add("notification", {{"text", notification.text}, {"level", static_cast<int>(notification.level)}});
    }

    void close_windows() {
        for (const auto &window : std::exchange(windows_, {})) {
            window->close_by_user();
        }
    }

private:
    template <class Page>
    static Json::Members described(const Page &page) {
        return {{"title", page.title}, {"html_bytes", page.html.size()}};
    }

    std::shared_ptr<Opened> opened(const std::string &title, host::PageEvents events) {
        windows_.push_back(std::make_shared<Opened>(title, std::move(events), record_));
        return windows_.back();
    }

    Record record_;
    std::vector<std::shared_ptr<Opened>> windows_;
};

host::Generation generation(const std::string &name) {
    using host::Generation;
    if (name == "spec") {
        return Generation::Spec;
    }
    if (name == "newer") {
        return Generation::Newer;
    }
    if (name == "newest") {
        return Generation::Newest;
    }
    throw UsageError{"The option `--offer` takes `spec`, `newer` or `newest`, not `" + name + "`"};
}

ScriptedHost::ScriptedHost(const std::string &model, const std::string &presets, ProbeReport &report)
    : model_(model.empty() ? a_cube() : std::make_shared<const host::Model>(host::read_model(model))),
      presets_(presets.empty() ? a_printer() : std::make_shared<const host::PresetBundle>(host::read_presets(presets))),
      interface_(std::make_shared<Interface>(report)) {}

ScriptedHost::~ScriptedHost() = default;

std::vector<host::Feature> ScriptedHost::features() {
    using host::Feature;
    return {Feature::Language, Feature::LocalBundles, Feature::DockPanels, Feature::Notifications};
}

std::shared_ptr<host::UserInterface> ScriptedHost::user_interface() {
    return interface_;
}

void ScriptedHost::close_windows() {
    interface_->close_windows();
}
