/* What is known of plugins after the act: errors of scripts, crashes, timings; and the search for a guilty one. */
#include <sys/wait.h>

#include "test.h"

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    assert(matriline_manager_run_script(NULL, str("x"), str("run"), NULL, NULL) == null);
    assert(matriline_manager_crashes(NULL, NULL, NULL) == null);
    assert(matriline_crash_list_len(NULL) == 0 && !matriline_crash_list_get(NULL, 0, NULL));
    matriline_crash_list_free(NULL);
    assert(matriline_manager_timings(NULL, str("x"), NULL, NULL) == null);
    assert(matriline_timings_phase(NULL, MATRILINE_PHASE_IMPORT).count == 0);
    assert(matriline_timings_methods_len(NULL) == 0 && !matriline_timings_method(NULL, 0, NULL));
    matriline_timings_free(NULL);

    matriline_bisect *bisect = NULL;
    assert(matriline_bisect_new(NULL, 1, &bisect, NULL) == null && matriline_bisect_new(NULL, 0, NULL, NULL) == null);
    assert(matriline_bisect_read(str("{}"), NULL, NULL) == null);
    assert(matriline_bisect_text(NULL, NULL, NULL) == null);
    assert(matriline_bisect_to_load(NULL, NULL, NULL) == null);
    assert(matriline_bisect_suspects(NULL, NULL, NULL) == null);
    assert(matriline_bisect_guilty(NULL, NULL, NULL) == null);
    assert(matriline_bisect_answer(NULL, true, NULL) == null);
    assert(matriline_bisect_steps_left(NULL) == 0);
    assert(matriline_bisect_finding(NULL) == MATRILINE_FINDING_NONE);
    matriline_bisect_free(NULL);
    assert(bisect == NULL);
}

