/* Loading, waiting, cancelling, unloading, and the end of it all while plugins load. */
#include "test.h"

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    assert(matriline_manager_load_plugin(NULL, str("good"), NULL, &error) == null);
    says(&error, null, "`manager` is NULL");
    assert(matriline_manager_reload_plugin(NULL, str("good"), NULL) == null);
    assert(matriline_manager_wait_for_plugin_load(NULL, str("good"), 0, NULL) == null);
    assert(matriline_manager_wait_for_all_plugin_loads(NULL, 0));
    assert(!matriline_manager_is_plugin_load_in_progress(NULL, str("good")));
    assert(!matriline_manager_cancel_plugin_load(NULL, str("good")));
    assert(matriline_manager_plugin_loads_in_progress(NULL, NULL, NULL) == null);
    assert(matriline_manager_loaded_plugins(NULL, NULL, NULL) == null);
    assert(matriline_manager_unload_plugin(NULL, str("good"), NULL) == null);
    assert(matriline_manager_unload_all_plugins(NULL, NULL) == null);
    assert(matriline_manager_unload_cloud_plugins(NULL, NULL) == null);
    assert(!matriline_manager_is_plugin_loaded(NULL, str("good")));
    assert(matriline_manager_plugin_error(NULL, str("good"), NULL, NULL) == null);
    assert(matriline_manager_set_plugin_error(NULL, str("good"), str("x"), NULL) == null);
    assert(!matriline_manager_clear_plugin_error(NULL, str("good")));
    assert(matriline_manager_enabled_plugins(NULL, NULL, NULL) == null);
    assert(matriline_manager_install_state(NULL, str("good"), NULL, NULL) == null);
    assert(matriline_load_options_set_capabilities(NULL, NULL, 0, NULL) == null);
    assert(matriline_load_options_set_skip_dependencies(NULL, true, NULL) == null);
    matriline_load_options_free(NULL);

    assert(matriline_manager_load_enabled(NULL, NULL, NULL) == null);
    assert(matriline_manager_load_enabled_among(NULL, NULL, 0, NULL, NULL) == null);
    assert(matriline_manager_load_plugins(NULL, NULL, 0, NULL, NULL, NULL) == null);
    assert(matriline_loads_len(NULL) == 0 && matriline_loads_done(NULL) == 0);
    assert(matriline_loads_wait(NULL, 0));
    matriline_loads_cancel(NULL);
    assert(same(matriline_loads_plugin(NULL, 0), ""));
    assert(matriline_loads_stage(NULL, 0) == MATRILINE_LOAD_STAGE_OVER);
    assert(matriline_loads_line(NULL, 0, NULL, NULL) == null);
    assert(matriline_loads_error(NULL, 0, NULL, NULL) == null);
    matriline_loads_free(NULL);

    assert(!matriline_install_state_is_enabled(NULL));
    assert(same(matriline_install_state_installed_from(NULL), ""));
    assert(same(matriline_install_state_installed_version(NULL), ""));
    assert(same(matriline_install_state_cloud_uuid(NULL), ""));
    assert(matriline_install_state_capabilities_len(NULL) == 0);
    assert(!matriline_install_state_capability(NULL, 0, NULL));
    matriline_install_state_free(NULL);
}

