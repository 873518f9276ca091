#include "matriline/host_ui.hpp"

#include <stdexcept>

#include "answers.hpp"
#include "host_config.hpp"

/// Whom a page tells, behind the class of the header.
struct matriline::host::PageEvents::State {
    rust::Box<matriline::detail::Events> events;
};

MATRILINE_BEGIN_NAMESPACE

namespace host {

using namespace matriline::detail;

Window::~Window() = default;
Panel::~Panel() = default;
ProgressDialog::~ProgressDialog() = default;
UserInterface::~UserInterface() = default;

std::shared_ptr<Panel> UserInterface::open_panel(const NewPanel &, PageEvents) {
    throw std::runtime_error("This application has no dock panels");
}

void UserInterface::notify(const Notification &, std::function<void()>) {}

void PageEvents::opened(std::shared_ptr<Window> window) const {
    checked([&](Failure &failure) { state_->events->opened(std::move(window), failure); });
}

void PageEvents::message(std::string_view json) const {
    checked([&](Failure &failure) { state_->events->message(text(json, "json"), failure); });
}

void PageEvents::submit(std::string_view json) const {
    checked([&](Failure &failure) { state_->events->submit(text(json, "json"), failure); });
}

void PageEvents::closed() const {
    state_->events->closed();
}

PageEvents::Told PageEvents::tell(std::string_view message) const {
    return static_cast<Told>(
        checked([&](Failure &failure) { return state_->events->tell(text(message, "text"), failure); }));
}

std::string_view page_script() {
    return view(detail::page_script());
}

std::string page_dispatch(std::string_view json) {
    return std::string(checked([&](Failure &failure) { return detail::page_dispatch(text(json, "json"), failure); }));
}

} // namespace host

MATRILINE_END_NAMESPACE

namespace matriline::detail {

namespace {

/// Rust shares these objects and so sees them as constant; they are not.
template <class Object>
Object &changed(const Object &object) {
    return const_cast<Object &>(object);
}

host::PageEvents events_of(rust::Box<Events> events) {
    return host::PageEvents(std::make_shared<host::PageEvents::State>(host::PageEvents::State{std::move(events)}));
}

host::NewPage page_of(const PageData &data) {
    return {std::string(data.html), std::string(data.title), data.width, data.height, data.place != 0};
}

/// What the application opened. Throws when that is nothing.
template <class Object>
std::shared_ptr<Object> opened(std::shared_ptr<Object> object) {
    if (!object) {
        throw std::runtime_error("The application did not open the window");
    }
    return object;
}

/// Does something whose failure nobody can be told of but the log.
template <class Act>
void done(const char *what, Act &&act) noexcept {
    asked(what, false, [&] {
        act();
        return true;
    });
}

} // namespace

std::uint8_t show_message_box(const HostInterface &interface, const MessageToUser &data) noexcept {
    const auto answer = asked("`UserInterface::message`", host::Answer::Cancel, [&] {
        const host::Message message{std::string(data.text), std::string(data.title),
                                    static_cast<host::Buttons>(data.buttons), static_cast<host::Icon>(data.icon)};
        return changed(interface).message(message);
    });
    return static_cast<std::uint8_t>(answer);
}

bool show_page(const HostInterface &interface, const PageData &page, rust::Box<Events> events,
               rust::String &submitted) {
    const auto answer = changed(interface).show_dialog(page_of(page), events_of(std::move(events)));
    if (answer) {
        submitted = rust::String(*answer);
    }
    return answer.has_value();
}

std::shared_ptr<HostWindow> open_page(const HostInterface &interface, const PageData &page, rust::Box<Events> events) {
    return opened(changed(interface).open_window(page_of(page), events_of(std::move(events))));
}

std::shared_ptr<HostPanel> open_page_panel(const HostInterface &interface, const PageData &data,
                                           rust::Box<Events> events) {
    const host::NewPanel panel{std::string(data.html), std::string(data.title), data.width, data.height,
                               static_cast<host::Dock>(data.place)};
    return opened(changed(interface).open_panel(panel, events_of(std::move(events))));
}

std::shared_ptr<HostProgress> open_progress_window(const HostInterface &interface, const ProgressWindow &data) {
    const host::NewProgress progress{std::string(data.title), std::string(data.message), data.maximum, data.style};
    return opened(changed(interface).open_progress(progress));
}

void show_notification(const HostInterface &interface, std::uint8_t level, rust::Str text, rust::Str hyper_text,
                       rust::Box<Click> click) noexcept {
    done("`UserInterface::notify`", [&] {
        std::function<void()> on_click;
        if (click->is_wanted()) {
            // a `std::function` wants to be copied
            on_click = [shared = std::make_shared<rust::Box<Click>>(std::move(click))] { (*shared)->click(); };
        }
        changed(interface).notify({static_cast<host::Level>(level), std::string(text), std::string(hyper_text)},
                                  std::move(on_click));
    });
}

void window_post(const HostWindow &window, rust::Str json) noexcept {
    done("`Window::post`", [&] { changed(window).post(std::string(json)); });
}

void window_close(const HostWindow &window) noexcept {
    done("`Window::close`", [&] { changed(window).close(); });
}

void panel_post(const HostPanel &panel, rust::Str json) noexcept {
    done("`Panel::post`", [&] { changed(panel).post(std::string(json)); });
}

void panel_close(const HostPanel &panel) noexcept {
    done("`Panel::close`", [&] { changed(panel).close(); });
}

void panel_show(const HostPanel &panel, bool shown) noexcept {
    done("`Panel::show`", [&] { shown ? changed(panel).show() : changed(panel).hide(); });
}

bool progress_update(const HostProgress &progress, std::int32_t value, rust::Str message) noexcept {
    return asked("`ProgressDialog::update`", false,
                 [&] { return changed(progress).update(value, std::string(message)); });
}

bool progress_pulse(const HostProgress &progress, rust::Str message) noexcept {
    return asked("`ProgressDialog::pulse`", false, [&] { return changed(progress).pulse(std::string(message)); });
}

void progress_start_pulse(const HostProgress &progress, std::uint64_t milliseconds, rust::Str message) noexcept {
    done("`ProgressDialog::start_pulse`",
         [&] { changed(progress).start_pulse(std::chrono::milliseconds(milliseconds), std::string(message)); });
}

void progress_stop_pulse(const HostProgress &progress) noexcept {
    done("`ProgressDialog::stop_pulse`", [&] { changed(progress).stop_pulse(); });
}

void progress_close(const HostProgress &progress) noexcept {
    done("`ProgressDialog::close`", [&] { changed(progress).close(); });
}

} // namespace matriline::detail
