/* What an application offers to plugins: the table of functions, snapshots, windows. */
#include "test.h"

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Host\"\n# ///\nimport orca\n"
    "host, ui = orca.host, orca.host.ui\n"
    "told = []\n"
    "class Data(orca.script.ScriptPluginCapabilityBase):\n"
    "    def get_name(self): return 'data'\n"
    "    def execute(self):\n"
    "        o = host.model().object(0)\n"
    "        v = o.volume(0)\n"
    "        b = host.preset_bundle()\n"
    "        return orca.ExecutionResult.success(str((\n"
    "            o.name, o.config_value('a'), v.config_value('b'), v.extruder_id(), v.mesh().vertex(2),\n"
    "            o.instance(0).offset(), host.model().designer(), "
    "b.prints.find_preset('fine').config_value('height'),\n"
    "            b.prints.edited_preset().config_value('height'), b.current_filament_preset_names(),\n"
    "            b.full_config_value('nozzle'), host.plater().is_presets_dirty(), host.app_language(),\n"
    "            host.reload_local_bundle('local'), sorted(orca.host_features()))))\n"
    "class Windows(orca.script.ScriptPluginCapabilityBase):\n"
    "    def get_name(self): return 'windows'\n"
    "    def execute(self):\n"
    "        answers = [ui.message('Really?', 'Title', 'yes_no', 'question'), ui.show_dialog('<p>', "
    "on_message=told.append)]\n"
    "        window = ui.create_window('<b>', 'Window', on_message=told.append, on_close=lambda: "
    "told.append('closed'))\n"
    "        window.post([1])\n"
    "        panel = ui.create_dock_panel('<i>', 'Panel', dock='left')\n"
    "        panel.hide()\n"
    "        panel.close()\n"
    "        progress = ui.create_progress_dialog('Progress', 'begins')\n"
    "        answers += [progress.update(3), progress.pulse()]\n"
    "        progress.close()\n"
    "        ui.push_notification(ui.NotificationLevel.ErrorNotificationLevel, 'note', 'click', lambda: "
    "told.append('clicked'))\n"
    "        try:\n"
    "            host.reload_local_bundle('broken')\n"
    "        except RuntimeError as error:\n"
    "            answers.append(str(error))\n"
    "        return orca.ExecutionResult.success(str(answers))\n"
    "class Told(orca.script.ScriptPluginCapabilityBase):\n"
    "    def get_name(self): return 'told'\n"
    "    def execute(self): return orca.ExecutionResult.success(str(told))\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self):\n"
    "        for capability in (Data, Windows, Told): orca.register_capability(capability)\n";

/* What the application has open. */
static struct {
    const matriline_host_model *model;
    const matriline_host_presets *presets;
    matriline_page_events *events;
    matriline_click *click;
    char acts[512];
    atomic_int tables, windows, lent;
} app;

static void act(const char *what) {
    strcat(app.acts, what);
    strcat(app.acts, ".");
}

static void counts(void *userdata) {
    atomic_fetch_add((atomic_int *)userdata, 1);
}

static const matriline_host_model *get_model(void *userdata) {
    assert(userdata == &app.tables);
    return matriline_host_model_retain(app.model);
}
static const matriline_host_presets *get_presets(void *userdata) {
    (void)userdata;
    return matriline_host_presets_retain(app.presets);
}
static bool plater(void *userdata, matriline_plater_state *state_out) {
    (void)userdata;
    state_out->is_presets_dirty = true;
    return true;
}
static matriline_text *language(void *userdata) {
    (void)userdata;
    return matriline_text_new(str("de_DE"));
}
static matriline_text *reload(void *userdata, matriline_str bundle_id, bool *found_out) {
    (void)userdata;
    *found_out = same(bundle_id, "local");
    return same(bundle_id, "broken") ? matriline_text_new(str("It is broken")) : NULL;
}

