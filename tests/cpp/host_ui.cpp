#include <deque>
#include <mutex>
#include <thread>

#include "host.hpp"

using namespace matriline;

namespace {

const char *const shows = R"(
import threading
ui = orca.host.ui
told = []
windows = []

class Messages(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'messages'
    def execute(self):
        answers = [ui.message('Really?', 'Title', 'yes_no', 'question'), ui.message('plain')]
        answers.append(ui.show_dialog('<p>', 'Dialog', on_message=told.append))
        return orca.ExecutionResult.success(str((answers, told)))

class Windows(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'windows'
    def execute(self):
        windows.append(ui.create_window('<b>', 'Window', 500, 400, told.append, lambda: told.append('closed')))
        windows.append(ui.create_dock_panel('<i>', 'Panel', dock='left'))
        windows[0].post({'a': [1, None]})
        windows[1].hide()
        progress = ui.create_progress_dialog('Progress', 'begins', 10)
        going_on = [progress.update(3, 'three'), progress.pulse()]
        progress.close()
        ui.push_notification(ui.NotificationLevel.WarningNotificationLevel, 'note', 'click', lambda: told.append('clicked'))
        return orca.ExecutionResult.success(str(going_on))

class Thread(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'thread'
    def execute(self):
        threading.Thread(target=lambda: told.append(ui.message('from a thread'))).start()
        return orca.ExecutionResult.success()

class Told(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'told'
    def execute(self):
        return orca.ExecutionResult.success(str((told, [w.is_open() for w in windows])))

@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        for capability in (Messages, Windows, Thread, Told):
            orca.register_capability(capability)
)";

/// What was done, in words.
using Acts = std::vector<std::string>;

struct MemoryWindow : host::Panel {
    MemoryWindow(std::string title, host::PageEvents events, Acts &acts)
        : title(std::move(title)), events(std::move(events)), acts(acts) {}
    void post(const std::string &json) override { acts.push_back(title + " post " + json); }
    void close() override { acts.push_back(title + " close"); }
    void show() override { acts.push_back(title + " show"); }
    void hide() override { acts.push_back(title + " hide"); }

    std::string title;
    host::PageEvents events;
    Acts &acts;
};

struct MemoryProgress : host::ProgressDialog {
    explicit MemoryProgress(Acts &acts) : acts(acts) {}
    bool update(std::int32_t value, const std::string &message) override {
        acts.push_back("update " + std::to_string(value) + " " + message);
        return true;
    }
    bool pulse(const std::string &) override { return false; }
    void start_pulse(std::chrono::milliseconds, const std::string &) override {}
    void stop_pulse() override {}
    void close() override { acts.emplace_back("progress close"); }
    Acts &acts;
};

struct Interface : host::UserInterface {
    host::Answer message(const host::Message &message) override {
        acts.push_back(message.title + ": " + message.text + " " + std::to_string(static_cast<int>(message.buttons)) +
                       std::to_string(static_cast<int>(message.icon)));
        thread = std::this_thread::get_id();
        if (throws) {
            throw std::runtime_error("no screen");
        }
        return message.buttons == host::Buttons::YesNo ? host::Answer::Yes : host::Answer::Ok;
    }
    std::optional<std::string> show_dialog(const host::NewPage &page, host::PageEvents events) override {
        if (throws) {
            throw std::runtime_error("no screen");
        }
        acts.push_back(page.title + " " + page.html);
        events.opened(std::make_shared<MemoryWindow>(page.title, events, acts));
        CHECK(error_of([&] { events.opened(nullptr); }).code() == ErrorCode::InvalidArgument);
        const auto deep = std::string(300, '[') + std::string(300, ']');
        CHECK(error_of([&] { events.tell(deep); }).code() == ErrorCode::InvalidArgument);
        CHECK(events.tell(R"({"channel":"orca","kind":"message","data":{"step":1}})") ==
              host::PageEvents::Told::Message);
        CHECK(events.tell(R"({"command":"close_page"})") == host::PageEvents::Told::Nothing);
        CHECK(error_of([&] { events.message("{"); }).code() == ErrorCode::InvalidArgument);
        return "[1,null]";
    }
    std::shared_ptr<host::Window> open_window(const host::NewPage &page, host::PageEvents events) override {
        acts.push_back(page.title + " " + std::to_string(page.width) + "x" + std::to_string(page.height));
        return window = std::make_shared<MemoryWindow>(page.title, std::move(events), acts);
    }
    std::shared_ptr<host::ProgressDialog> open_progress(const host::NewProgress &progress) override {
        acts.push_back(progress.title + " " + progress.message + " " + std::to_string(progress.maximum));
        return std::make_shared<MemoryProgress>(acts);
    }
    std::shared_ptr<host::Panel> open_panel(const host::NewPanel &panel, host::PageEvents events) override {
        acts.push_back(panel.title + " " + std::to_string(static_cast<int>(panel.dock)));
        return std::make_shared<MemoryWindow>(panel.title, std::move(events), acts);
    }
    void notify(const host::Notification &notification, std::function<void()> on_click) override {
        acts.push_back(notification.text + " " + std::to_string(static_cast<int>(notification.level)));
        click = std::move(on_click);
    }

    Acts acts;
    std::shared_ptr<MemoryWindow> window;
    std::function<void()> click;
    std::thread::id thread;
    bool throws = false;
};

struct Application : host::Host {
    std::vector<host::Feature> features() override { return {host::Feature::DockPanels, host::Feature::Notifications}; }
    std::shared_ptr<host::UserInterface> user_interface() override { return interface; }

    std::shared_ptr<Interface> interface = std::make_shared<Interface>();
};

std::string run(const char *script) {
    std::string error;
    const auto result = manager().run_script_capability("shows", script, error);
    return error.empty() ? result.message : error;
}

} // namespace

TEST_CASE("plugins show windows") {
    const DataFolder data;
    data.write_source("shows", shows);
    const auto application = std::make_shared<Application>();
    Interface &interface = *application->interface;
    std::mutex mutex;
    std::deque<std::function<void()>> posted;
    ManagerOptions options;
    options.host = application;
    options.post = [&](std::function<void()> task) {
        const std::lock_guard lock(mutex);
        posted.push_back(std::move(task));
    };
    const auto run_posted = [&] {
        std::deque<std::function<void()>> tasks;
        {
            const std::lock_guard lock(mutex);
            tasks.swap(posted);
        }
        for (const auto &task : tasks) {
            task();
        }
    };
    std::string logged;
    start(
        data, {"shows"},
        [&](LogLevel level, std::string_view, std::string_view, std::string_view text) {
            logged += level == LogLevel::Error ? std::string(text) : "";
        },
        options);

    SECTION("messages and dialogs") {
        CHECK(run("messages") == "(['yes', 'ok', [1, None]], [{'step': 1}])");
        CHECK(interface.acts == Acts{"Title: Really? 23", "OrcaSlicer: plain 00", "Dialog <p>"});
    }
    SECTION("an interface that throws") {
        interface.throws = true;
        const auto answer = run("messages");
        CHECK(answer.find("RuntimeError: no screen") != std::string::npos);
        CHECK(logged.find("`UserInterface::message` threw an exception: no screen") != std::string::npos);
    }
    SECTION("windows, panels, progress, notifications") {
        CHECK(run("windows") == "[True, False]");
        // what need not be waited for is told later, in order
        CHECK(interface.acts == Acts{"Window 500x400", "Panel 0", "Progress begins 10", "update 3 three", "note 7"});
        interface.acts.clear();
        run_posted();
        CHECK(interface.acts == Acts{R"(Window post {"a":[1,null]})", "Panel hide", "progress close"});
        REQUIRE(interface.click);
        interface.click();
        interface.window->events.message(R"({"b":2})");
        interface.window->events.closed();
        interface.window->events.closed();
        CHECK(run("told") == "(['clicked', {'b': 2}, 'closed'], [False, True])");
        interface.acts.clear();
        CHECK(loader().unload_plugin("shows"));
        run_posted();
        CHECK(interface.acts == Acts{"Panel close"});
        interface.click();
        interface.window->events.message("1");
    }
    SECTION("calls of a plugin's thread come to the main thread") {
        run("thread");
        for (int i = 0; i < 1000 && interface.acts.empty(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            run_posted();
        }
        CHECK(interface.thread == std::this_thread::get_id());
        CHECK(interface.acts == Acts{"OrcaSlicer: from a thread 00"});
    }
    SECTION("they are answered as well while the main thread waits for something of the application") {
        run("thread");
        std::thread::id main = std::this_thread::get_id();
        CHECK(manager().wait_until([&](auto limit) {
            std::this_thread::sleep_for(limit);
            return interface.thread == main;
        }));
        CHECK_FALSE(manager().wait_until([](auto) { return false; }, std::chrono::milliseconds(1)));
        CHECK_THROWS_AS(manager().wait_until([](auto) -> bool { throw 7; }), int);
    }
    SECTION("the protocol of pages") {
        CHECK(host::page_script().find("window.orca") != std::string_view::npos);
        CHECK(host::page_dispatch("[1]").find("[1]") != std::string::npos);
        CHECK(error_of([] { host::page_dispatch("["); }).code() == ErrorCode::InvalidArgument);
    }
    manager().shutdown();
}
