#include "host.hpp"

using namespace matriline;

namespace {

const char *const declares = R"(# /// script
# [tool.orcaslicer.plugin]
# name = "declares"
# [tool.matriline.permissions]
# fs_read = ["/tmp/declared/**"]
# process = ["/usr/bin/true"]
# ///
import orca
class Run(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'run'
    def execute(self): return orca.ExecutionResult.success('')
@orca.plugin
class Package(orca.base):
    def register_capabilities(self): orca.register_capability(Run)
)";

} // namespace

TEST_CASE("a plugin that reads what nothing covers") {
    const DataFolder data, outside;
    const std::string secret = outside.write_file("secret.txt", "hidden");
    data.write_plugin("reads", "return orca.ExecutionResult.success(open('" + secret + "').read())");
    std::vector<AuditQuestion> questions;
    std::function<PermissionAnswer()> answer = [] { return PermissionAnswer::Always; };
    ManagerOptions options;
    options.questions = [&](const AuditQuestion &question) {
        questions.push_back(question);
        return answer();
    };
    start(data, {"reads"}, {}, options);

    SECTION("the answer is kept, listed and taken back") {
        CHECK(edit("reads")->execute(context()).message == "hidden");
        CHECK(edit("reads")->execute(context()).message == "hidden");
        REQUIRE(questions.size() == 1);
        CHECK(questions[0].plugin_key == "reads");
        CHECK(questions[0].capability == "edit");
        CHECK(questions[0].event_name == "open");
        CHECK(questions[0].category == "fs_read");
        CHECK(questions[0].targets == std::vector<std::string>{secret});
        CHECK(questions[0].can_be_kept);
        CHECK(questions[0].text.find("wants to read") != std::string::npos);
        const std::vector<Permission> granted{{PermissionKind::FsRead, secret}};
        CHECK(manager().permissions("reads") == granted);
        CHECK(manager().revoke_permission("reads", granted[0]));
        CHECK_FALSE(manager().revoke_permission("reads", granted[0]));
        answer = [] { return PermissionAnswer::No; };
        CHECK_THROWS_AS(edit("reads")->execute(context()), Error);
        CHECK(questions.size() == 2);
        REQUIRE(manager().violations("reads").size() == 1);
        CHECK(manager().violations("reads")[0].path == secret);
        CHECK(manager().violation_count("reads") == 1);
        const auto file = data.path() / "activity";
        manager().export_activity(file);
        const std::string activity = read_file(file);
        CHECK(activity.find("\"decision\":\"allowed\"") != std::string::npos);
        CHECK(activity.find("\"decision\":\"denied\"") != std::string::npos);
    }
    SECTION("an exception of the application is a no") {
        answer = []() -> PermissionAnswer { throw std::runtime_error("no window"); };
        CHECK_THROWS_AS(edit("reads")->execute(context()), Error);
    }
    SECTION("the mode can be changed") {
        CHECK(manager().set_audit_mode("reads", AuditMode::Loading));
        CHECK(edit("reads")->execute(context()).message == "hidden");
        CHECK(questions.empty());
        CHECK_FALSE(manager().set_audit_mode("nobody", AuditMode::Loading));
    }
    manager().shutdown();
}

TEST_CASE("what a plugin declares is asked at once") {
    const DataFolder data;
    std::filesystem::create_directories(data.path() / "orca_plugins/declares");
    data.write_file("orca_plugins/declares/declares.py", declares);
    std::vector<PermissionRequest> requests;
    ManagerOptions options;
    options.permissions = [&](const PermissionRequest &request) {
        requests.push_back(request);
        return true;
    };
    start(data, {}, {}, options);
    CHECK(manager().wanted_permissions("declares").size() == 2);
    CHECK(manager().ask_permissions("declares"));
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].fs_read == std::vector<std::string>{"/tmp/declared/**"});
    CHECK(requests[0].process.size() == 1);
    CHECK(manager().wanted_permissions("declares").empty());
    CHECK(manager().permissions("declares").size() == 2);
    try {
        manager().ask_permissions("nobody");
        FAIL("there is no such plugin");
    } catch (const Error &error) {
        CHECK(error.code() == ErrorCode::PluginNotFound);
    }
    manager().shutdown();
}
