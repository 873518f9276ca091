/* Installing, updating, going back and removing; packages that plugins depend on. */
#include "test.h"

static char file[128];

/* A file of the user to install: `<data_dir>/<name>`. */
static matriline_str package(const char *name, const char *version, const char *body) {
    snprintf(file, sizeof file, "%s/%s", data_dir, name);
    char *text = source(version, "", body);
    write_file(file, text);
    free(text);
    return str(file);
}

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    assert(matriline_manager_inspect_plugin(NULL, str("x.py"), NULL, NULL) == null);
    assert(matriline_manager_install_plugin(NULL, str("x.py"), NULL, NULL) == null);
    assert(matriline_manager_remove_plugin(NULL, str("x"), NULL) == null);
    assert(matriline_manager_keep_plugin_as_local(NULL, str("x"), NULL, NULL) == null);
    assert(matriline_manager_roll_back_plugin(NULL, str("x"), NULL) == null);
    assert(matriline_manager_previous_version(NULL, str("x"), NULL, NULL) == null);
    assert(same(matriline_inspection_plugin_key(NULL), "") && same(matriline_inspection_name(NULL), ""));
    assert(same(matriline_inspection_version(NULL), "") && same(matriline_inspection_refused(NULL), ""));
    assert(matriline_inspection_problems(NULL) == NULL && !matriline_inspection_replaces(NULL));
    assert(same(matriline_inspection_existing_version(NULL), ""));
    assert(matriline_inspection_asks_for(NULL, MATRILINE_PERMISSION_FS_READ) == NULL);
    matriline_inspection_free(NULL);

    matriline_cloud_record *record = NULL;
    assert(matriline_cloud_record_new(str("uuid"), NULL, NULL) == null);
    assert(matriline_cloud_record_new(not_utf8, &record, NULL) == null);
    assert(matriline_cloud_record_new(str(""), &record, NULL) == null && record == NULL);
    assert(matriline_cloud_record_set_name(NULL, str("x"), NULL) == null);
    assert(matriline_cloud_record_set_description(NULL, str("x"), NULL) == null);
    assert(matriline_cloud_record_set_author(NULL, str("x"), NULL) == null);
    assert(matriline_cloud_record_set_version(NULL, str("x"), NULL) == null);
    assert(matriline_cloud_record_set_unauthorized(NULL, true, NULL) == null);
    assert(matriline_cloud_record_set_is_mine(NULL, true, NULL) == null);
    assert(matriline_manager_update_cloud_catalog(NULL, NULL, 0, NULL) == null);
    assert(matriline_manager_install_cloud_plugin(NULL, str("x.py"), NULL, NULL, NULL) == null);
    matriline_cloud_record_free(NULL);

    assert(matriline_manager_install_packages(NULL, NULL, 0, NULL) == null);
    assert(matriline_manager_collect_environments(NULL, 0, NULL, NULL) == null);
    assert(matriline_config_set_uv(NULL, str("uv"), NULL) == null);
    assert(matriline_config_set_uv_folder(NULL, str("x"), NULL) == null);
    assert(matriline_config_set_python(NULL, str("x"), NULL) == null);
    assert(matriline_config_add_wheel_folder(NULL, str("x"), NULL) == null);
    assert(matriline_config_set_index(NULL, str("x"), NULL) == null);
    assert(matriline_config_set_no_index(NULL, NULL) == null);
    assert(matriline_config_set_dependency_time_limit(NULL, 1, NULL) == null);
}