static uint8_t message(void *userdata, const matriline_message *shown) {
    (void)userdata;
    assert(same(shown->text, "Really?") && same(shown->title, "Title"));
    assert(shown->buttons == MATRILINE_BUTTONS_YES_NO && shown->icon == MATRILINE_ICON_QUESTION);
    return MATRILINE_ANSWER_YES;
}
static void close_window(void *userdata) {
    (void)userdata;
    act("close");
}
static matriline_text *dialog(void *userdata, const matriline_page *page, matriline_page_events *events,
                              matriline_text **submitted_out) {
    (void)userdata;
    matriline_error *error = NULL;
    assert(same(page->html, "<p>"));
    const char *text = "{\"channel\":\"orca\",\"kind\":\"message\",\"data\":5}";
    uint8_t told = 9;
    const matriline_window window = {.userdata = &app.windows, .close = close_window, .drop = counts};
    ok(matriline_page_events_opened(events, &window, &error), error);
    ok(matriline_page_events_tell(events, str(text), &told, &error), error);
    assert(told == MATRILINE_PAGE_TOLD_MESSAGE);
    ok(matriline_page_events_tell(events, str("{}"), &told, &error), error);
    assert(told == MATRILINE_PAGE_TOLD_NOTHING);
    char deep[700] = "";
    memset(deep, '[', 300);
    memset(deep + 300, ']', 300);
    matriline_page_events_tell(events, str(deep), NULL, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "nested deeper than 200");
    matriline_page_events_message(events, str("{"), &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "no JSON");
    matriline_page_events_free(events);
    *submitted_out = matriline_text_new(str("[1,null]"));
    return NULL;
}
static void post(void *userdata, matriline_str json) {
    (void)userdata;
    assert(same(json, "[1]"));
    act("post");
}
static void show_panel(void *userdata, bool shown) {
    (void)userdata;
    act(shown ? "show" : "hide");
}
static matriline_text *open_window(void *userdata, const matriline_page *page, matriline_page_events *events,
                                   matriline_window *window_out) {
    (void)userdata;
    assert(same(page->title, "Window") && page->width == 820 && !page->is_modal);
    app.events = events;
    *window_out = (matriline_window){.userdata = &app.windows, .post = post, .close = close_window, .drop = counts};
    return NULL;
}
static matriline_text *open_panel(void *userdata, const matriline_page *panel, matriline_page_events *events,
                                  matriline_window *window_out) {
    (void)userdata;
    assert(same(panel->title, "Panel") && panel->dock == MATRILINE_DOCK_LEFT);
    matriline_page_events_free(events);
    *window_out =
        (matriline_window){.userdata = &app.windows, .close = close_window, .show = show_panel, .drop = counts};
    return NULL;
}
static bool update(void *userdata, int32_t value, matriline_str message) {
    (void)userdata;
    assert(value == 3 && message.len == 0);
    act("update");
    return false;
}
static matriline_text *open_progress(void *userdata, const matriline_progress *progress,
                                     matriline_progress_window *window_out) {
    (void)userdata;
    assert(same(progress->message, "begins") && progress->maximum == 100);
    *window_out = (matriline_progress_window){.userdata = &app.windows, .update = update, .drop = counts};
    return NULL;
}
static void notify(void *userdata, uint8_t level, matriline_str text, matriline_str hyper_text,
                   matriline_click *click) {
    (void)userdata;
    assert(level == 9 && same(text, "note") && same(hyper_text, "click"));
    app.click = click;
}

