/* The capability types that the library has the declarations of: models, meshes, progress and events go over. */
#include "test.h"

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Files\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
    "class Reads(orca.importer.ImporterPluginCapabilityBase):\n"
    "    def get_name(self): return 'reads'\n"
    "    def import_file(self, path, progress):\n"
    "        if path == 'wrong': return 'no meshes'\n"
    "        for place in range(4):\n"
    "            if not progress(place / 4, 'Layer'): return []\n"
    "        mesh = orca.host.TriangleMesh([(0, 0, 0), (1, 0, 0), (0, 1, 0.5)], [(0, 1, 2)])\n"
    "        return [('Würfel', mesh), mesh]\n"
    "    def get_extensions(self): return ['.vox', '.Größe']\n"
    "class Writes(orca.exporter.ExporterPluginCapabilityBase):\n"
    "    def get_name(self): return 'writes'\n"
    "    def export_file(self, model, path, progress):\n"
    "        with open(path, 'w') as file: file.write(model.objects()[0].name)\n"
    "        return orca.ExecutionResult.success(str(model.object_count()))\n"
    "    def get_extensions(self): return []\n"
    "class Does(orca.automation.AutomationPluginCapabilityBase):\n"
    "    def get_name(self): return 'does'\n"
    "    def execute(self, event, ctx):\n"
    "        return orca.ExecutionResult.success(f'{event.name} {ctx.name} {ctx.index}')\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self):\n"
    "        for cls in (Reads, Writes, Does): orca.register_capability(cls)\n";

static const matriline_result bad = MATRILINE_RESULT_INVALID_ARGUMENT;

/* How far calls were, and how many may be told of it before they are cancelled. */
struct told {
    atomic_int count;
    atomic_int dropped;
    int most;
    double done;
};

static bool tells(void *userdata, double done, matriline_str message) {
    struct told *told = userdata;
    assert(same(message, "Layer"));
    told->done = done;
    return atomic_fetch_add(&told->count, 1) + 1 < told->most;
}

static void drops(void *userdata) {
    atomic_fetch_add(&((struct told *)userdata)->dropped, 1);
}

static const matriline_capability *find(matriline_manager *manager, uint8_t type, const char *name) {
    matriline_error *error = NULL;
    const matriline_capability *it = NULL;
    ok(matriline_manager_find_capability(manager, str("files"), type, str(name), &it, &error), error);
    assert(it != NULL);
    return it;
}

static matriline_returned *import(const matriline_capability *it, const char *path, const matriline_progress *progress) {
    matriline_error *error = NULL;
    const matriline_value values[] = {{.kind = MATRILINE_VALUE_KIND_TEXT, .text = str(path)},
                                      {.kind = MATRILINE_VALUE_KIND_PROGRESS, .progress = progress}};
    matriline_returned *returned = NULL;
    ok(matriline_capability_call(it, str("import_file"), values, 2, &returned, &error), error);
    assert(matriline_returned_kind(returned) == MATRILINE_VALUE_KIND_MESHES);
    return returned;
}

static void imports(const matriline_capability *it) {
    matriline_error *error = NULL;
    struct told told = {.most = 100};
    matriline_progress *progress = NULL;
    ok(matriline_progress_new(&told, tells, drops, &progress, &error), error);
    matriline_returned *returned = import(it, "cube.vox", progress);
    assert(atomic_load(&told.count) == 4 && told.done == 0.75);
    assert(matriline_returned_mesh_count(returned) == 2);
    assert(same(matriline_returned_mesh_name(returned, 0), "Würfel"));
    assert(same(matriline_returned_mesh_name(returned, 1), "") && same(matriline_returned_mesh_name(returned, 2), ""));
    const matriline_mesh *mesh = matriline_returned_mesh(returned, 0);
    assert(matriline_mesh_vertex_count(mesh) == 3 && matriline_mesh_triangle_count(mesh) == 1);
    assert(matriline_mesh_vertices(mesh)[3] == 1 && matriline_mesh_vertices(mesh)[8] == 0.5F);
    assert(matriline_mesh_triangles(mesh)[2] == 2);
    assert(matriline_returned_mesh(returned, 2) == NULL && matriline_returned_texts(returned) == NULL);
    matriline_returned_free(returned);

    told.most = atomic_load(&told.count) + 2;
    returned = import(it, "cube.vox", progress);
    assert(atomic_load(&told.count) == 6 && matriline_returned_mesh_count(returned) == 0);
    matriline_returned_free(returned);
    assert(atomic_load(&told.dropped) == 0);

    matriline_value wrong[] = {{.kind = MATRILINE_VALUE_KIND_TEXT, .text = str("wrong")},
                               {.kind = MATRILINE_VALUE_KIND_PROGRESS, .progress = progress}};
    assert(matriline_capability_call(it, str("import_file"), wrong, 2, NULL, NULL) == MATRILINE_RESULT_WRONG_ANSWER);
    wrong[1].progress = NULL;
    assert(matriline_capability_call(it, str("import_file"), wrong, 2, NULL, &error) == bad);
    says(&error, bad, "`progress` is NULL");
    wrong[1].kind = MATRILINE_VALUE_KIND_MODEL;
    assert(matriline_capability_call(it, str("import_file"), wrong, 2, NULL, &error) == bad);
    says(&error, bad, "`model` is NULL");
    wrong[1].kind = MATRILINE_VALUE_KIND_LIFECYCLE_EVENT_CONTEXT;
    assert(matriline_capability_call(it, str("import_file"), wrong, 2, NULL, &error) == bad);
    says(&error, bad, "`context` is NULL");
    matriline_progress_free(progress);
    assert(atomic_load(&told.dropped) == 1);

    ok(matriline_capability_call(it, str("get_extensions"), NULL, 0, &returned, &error), error);
    assert(matriline_returned_kind(returned) == MATRILINE_VALUE_KIND_TEXTS);
    const matriline_text_list *texts = matriline_returned_texts(returned);
    assert(matriline_text_list_len(texts) == 2 && same(matriline_text_list_get(texts, 1), ".Größe"));
    assert(matriline_returned_mesh_count(returned) == 0);
    matriline_returned_free(returned);
}

