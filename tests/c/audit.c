/* What plugins are allowed and refused, questions, and the application's own code that acts for a plugin. */
#include "test.h"

static atomic_int questions;
static atomic_int dropped;

static void drop(void *userdata) {
    (void)userdata;
    atomic_fetch_add(&dropped, 1);
}

static uint8_t answer(void *userdata, const matriline_question *question) {
    assert(userdata == &questions);
    assert(same(question->plugin_key, "reads") && same(question->capability, "run") && same(question->event, "open"));
    assert(same(question->category, "fs_read") && question->targets_len == 1 && question->can_be_kept);
    assert(contains(question->targets[0], "/secret.txt") && contains(question->text, "wants to read"));
    atomic_fetch_add(&questions, 1);
    return MATRILINE_PERMISSION_ANSWER_ALWAYS;
}

static bool check(const char *path, const char *mode, const char *reason) {
    matriline_error *error = NULL;
    matriline_text *text = NULL;
    bool allowed = false;
    ok(matriline_audit_check_open(str(path), str(mode), &allowed, &text, &error), error);
    const bool is_right = same(matriline_text_get(text), reason) && allowed == (*reason == '\0');
    matriline_text_free(text);
    return is_right;
}

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    assert(matriline_config_set_audit_mode(NULL, 0, NULL) == null);
    assert(matriline_config_set_audit_mode_for_plugin(NULL, str("x"), 0, NULL) == null);
    assert(matriline_config_set_audit_mode_for_type(NULL, 0, 0, NULL) == null);
    assert(matriline_config_add_secret(NULL, str("x"), NULL) == null);
    assert(matriline_config_add_read_only_root(NULL, str("x"), NULL) == null);
    assert(matriline_config_set_questions(NULL, NULL, answer, 0, drop, NULL) == null);
    assert(atomic_load(&dropped) == 1);
    assert(matriline_manager_permissions(NULL, str("x"), NULL, NULL) == null);
    assert(matriline_manager_wanted_permissions(NULL, str("x"), NULL, NULL) == null);
    assert(matriline_manager_ask_permissions(NULL, str("x"), NULL, NULL) == null);
    assert(matriline_manager_revoke_permission(NULL, str("x"), NULL, NULL, NULL) == null);
    assert(matriline_manager_violations(NULL, str("x"), NULL, NULL) == null);
    assert(matriline_manager_violation_count(NULL, str("x")) == 0);
    assert(matriline_manager_export_activity(NULL, str("x"), NULL) == null);
    assert(matriline_manager_set_verbose_events(NULL, true, NULL) == null);
    assert(matriline_manager_set_audit_mode(NULL, str("x"), 0, NULL, NULL) == null);
    assert(matriline_permission_list_len(NULL) == 0 && !matriline_permission_list_get(NULL, 0, NULL));
    assert(matriline_violation_list_len(NULL) == 0 && !matriline_violation_list_get(NULL, 0, NULL));
    matriline_permission_list_free(NULL);
    matriline_violation_list_free(NULL);
    matriline_audit_context_leave(NULL);
    assert(matriline_audit_context_enter(str("x"), str(""), 0, NULL, NULL) == null);
    assert(matriline_audit_set_mode(3, &error) == null);
    says(&error, null, "No audit mode has the number 3");
    assert(matriline_audit_check_open(str("x"), str("r"), NULL, NULL, NULL) == null);
    assert(matriline_audit_report_violation(NULL, NULL) == null);
    assert(!matriline_audit_is_inside_allowed_root(not_utf8, str("/")));
    assert(!matriline_audit_is_denied_filename(not_utf8));
}

static void contexts(void) {
    matriline_error *error = NULL;
    char inside[128], secret[128], outside[128];
    snprintf(inside, sizeof inside, "%s/plugin_data.txt", data_dir);
    snprintf(secret, sizeof secret, "%s/plugins/../OrcaSlicer.conf", data_dir);
    snprintf(outside, sizeof outside, "%s/../outside.txt", data_dir);
    assert(check(outside, "w", "") && check(secret, "w", ""));
    assert(matriline_audit_is_denied_filename(str(secret)) && !matriline_audit_is_denied_filename(str(inside)));
    assert(matriline_audit_is_inside_allowed_root(str(inside), str(data_dir)));
    assert(!matriline_audit_is_inside_allowed_root(str(outside), str(data_dir)));

    matriline_audit_context *context = NULL, *inner = NULL;
    ok(matriline_audit_context_enter(str("test_plugin"), str("one"), MATRILINE_AUDIT_MODE_ENFORCING, &context, &error),
       error);
    assert(check(inside, "w", "") && check(outside, "r", "outside allowed root"));
    assert(check(secret, "r", "denied filename") && check("", "w", ""));
    ok(matriline_audit_add_scoped_allowed_root(str("/tmp"), &error), error);
    assert(check(outside, "w", ""));
    ok(matriline_audit_context_enter(str("inner"), str(""), MATRILINE_AUDIT_MODE_LOADING, &inner, &error), error);
    assert(check(outside, "x", "outside allowed root") && check(outside, "r", ""));
    ok(matriline_audit_set_mode(MATRILINE_AUDIT_MODE_ENFORCING, &error), error);
    assert(check(outside, "r", "outside allowed root"));
    matriline_audit_context_leave(inner);
    assert(matriline_audit_current_mode() == MATRILINE_AUDIT_MODE_ENFORCING && check(outside, "w", ""));
    matriline_text *text = matriline_audit_current_plugin();
    assert(same(matriline_text_get(text), "test_plugin"));
    matriline_text_free(text);
    text = matriline_audit_current_capability();
    assert(same(matriline_text_get(text), "one"));
    matriline_text_free(text);
    matriline_audit_context_leave(context);

    ok(matriline_audit_set_current_plugin(str("stamped"), &error), error);
    ok(matriline_audit_set_current_capability(str("two"), &error), error);
    assert(check(outside, "w", "outside allowed root"));
    ok(matriline_audit_set_current_plugin(str(""), &error), error);
    ok(matriline_audit_set_current_capability(str(""), &error), error);
    ok(matriline_audit_add_global_allowed_root(str(""), &error), error);
}

