/* The C ABI from a plain C program. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "matriline/matriline.h"

static char data_dir[] = "/tmp/matriline-c-XXXXXX";

static matriline_str str(const char *text) {
    return matriline_str_from(text);
}

static bool same(matriline_str text, const char *expected) {
    return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static bool contains(matriline_str text, const char *part) {
    char *copy = calloc(text.len + 1, 1);
    memcpy(copy, text.data, text.len);
    const bool found = strstr(copy, part) != NULL;
    free(copy);
    return found;
}

static void ok(matriline_result result, matriline_error *error) {
    if (result != MATRILINE_RESULT_OK) {
        const matriline_str message = matriline_error_message(error);
        fprintf(stderr, "%.*s\n", (int)message.len, message.data);
    }
    assert(result == MATRILINE_RESULT_OK);
    assert(error == NULL);
}

static void install(const char *plugin) {
    char command[512];
    snprintf(command, sizeof command, "mkdir -p '%s/orca_plugins' && cp -r '%s/%s' '%s/orca_plugins/'", data_dir,
             MATRILINE_FIXTURES, plugin, data_dir);
    assert(system(command) == 0);
}

struct counts {
    int lines;
    int dropped;
    int steps;
};

static void on_log(void *userdata, uint8_t level, matriline_str target, matriline_str plugin, matriline_str text) {
    (void)target;
    (void)plugin;
    assert(level <= MATRILINE_LOG_LEVEL_ERROR);
    assert(text.len > 0);
    ++((struct counts *)userdata)->lines;
}

static void on_drop(void *userdata) {
    ++((struct counts *)userdata)->dropped;
}

static void on_step(void *userdata, const matriline_post_process_step *step) {
    assert((step->result == NULL) != (step->error == NULL));
    assert(same(step->name, "edit"));
    ++((struct counts *)userdata)->steps;
}

static void references(void) {
    matriline_capability_ref reference;
    assert(matriline_capability_ref_parse(str("a;u;c;d"), &reference));
    assert(same(reference.name, "a") && same(reference.uuid, "u") && same(reference.capability_name, "c;d"));
    assert(!matriline_capability_ref_parse(str("a;;"), &reference));
    assert(same(reference.name, "a"));
    assert(!matriline_capability_ref_parse(str(NULL), NULL));
}

static void nulls(void) {
    matriline_error *error = NULL;
    matriline_manager *manager = NULL;
    assert(matriline_manager_start(NULL, &manager, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(manager == NULL);
    assert(matriline_error_code(error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(contains(matriline_error_message(error), "`config` is NULL"));
    assert(matriline_error_traceback(error).len == 0);
    matriline_error_free(error);

    assert(matriline_manager_discover(NULL, NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_catalog_len(NULL) == 0);
    assert(matriline_catalog_get(NULL, 0) == NULL);
    assert(matriline_capability_retain(NULL) == NULL);
    assert(same(matriline_capability_name(NULL), ""));
    matriline_capability_release(NULL);
    matriline_execution_result_free(NULL);
    matriline_manager_free(NULL);
    matriline_error_free(NULL);
}

static matriline_manager *start(struct counts *counts) {
    matriline_error *error = NULL;
    matriline_config *config = matriline_config_new();
    const matriline_str wrong = {"\xff", 1};
    assert(matriline_config_set_data_dir(config, wrong, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    ok(matriline_config_set_data_dir(config, str(data_dir), &error), error);
    ok(matriline_config_set_application_version(config, str("2.4.0"), &error), error);
    ok(matriline_config_set_forward_output(config, false, &error), error);
    ok(matriline_config_set_log(config, counts, on_log, on_drop, &error), error);
    matriline_manager *manager = NULL;
    ok(matriline_manager_start(config, &manager, &error), error);
    matriline_config_free(config);
    return manager;
}

static void catalog(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_catalog *catalog = NULL;
    ok(matriline_manager_discover(manager, &catalog, &error), error);
    assert(matriline_catalog_len(catalog) == 3);
    assert(matriline_catalog_get(catalog, 3) == NULL);
    const matriline_descriptor *good = matriline_catalog_find(catalog, str("good"));
    assert(good != NULL && matriline_descriptor_is_valid(good));
    assert(same(matriline_descriptor_name(good), "good"));
    assert(same(matriline_descriptor_version(good), "1.0.0"));
    assert(matriline_descriptor_entry_path(good).len > 0);
    assert(matriline_catalog_find(catalog, str("nobody")) == NULL);
    matriline_catalog_free(catalog);
}

static const matriline_capability *edit(matriline_manager *manager, const char *plugin) {
    matriline_error *error = NULL;
    const matriline_capability *capability = NULL;
    ok(matriline_manager_load_plugin(manager, str(plugin), &error), error);
    ok(matriline_manager_find_capability(manager, str(plugin), MATRILINE_CAPABILITY_TYPE_POST_PROCESSING, str("edit"),
                                         &capability, &error),
       error);
    assert(capability != NULL);
    return capability;
}

static void calls(matriline_manager *manager) {
    matriline_error *error = NULL;
    const matriline_capability *good = edit(manager, "good");
    assert(matriline_capability_kind(good) == MATRILINE_CAPABILITY_TYPE_POST_PROCESSING);
    assert(same(matriline_capability_name(good), "edit") && same(matriline_capability_plugin_key(good), "good"));
    assert(matriline_capability_is_enabled(good));

    const matriline_gcode_plugin_context context = {
        .orca_version = str("2.4.0"), .gcode_path = str("a.gcode"), .host = str("File"), .output_name = str("b")};
    matriline_execution_result *result = NULL;
    ok(matriline_gcode_execute(good, &context, &result, &error), error);
    assert(matriline_execution_result_status(result) == MATRILINE_STATUS_SUCCESS);
    assert(same(matriline_execution_result_message(result), "ok"));
    assert(matriline_execution_result_data(result).len == 0);
    matriline_execution_result_free(result);

    bool changed = false;
    ok(matriline_manager_set_capability_enabled(manager, str("good"), MATRILINE_CAPABILITY_TYPE_POST_PROCESSING,
                                                str("edit"), false, &changed, &error),
       error);
    assert(changed && !matriline_capability_is_enabled(good));
    result = NULL;
    assert(matriline_gcode_execute(good, &context, &result, NULL) == MATRILINE_RESULT_CAPABILITY_DISABLED);
    ok(matriline_manager_set_capability_enabled(manager, str("good"), MATRILINE_CAPABILITY_TYPE_POST_PROCESSING,
                                                str("edit"), true, NULL, &error),
       error);
    assert(matriline_capability_is_enabled(good));
    ok(matriline_manager_set_capability_enabled(manager, str("good"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("edit"),
                                                false, &changed, &error),
       error);
    assert(!changed);

    assert(matriline_gcode_execute(good, NULL, &result, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_script_execute(good, &result, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(contains(matriline_error_message(error), "is not of type `script`"));
    matriline_error_free(error);
    error = NULL;

    const matriline_capability *raises = edit(manager, "raises_in_execute");
    assert(matriline_gcode_execute(raises, &context, &result, &error) == MATRILINE_RESULT_PLUGIN_RAISED);
    assert(result == NULL);
    assert(same(matriline_error_plugin(error), "raises_in_execute"));
    assert(contains(matriline_error_traceback(error), "KeyError"));
    matriline_error_free(error);
    error = NULL;
    matriline_capability_release(raises);

    const matriline_capability *missing = good;
    ok(matriline_manager_find_capability(manager, str("good"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("edit"), &missing,
                                         &error),
       error);
    assert(missing == NULL);
    assert(matriline_manager_find_capability(manager, str("good"), 200, str("edit"), &missing, NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);

    matriline_capability_list *list = NULL;
    ok(matriline_manager_capabilities_by_type(manager, MATRILINE_CAPABILITY_TYPE_POST_PROCESSING, &list, &error),
       error);
    assert(matriline_capability_list_len(list) == 2);
    const matriline_capability *first = matriline_capability_list_get(list, 0);
    assert(same(matriline_capability_plugin_key(first), "good"));
    assert(matriline_capability_list_get(list, 2) == NULL);
    matriline_capability_list_free(list);
    assert(same(matriline_capability_name(first), "edit"));
    matriline_capability_release(first);

    /* held across the unload */
    const matriline_capability *held = matriline_capability_retain(good);
    matriline_capability_release(good);
    ok(matriline_manager_unload_plugin(manager, str("good"), &error), error);
    assert(!matriline_manager_is_plugin_loaded(manager, str("good")));
    assert(!matriline_capability_is_enabled(held));
    assert(matriline_gcode_execute(held, &context, &result, NULL) == MATRILINE_RESULT_CAPABILITY_UNLOADED);
    matriline_capability_release(held);

    assert(matriline_manager_load_plugin(manager, str("nobody"), NULL) == MATRILINE_RESULT_PLUGIN_NOT_FOUND);
}

