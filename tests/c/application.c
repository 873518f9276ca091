/* What plugins and the application ask of each other: configurations, permissions, events, the slice under way. */
#include "test.h"

static char overrides[1024];
static atomic_int asked, dropped;

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Asks\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
    "class Run(orca.script.ScriptPluginCapabilityBase):\n"
    "    told = []\n"
    "    def get_name(self): return 'run'\n"
    "    def has_config_ui(self): return True\n"
    "    def get_config_ui(self): return '<form>'\n"
    "    def get_default_config(self): return {'speed': 5}\n"
    "    def on_lifecycle_event(self, event, ctx): self.told.append(f'{event.name} {ctx.name} {ctx.index}')\n"
    "    def execute(self): return orca.ExecutionResult.success(self.get_config(), ' '.join(self.told))\n"
    "class Step(orca.slicing.SlicingPipelineCapabilityBase):\n"
    "    def get_name(self): return 'step'\n"
    "    def execute(self, ctx):\n"
    "        open(ctx.gcode_path, 'a').write(f\"{ctx.config_value('height')} {ctx.config_value('none')}\")\n"
    "        return orca.ExecutionResult.success()\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self):\n"
    "        orca.request_permissions(fs_read=['/tmp/a', '/tmp/b'])\n"
    "        orca.register_capability(Run)\n"
    "        orca.register_capability(Step)\n";

static const uint8_t script = MATRILINE_CAPABILITY_TYPE_SCRIPT;

static matriline_text *get_overrides(void *userdata, uint8_t type) {
    assert(userdata == overrides);
    return type == script ? matriline_text_new(str(overrides)) : NULL;
}

static void set_overrides(void *userdata, uint8_t type, matriline_str text) {
    assert(userdata == overrides && type == script && text.len < sizeof overrides);
    memcpy(overrides, text.data, text.len);
    overrides[text.len] = '\0';
}

static bool permit(void *userdata, matriline_str plugin_key, matriline_str name,
                   const matriline_permission_item *wanted, size_t wanted_len) {
    assert(same(plugin_key, "asks") && same(name, "Asks") && wanted_len == 2);
    assert(wanted[1].permission == MATRILINE_PERMISSION_FS_READ && same(wanted[1].target, "/tmp/b"));
    atomic_fetch_add((atomic_int *)userdata, 1);
    return true;
}

static matriline_text *config_value(void *userdata, matriline_str key) {
    assert(userdata == overrides);
    return same(key, "height") ? matriline_text_new(str("0.2")) : NULL;
}

static bool never(void *userdata) {
    (void)userdata;
    return false;
}
static bool always(void *userdata) {
    (void)userdata;
    return true;
}

static void drop(void *userdata) {
    (void)userdata;
    atomic_fetch_add(&dropped, 1);
}

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    assert(matriline_manager_capability_config(NULL, str("x"), script, str("y"), NULL, NULL) == null);
    assert(matriline_manager_save_capability_config(NULL, str("x"), script, str("y"), 0, str("{}"), NULL, NULL) ==
           null);
    assert(matriline_manager_remove_config_override(NULL, str("x"), script, str("y"), NULL, NULL) == null);
    assert(matriline_manager_restore_default_config(NULL, str("x"), script, str("y"), NULL, NULL) == null);
    assert(matriline_manager_config_ui(NULL, str("x"), script, str("y"), NULL, NULL) == null);
    assert(!matriline_manager_has_config_ui(NULL, str("x"), script, str("y")));
    assert(matriline_manager_prune_config_overrides(NULL, NULL, str(""), NULL, NULL) == null);
    assert(!matriline_capability_config_is_stored(NULL, 0));
    assert(same(matriline_capability_config_get(NULL, 0), ""));
    assert(same(matriline_capability_config_plugin_version(NULL, 0), ""));
    matriline_capability_config_free(NULL);
    assert(matriline_manager_raise_lifecycle_event(NULL, 0, NULL, NULL, NULL, NULL) == null);
    assert(matriline_post_process_add_slicing_value(NULL, str("x"), NULL) == null);
    assert(matriline_text_new(not_utf8) == NULL);

    assert(matriline_config_set_permissions(NULL, NULL, NULL, drop, NULL) == null);
    assert(matriline_config_set_post_to_page(NULL, NULL, NULL, drop, NULL) == null);
    assert(matriline_config_set_preset_configs(NULL, NULL, NULL, NULL, drop, NULL) == null);
    assert(matriline_post_process_set_slice(NULL, NULL, NULL, NULL, drop, NULL) == null);
    assert(atomic_load(&dropped) == 4);
    matriline_config *options = config();
    assert(matriline_config_set_preset_configs(options, NULL, get_overrides, NULL, drop, &error) == null);
    says(&error, null, "Only one of `get` and `set` is NULL");
    matriline_config_free(options);
    assert(atomic_exchange(&dropped, 0) == 5);
}

/* What the script sees, and what it was told. */
static void runs(matriline_manager *manager, const char *config, const char *told) {
    matriline_error *error = NULL;
    matriline_execution_result *result = NULL;
    ok(matriline_manager_run_script(manager, str("asks"), str("run"), &result, &error), error);
    assert(same(matriline_execution_result_message(result), config));
    assert(same(matriline_execution_result_data(result), told));
    matriline_execution_result_free(result);
}