static void violations(void) {
    matriline_error *error = NULL;
    matriline_violation found = {str("test_plugin"), str(""), str("download"), str("/etc/passwd"), str("no")};
    ok(matriline_audit_report_violation(&found, &error), error);
    matriline_violation_list *list = matriline_audit_last_violation();
    matriline_violation last;
    assert(matriline_violation_list_len(list) == 1 && matriline_violation_list_get(list, 0, &last));
    assert(same(last.event_name, "download") && !matriline_violation_list_get(list, 1, &last));
    matriline_violation_list_free(list);
    matriline_audit_clear_last_violation();
    list = matriline_audit_last_violation();
    assert(matriline_violation_list_len(list) == 0);
    matriline_violation_list_free(list);
}

/* The plugin reads what nothing covers: the user is asked once, the answer is kept, listed and taken back. */
static void asking(matriline_manager *manager) {
    matriline_error *error = NULL;
    load(manager, "reads");
    for (int i = 0; i < 2; ++i) {
        matriline_execution_result *result = NULL;
        ok(matriline_manager_run_script(manager, str("reads"), str("run"), &result, &error), error);
        assert(same(matriline_execution_result_message(result), "hidden"));
        matriline_execution_result_free(result);
    }
    assert(atomic_load(&questions) == 1);

    matriline_permission_list *list = NULL;
    matriline_permission_item item;
    ok(matriline_manager_permissions(manager, str("reads"), &list, &error), error);
    assert(matriline_permission_list_len(list) == 1 && matriline_permission_list_get(list, 0, &item));
    assert(item.permission == MATRILINE_PERMISSION_FS_READ && contains(item.target, "/secret.txt"));
    bool revoked = false;
    ok(matriline_manager_revoke_permission(manager, str("reads"), &item, &revoked, &error), error);
    assert(revoked);
    ok(matriline_manager_revoke_permission(manager, str("reads"), &item, &revoked, &error), error);
    assert(!revoked);
    matriline_permission_list_free(list);
    assert(matriline_manager_permissions(manager, str("nobody"), &list, &error) == MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    says(&error, MATRILINE_RESULT_PLUGIN_NOT_FOUND, "nobody");

    /* in this mode nobody is asked */
    bool changed = false;
    ok(matriline_manager_set_audit_mode(manager, str("reads"), MATRILINE_AUDIT_MODE_ENFORCING, &changed, &error),
       error);
    assert(changed);
    matriline_execution_result *result = NULL;
    assert(matriline_manager_run_script(manager, str("reads"), str("run"), &result, &error) ==
           MATRILINE_RESULT_PLUGIN_RAISED);
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "PermissionError");
    assert(atomic_load(&questions) == 1 && matriline_manager_violation_count(manager, str("reads")) == 1);
    matriline_violation_list *refused = NULL;
    matriline_violation violation;
    ok(matriline_manager_violations(manager, str("reads"), &refused, &error), error);
    assert(matriline_violation_list_len(refused) == 1 && matriline_violation_list_get(refused, 0, &violation));
    assert(same(violation.event_name, "open") && same(violation.capability, "run"));
    matriline_violation_list_free(refused);

    char file[128];
    snprintf(file, sizeof file, "%s/activity", data_dir);
    ok(matriline_manager_export_activity(manager, str(file), &error), error);
    FILE *exported = fopen(file, "r");
    char line[1024];
    bool allowed = false, denied = false;
    while (fgets(line, sizeof line, exported) != NULL) {
        const bool is_it = strstr(line, "secret.txt") != NULL;
        allowed = allowed || (is_it && strstr(line, "\"decision\":\"allowed\"") != NULL);
        denied = denied || (is_it && strstr(line, "\"decision\":\"denied\"") != NULL);
    }
    fclose(exported);
    assert(allowed && denied);
}

int main(void) {
    begin();
    nulls();
    atomic_store(&dropped, 0);
    static char outside[] = "/tmp/matriline-c-outside-XXXXXX";
    assert(mkdtemp(outside) != NULL);
    char secret[128], body[256];
    snprintf(secret, sizeof secret, "%s/secret.txt", outside);
    write_file(secret, "hidden");
    snprintf(body, sizeof body, "return orca.ExecutionResult.success(open('%s').read())", secret);
    add_plugin("reads", "", body);

    matriline_error *error = NULL;
    matriline_config *options = config();
    ok(matriline_config_set_questions(options, &questions, answer, 60000, drop, &error), error);
    ok(matriline_config_add_secret(options, str("OrcaSlicer.conf"), &error), error);
    ok(matriline_config_add_read_only_root(options, str("/usr/share"), &error), error);
    ok(matriline_config_set_audit_mode_for_plugin(options, str("free"), MATRILINE_AUDIT_MODE_LOADING, &error), error);
    ok(matriline_config_set_audit_mode_for_type(options, MATRILINE_CAPABILITY_TYPE_POST_PROCESSING,
                                                MATRILINE_AUDIT_MODE_ASK, &error),
       error);
    matriline_manager *manager = start_with(options);
    contexts();
    violations();
    asking(manager);
    stop(manager);
    assert(atomic_load(&dropped) == 1);
    remove(secret);
    rmdir(outside);
    end("audit");
    return 0;
}
