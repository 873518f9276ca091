#include "host.hpp"

using namespace matriline;

namespace {

const char *const asks = R"(
class Page(orca.pages.PagesPluginCapabilityBase):
    def get_name(self): return 'page'
    def get_ui(self): return ''
    def on_lifecycle_event(self, event, ctx): self.post_message({'said': ctx.name})

@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.request_permissions(fs_read=['/tmp/a', '/tmp/b'])
        orca.register_capability(Page)
)";

} // namespace

TEST_CASE("what plugins ask the application") {
    const DataFolder data;
    data.write_source("asks", asks);
    std::vector<PermissionRequest> requests;
    std::vector<std::string> posted;
    std::function<bool()> answer = [] { return true; };
    ManagerOptions options;
    options.permissions = [&](const PermissionRequest &request) {
        requests.push_back(request);
        return answer();
    };
    options.post_to_page = [&](const PluginCapabilityIdentifier &capability, const std::string &message) {
        posted.push_back(capability.name + message);
        throw std::runtime_error("no page");
    };
    start(data, {}, {}, options);

    SECTION("what is granted is not asked again") {
        CHECK(load("asks").empty());
        REQUIRE(requests.size() == 1);
        CHECK(requests[0].plugin_key == "asks");
        CHECK(requests[0].fs_read == std::vector<std::string>{"/tmp/a", "/tmp/b"});
        CHECK(loader().unload_plugin("asks"));
        CHECK(load("asks").empty());
        CHECK(requests.size() == 1);
        LifecycleEventContext context;
        context.name = "hello";
        manager().raise_lifecycle_event(LifecycleEvent::ObjectAdded, context);
        CHECK(posted == std::vector<std::string>{R"(page{"said":"hello"})"});
    }
    SECTION("a refusal ends the load") {
        answer = [] { return false; };
        CHECK_FALSE(load("asks").empty());
    }
    SECTION("so does an exception") {
        answer = []() -> bool { throw std::runtime_error("no window"); };
        CHECK_FALSE(load("asks").empty());
        CHECK_FALSE(loader().is_plugin_loaded("asks"));
    }
    manager().shutdown();
}