static void configuration(matriline_manager *manager) {
    matriline_error *error = NULL;
    const matriline_str key = str("asks"), name = str("run");
    matriline_capability_config *stored = NULL;
    ok(matriline_manager_capability_config(manager, key, script, name, &stored, &error), error);
    assert(matriline_capability_config_is_stored(stored, MATRILINE_CONFIG_SCOPE_BASE));
    assert(same(matriline_capability_config_get(stored, MATRILINE_CONFIG_SCOPE_BASE), "{\"speed\":5}"));
    assert(same(matriline_capability_config_plugin_version(stored, MATRILINE_CONFIG_SCOPE_BASE), "1.0.0"));
    assert(!matriline_capability_config_is_stored(stored, MATRILINE_CONFIG_SCOPE_PRESET));
    assert(!matriline_capability_config_is_stored(stored, 2));
    matriline_capability_config_free(stored);

    bool changed = false;
    const uint8_t preset_scope = MATRILINE_CONFIG_SCOPE_PRESET;
    ok(matriline_manager_save_capability_config(manager, key, script, name, 0, str("6"), &changed, &error), error);
    assert(changed);
    runs(manager, "6", "");
    ok(matriline_manager_save_capability_config(manager, key, script, name, preset_scope, str("7"), NULL, &error),
       error);
    runs(manager, "7", "");
    matriline_preset *preset = NULL;
    ok(matriline_preset_new(MATRILINE_PRESET_TYPE_PRINT, str("p"), &preset, &error), error);
    matriline_text *text = NULL;
    ok(matriline_manager_prune_config_overrides(manager, preset, str(overrides), &text, &error), error);
    assert(text != NULL && !contains(matriline_text_get(text), "asks"));
    matriline_text_free(text);
    ok(matriline_manager_prune_config_overrides(manager, preset, str(""), &text, &error), error);
    assert(text == NULL);
    matriline_preset_free(preset);
    ok(matriline_manager_remove_config_override(manager, key, script, name, &changed, &error), error);
    assert(changed);
    ok(matriline_manager_restore_default_config(manager, key, script, name, &text, &error), error);
    assert(same(matriline_text_get(text), "{\"speed\":5}"));
    matriline_text_free(text);

    assert(matriline_manager_has_config_ui(manager, key, script, name));
    ok(matriline_manager_config_ui(manager, key, script, name, &text, &error), error);
    assert(same(matriline_text_get(text), "<form>"));
    matriline_text_free(text);
    matriline_manager_save_capability_config(manager, key, script, name, 0, str("{"), NULL, &error);
    says(&error, MATRILINE_RESULT_CONFIG_FAILED, "");
    matriline_manager_save_capability_config(manager, key, script, name, 2, str("{}"), NULL, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "scope of a configuration");
}

static void events(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_lifecycle_context context = matriline_lifecycle_context_new();
    context.name = str("plate");
    const uint8_t selected = MATRILINE_LIFECYCLE_EVENT_PLATE_SELECTED;
    ok(matriline_manager_raise_lifecycle_event(manager, selected, &context, NULL, never, &error), error);
    ok(matriline_manager_raise_lifecycle_event(manager, selected, &context, NULL, always, &error), error);
    ok(matriline_manager_raise_lifecycle_event(manager, 0, NULL, NULL, NULL, &error), error);
    runs(manager, "{\"speed\":5}", "PlateSelected plate -1 NewProject  -1");
    matriline_manager_raise_lifecycle_event(manager, 200, NULL, NULL, NULL, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "No event has the number 200");
}

static void export(matriline_manager *manager) {
    char path[256], edited[264];
    snprintf(path, sizeof path, "%s/in.gcode", data_dir);
    write_file(path, "");
    matriline_error *error = NULL;
    matriline_post_process *run = NULL;
    ok(matriline_post_process_new(str(path), &run, &error), error);
    ok(matriline_post_process_add_slicing_value(run, str("step"), &error), error);
    ok(matriline_post_process_add_plugin(run, str("asks;;step"), &error), error);
    ok(matriline_post_process_set_slice(run, overrides, config_value, never, drop, &error), error);
    matriline_text *out = NULL;
    ok(matriline_manager_run_post_process(manager, run, NULL, NULL, &out, &error), error);
    matriline_text_free(out);
    snprintf(edited, sizeof edited, "%s.pp", path);
    char text[32] = "";
    FILE *file = fopen(edited, "r");
    assert(file != NULL && fread(text, 1, sizeof text - 1, file) > 0 && fclose(file) == 0);
    assert(strcmp(text, "0.2 None") == 0);
    ok(matriline_post_process_set_slice(run, NULL, NULL, always, NULL, &error), error);
    matriline_manager_run_post_process(manager, run, NULL, NULL, &out, &error);
    says(&error, MATRILINE_RESULT_EXPORT_CANCELLED, "cancelled");
    matriline_post_process_free(run);
    assert(atomic_load(&dropped) == 1);
}

int main(void) {
    begin();
    nulls();
    char path[256];
    snprintf(path, sizeof path, "%s/orca_plugins", data_dir);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/orca_plugins/asks", data_dir);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/orca_plugins/asks/asks.py", data_dir);
    write_file(path, plugin);

    matriline_error *error = NULL;
    matriline_config *options = config();
    ok(matriline_config_set_permissions(options, &asked, permit, NULL, &error), error);
    ok(matriline_config_set_preset_configs(options, overrides, get_overrides, set_overrides, NULL, &error), error);
    matriline_manager *manager = start_with(options);
    load(manager, "asks");
    assert(atomic_load(&asked) == 1);
    configuration(manager);
    events(manager);
    export(manager);
    stop(manager);
    end("application");
    return 0;
}