static void bad_input(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_inspection *inspection = NULL;
    assert(matriline_manager_inspect_plugin(manager, not_utf8, &inspection, &error) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`file` is not UTF-8");
    assert(matriline_manager_inspect_plugin(manager, str("gone.py"), NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manager_inspect_plugin(manager, str("gone.py"), &inspection, &error) ==
           MATRILINE_RESULT_INSTALL_FAILED);
    says(&error, MATRILINE_RESULT_INSTALL_FAILED, "Plugin package inspection failed: ");
    assert(inspection == NULL);

    matriline_text *key = NULL;
    assert(matriline_manager_install_plugin(manager, str(""), &key, NULL) == MATRILINE_RESULT_INSTALL_FAILED);
    assert(matriline_manager_install_plugin(manager, str(data_dir), &key, NULL) == MATRILINE_RESULT_INSTALL_FAILED);
    assert(matriline_manager_install_plugin(manager, package("notes.txt", "1", SUCCESS), &key, &error) ==
           MATRILINE_RESULT_INSTALL_FAILED);
    says(&error, MATRILINE_RESULT_INSTALL_FAILED, "Plugin installation failed: ");
    assert(key == NULL);
    assert(matriline_manager_install_plugin(manager, not_utf8, NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);

    assert(matriline_manager_remove_plugin(manager, str("nobody"), &error) == MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    says(&error, MATRILINE_RESULT_PLUGIN_NOT_FOUND, "nobody");
    assert(matriline_manager_remove_plugin(manager, str("../.."), NULL) == MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    assert(matriline_manager_roll_back_plugin(manager, str("nobody"), NULL) == MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    assert(matriline_manager_keep_plugin_as_local(manager, str("nobody"), &key, NULL) ==
           MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    matriline_text *version = (matriline_text *)manager;
    ok(matriline_manager_previous_version(manager, str("nobody"), &version, &error), error);
    assert(version == NULL);
}

static void expect_message(matriline_manager *manager, const char *message) {
    matriline_error *error = NULL;
    matriline_execution_result *result = NULL;
    ok(matriline_manager_run_script(manager, str("tool"), str("run"), &result, &error), error);
    assert(same(matriline_execution_result_message(result), message));
    matriline_execution_result_free(result);
}

static void life(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_inspection *inspection = NULL;
    const matriline_str first = package("tool.py", "1.0.0", SUCCESS);
    ok(matriline_manager_inspect_plugin(manager, first, &inspection, &error), error);
    assert(same(matriline_inspection_plugin_key(inspection), "tool"));
    assert(same(matriline_inspection_name(inspection), "Test"));
    assert(same(matriline_inspection_version(inspection), "1.0.0"));
    assert(same(matriline_inspection_refused(inspection), ""));
    assert(!matriline_inspection_replaces(inspection));
    assert(same(matriline_inspection_existing_version(inspection), ""));
    assert(matriline_inspection_problems(inspection) != NULL);
    matriline_inspection_free(inspection);

    matriline_text *text = NULL;
    ok(matriline_manager_install_plugin(manager, first, &text, &error), error);
    assert(same(matriline_text_get(text), "tool"));
    matriline_text_free(text);
    assert(!matriline_manager_is_plugin_loaded(manager, str("tool")));
    load(manager, "tool");
    expect_message(manager, "ok");
    ok(matriline_manager_set_capability_enabled(manager, str("tool"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("more"),
                                                false, NULL, &error),
       error);

    /* over a loaded plugin: loaded again, its flags kept, the old one kept */
    const matriline_str second = package("tool.py", "2.0.0", "return orca.ExecutionResult.success('second')");
    ok(matriline_manager_inspect_plugin(manager, second, &inspection, &error), error);
    assert(matriline_inspection_replaces(inspection));
    assert(same(matriline_inspection_existing_version(inspection), "1.0.0"));
    matriline_inspection_free(inspection);
    ok(matriline_manager_install_plugin(manager, second, NULL, &error), error);
    assert(matriline_manager_is_plugin_loaded(manager, str("tool")));
    expect_message(manager, "second");
    const matriline_capability *more = NULL;
    ok(matriline_manager_find_capability(manager, str("tool"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("more"), &more,
                                         &error),
       error);
    assert(more != NULL && !matriline_capability_is_enabled(more));
    matriline_capability_release(more);
    ok(matriline_manager_previous_version(manager, str("tool"), &text, &error), error);
    assert(same(matriline_text_get(text), "1.0.0"));
    matriline_text_free(text);

    /* back, and forth */
    ok(matriline_manager_roll_back_plugin(manager, str("tool"), &error), error);
    expect_message(manager, "ok");
    ok(matriline_manager_roll_back_plugin(manager, str("tool"), &error), error);
    expect_message(manager, "second");

    /* the installation has succeeded, even if the new version does not load */
    ok(matriline_manager_install_plugin(manager, package("tool.py", "3.0.0", "return ("), NULL, &error), error);
    assert(!matriline_manager_is_plugin_loaded(manager, str("tool")));
    matriline_error *kept = NULL;
    ok(matriline_manager_plugin_error(manager, str("tool"), &kept, &error), error);
    says(&kept, MATRILINE_RESULT_LOAD_FAILED, "tool");

    assert(matriline_manager_keep_plugin_as_local(manager, str("tool"), &text, &error) ==
           MATRILINE_RESULT_INSTALL_FAILED);
    matriline_error_free(error);
    error = NULL;

    ok(matriline_manager_remove_plugin(manager, str("tool"), &error), error);
    assert(matriline_manager_remove_plugin(manager, str("tool"), NULL) == MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    matriline_catalog *catalog = NULL;
    ok(matriline_manager_catalog(manager, &catalog, &error), error);
    assert(matriline_catalog_find(catalog, str("tool")) == NULL);
    matriline_catalog_free(catalog);
}

/* What a package asks for is told before it is installed. */
static void permissions(matriline_manager *manager) {
    snprintf(file, sizeof file, "%s/asks.py", data_dir);
    write_file(file, "# /// script\n"
                     "# [tool.orcaslicer.plugin]\n"
                     "# name = \"Asks\"\n"
                     "# version = \"1\"\n"
                     "# [tool.matriline.permissions]\n"
                     "# fs_read = [\"/models\", \"/fonts\"]\n"
                     "# process = [\"gzip\"]\n"
                     "# ///\n");
    matriline_error *error = NULL;
    matriline_inspection *inspection = NULL;
    ok(matriline_manager_inspect_plugin(manager, str(file), &inspection, &error), error);
    const matriline_text_list *list = matriline_inspection_asks_for(inspection, MATRILINE_PERMISSION_FS_READ);
    assert(matriline_text_list_len(list) == 2 && same(matriline_text_list_get(list, 1), "/fonts"));
    list = matriline_inspection_asks_for(inspection, MATRILINE_PERMISSION_PROCESS);
    assert(matriline_text_list_len(list) == 1 && same(matriline_text_list_get(list, 0), "gzip"));
    list = matriline_inspection_asks_for(inspection, MATRILINE_PERMISSION_NETWORK_HTTP);
    assert(list != NULL && matriline_text_list_len(list) == 0);
    assert(matriline_inspection_asks_for(inspection, MATRILINE_PERMISSION_PROCESS + 1) == NULL);
    matriline_inspection_free(inspection);
}

/* From the cloud's record to a local plugin. */
static void cloud(matriline_manager *manager) {
    static const char uuid[] = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
    matriline_error *error = NULL;
    matriline_cloud_record *record = NULL;
    ok(matriline_cloud_record_new(str(uuid), &record, &error), error);
    ok(matriline_cloud_record_set_name(record, str("From the cloud"), &error), error);
    ok(matriline_cloud_record_set_description(record, str("Of no use"), &error), error);
    ok(matriline_cloud_record_set_author(record, str("Ada"), &error), error);
    ok(matriline_cloud_record_set_version(record, str("2.0.0"), &error), error);
    ok(matriline_cloud_record_set_unauthorized(record, false, &error), error);
    ok(matriline_cloud_record_set_is_mine(record, true, &error), error);
    assert(matriline_cloud_record_set_name(record, not_utf8, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    const matriline_cloud_record *const records[] = {record}, *const none[] = {NULL};
    assert(matriline_manager_update_cloud_catalog(manager, none, 1, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`records` is NULL");
    assert(matriline_manager_update_cloud_catalog(manager, NULL, 1, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`records` has a length and no data");
    ok(matriline_manager_update_cloud_catalog(manager, records, 1, &error), error);

    matriline_catalog *catalog = NULL;
    ok(matriline_manager_catalog(manager, &catalog, &error), error);
    const matriline_descriptor *found = matriline_catalog_find(catalog, str(uuid));
    assert(found != NULL && matriline_descriptor_is_cloud_plugin(found));
    assert(same(matriline_descriptor_name(found), "From the cloud") && same(matriline_descriptor_author(found), "Ada"));
    assert(same(matriline_descriptor_latest_version(found), "2.0.0"));
    assert(matriline_descriptor_installed_version(found).len == 0);
    matriline_catalog_free(catalog);
    ok(matriline_manager_load_plugin(manager, str(uuid), NULL, &error), error);
    assert(matriline_manager_wait_for_plugin_load(manager, str(uuid), UINT64_MAX, &error) ==
           MATRILINE_RESULT_PLUGIN_NOT_FOUND);
    says(&error, MATRILINE_RESULT_PLUGIN_NOT_FOUND, "is not installed");

    matriline_text *key = NULL;
    const matriline_str download = package("download.py", "2.0.0", SUCCESS);
    assert(matriline_manager_install_cloud_plugin(manager, download, NULL, &key, NULL) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manager_install_cloud_plugin(manager, download, record, &key, &error) ==
           MATRILINE_RESULT_INSTALL_FAILED);
    says(&error, MATRILINE_RESULT_INSTALL_FAILED, "Plugin installation failed: ");
    ok(matriline_manager_set_cloud_user(manager, str("ada"), &error), error);
    ok(matriline_manager_install_cloud_plugin(manager, download, record, &key, &error), error);
    assert(same(matriline_text_get(key), uuid));
    matriline_text_free(key);
    matriline_cloud_record_free(record);
    load(manager, uuid);

    /* the user signs out; what was enabled stays so */
    ok(matriline_manager_unload_cloud_plugins(manager, &error), error);
    assert(!matriline_manager_is_plugin_loaded(manager, str(uuid)));
    matriline_install_state *state = NULL;
    ok(matriline_manager_install_state(manager, str(uuid), &state, &error), error);
    assert(matriline_install_state_is_enabled(state) && same(matriline_install_state_cloud_uuid(state), uuid));
    assert(same(matriline_install_state_installed_from(state), "cloud"));
    assert(same(matriline_install_state_installed_version(state), "2.0.0"));
    matriline_install_state_free(state);

    ok(matriline_manager_update_cloud_catalog(manager, NULL, 0, &error), error);
    ok(matriline_manager_keep_plugin_as_local(manager, str(uuid), &key, &error), error);
    assert(same(matriline_text_get(key), "From_the_cloud"));
    matriline_text_free(key);
    load(manager, "From_the_cloud");
}

static void packages(matriline_manager *manager) {
    matriline_error *error = NULL;
    ok(matriline_manager_install_packages(manager, NULL, 0, &error), error);
    const matriline_str wanted[] = {str("tiny-dependency>=1")};
    assert(matriline_manager_install_packages(manager, wanted, 1, &error) == MATRILINE_RESULT_ENVIRONMENT_FAILED);
    says(&error, MATRILINE_RESULT_ENVIRONMENT_FAILED, "uv");
    assert(matriline_manager_install_packages(manager, &not_utf8, 1, &error) == MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`requirements` is not UTF-8");
    size_t removed = 7;
    ok(matriline_manager_collect_environments(manager, 0, &removed, &error), error);
    assert(removed == 0);
    ok(matriline_manager_collect_environments(manager, UINT64_MAX, NULL, &error), error);
}

int main(void) {
    nulls();
    begin();
    matriline_error *error = NULL;
    matriline_config *options = config();
    /* a uv that is not there */
    ok(matriline_config_set_uv(options, str("/nowhere/uv"), &error), error);
    ok(matriline_config_set_uv_folder(options, str(data_dir), &error), error);
    ok(matriline_config_set_python(options, str(""), &error), error);
    ok(matriline_config_add_wheel_folder(options, str(data_dir), &error), error);
    ok(matriline_config_set_index(options, str("https://index.example/simple"), &error), error);
    ok(matriline_config_set_no_index(options, &error), error);
    ok(matriline_config_set_dependency_time_limit(options, 5000, &error), error);
    assert(matriline_config_add_wheel_folder(options, not_utf8, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    matriline_manager *manager = start_with(options);
    bad_input(manager);
    life(manager);
    permissions(manager);
    cloud(manager);
    packages(manager);
    stop(manager);
    assert(matriline_manager_install_plugin(NULL, str(file), NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    end("c.install");
    return 0;
}