static void bad_input(matriline_manager *manager) {
    const matriline_result bad = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    assert(matriline_manager_load_plugin(manager, not_utf8, NULL, &error) == bad);
    says(&error, bad, "`plugin_key` is not UTF-8");
    assert(matriline_manager_load_plugin(manager, (matriline_str){NULL, 3}, NULL, NULL) == bad);
    assert(matriline_manager_wait_for_plugin_load(manager, not_utf8, 0, NULL) == bad);
    assert(matriline_manager_unload_plugin(manager, not_utf8, NULL) == bad);
    assert(matriline_manager_reload_plugin(manager, not_utf8, NULL) == bad);
    assert(!matriline_manager_is_plugin_loaded(manager, not_utf8));
    assert(!matriline_manager_is_plugin_load_in_progress(manager, not_utf8));
    assert(!matriline_manager_cancel_plugin_load(manager, not_utf8));
    assert(matriline_manager_plugin_error(manager, str("good"), NULL, NULL) == bad);
    assert(matriline_manager_loaded_plugins(manager, NULL, NULL) == bad);
    assert(matriline_manager_load_plugins(manager, NULL, 2, NULL, NULL, &error) == bad);
    says(&error, bad, "`keys` has a length and no data");

    matriline_load_options *options = matriline_load_options_new();
    assert(matriline_load_options_set_capabilities(options, &not_utf8, 1, &error) == bad);
    says(&error, bad, "`names` is not UTF-8");
    matriline_load_options_free(options);

    /* an unknown plugin is no wrong argument: its load has failed */
    ok(matriline_manager_load_plugin(manager, str("nobody"), NULL, &error), error);
    assert(matriline_manager_wait_for_plugin_load(manager, str("nobody"), 0, &error) ==
           MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    assert(same(matriline_error_plugin(error), "nobody"));
    says(&error, MATRILINE_RESULT_PLUGIN_NOT_FOUND, "Plugin not found: nobody");
    ok(matriline_manager_unload_plugin(manager, str("nobody"), &error), error);
    matriline_install_state *state = (matriline_install_state *)manager;
    ok(matriline_manager_install_state(manager, str("nobody"), &state, &error), error);
    assert(state == NULL);
}

static void errors(matriline_manager *manager) {
    matriline_error *error = NULL, *kept = (matriline_error *)manager;
    ok(matriline_manager_plugin_error(manager, str("raises_at_import"), &kept, &error), error);
    assert(kept == NULL);
    ok(matriline_manager_load_plugin(manager, str("raises_at_import"), NULL, &error), error);
    assert(matriline_manager_wait_for_plugin_load(manager, str("raises_at_import"), UINT64_MAX, &error) ==
           MATRILINE_RESULT_LOAD_FAILED);
    assert(contains(matriline_error_traceback(error), "Traceback"));
    matriline_error_free(error);
    error = NULL;
    /* it stays, whoever asks */
    assert(matriline_manager_wait_for_plugin_load(manager, str("raises_at_import"), 0, NULL) ==
           MATRILINE_RESULT_LOAD_FAILED);
    ok(matriline_manager_plugin_error(manager, str("raises_at_import"), &kept, &error), error);
    assert(contains(matriline_error_traceback(kept), "Traceback"));
    says(&kept, MATRILINE_RESULT_LOAD_FAILED, "raises_at_import");
    assert(matriline_manager_clear_plugin_error(manager, str("raises_at_import")));
    assert(!matriline_manager_clear_plugin_error(manager, str("raises_at_import")));

    ok(matriline_manager_set_plugin_error(manager, str("good"), str("It smells"), &error), error);
    ok(matriline_manager_plugin_error(manager, str("good"), &kept, &error), error);
    says(&kept, MATRILINE_RESULT_LOAD_FAILED, "It smells");
    assert(matriline_manager_set_plugin_error(manager, str("nobody"), str("x"), &error) ==
           MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    says(&error, MATRILINE_RESULT_PLUGIN_NOT_FOUND, "nobody");
    assert(matriline_manager_set_plugin_error(manager, str("good"), not_utf8, NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    load(manager, "good");
    ok(matriline_manager_plugin_error(manager, str("good"), &kept, &error), error);
    assert(kept == NULL);
}

static void waiting(matriline_manager *manager) {
    matriline_error *error = NULL;
    ok(matriline_manager_load_plugin(manager, str("slow"), NULL, &error), error);
    assert(matriline_manager_is_plugin_load_in_progress(manager, str("slow")));
    assert(matriline_manager_wait_for_plugin_load(manager, str("slow"), 1, &error) == MATRILINE_RESULT_BUSY);
    says(&error, MATRILINE_RESULT_BUSY, "`slow`");
    assert(!matriline_manager_wait_for_all_plugin_loads(manager, 1));
    matriline_text_list *list = NULL;
    ok(matriline_manager_plugin_loads_in_progress(manager, &list, &error), error);
    has(list, LIST("slow"));
    ok(matriline_manager_wait_for_plugin_load(manager, str("slow"), UINT64_MAX, &error), error);
    assert(!matriline_manager_is_plugin_load_in_progress(manager, str("slow")));
    assert(matriline_manager_wait_for_all_plugin_loads(manager, 0));
    ok(matriline_manager_loaded_plugins(manager, &list, &error), error);
    has(list, LIST("good", "slow"));
    ok(matriline_manager_unload_plugin(manager, str("slow"), &error), error);
    assert(!matriline_manager_is_plugin_loaded(manager, str("slow")));

    /* nothing of a cancelled load remains */
    assert(!matriline_manager_cancel_plugin_load(manager, str("slow")));
    ok(matriline_manager_load_plugin(manager, str("slow"), NULL, &error), error);
    assert(matriline_manager_cancel_plugin_load(manager, str("slow")));
    assert(matriline_manager_wait_for_plugin_load(manager, str("slow"), UINT64_MAX, &error) ==
           MATRILINE_RESULT_LOAD_CANCELLED);
    says(&error, MATRILINE_RESULT_LOAD_CANCELLED, "was cancelled");
    assert(!matriline_manager_is_plugin_loaded(manager, str("slow")));
    ok(matriline_manager_wait_for_plugin_load(manager, str("slow"), 0, &error), error);
}

static bool capability(matriline_manager *manager, const char *plugin, size_t index, const char *name) {
    matriline_error *error = NULL;
    matriline_install_state *state = NULL;
    ok(matriline_manager_install_state(manager, str(plugin), &state, &error), error);
    assert(state != NULL);
    assert(matriline_install_state_capabilities_len(state) == 2);
    matriline_capability_state flag;
    assert(matriline_install_state_capability(state, index, &flag));
    assert(matriline_install_state_capability(state, index, NULL));
    assert(!matriline_install_state_capability(state, 2, &flag));
    assert(same(flag.name, name) && flag.kind == MATRILINE_CAPABILITY_TYPE_UNKNOWN);
    matriline_install_state_free(state);
    return flag.enabled;
}

static void requests(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_load_options *options = matriline_load_options_new();
    const matriline_str names[] = {str("more")};
    ok(matriline_load_options_set_capabilities(options, names, 1, &error), error);
    ok(matriline_load_options_set_skip_dependencies(options, true, &error), error);
    ok(matriline_manager_load_plugin(manager, str("slow"), options, &error), error);
    ok(matriline_manager_wait_for_plugin_load(manager, str("slow"), UINT64_MAX, &error), error);
    assert(!capability(manager, "slow", 0, "run") && capability(manager, "slow", 1, "more"));

    /* the flags stay over a reload, and of what is loaded already only what is asked for changes */
    ok(matriline_manager_reload_plugin(manager, str("slow"), &error), error);
    ok(matriline_manager_wait_for_plugin_load(manager, str("slow"), UINT64_MAX, &error), error);
    assert(!capability(manager, "slow", 0, "run") && capability(manager, "slow", 1, "more"));
    const matriline_str others[] = {str("run"), str("nobody")};
    ok(matriline_load_options_set_capabilities(options, others, 2, &error), error);
    ok(matriline_manager_load_plugin(manager, str("slow"), options, &error), error);
    assert(capability(manager, "slow", 0, "run") && capability(manager, "slow", 1, "more"));

    bool changed = false;
    ok(matriline_manager_set_capability_enabled(manager, str("slow"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("run"),
                                                false, &changed, &error),
       error);
    assert(changed && !capability(manager, "slow", 0, "run"));

    /* an empty request is one */
    ok(matriline_manager_unload_plugin(manager, str("slow"), &error), error);
    ok(matriline_load_options_set_capabilities(options, NULL, 0, &error), error);
    ok(matriline_manager_load_plugin(manager, str("slow"), options, &error), error);
    matriline_load_options_free(options);
    ok(matriline_manager_wait_for_plugin_load(manager, str("slow"), UINT64_MAX, &error), error);
    assert(!capability(manager, "slow", 0, "run") && !capability(manager, "slow", 1, "more"));
    ok(matriline_manager_unload_plugin(manager, str("slow"), &error), error);
}

static void together(matriline_manager *manager) {
    matriline_error *error = NULL;
    const matriline_str keys[] = {str("good"), str("raises_at_import"), str("nobody"), str("slow")};
    matriline_loads *loads = NULL;
    ok(matriline_manager_load_plugins(manager, keys, 4, NULL, &loads, &error), error);
    assert(matriline_loads_len(loads) == 4);
    assert(same(matriline_loads_plugin(loads, 3), "slow") && same(matriline_loads_plugin(loads, 4), ""));
    assert(matriline_loads_stage(loads, 0) == MATRILINE_LOAD_STAGE_OVER);
    assert(matriline_loads_stage(loads, 3) <= MATRILINE_LOAD_STAGE_PYTHON);
    assert(matriline_loads_done(loads) < 4);
    assert(!matriline_loads_wait(loads, 1));
    assert(matriline_loads_wait(loads, UINT64_MAX));
    assert(matriline_loads_done(loads) == 4);
    assert(matriline_loads_stage(loads, 3) == MATRILINE_LOAD_STAGE_OVER);
    assert(matriline_loads_stage(loads, 4) == MATRILINE_LOAD_STAGE_OVER);
    matriline_text *line = NULL;
    ok(matriline_loads_line(loads, 3, &line, &error), error);
    assert(same(matriline_text_get(line), ""));
    matriline_text_free(line);
    matriline_error *failure = (matriline_error *)manager;
    ok(matriline_loads_error(loads, 0, &failure, &error), error);
    assert(failure == NULL);
    ok(matriline_loads_error(loads, 1, &failure, &error), error);
    says(&failure, MATRILINE_RESULT_LOAD_FAILED, "raises_at_import");
    ok(matriline_loads_error(loads, 2, &failure, &error), error);
    says(&failure, MATRILINE_RESULT_PLUGIN_NOT_FOUND, "nobody");
    ok(matriline_loads_error(loads, 4, &failure, &error), error);
    assert(failure == NULL);
    matriline_loads_free(loads);
    ok(matriline_manager_unload_all_plugins(manager, &error), error);

    /* what was loaded is enabled, and what was only shut down or unloaded with all others stays so */
    matriline_text_list *list = NULL;
    ok(matriline_manager_enabled_plugins(manager, &list, &error), error);
    has(list, LIST("good", "slow"));
    ok(matriline_manager_load_enabled_among(manager, keys, 3, &loads, &error), error);
    assert(matriline_loads_len(loads) == 1 && same(matriline_loads_plugin(loads, 0), "good"));
    assert(matriline_loads_wait(loads, UINT64_MAX));
    matriline_loads_free(loads);
    ok(matriline_manager_load_enabled(manager, &loads, &error), error);
    assert(matriline_loads_len(loads) == 2);
    matriline_loads_cancel(loads);
    assert(matriline_loads_wait(loads, UINT64_MAX));
    ok(matriline_loads_error(loads, 1, &failure, &error), error);
    says(&failure, MATRILINE_RESULT_LOAD_CANCELLED, "`slow`");
    matriline_loads_free(loads);
    assert(matriline_manager_is_plugin_loaded(manager, str("good")));
    ok(matriline_manager_unload_cloud_plugins(manager, &error), error);
    assert(matriline_manager_is_plugin_loaded(manager, str("good")));

    /* its own unload is the one that a start respects */
    ok(matriline_manager_unload_plugin(manager, str("good"), &error), error);
    ok(matriline_manager_enabled_plugins(manager, &list, &error), error);
    has(list, LIST("slow"));
    matriline_install_state *state = NULL;
    ok(matriline_manager_install_state(manager, str("good"), &state, &error), error);
    assert(!matriline_install_state_is_enabled(state));
    assert(same(matriline_install_state_cloud_uuid(state), ""));
    matriline_install_state_free(state);
}

static void reload(matriline_manager *manager) {
    matriline_error *error = NULL;
    load(manager, "edited");
    matriline_execution_result *result = NULL;
    ok(matriline_manager_run_script(manager, str("edited"), str("run"), &result, &error), error);
    assert(same(matriline_execution_result_message(result), "ok"));
    matriline_execution_result_free(result);
    add_plugin("edited", "", "return orca.ExecutionResult.success('edited')");
    ok(matriline_manager_reload_plugin(manager, str("edited"), &error), error);
    ok(matriline_manager_wait_for_plugin_load(manager, str("edited"), UINT64_MAX, &error), error);
    ok(matriline_manager_run_script(manager, str("edited"), str("run"), &result, &error), error);
    assert(same(matriline_execution_result_message(result), "edited"));
    matriline_execution_result_free(result);
}

int main(void) {
    nulls();
    begin();
    add_fixture("good");
    add_fixture("raises_at_import");
    add_plugin("slow", "import time; time.sleep(0.3)", SUCCESS);
    add_plugin("edited", "", SUCCESS);
    matriline_manager *manager = start_with(config());
    bad_input(manager);
    errors(manager);
    waiting(manager);
    requests(manager);
    together(manager);
    reload(manager);

    /* a shutdown cancels what is under way */
    matriline_error *error = NULL;
    const matriline_str keys[] = {str("slow"), str("good")};
    matriline_loads *loads = NULL;
    ok(matriline_manager_load_plugins(manager, keys, 2, NULL, &loads, &error), error);
    ok(matriline_manager_shutdown(manager, &error), error);
    assert(matriline_loads_done(loads) == 2);
    matriline_error *failure = NULL;
    ok(matriline_loads_error(loads, 0, &failure, &error), error);
    says(&failure, MATRILINE_RESULT_LOAD_CANCELLED, "`slow`");
    ok(matriline_manager_load_plugin(manager, str("good"), NULL, &error), error);
    assert(matriline_manager_wait_for_plugin_load(manager, str("good"), 0, &error) == MATRILINE_RESULT_NOT_STARTED);
    says(&error, MATRILINE_RESULT_NOT_STARTED, "shut down");
    assert(!matriline_manager_is_plugin_loaded(manager, str("good")));
    matriline_manager_free(manager);

    /* loads outlive their manager, and another one may follow; this one goes without a shutdown */
    manager = start_with(config());
    matriline_loads *later = NULL;
    ok(matriline_manager_load_plugins(manager, keys, 1, NULL, &later, &error), error);
    matriline_manager_free(manager);
    assert(matriline_loads_wait(later, UINT64_MAX));
    assert(same(matriline_loads_plugin(loads, 0), "slow"));
    matriline_loads_free(loads);
    matriline_loads_free(later);
    end("c.life");
    return 0;
}