static void post_process(matriline_manager *manager, struct counts *counts) {
    matriline_error *error = NULL;
    matriline_capability_release(edit(manager, "good"));
    char source[64];
    snprintf(source, sizeof source, "%s/in.gcode", data_dir);
    FILE *file = fopen(source, "w");
    assert(file != NULL && fputs("G1\n", file) >= 0 && fclose(file) == 0);

    const matriline_str values[] = {str("edit"), str("gone")};
    const matriline_str plugins[] = {str("good;;edit")};
    matriline_requirement_list *list = NULL;
    ok(matriline_manager_requirements(manager, MATRILINE_CAPABILITY_TYPE_POST_PROCESSING, values, 2, plugins, 1, &list,
                                      &error),
       error);
    assert(matriline_requirement_list_len(list) == 2);
    assert(matriline_requirement_is_satisfied(matriline_requirement_list_get(list, 0)));
    assert(contains(matriline_requirement_problem(matriline_requirement_list_get(list, 1)), "gone"));
    matriline_requirement_list_free(list);

    matriline_post_process *run = NULL;
    ok(matriline_post_process_new(str(source), &run, &error), error);
    ok(matriline_post_process_set_make_copy(run, true, &error), error);
    ok(matriline_post_process_set_target(run, str("File"), str("out.gcode"), &error), error);
    ok(matriline_post_process_add_value(run, str("edit"), &error), error);
    ok(matriline_post_process_add_plugin(run, str("good;;edit"), &error), error);
    matriline_text *path = NULL;
    ok(matriline_manager_run_post_process(manager, run, counts, on_step, &path, &error), error);
    assert(contains(matriline_text_get(path), "in.gcode.pp"));
    assert(counts->steps == 1);
    matriline_text_free(path);
    matriline_post_process_free(run);
}

int main(void) {
    assert(matriline_abi_version() == MATRILINE_ABI_VERSION);
    assert(same(matriline_version(), MATRILINE_VERSION));
    references();
    nulls();

    assert(mkdtemp(data_dir) != NULL);
    install("good");
    install("raises_in_execute");
    install("broken_metadata");
    struct counts counts = {0, 0, 0};
    matriline_manager *manager = start(&counts);
    catalog(manager);
    calls(manager);
    post_process(manager, &counts);
    assert(counts.lines > 0 && counts.dropped == 0);

    matriline_error *error = NULL;
    const matriline_capability *held = edit(manager, "good");
    ok(matriline_manager_shutdown(manager, &error), error);
    matriline_manager_free(manager);
    matriline_execution_result *result = NULL;
    const matriline_gcode_plugin_context context = {str(""), str(""), str(""), str("")};
    assert(matriline_gcode_execute(held, &context, &result, NULL) != MATRILINE_RESULT_OK);
    matriline_capability_release(held);

    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", data_dir);
    assert(system(command) == 0);
    puts("c.abi: all asserts hold");
    return 0;
}