static bool third_time(void *userdata, uint64_t milliseconds) {
    assert(milliseconds <= 50);
    return ++*(int *)userdata == 3;
}
static bool not_yet(void *userdata, uint64_t milliseconds) {
    (void)userdata;
    sleep_ms((long)milliseconds);
    return false;
}

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    assert(matriline_mesh_new(NULL, 1, NULL, 0, &app.lent, counts, NULL, NULL) == null);
    assert(matriline_mesh_new(NULL, 0, NULL, 0, &app.lent, counts, NULL, NULL) == null);
    assert(atomic_exchange(&app.lent, 0) == 2);
    matriline_mesh_free(NULL);
    assert(matriline_host_model_builder_set_info(NULL, NULL, NULL) == null);
    assert(matriline_host_model_builder_add_object(NULL, NULL, NULL) == null);
    assert(matriline_host_model_builder_add_volume(NULL, NULL, NULL, NULL) == null);
    assert(matriline_host_model_builder_add_instance(NULL, NULL, NULL) == null);
    assert(matriline_host_model_builder_set_option(NULL, str("a"), str("b"), NULL) == null);
    assert(matriline_host_model_builder_finish(NULL) == NULL);
    matriline_host_model_builder_free(NULL);
    assert(matriline_host_model_read(str("a.stl"), NULL, NULL) == null);
    assert(matriline_host_model_retain(NULL) == NULL);
    matriline_host_model_release(NULL);
    assert(matriline_host_presets_builder_add(NULL, NULL, NULL) == null);
    assert(matriline_host_presets_builder_set_option(NULL, str("a"), str("b"), NULL) == null);
    assert(matriline_host_presets_builder_add_current_filament(NULL, str("a"), NULL) == null);
    assert(matriline_host_presets_builder_set_full_option(NULL, str("a"), str("b"), NULL) == null);
    assert(matriline_host_presets_builder_finish(NULL) == NULL);
    matriline_host_presets_builder_free(NULL);
    assert(matriline_host_presets_read(str("a"), NULL, NULL) == null);
    assert(matriline_host_presets_retain(NULL) == NULL);
    matriline_host_presets_release(NULL);
    assert(matriline_page_events_message(NULL, str("1"), NULL) == null);
    assert(matriline_page_events_submit(NULL, str("1"), NULL) == null);
    assert(matriline_page_events_tell(NULL, str("1"), NULL, NULL) == null);
    assert(matriline_page_events_opened(NULL, NULL, NULL) == null);
    assert(matriline_manager_wait_until(NULL, 1, NULL, NULL, NULL, NULL) == null);
    matriline_page_events_closed(NULL);
    matriline_page_events_free(NULL);
    matriline_click_run(NULL);
    matriline_click_free(NULL);
    assert(matriline_page_dispatch(str("1"), NULL, NULL) == null);
    assert(matriline_config_set_host(NULL, NULL, NULL) == null);
    assert(matriline_config_set_host_patience(NULL, 5, NULL) == null);
    assert(matriline_config_set_generation(NULL, MATRILINE_GENERATION_SPEC, NULL) == null);

    matriline_config *options = config();
    matriline_host host = {.size = 4};
    matriline_config_set_host(options, &host, &error);
    says(&error, null, "The size of the host is 4");
    ok(matriline_config_set_host(options, NULL, &error), error);
    ok(matriline_config_set_host_patience(options, 5, &error), error);
    ok(matriline_config_set_generation(options, MATRILINE_GENERATION_NEWEST, &error), error);
    matriline_config_set_generation(options, 3, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "There is no generation 3");
    matriline_config_free(options);

    const matriline_host_model *model = NULL;
    matriline_host_model_read(str("/nowhere.stl"), &model, &error);
    says(&error, MATRILINE_RESULT_IO, "`/nowhere.stl` cannot be read");
    const matriline_host_presets *presets = NULL;
    matriline_host_presets_read(str("/nowhere"), &presets, &error);
    says(&error, MATRILINE_RESULT_IO, "`/nowhere` cannot be read");
    assert(model == NULL && presets == NULL);

    matriline_text *script = NULL;
    ok(matriline_page_dispatch(str("[1]"), &script, &error), error);
    assert(contains(matriline_text_get(script), "[1]") && contains(matriline_page_script(), "window.orca"));
    matriline_text_free(script);
}

/* Vertices and triangles that are lent. */
static const float vertices[][3] = {{0, 0, 0}, {1, 0, 0}, {0, 2, 0}};
static const int32_t triangles[][3] = {{0, 1, 2}};

static void build_model(void) {
    matriline_error *error = NULL;
    matriline_mesh *mesh = NULL;
    const int32_t none[][3] = {{0, 1, 3}};
    matriline_mesh_new(vertices, 3, none, 1, NULL, NULL, &mesh, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "vertex 3");
    ok(matriline_mesh_new(vertices, 3, triangles, 1, &app.lent, counts, &mesh, &error), error);

    matriline_host_model_builder *builder = matriline_host_model_builder_new();
    matriline_host_model_builder_set_option(builder, str("a"), str("1"), &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "no object yet");
    const matriline_model_info info = {.id = 1, .designer = str("Ada")};
    ok(matriline_host_model_builder_set_info(builder, &info, &error), error);
    const matriline_model_object object = {.id = 2, .name = str("object"), .printable = true};
    ok(matriline_host_model_builder_add_object(builder, &object, &error), error);
    ok(matriline_host_model_builder_set_option(builder, str("a"), str("1"), &error), error);
    matriline_model_volume volume = {
        .id = 3, .name = str("volume"), .extruder = 2, .placement = matriline_placement_new()};
    ok(matriline_host_model_builder_add_volume(builder, &volume, mesh, &error), error);
    ok(matriline_host_model_builder_set_option(builder, str("b"), str("2"), &error), error);
    volume.type = 9;
    matriline_host_model_builder_add_volume(builder, &volume, mesh, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "No type of volume has the number 9");
    matriline_model_instance instance = {.id = 4, .printable = true, .placement = matriline_placement_new()};
    instance.placement.offset[0] = 7;
    ok(matriline_host_model_builder_add_instance(builder, &instance, &error), error);
    app.model = matriline_host_model_builder_finish(builder);
    matriline_host_model_builder_free(builder);
    matriline_mesh_free(mesh);
    assert(atomic_load(&app.lent) == 0);
}