static const matriline_host_model *box(void) {
    matriline_error *error = NULL;
    matriline_host_model_builder *builder = matriline_host_model_builder_new();
    const matriline_model_object object = {.id = 1, .name = str("box"), .printable = true};
    ok(matriline_host_model_builder_add_object(builder, &object, &error), error);
    const matriline_host_model *model = matriline_host_model_builder_finish(builder);
    matriline_host_model_builder_free(builder);
    return model;
}

static void exports(const matriline_capability *it) {
    matriline_error *error = NULL;
    struct told told = {.most = 100};
    matriline_progress *progress = NULL;
    ok(matriline_progress_new(&told, tells, NULL, &progress, &error), error);
    const matriline_host_model *model = box();
    char path[128];
    snprintf(path, sizeof path, "%s/out.vox", data_dir);
    const matriline_value values[] = {{.kind = MATRILINE_VALUE_KIND_MODEL, .model = model},
                                      {.kind = MATRILINE_VALUE_KIND_FILE, .text = str(path)},
                                      {.kind = MATRILINE_VALUE_KIND_PROGRESS, .progress = progress}};
    matriline_returned *returned = NULL;
    ok(matriline_capability_call(it, str("export_file"), values, 3, &returned, &error), error);
    assert(same(matriline_execution_result_message(matriline_returned_result(returned)), "1"));
    matriline_returned_free(returned);
    matriline_progress_free(progress);
    matriline_host_model_release(model);
    char written[8] = "";
    FILE *file = fopen(path, "r");
    assert(file != NULL && fread(written, 1, sizeof written - 1, file) == 3 && strcmp(written, "box") == 0);
    fclose(file);
}

static void automates(const matriline_capability *it) {
    matriline_error *error = NULL;
    matriline_lifecycle_context context = matriline_lifecycle_context_new();
    context.name = str("box");
    context.index = 3;
    const matriline_value values[] = {
        {.kind = MATRILINE_VALUE_KIND_LIFECYCLE_EVENT, .number = MATRILINE_LIFECYCLE_EVENT_OBJECT_ADDED},
        {.kind = MATRILINE_VALUE_KIND_LIFECYCLE_EVENT_CONTEXT, .context = &context}};
    matriline_returned *returned = NULL;
    ok(matriline_capability_call(it, str("execute"), values, 2, &returned, &error), error);
    assert(same(matriline_execution_result_message(matriline_returned_result(returned)), "ObjectAdded box 3"));
    matriline_returned_free(returned);
    context.code = 99;
    assert(matriline_capability_call(it, str("execute"), values, 2, NULL, NULL) == bad);
}

static void bad_input(void) {
    matriline_error *error = NULL;
    matriline_type_declaration *type = NULL;
    struct told told = {.most = 1};
    matriline_progress *progress = NULL;
    assert(matriline_type_declaration_shipped(str("script"), &type, &error) == bad);
    says(&error, bad, "No type `script` ships with the library: name `importer`");
    assert(matriline_type_declaration_shipped(not_utf8, &type, NULL) == bad);
    assert(matriline_type_declaration_shipped(str("importer"), NULL, NULL) == bad);
    assert(matriline_progress_new(&told, NULL, drops, &progress, &error) == bad);
    says(&error, bad, "`callback` is NULL");
    assert(matriline_progress_new(&told, tells, drops, NULL, NULL) == bad);
    assert(atomic_load(&told.dropped) == 2);
    matriline_progress_free(NULL);
    assert(matriline_returned_texts(NULL) == NULL && matriline_returned_mesh(NULL, 0) == NULL);
    assert(matriline_returned_mesh_count(NULL) == 0 && same(matriline_returned_mesh_name(NULL, 0), ""));
    assert(matriline_mesh_vertex_count(NULL) == 0 && matriline_mesh_vertices(NULL) == NULL);
    assert(matriline_mesh_triangle_count(NULL) == 0 && matriline_mesh_triangles(NULL) == NULL);
}

int main(void) {
    begin();
    bad_input();
    add_source("files", plugin);
    matriline_config *options = config();
    const char *const types[] = {"importer", "exporter", "analysis", "automation"};
    for (size_t i = 0; i < 4; ++i) {
        matriline_error *error = NULL;
        matriline_type_declaration *type = NULL;
        ok(matriline_type_declaration_shipped(str(types[i]), &type, &error), error);
        ok(matriline_config_declare_capability_type(options, type, &error), error);
        matriline_type_declaration_free(type);
    }
    matriline_manager *manager = start_with(options);
    load(manager, "files");
    const matriline_capability *reads = find(manager, MATRILINE_CAPABILITY_TYPE_IMPORTER, "reads");
    const matriline_capability *writes = find(manager, MATRILINE_CAPABILITY_TYPE_EXPORTER, "writes");
    const matriline_capability *does = find(manager, MATRILINE_CAPABILITY_TYPE_AUTOMATION, "does");
    imports(reads);
    exports(writes);
    automates(does);
    matriline_capability_release(reads);
    matriline_capability_release(writes);
    matriline_capability_release(does);
    stop(manager);
    end("types");
    return 0;
}
