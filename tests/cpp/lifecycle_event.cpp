#include "host.hpp"

using namespace matriline;

namespace {

std::string listens(const std::string &act) {
    return "class Run(orca.script.ScriptPluginCapabilityBase):\n"
           "    told = []\n"
           "    def get_name(self): return 'run'\n"
           "    def on_lifecycle_event(self, event, ctx):\n"
           "        " +
           act +
           "\n"
           "    def execute(self): return orca.ExecutionResult.success(' '.join(self.told))\n"
           "@orca.plugin\n"
           "class Package(orca.base):\n"
           "    def register_capabilities(self): orca.register_capability(Run)\n";
}

std::string told(const char *key) {
    std::string error;
    return manager().run_script_capability(key, "run", error).message;
}

} // namespace

TEST_CASE("plugins are told what happens") {
    const DataFolder data;
    data.write_source("a_raises", listens("1 / 0"));
    data.write_source("listens",
                      listens("self.told.append(f'{event.name} {ctx.name} {ctx.code.name} {ctx.index} {ctx.dirty}')"));
    start(data, {"a_raises", "listens"});

    SECTION("all that an event tells") {
        LifecycleEventContext context;
        context.name = "plate";
        context.code = LifecycleEvtCode::Warn;
        context.index = 3;
        context.dirty = true;
        manager().raise_lifecycle_event(LifecycleEvent::PlateSelected, context);
        manager().raise_lifecycle_event(LifecycleEvent::DeviceDisconnected);
        CHECK(told("listens") == "PlateSelected plate Warn 3 True DeviceDisconnected  Ok -1 False");
    }
    SECTION("nobody when the slice is cancelled") {
        int asked = 0;
        manager().raise_lifecycle_event(LifecycleEvent::SliceStarted, {}, [&] { return ++asked > 1; });
        CHECK(told("listens").empty());
        CHECK(asked == 2);
    }
    SECTION("numbers and texts that mean nothing") {
        const auto raise = [](LifecycleEvent event, const LifecycleEventContext &context) {
            return error_of([&] { manager().raise_lifecycle_event(event, context); }).code();
        };
        CHECK(raise(static_cast<LifecycleEvent>(200), {}) == ErrorCode::InvalidArgument);
        LifecycleEventContext odd;
        odd.code = static_cast<LifecycleEvtCode>(3);
        CHECK(raise(LifecycleEvent::NewProject, odd) == ErrorCode::InvalidArgument);
        odd.code = LifecycleEvtCode::Ok;
        odd.msg = "\xff";
        CHECK(raise(LifecycleEvent::NewProject, odd) == ErrorCode::InvalidArgument);
    }
    manager().shutdown();
}
