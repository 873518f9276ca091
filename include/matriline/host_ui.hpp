#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// Windows show pages, which are HTML; what they and plugins tell each other is JSON text. The windows of a plugin are
/// closed when it is unloaded.
namespace host {

enum class Buttons : unsigned char { Ok = 0, OkCancel = 1, YesNo = 2, YesNoCancel = 3 };
enum class Icon : unsigned char { Info = 0, Warning = 1, Error = 2, Question = 3 };

/// The button that was pressed; `Cancel` for a message that was closed otherwise.
enum class Answer : unsigned char { Ok = 0, Cancel = 1, Yes = 2, No = 3 };

/// A message to the user.
struct Message {
    std::string text;
    std::string title;
    Buttons buttons = Buttons::Ok;
    Icon icon = Icon::Info;
};

/// A window that shows a page.
struct NewPage {
    std::string html;
    std::string title;
    /// In pixels, at least 320 by 240.
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    /// Whether it blocks the others while it is open.
    bool is_modal = false;
};

enum class Dock : unsigned char { Left = 0, Right = 1, Bottom = 2, Float = 3 };

/// A panel that shows a page beside the plater.
struct NewPanel {
    std::string html;
    std::string title;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    /// Where it stands at first.
    Dock dock = Dock::Right;
};

/// A window that shows how far something is.
struct NewProgress {
    std::string title;
    std::string message;
    /// The value at which it is done.
    std::int32_t maximum = 100;
    /// The bits `PD_…`, as wxWidgets numbers them.
    std::int64_t style = 0;
};

/// How much a notification matters. The numbers are those that plugins see.
enum class Level : unsigned char {
    ProgressBar = 1,
    Hint = 2,
    Regular = 3,
    PrintInfo = 4,
    PrintInfoShort = 5,
    Important = 6,
    Warning = 7,
    SeriousWarning = 8,
    Error = 9,
};

/// A few words at the edge of the window.
struct Notification {
    Level level = Level::Regular;
    std::string text;
    /// What can be clicked, or empty.
    std::string hyper_text;
};

class Window;

/// What the application tells of a page. The plugin's function runs on the calling thread and is waited for; plugins
/// expect the main thread. What is told after `closed` is dropped. Copies stand for the same page. Threads: any.
class MATRILINE_EXPORT PageEvents {
public:
    /// The window of a dialog is there, and can be closed: see `UserInterface::show_dialog`.
    void opened(std::shared_ptr<Window> window) const;

    /// The page called `orca.postMessage`. Throws `Error` for what is no JSON, or is nested deeper than 200.
    void message(std::string_view json) const;

    /// The page called `orca.submit`; the application closes the window then and tells of that as well.
    void submit(std::string_view json) const;

    /// The user or the page closed the window.
    void closed() const;

    /// What `tell` found in a text of a page.
    enum class Told : unsigned char {
        /// Nothing of this protocol: nobody was told.
        Nothing = 0,
        Message = 1,
        /// The application closes the window now.
        Submit = 2,
        /// The same.
        Close = 3,
    };

    /// Tells what a page has sent through its native channel (`page_script`). Throws `Error` for what is nested deeper
    /// than 200.
    Told tell(std::string_view text) const;

    struct State;
    explicit PageEvents(std::shared_ptr<const State> state) : state_(std::move(state)) {}

private:
    std::shared_ptr<const State> state_;
};

/// The script that gives a page its `window.orca`; run it in a page before those of its own. The page sends text
/// through `window.wx.postMessage` or `window.ipc.postMessage`.
MATRILINE_EXPORT std::string_view page_script();

/// The script that gives a page a message, as `Window::post` is to. Throws `Error` for what is no JSON.
MATRILINE_EXPORT std::string page_dispatch(std::string_view json);

/// A window that is open. Dropping it changes nothing.
class MATRILINE_EXPORT Window {
public:
    Window() = default;
    Window(const Window &) = delete;
    Window &operator=(const Window &) = delete;
    virtual ~Window();

    /// Gives the page a message, which its functions of `orca.onMessage` get.
    virtual void post(const std::string &json) = 0;

    /// Closes the window. Telling of it is not necessary.
    virtual void close() = 0;
};

/// A panel that was opened and not closed.
class MATRILINE_EXPORT Panel : public Window {
public:
    ~Panel() override;

    /// Shows it, where panels are shown now.
    virtual void show() = 0;

    /// Hides it; it stays open.
    virtual void hide() = 0;
};

/// A progress window that is open. Dropping it changes nothing.
class MATRILINE_EXPORT ProgressDialog {
public:
    ProgressDialog() = default;
    ProgressDialog(const ProgressDialog &) = delete;
    ProgressDialog &operator=(const ProgressDialog &) = delete;
    virtual ~ProgressDialog();

    /// Sets how far it is, and what it says unless that is empty; false once the user has cancelled or closed it.
    virtual bool update(std::int32_t value, const std::string &message) = 0;

    /// Shows that something goes on; message and answer as for `update`.
    virtual bool pulse(const std::string &message) = 0;

    /// Pulses by itself in that interval, until it is stopped or closed.
    virtual void start_pulse(std::chrono::milliseconds interval, const std::string &message) = 0;
    virtual void stop_pulse() = 0;
    virtual void close() = 0;
};

/// What the application can show. What a function throws is logged; where it opens something, the plugin gets the words
/// of the exception as a `RuntimeError`.
///
/// Threads: the main thread of an application that has a `ManagerOptions::post`, else any; without the GIL.
class MATRILINE_EXPORT UserInterface {
public:
    UserInterface() = default;
    UserInterface(const UserInterface &) = delete;
    UserInterface &operator=(const UserInterface &) = delete;
    virtual ~UserInterface();

    /// Shows a message and waits for its answer.
    virtual Answer message(const Message &message) = 0;

    /// Shows a page in a window that blocks the others, and waits until it is closed. Answers what the page submitted,
    /// as JSON, if it did. Before it waits it tells `events.opened`, so that the window is closed when the plugin is
    /// unloaded; its event loop must run what is posted to the main thread meanwhile.
    virtual std::optional<std::string> show_dialog(const NewPage &page, PageEvents events) = 0;

    /// Opens a window with a page and returns at once; never null.
    virtual std::shared_ptr<Window> open_window(const NewPage &page, PageEvents events) = 0;

    /// Never null.
    virtual std::shared_ptr<ProgressDialog> open_progress(const NewProgress &progress) = 0;

    /// Never null. Belongs to `Feature::DockPanels`; throws where it is not written.
    virtual std::shared_ptr<Panel> open_panel(const NewPanel &panel, PageEvents events);

    /// `on_click` may be called when the notification is clicked, on any thread, and is empty when nobody wants to
    /// know. Belongs to `Feature::Notifications`.
    virtual void notify(const Notification &notification, std::function<void()> on_click);
};

} // namespace host

MATRILINE_END_NAMESPACE
