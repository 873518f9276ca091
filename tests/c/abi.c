/* The C ABI from a plain C program: what every function keeps to, and what is found, called and resolved. */
#include "test.h"

struct counts {
    int lines;
    int dropped;
    int steps;
    int discovered;
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

    matriline_error *error = NULL;
    matriline_text *text = NULL;
    ok(matriline_capability_ref_build((matriline_capability_ref){str("a"), str("c;d"), str("u")}, &text, &error),
       error);
    assert(same(matriline_text_get(text), "a;u;c;d"));
    matriline_text_free(text);
    text = NULL;
    assert(matriline_capability_ref_build((matriline_capability_ref){str("a;b"), str("c"), str("")}, &text, &error) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(text == NULL && contains(matriline_error_message(error), "`a;b`"));
    matriline_error_free(error);
}

static void escaped(void) {
    matriline_error *error = NULL;
    const matriline_str texts[] = {str("master_plugin;;header-stamp"), str("plain"), str("")};
    matriline_text *text = NULL;
    ok(matriline_text_list_escape(texts, 3, &text, &error), error);
    assert(same(matriline_text_get(text), "\"master_plugin;;header-stamp\";plain;"));
    matriline_text_list *list = NULL;
    ok(matriline_text_list_unescape(matriline_text_get(text), &list, &error), error);
    assert(matriline_text_list_len(list) == 3);
    assert(same(matriline_text_list_get(list, 0), "master_plugin;;header-stamp"));
    assert(same(matriline_text_list_get(list, 2), "") && same(matriline_text_list_get(list, 3), ""));
    matriline_text_list_free(list);
    matriline_text_free(text);
    list = NULL;
    assert(matriline_text_list_unescape(str("\"never closed"), &list, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(list == NULL);
}

static matriline_preset *preset(void) {
    matriline_error *error = NULL;
    matriline_preset *preset = NULL;
    ok(matriline_preset_new(MATRILINE_PRESET_TYPE_PRINT, str("Fine"), &preset, &error), error);
    const char *const values[] = {"edit", "gone", "lost"};
    for (int i = 0; i < 3; ++i) {
        ok(matriline_preset_add_value(preset, str("post_process_plugin"), str(values[i]), &error), error);
    }
    const char *const plugins[] = {"good;;edit", "nobody;;gone", "old;;unused"};
    for (int i = 0; i < 3; ++i) {
        ok(matriline_preset_add_plugin(preset, str(plugins[i]), &error), error);
    }
    return preset;
}

static void documents(void) {
    matriline_error *error = NULL;
    matriline_preset_document *document = NULL;
    assert(matriline_preset_document_parse(str("[]"), &document, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(document == NULL && contains(matriline_error_message(error), "no preset"));
    matriline_error_free(error);
    error = NULL;
    ok(matriline_preset_document_parse(
           str("{\"name\": \"Fine\", \"h\": 0.20, \"o\": [\"x\"], \"plugins\": [\"a;;b\"]}"), &document, &error),
       error);
    matriline_text_list *list = NULL;
    ok(matriline_preset_document_strings(document, str("h"), &list, &error), error);
    assert(matriline_text_list_len(list) == 1 && same(matriline_text_list_get(list, 0), "0.20"));
    matriline_text_list_free(list);
    ok(matriline_preset_document_strings(document, str("nobody"), &list, &error), error);
    assert(list == NULL);
    ok(matriline_preset_document_plugins(document, &list, &error), error);
    assert(matriline_text_list_len(list) == 1 && same(matriline_text_list_get(list, 0), "a;;b"));
    matriline_text_list_free(list);

    const matriline_str plugins[] = {str("p;;x")};
    ok(matriline_preset_document_set_plugins(document, plugins, 1, &error), error);
    matriline_text *json = NULL;
    ok(matriline_preset_document_to_json(document, &json, &error), error);
    assert(same(matriline_text_get(json), "{\n\t\"name\": \"Fine\",\n\t\"h\": 0.20,\n\t\"o\": [\"x\"],\n"
                                          "\t\"plugins\": [\n\t\t\"p;;x\"\n\t]\n}\n"));
    matriline_text_free(json);

    matriline_plugin_options *options = matriline_plugin_options_new();
    ok(matriline_plugin_options_add(options, str("o"), MATRILINE_CAPABILITY_TYPE_SCRIPT,
                                    MATRILINE_OPTION_VALUE_CAPABILITY_NAME, &error),
       error);
    assert(matriline_plugin_options_add(options, str("o"), MATRILINE_CAPABILITY_TYPE_SCRIPT, 9, NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    ok(matriline_plugin_options_add_built_in(options, str("o"), str("own"), &error), error);
    assert(matriline_plugin_options_add_built_in(options, str("nobody"), str("own"), NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    matriline_preset *preset = NULL;
    ok(matriline_preset_document_preset(document, MATRILINE_PRESET_TYPE_FILAMENT, options, &preset, &error), error);
    assert(matriline_preset_document_save(document, str(""), &error) == MATRILINE_RESULT_IO);
    matriline_error_free(error);
    error = NULL;
    matriline_preset_document_free(document);

    /* what it lacks is told without Python */
    matriline_catalog *catalog = NULL;
    ok(matriline_catalog_scan(str(data_dir), str(""), &catalog, &error), error);
    assert(matriline_catalog_len(catalog) == 3);
    assert(!matriline_descriptor_is_valid(matriline_catalog_find(catalog, str("broken_metadata"))));
    const matriline_preset *presets[] = {preset};
    matriline_resolution *resolution = NULL;
    ok(matriline_catalog_resolve(catalog, options, presets, 1, str("https://hub.example"), &resolution, &error), error);
    assert(matriline_resolution_blocks_slicing(resolution));
    matriline_missing_plugin missing;
    assert(matriline_resolution_get(resolution, MATRILINE_BUCKET_MISSING_LOCAL, 0, &missing));
    assert(same(missing.reference.name, "p") && same(missing.recovery_url, "https://hub.example?search=p"));
    assert(missing.preset == MATRILINE_PRESET_TYPE_FILAMENT && missing.kind == MATRILINE_CAPABILITY_TYPE_SCRIPT);
    matriline_resolution_free(resolution);
    matriline_catalog_free(catalog);
    matriline_preset_free(preset);
    matriline_plugin_options_free(options);
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
    assert(matriline_text_list_len(NULL) == 0);
    assert(matriline_catalog_enabled_keys(NULL) == NULL);
    assert(matriline_catalog_problems(NULL) == NULL);
    assert(matriline_descriptor_problems(NULL) == NULL);
    assert(!matriline_descriptor_setting(NULL, 0, NULL, NULL));
    assert(matriline_manager_wait_for_discovery(NULL, 0));
    assert(!matriline_manager_is_discovery_in_progress(NULL));
    assert(matriline_manager_start_discovery(NULL, NULL, NULL, NULL, NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manager_resolve(NULL, NULL, 1, NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manager_update_manifest(NULL, NULL, NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manifest_update_plugins(NULL) == NULL);
    assert(!matriline_resolution_blocks_slicing(NULL));
    assert(matriline_resolution_len(NULL, 0) == 0);
    assert(!matriline_resolution_get(NULL, 0, 0, NULL));
    assert(matriline_resolution_action(NULL, 0).len == 0 && matriline_resolution_find_url(NULL, 0).len == 0);
    assert(matriline_preset_new(9, str(""), NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_preset_document_parse(str("{}"), NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    matriline_preset_free(NULL);
    matriline_preset_document_free(NULL);
    matriline_plugin_options_free(NULL);
    matriline_manifest_update_free(NULL);
    matriline_resolution_free(NULL);
    matriline_pickable_list_free(NULL);
    matriline_text_list_free(NULL);
    matriline_capability_release(NULL);
    matriline_execution_result_free(NULL);
    matriline_manager_free(NULL);
    matriline_error_free(NULL);
}

static matriline_manager *start(struct counts *counts) {
    matriline_error *error = NULL;
    matriline_config *config = matriline_config_new();
    assert(matriline_config_set_data_dir(config, not_utf8, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    ok(matriline_config_set_data_dir(config, str(data_dir), &error), error);
    ok(matriline_config_set_application_version(config, str("2.4.0"), &error), error);
    ok(matriline_config_set_forward_output(config, false, &error), error);
    ok(matriline_config_set_enforce_requires_python(config, false, &error), error);
    ok(matriline_config_set_hub(config, str("https://hub.example"), &error), error);
    ok(matriline_config_set_cloud_user(config, str(""), &error), error);
    matriline_plugin_options *options = matriline_plugin_options_orca();
    ok(matriline_config_set_plugin_options(config, options, &error), error);
    matriline_plugin_options_free(options);
    ok(matriline_config_set_log(config, counts, on_log, on_drop, &error), error);
    matriline_manager *manager = NULL;
    ok(matriline_manager_start(config, &manager, &error), error);
    matriline_config_free(config);
    return manager;
}

static void catalog(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_catalog *catalog = NULL;
    ok(matriline_manager_catalog(manager, &catalog, &error), error);
    assert(matriline_catalog_len(catalog) == 0);
    matriline_catalog_free(catalog);
    ok(matriline_manager_discover(manager, &catalog, &error), error);
    assert(matriline_catalog_len(catalog) == 3);
    assert(matriline_catalog_get(catalog, 3) == NULL);
    const matriline_descriptor *good = matriline_catalog_find(catalog, str("good"));
    assert(good != NULL && matriline_descriptor_is_valid(good));
    assert(same(matriline_descriptor_name(good), "good"));
    assert(same(matriline_descriptor_version(good), "1.0.0"));
    assert(matriline_descriptor_entry_path(good).len > 0);
    assert(matriline_text_list_len(matriline_descriptor_problems(good)) == 0);
    assert(matriline_text_list_len(matriline_descriptor_dependencies(good)) == 0);
    assert(matriline_descriptor_update_status(good) == MATRILINE_UPDATE_STATUS_NORMAL);
    assert(same(matriline_descriptor_latest_version(good), "1.0.0"));
    assert(!matriline_descriptor_is_cloud_plugin(good) && matriline_descriptor_cloud_uuid(good).len == 0);
    assert(matriline_descriptor_is_enabled(good));
    /* of a local plugin the package itself knows it best */
    assert(same(matriline_descriptor_installed_version(good), "1.0.0"));
    const matriline_descriptor *broken = matriline_catalog_find(catalog, str("broken_metadata"));
    assert(matriline_text_list_len(matriline_descriptor_problems(broken)) > 0);
    assert(!matriline_descriptor_is_enabled(broken));
    assert(matriline_text_list_len(matriline_catalog_problems(catalog)) == 0);
    const matriline_text_list *enabled = matriline_catalog_enabled_keys(catalog);
    assert(matriline_text_list_len(enabled) == 1 && same(matriline_text_list_get(enabled, 0), "good"));
    assert(matriline_catalog_find(catalog, str("nobody")) == NULL);
    matriline_catalog_free(catalog);
}

static void on_discovered(void *userdata, const matriline_catalog *catalog) {
    ((struct counts *)userdata)->discovered += (int)matriline_catalog_len(catalog);
}

static void discovery(matriline_manager *manager) {
    matriline_error *error = NULL;
    struct counts counts = {0, 0, 0, 0};
    bool started = false;
    ok(matriline_manager_start_discovery(manager, &counts, on_discovered, on_drop, &started, &error), error);
    assert(started);
    assert(matriline_manager_wait_for_discovery(manager, 60000));
    assert(!matriline_manager_is_discovery_in_progress(manager));
    assert(matriline_manager_is_discovery_complete(manager));
    /* the callback comes after whoever waits */
    for (int i = 0; i < 6000 && *(volatile int *)&counts.dropped == 0; ++i) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    assert(counts.discovered == 3 && counts.dropped == 1);
    matriline_catalog *catalog = NULL;
    ok(matriline_manager_catalog(manager, &catalog, &error), error);
    assert(matriline_catalog_len(catalog) == 3);
    matriline_catalog_free(catalog);
    size_t done = 7, total = 7;
    matriline_manager_discovery_progress(manager, &done, &total);
    assert(done == 0 && total == 0);
    matriline_manager_cancel_discovery(manager);
    ok(matriline_manager_set_cloud_user(manager, str("ada"), &error), error);
    matriline_text_list *folders = NULL;
    ok(matriline_manager_plugin_directories(manager, &folders, &error), error);
    assert(matriline_text_list_len(folders) == 2);
    assert(contains(matriline_text_list_get(folders, 1), "_subscribed/ada"));
    matriline_text_list_free(folders);
    ok(matriline_manager_set_cloud_user(manager, str(""), &error), error);
    matriline_text *text = NULL;
    ok(matriline_manager_discovery_error(manager, &text, &error), error);
    assert(matriline_text_get(text).len == 0);
    matriline_text_free(text);
}

static const matriline_capability *edit(matriline_manager *manager, const char *plugin) {
    matriline_error *error = NULL;
    const matriline_capability *capability = NULL;
    load(manager, plugin);
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
}

static void post_process(matriline_manager *manager, struct counts *counts) {
    matriline_error *error = NULL;
    matriline_capability_release(edit(manager, "good"));
    char gcode[128];
    snprintf(gcode, sizeof gcode, "%s/in.gcode", data_dir);
    write_file(gcode, "G1\n");

    matriline_post_process *run = NULL;
    ok(matriline_post_process_new(str(gcode), &run, &error), error);
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

static void presets(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_capability_release(edit(manager, "good"));
    matriline_preset *fine = preset();
    const matriline_preset *all[] = {fine};
    matriline_resolution *resolution = NULL;
    ok(matriline_manager_resolve(manager, all, 1, &resolution, &error), error);
    assert(matriline_resolution_blocks_slicing(resolution));
    assert(matriline_resolution_len(resolution, MATRILINE_BUCKET_MISSING_LOCAL) == 1);
    assert(matriline_resolution_len(resolution, MATRILINE_BUCKET_INACTIVE) == 0);
    assert(matriline_resolution_len(resolution, 200) == 0);
    matriline_missing_plugin missing;
    assert(matriline_resolution_get(resolution, MATRILINE_BUCKET_MISSING_LOCAL, 0, &missing));
    assert(same(missing.reference.name, "nobody") && same(missing.reference.capability_name, "gone"));
    assert(same(missing.option, "post_process_plugin") && same(missing.preset_name, "Fine"));
    assert(missing.kind == MATRILINE_CAPABILITY_TYPE_POST_PROCESSING && missing.preset == MATRILINE_PRESET_TYPE_PRINT);
    assert(same(missing.recovery_url, "https://hub.example?search=nobody"));
    assert(missing.problem.len == 0 && contains(missing.text, "`gone` of plugin `nobody`"));
    assert(!matriline_resolution_get(resolution, MATRILINE_BUCKET_MISSING_LOCAL, 1, &missing));
    matriline_unreferenced_value value;
    assert(matriline_resolution_unreferenced(resolution, 0, &value) && same(value.value, "lost"));
    assert(!matriline_resolution_unreferenced(resolution, 1, &value));
    assert(
        contains(matriline_resolution_message(resolution, MATRILINE_BUCKET_MISSING_LOCAL), "are missing:\n- `gone`"));
    assert(matriline_resolution_message(resolution, MATRILINE_BUCKET_BROKEN).len == 0);
    assert(same(matriline_resolution_action(resolution, MATRILINE_BUCKET_MISSING_LOCAL), "Find on OrcaCloud"));
    assert(same(matriline_resolution_find_url(resolution, MATRILINE_BUCKET_MISSING_LOCAL),
                "https://hub.example?search=nobody"));
    assert(matriline_resolution_action(resolution, MATRILINE_BUCKET_BROKEN).len == 0);
    assert(matriline_resolution_action(resolution, 200).len == 0);
    assert(matriline_resolution_find_url(resolution, MATRILINE_BUCKET_INACTIVE).len == 0);
    assert(matriline_resolution_signature(resolution).len > 0);
    matriline_resolution_free(resolution);

    matriline_manifest_update *update = NULL;
    ok(matriline_manager_update_manifest(manager, fine, &update, &error), error);
    assert(matriline_text_list_len(matriline_manifest_update_plugins(update)) == 2);
    assert(matriline_text_list_len(matriline_manifest_update_added(update)) == 0);
    assert(same(matriline_text_list_get(matriline_manifest_update_pruned(update), 0), "old;;unused"));
    matriline_unresolved_value unresolved;
    assert(matriline_manifest_update_unresolved(update, 0, &unresolved) && same(unresolved.value, "lost"));
    matriline_ambiguous_value ambiguous;
    assert(matriline_manifest_update_ambiguous(update, 0, &ambiguous));
    assert(same(ambiguous.chosen, "good;;edit") && ambiguous.decided_by == MATRILINE_DECIDED_BY_PRESET);
    assert(matriline_text_list_len(ambiguous.candidates) == 2);
    assert(!matriline_manifest_update_ambiguous(update, 1, &ambiguous));
    matriline_manifest_update_free(update);

    bool in_use = false;
    ok(matriline_manager_capability_in_use(manager, all, 1, str("good"), MATRILINE_CAPABILITY_TYPE_POST_PROCESSING,
                                           str("edit"), &in_use, &error),
       error);
    assert(in_use);
    const matriline_preset *none[] = {NULL};
    assert(matriline_manager_resolve(manager, none, 1, &resolution, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    matriline_preset_free(fine);

    matriline_pickable_list *list = NULL;
    ok(matriline_manager_pickable(manager, MATRILINE_CAPABILITY_TYPE_POST_PROCESSING, &list, &error), error);
    assert(matriline_pickable_list_len(list) == 2);
    matriline_pickable pickable;
    assert(matriline_pickable_list_get(list, 0, &pickable));
    assert(same(pickable.plugin_key, "good") && same(pickable.reference, "good;;edit") && same(pickable.value, "edit"));
    assert(!matriline_pickable_list_get(list, 2, &pickable));
    matriline_pickable_list_free(list);
}

int main(void) {
    assert(matriline_abi_version() == MATRILINE_ABI_VERSION);
    assert(same(matriline_version(), MATRILINE_VERSION));
    references();
    escaped();
    nulls();

    begin();
    add_fixture("good");
    add_fixture("raises_in_execute");
    add_fixture("broken_metadata");
    char sidecar[128];
    snprintf(sidecar, sizeof sidecar, "%s/orca_plugins/good/.install_state.json", data_dir);
    write_file(sidecar, "{\"installed_version\": \"0.9\"}");
    documents();
    struct counts counts = {0, 0, 0, 0};
    matriline_manager *manager = start(&counts);
    catalog(manager);
    discovery(manager);
    calls(manager);
    post_process(manager, &counts);
    presets(manager);
    assert(counts.lines > 0 && counts.dropped == 0);

    matriline_error *error = NULL;
    const matriline_capability *held = edit(manager, "good");
    ok(matriline_manager_shutdown(manager, &error), error);
    matriline_manager_free(manager);
    matriline_execution_result *result = NULL;
    const matriline_gcode_plugin_context context = {str(""), str(""), str(""), str("")};
    assert(matriline_gcode_execute(held, &context, &result, NULL) != MATRILINE_RESULT_OK);
    matriline_capability_release(held);

    end("c.abi");
    return 0;
}