static void search(void) {
    matriline_error *error = NULL;
    const matriline_str keys[] = {str("a"), str("b"), str("c"), str("d"), str("b")};
    matriline_bisect *bisect = NULL;
    ok(matriline_bisect_new(keys, 5, &bisect, &error), error);
    assert(matriline_bisect_steps_left(bisect) == 4);
    int answers = 0;
    while (matriline_bisect_finding(bisect) == MATRILINE_FINDING_NONE) {
        matriline_text_list *list = NULL;
        ok(matriline_bisect_suspects(bisect, &list, &error), error);
        assert(matriline_text_list_len(list) > 0);
        matriline_text_list_free(list);
        ok(matriline_bisect_to_load(bisect, &list, &error), error);
        bool is_bad = false;
        for (size_t i = 0; i < matriline_text_list_len(list); ++i) {
            is_bad = is_bad || same(matriline_text_list_get(list, i), "c");
        }
        matriline_text_list_free(list);

        /* each answer comes from another start of the application */
        matriline_text *text = NULL;
        ok(matriline_bisect_text(bisect, &text, &error), error);
        matriline_bisect_free(bisect);
        ok(matriline_bisect_read(matriline_text_get(text), &bisect, &error), error);
        matriline_text_free(text);
        ok(matriline_bisect_answer(bisect, is_bad, &error), error);
        assert(++answers <= 4);
    }
    assert(matriline_bisect_finding(bisect) == MATRILINE_FINDING_GUILTY && matriline_bisect_steps_left(bisect) == 0);
    matriline_text_list *list = NULL;
    ok(matriline_bisect_guilty(bisect, &list, &error), error);
    has(list, LIST("c"));
    ok(matriline_bisect_to_load(bisect, &list, &error), error);
    has(list, EMPTY);
    matriline_bisect_free(bisect);

    bisect = NULL;
    assert(matriline_bisect_read(str("{}"), &bisect, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "not a saved search");
    assert(matriline_bisect_read(not_utf8, &bisect, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT && bisect == NULL);
    ok(matriline_bisect_new(NULL, 0, &bisect, &error), error);
    ok(matriline_bisect_answer(bisect, true, &error), error);
    assert(matriline_bisect_finding(bisect) == MATRILINE_FINDING_NO_PLUGIN);
    matriline_bisect_free(bisect);
    ok(matriline_bisect_new(NULL, 0, &bisect, &error), error);
    ok(matriline_bisect_answer(bisect, false, &error), error);
    assert(matriline_bisect_finding(bisect) == MATRILINE_FINDING_NO_FAULT);
    matriline_bisect_free(bisect);
}

/* A process of its own that a plugin ends in the middle of a call. */
static void die(const char *plugin) {
    fflush(NULL);
    const pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        matriline_manager *manager = start_with(config());
        matriline_execution_result *result = NULL;
        matriline_manager_load_plugin(manager, str(plugin), NULL, NULL);
        matriline_manager_wait_for_plugin_load(manager, str(plugin), UINT64_MAX, NULL);
        matriline_manager_run_script(manager, str(plugin), str("run"), &result, NULL);
        _exit(0);
    }
    int status = 0;
    assert(waitpid(child, &status, 0) == child);
    assert(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void crashes(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_crash_list *list = NULL;
    ok(matriline_manager_crashes(manager, &list, &error), error);
    assert(matriline_crash_list_len(list) == 1);
    matriline_crash crash;
    assert(matriline_crash_list_get(list, 0, &crash) && matriline_crash_list_get(list, 0, NULL));
    assert(same(crash.plugin_key, "dies_in_call") && crash.activity == MATRILINE_ACTIVITY_CALLING);
    assert(crash.kind == MATRILINE_CAPABILITY_TYPE_SCRIPT && same(crash.capability, "run"));
    assert(crash.when > 1700000000 && contains(crash.text, "`dies_in_call`"));
    assert(!matriline_crash_list_get(list, 1, &crash));
    matriline_crash_list_free(list);

    /* it stays off until someone enables it */
    matriline_text_list *enabled = NULL;
    ok(matriline_manager_enabled_plugins(manager, &enabled, &error), error);
    has(enabled, EMPTY);
    matriline_error *kept = NULL;
    ok(matriline_manager_plugin_error(manager, str("dies_in_call"), &kept, &error), error);
    says(&kept, MATRILINE_RESULT_LOAD_FAILED, "stays off until it is enabled");
    load(manager, "dies_in_call");
    ok(matriline_manager_enabled_plugins(manager, &enabled, &error), error);
    has(enabled, LIST("dies_in_call"));
}

static void expect_script(matriline_manager *manager, const char *plugin, matriline_status status,
                          const char *message) {
    matriline_error *error = NULL;
    matriline_execution_result *result = NULL;
    ok(matriline_manager_run_script(manager, str(plugin), str("run"), &result, &error), error);
    assert(matriline_execution_result_status(result) == status);
    assert(same(matriline_execution_result_message(result), message));
    matriline_execution_result_free(result);
}

static void scripts(matriline_manager *manager) {
    matriline_error *error = NULL, *kept = NULL;
    matriline_execution_result *result = NULL;
    assert(matriline_manager_run_script(manager, str("fails"), str("run"), &result, &error) ==
           MATRILINE_RESULT_NO_CAPABILITY);
    says(&error, MATRILINE_RESULT_NO_CAPABILITY, "`fails`");
    assert(matriline_manager_run_script(manager, str("fails"), not_utf8, &result, NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manager_run_script(manager, str("fails"), str("run"), NULL, NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);

    /* one that can go on stays loaded; one that cannot is unloaded, and stays enabled */
    load(manager, "fails");
    expect_script(manager, "fails", MATRILINE_STATUS_RECOVERABLE_ERROR, "almost");
    ok(matriline_manager_plugin_error(manager, str("fails"), &kept, &error), error);
    says(&kept, MATRILINE_RESULT_LOAD_FAILED, "almost");
    assert(matriline_manager_is_plugin_loaded(manager, str("fails")));

    load(manager, "raises");
    result = NULL;
    assert(matriline_manager_run_script(manager, str("raises"), str("run"), &result, &error) ==
           MATRILINE_RESULT_PLUGIN_RAISED);
    assert(result == NULL && contains(matriline_error_traceback(error), "ZeroDivisionError"));
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "raises");
    assert(!matriline_manager_is_plugin_loaded(manager, str("raises")));
    matriline_install_state *state = NULL;
    ok(matriline_manager_install_state(manager, str("raises"), &state, &error), error);
    assert(matriline_install_state_is_enabled(state));
    matriline_install_state_free(state);
}

static void timings(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_timings *timings = NULL;
    ok(matriline_manager_timings(manager, str("fails"), &timings, &error), error);
    const matriline_timing import = matriline_timings_phase(timings, MATRILINE_PHASE_IMPORT);
    assert(import.count == 1 && import.total_ns > 0 && import.worst_ns == import.last_ns);
    assert(matriline_timings_phase(timings, MATRILINE_PHASE_ON_LOAD).count == 1);
    assert(matriline_timings_phase(timings, MATRILINE_PHASE_ON_UNLOAD).count == 0);
    assert(matriline_timings_phase(timings, 200).count == 0);
    matriline_method_timing method;
    assert(matriline_timings_methods_len(timings) >= 1);
    assert(matriline_timings_method(timings, 0, &method) && matriline_timings_method(timings, 0, NULL));
    assert(method.kind == MATRILINE_CAPABILITY_TYPE_SCRIPT && same(method.name, "run"));
    assert(same(method.method, "execute") && method.timing.count == 1);
    assert(!matriline_timings_method(timings, matriline_timings_methods_len(timings), &method));
    matriline_timings_free(timings);
    ok(matriline_manager_timings(manager, str("nobody"), &timings, &error), error);
    assert(matriline_timings_methods_len(timings) == 0);
    matriline_timings_free(timings);
}

int main(void) {
    nulls();
    search();
    begin();
    add_plugin("dies_in_call", "", "import os; os._exit(7)");
    add_plugin("fails", "", "return orca.ExecutionResult.failure(orca.PluginResult.RecoverableError, 'almost')");
    add_plugin("raises", "", "return 1 // 0");
    die("dies_in_call");
    matriline_manager *manager = start_with(config());
    crashes(manager);
    scripts(manager);
    timings(manager);
    stop(manager);

    /* it was reported once */
    manager = start_with(config());
    matriline_error *error = NULL;
    matriline_crash_list *list = NULL;
    ok(matriline_manager_crashes(manager, &list, &error), error);
    assert(matriline_crash_list_len(list) == 0);
    matriline_crash_list_free(list);
    stop(manager);
    end("c.record");
    return 0;
}
