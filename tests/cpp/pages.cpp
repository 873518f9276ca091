// Pages: the page, its icon, messages both ways.

#include <mutex>

#include "host.hpp"

using namespace matriline;

namespace {

const char *const plugin = R"(
class Page(orca.pages.PagesPluginCapabilityBase):
    def get_name(self): return 'page'
    def get_ui(self): return '<b>größer</b>'
    def get_icon(self): return 'icon.svg'
    def on_message(self, data):
        if data is None:
            raise ValueError('nothing')
        self.post_message({'got': data})

class Plain(orca.pages.PagesPluginCapabilityBase):
    def get_name(self): return 'plain'
    def get_ui(self): return 5

@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.register_capability(Page)
        orca.register_capability(Plain)
)";

std::shared_ptr<PagesPluginCapability> page(const char *name) {
    const auto found = loader().get_plugin_capability_by_name("shows", PluginCapabilityType::Pages, name);
    REQUIRE(found);
    const auto capability = std::dynamic_pointer_cast<PagesPluginCapability>(found->instance);
    REQUIRE(capability);
    return capability;
}

} // namespace

TEST_CASE("a page is shown and answers") {
    const DataFolder data;
    data.write_source("shows", plugin);
    std::mutex mutex;
    std::vector<std::string> posted;
    ManagerOptions options;
    options.post_to_page = [&](const PluginCapabilityIdentifier &capability, const std::string &message) {
        const std::lock_guard guard(mutex);
        posted.push_back(capability.name + " " + message);
    };
    start(data, {"shows"}, {}, options);
    CHECK(page("page")->get_ui() == "<b>größer</b>");
    CHECK(page("page")->get_icon() == "icon.svg");
    CHECK(page("plain")->get_icon().empty());
    page("page")->on_message(R"([1, "größer", null])");
    page("plain")->on_message("{}");
    const auto has_come = [&](std::chrono::milliseconds) {
        const std::lock_guard guard(mutex);
        return !posted.empty();
    };
    REQUIRE(manager().wait_until(has_come, std::chrono::seconds(30)));
    CHECK(posted.size() == 1);
    CHECK(posted[0].find("page {\"got\":") == 0);
    manager().shutdown();
}

TEST_CASE("a page that is wrong is an error") {
    const DataFolder data;
    data.write_source("shows", plugin);
    start(data, {"shows"});
    CHECK(error_of([] { page("plain")->get_ui(); }).code() == ErrorCode::WrongAnswer);
    const Error raised = error_of([] { page("page")->on_message("null"); });
    CHECK(raised.code() == ErrorCode::PluginRaised);
    CHECK(raised.traceback().find("ValueError: nothing") != std::string::npos);
    CHECK(error_of([] { page("page")->on_message("{"); }).code() == ErrorCode::InvalidArgument);
    CHECK(error_of([] { page("page")->on_message("\"caf\xe9\""); }).code() == ErrorCode::InvalidArgument);
    const auto kept = page("page");
    loader().unload_plugin("shows");
    CHECK(error_of([&] { kept->get_ui(); }).code() == ErrorCode::CapabilityUnloaded);
    manager().shutdown();
}
