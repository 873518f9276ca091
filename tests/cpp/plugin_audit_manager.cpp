#include <thread>

#include "host.hpp"

using namespace matriline;

namespace {

PluginAuditManager &audit() {
    return PluginAuditManager::instance();
}

/// The reason why a file may not be opened; empty when it may.
std::string refusal(const std::filesystem::path &path, const char *mode) {
    const AuditCheck check = audit().check_open(path, mode);
    CHECK(check.allowed == check.reason.empty());
    return check.reason;
}

} // namespace

TEST_CASE("the application's own code acts for a plugin") {
    const DataFolder data, resources;
    const auto &folder = data.path();
    ManagerOptions options;
    options.secrets = {"OrcaSlicer.conf", "OrcaSlicer-gcodeviewer.conf", "OrcaSlicer.ini", "OrcaSlicer-gcodeviewer.ini",
                       "orca_refresh_token.sec"};
    options.read_only_roots = {resources.path().string()};
    start(data, {}, {}, options);
    CHECK(audit().install_hook());

    // the vectors of 12.13, but for key words, which are not adopted
    SECTION("names of secrets") {
        for (const std::string &name : options.secrets) {
            CHECK(is_denied_filename(name));
        }
        for (const char *name :
             {"OrcaSlicer.conf.bak", "orca_refresh_token.sec.tmp", "OrcaSlicer.conf:stream", "/tmp/OrcaSlicer.conf",
              "/some/plugin/dir/OrcaSlicer.conf", "orcaslicer.conf", "ORCASLICER.CONF", "ORCA_REFRESH_TOKEN.SEC"}) {
            CHECK(is_denied_filename(name));
        }
        for (const char *name : {"OrcaSlicer_other.txt", "OrcaSlicer.json", "orca_refresh_token.txt", ""}) {
            CHECK_FALSE(is_denied_filename(name));
        }
    }
    SECTION("a plugin in its data folder") {
        audit().add_global_allowed_root(folder);
        const ScopedPluginAuditContext context("test_plugin", AuditMode::Enforcing);
        CHECK(refusal(folder / "plugin_data.txt", "w").empty());
        CHECK(refusal(folder / "../outside.txt", "r") == "outside allowed root");
        CHECK(refusal(folder / "OrcaSlicer.conf", "w") == "denied filename");
        CHECK(refusal(folder / "OrcaSlicer.conf", "r") == "denied filename");
        CHECK(refusal(folder / "orca_refresh_token.sec", "r") == "denied filename");
        CHECK(refusal(folder / "orca_refresh_token.sec.tmp", "w") == "denied filename");
        CHECK(refusal(folder / "plugins/../OrcaSlicer.conf", "r") == "denied filename");
        audit().add_scoped_allowed_root(folder / "plugins/test_plugin");
        CHECK(refusal(folder / "plugins/test_plugin/state.json", "r").empty());
        CHECK(refusal(folder / "plugins/test_plugin/state.json", "w").empty());
        CHECK(refusal(folder / "plugins/test_plugin/OrcaSlicer.conf", "w") == "denied filename");
        CHECK(refusal(resources.path() / "profiles/vendor.json", "r").empty());
        CHECK(refusal(resources.path() / "profiles/vendor.json", "w") == "outside allowed root");
    }
    SECTION("nobody is free") {
        CHECK(refusal(folder / "OrcaSlicer.conf", "w").empty());
        CHECK(refusal("/etc/passwd", "w").empty());
    }
    // the vectors of the specification's time
    SECTION("modes") {
        const ScopedPluginAuditContext context("test_plugin");
        CHECK(audit().audit_mode() == AuditMode::Loading);
        CHECK(refusal(folder / "../outside.txt", "r").empty());
        for (const char *mode : {"w", "a", "r+", "x"}) {
            CHECK(refusal(folder / "../outside.txt", mode) == "outside allowed root");
        }
        audit().set_audit_mode(AuditMode::Enforcing);
        CHECK(refusal(folder / "../outside.txt", "r") == "outside allowed root");
    }
    SECTION("contexts nest and belong to their thread") {
        {
            const ScopedPluginAuditContext outer("outer", "one", AuditMode::Enforcing);
            audit().add_scoped_allowed_root("/tmp/job");
            try {
                const ScopedPluginAuditContext inner("inner");
                CHECK(audit().current_plugin() == "inner");
                CHECK(audit().current_capability().empty());
                CHECK(refusal("/tmp/job/a", "w") == "outside allowed root");
                std::thread([] { CHECK(audit().current_plugin().empty()); }).join();
                throw 1;
            } catch (int) {
            }
            CHECK(audit().current_plugin() == "outer");
            CHECK(audit().current_capability() == "one");
            CHECK(audit().audit_mode() == AuditMode::Enforcing);
            CHECK(refusal("/tmp/job/a", "w").empty());
        }
        CHECK(audit().current_plugin().empty());
        set_audit_plugin_key("stamped");
        audit().set_current_capability("two");
        CHECK(audit().current_plugin() == "stamped");
        audit().clear_current_plugin();
        audit().clear_current_capability();
        CHECK(audit().current_plugin().empty());
    }
    SECTION("violations") {
        AuditViolation last;
        CHECK_FALSE(audit().last_violation(last));
        audit().report_violation({"test_plugin", "download", "/etc/passwd", "no", ""});
        REQUIRE(audit().last_violation(last));
        CHECK(last.event_name == "download");
        audit().clear_last_violation();
        CHECK_FALSE(audit().last_violation(last));
    }
    SECTION("roots") {
        CHECK(is_inside_allowed_root(folder, folder));
        CHECK(is_inside_allowed_root(folder / "missing/a.txt", folder));
        CHECK_FALSE(is_inside_allowed_root(folder / "../x", folder));
        CHECK_FALSE(is_inside_allowed_root("", folder));
    }
    SECTION("acts as messages") {
        CHECK_FALSE(audit().verbose_events);
        audit().verbose_events = true;
        CHECK(audit().verbose_events);
        audit().verbose_events = false;
    }
    manager().shutdown();
}
