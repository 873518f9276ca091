/* Capabilities that draw: what they can, their sessions, outcomes. */
#include "test.h"

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Draws\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
    "from orca.visualization import *\n"
    "class View(VisualizationPluginCapabilityBase):\n"
    "    def get_name(self): return 'view'\n"
    "    def get_supported_inputs(self):\n"
    "        return [VisualizationInputSpec(INPUT_TOOLPATH, FORMAT_GLTF_BINARY, TRANSPORT_FILE, 2, 0, 2, 5)]\n"
    "    def open(self, ctx): return self.answer('open', ctx)\n"
    "    def update(self, ctx): return self.answer('update', ctx)\n"
    "    def answer(self, what, ctx):\n"
    "        if ctx.revision < 0: raise ValueError('no window')\n"
    "        said = f'{what} {ctx.input.location} {ctx.metadata}'\n"
    "        if ctx.revision == 13: return orca.ExecutionResult.failure(orca.PluginResult.FatalError, said)\n"
    "        return orca.ExecutionResult.success(said)\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self): orca.register_capability(View)\n";

static matriline_drawing drawing(int64_t revision) {
    return (matriline_drawing){.orca_version = str("2.4.0"),
                               .revision = revision,
                               .kind = str("toolpath"),
                               .format = str("gltf-binary"),
                               .transport = str("file"),
                               .location = str("/größer.glb"),
                               .major_version = 2};
}

static matriline_shown drawn(matriline_manager *manager, int64_t revision, const char *message) {
    matriline_error *error = NULL;
    matriline_execution_result *result = NULL;
    matriline_shown shown;
    const matriline_drawing snapshot = drawing(revision);
    ok(matriline_manager_draw(manager, str("draws"), str("view"), &snapshot, &result, &shown, &error), error);
    assert(same(matriline_execution_result_message(result), message));
    matriline_execution_result_free(result);
    return shown;
}

int main(void) {
    const matriline_result bad = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    matriline_execution_result *result = NULL;
    matriline_drawing snapshot = drawing(1);
    assert(matriline_manager_drawable_inputs(NULL, str("x"), str("y"), NULL, NULL) == bad);
    assert(matriline_manager_draw(NULL, str("x"), str("y"), NULL, NULL, NULL, NULL) == bad);
    assert(matriline_manager_end_drawing(NULL, str("x"), str("y"), NULL) == bad);
    assert(matriline_drawable_inputs_len(NULL) == 0 && !matriline_drawable_inputs_get(NULL, 0, NULL));
    matriline_drawable_inputs_free(NULL);

    begin();
    add_source("draws", plugin);
    matriline_manager *manager = start_with(config());
    load(manager, "draws");
    matriline_drawable_inputs *inputs = NULL;
    ok(matriline_manager_drawable_inputs(manager, str("draws"), str("view"), &inputs, &error), error);
    assert(matriline_drawable_inputs_len(inputs) == 1);
    matriline_drawable_input input;
    assert(matriline_drawable_inputs_get(inputs, 0, &input) && !matriline_drawable_inputs_get(inputs, 1, &input));
    assert(same(input.kind, "toolpath") && same(input.format, "gltf-binary") && same(input.transport, "file"));
    assert(input.min_major == 2 && input.min_minor == 0 && input.max_major == 2 && input.max_minor == 5);
    matriline_drawable_inputs_free(inputs);

    matriline_shown shown = drawn(manager, 1, "open /größer.glb {}");
    assert(shown.is_open && shown.revision == 1);
    shown = drawn(manager, 2, "update /größer.glb {}");
    assert(shown.is_open && shown.revision == 2);
    snapshot = drawing(-1);
    assert(matriline_manager_draw(manager, str("draws"), str("view"), &snapshot, &result, NULL, &error) ==
           MATRILINE_RESULT_PLUGIN_RAISED);
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "no window");
    snapshot.metadata = str("{");
    assert(matriline_manager_draw(manager, str("draws"), str("view"), &snapshot, &result, NULL, NULL) == bad);
    snapshot.metadata = not_utf8;
    assert(matriline_manager_draw(manager, str("draws"), str("view"), &snapshot, &result, NULL, NULL) == bad);
    assert(matriline_manager_draw(manager, str("draws"), str("view"), NULL, &result, NULL, NULL) == bad);
    shown = drawn(manager, 13, "update /größer.glb {}");
    assert(!shown.is_open);
    shown = drawn(manager, 14, "open /größer.glb {}");
    ok(matriline_manager_end_drawing(manager, str("draws"), str("view"), &error), error);
    shown = drawn(manager, 15, "open /größer.glb {}");
    assert(matriline_manager_end_drawing(manager, str("draws"), str("other"), &error) ==
           MATRILINE_RESULT_NO_CAPABILITY);
    matriline_error_free(error);
    stop(manager);
    end("drawing");
    return 0;
}