static void build_presets(void) {
    matriline_error *error = NULL;
    matriline_host_presets_builder *builder = matriline_host_presets_builder_new();
    matriline_host_presets_builder_set_option(builder, str("height"), str("1"), &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "no preset yet");
    matriline_host_preset preset = {.type = MATRILINE_HOST_PRESET_TYPE_PRINT, .name = str("fine"), .is_selected = true};
    ok(matriline_host_presets_builder_add(builder, &preset, &error), error);
    ok(matriline_host_presets_builder_set_option(builder, str("height"), str("0.1"), &error), error);
    preset.is_edited = true;
    ok(matriline_host_presets_builder_add(builder, &preset, &error), error);
    ok(matriline_host_presets_builder_set_option(builder, str("height"), str("0.12"), &error), error);
    preset.type = 0;
    matriline_host_presets_builder_add(builder, &preset, &error);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "No type of preset has the number 0");
    ok(matriline_host_presets_builder_add_current_filament(builder, str("PLA"), &error), error);
    ok(matriline_host_presets_builder_set_full_option(builder, str("nozzle"), str("0.4"), &error), error);
    app.presets = matriline_host_presets_builder_finish(builder);
    matriline_host_presets_builder_free(builder);
}

static void runs(matriline_manager *manager, const char *name, const char *expected) {
    matriline_error *error = NULL;
    matriline_execution_result *result = NULL;
    ok(matriline_manager_run_script(manager, str("host"), str(name), &result, &error), error);
    const matriline_str message = matriline_execution_result_message(result);
    if (!same(message, expected)) {
        fprintf(stderr, "expected `%s`: %.*s\n", expected, (int)message.len, message.data);
        abort();
    }
    matriline_execution_result_free(result);
}

int main(void) {
    begin();
    nulls();
    build_model();
    build_presets();
    char path[256];
    snprintf(path, sizeof path, "%s/orca_plugins", data_dir);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/orca_plugins/host", data_dir);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/orca_plugins/host/host.py", data_dir);
    write_file(path, plugin);

    matriline_error *error = NULL;
    matriline_config *options = config();
    const matriline_host host = {
        .size = sizeof host,
        .userdata = &app.tables,
        .drop = counts,
        .features = MATRILINE_FEATURE_LANGUAGE | MATRILINE_FEATURE_LOCAL_BUNDLES | MATRILINE_FEATURE_DOCK_PANELS |
                    MATRILINE_FEATURE_NOTIFICATIONS,
        .model = get_model,
        .presets = get_presets,
        .plater = plater,
        .app_language = language,
        .reload_local_bundle = reload,
        .message = message,
        .show_dialog = dialog,
        .open_window = open_window,
        .open_panel = open_panel,
        .open_progress = open_progress,
        .notify = notify,
    };
    ok(matriline_config_set_host(options, &host, &error), error);
    matriline_manager *manager = start_with(options);
    load(manager, "host");
    runs(manager, "data",
         "('object', '1', '2', 2, (0.0, 2.0, 0.0), (7.0, 0.0, 0.0), 'Ada', '0.1', '0.12', ['PLA'], '0.4', True, "
         "'de_DE', True, ['dock-panels', 'language', 'local-bundles', 'notifications', 'storage'])");
    runs(manager, "windows", "['yes', [1, None], False, True, 'It is broken']");
    assert(strcmp(app.acts, "post.hide.close.update.") == 0);
    matriline_click_run(app.click);
    matriline_click_free(app.click);
    ok(matriline_page_events_message(app.events, str("\"x\""), &error), error);
    matriline_page_events_closed(app.events);
    runs(manager, "told", "[5, 'clicked', 'x', 'closed']");
    matriline_page_events_free(app.events);

    int turns = 0;
    bool done = true;
    ok(matriline_manager_wait_until(manager, 60000, &turns, third_time, &done, &error), error);
    assert(done && turns == 3);
    ok(matriline_manager_wait_until(manager, 20, NULL, not_yet, &done, &error), error);
    assert(!done);
    stop(manager);
    assert(atomic_load(&app.tables) == 1 && atomic_load(&app.windows) == 4);

    matriline_host_presets_release(app.presets);
    matriline_host_model_release(app.model);
    assert(atomic_load(&app.lent) == 1);
    end("host");
    return 0;
}
