/* What every C test begins with. */
#pragma once

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "matriline/matriline.h"

/* The folder of this test, once `begin` has made it. */
static char data_dir[64];

static const matriline_str not_utf8 = {"\xff", 1};

static inline matriline_str str(const char *text) {
    return matriline_str_from(text);
}

static inline bool same(matriline_str text, const char *expected) {
    return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static inline bool contains(matriline_str text, const char *part) {
    char *copy = calloc(text.len + 1, 1);
    memcpy(copy, text.data, text.len);
    const bool found = strstr(copy, part) != NULL;
    free(copy);
    return found;
}

/* The call succeeds. */
#define ok(call, error) succeeds(call, &(error), #call)
static inline void succeeds(matriline_result result, matriline_error **error, const char *call) {
    if (result != MATRILINE_RESULT_OK) {
        const matriline_str message = matriline_error_message(*error);
        fprintf(stderr, "%s\nfails with %d: %.*s\n", call, (int)result, (int)message.len, message.data);
        abort();
    }
    assert(*error == NULL);
}

/* The error says this; it is freed and forgotten. */
static inline void says(matriline_error **error, matriline_result code, const char *part) {
    assert(matriline_error_code(*error) == code);
    if (!contains(matriline_error_message(*error), part)) {
        const matriline_str message = matriline_error_message(*error);
        fprintf(stderr, "expected `%s` in: %.*s\n", part, (int)message.len, message.data);
        abort();
    }
    matriline_error_free(*error);
    *error = NULL;
}

/* The list has these texts, as many as there are before a NULL; it is freed. */
static inline void has(matriline_text_list *list, const char *const *texts) {
    size_t len = 0;
    for (; texts[len] != NULL; ++len) {
        assert(same(matriline_text_list_get(list, len), texts[len]));
    }
    assert(matriline_text_list_len(list) == len);
    matriline_text_list_free(list);
}
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define EMPTY ((const char *const[]){NULL})

static inline void sleep_ms(long milliseconds) {
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

/* Waits until a counter has reached a number; 30 seconds are for ever. */
static inline void reaches(atomic_int *counter, int number) {
    for (int i = 0; i < 3000 && atomic_load(counter) < number; ++i) {
        sleep_ms(10);
    }
    assert(atomic_load(counter) == number);
}

static inline void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static inline void begin(void) {
    strcpy(data_dir, "/tmp/matriline-c-XXXXXX");
    assert(mkdtemp(data_dir) != NULL);
}

static inline void end(const char *test) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", data_dir);
    assert(system(command) == 0);
    printf("%s: all asserts hold\n", test);
}

/* A plugin of the fixtures. */
static inline void add_fixture(const char *plugin) {
    char command[512];
    snprintf(command, sizeof command, "mkdir -p '%s/orca_plugins' && cp -r '%s/%s' '%s/orca_plugins/'", data_dir,
             MATRILINE_FIXTURES, plugin, data_dir);
    assert(system(command) == 0);
}

/* The source of a plugin, to be freed: with a version, code that runs when it is imported, a script capability `run`
   with this body, and a second one `more`. */
static inline char *source(const char *version, const char *at_import, const char *body) {
    static const char format[] = "# /// script\n"
                                 "# requires-python = \">=3.10\"\n"
                                 "# [tool.orcaslicer.plugin]\n"
                                 "# name = \"Test\"\n"
                                 "# version = \"%s\"\n"
                                 "# ///\n"
                                 "import orca\n"
                                 "%s\n"
                                 "class Run(orca.script.ScriptPluginCapabilityBase):\n"
                                 "    def get_name(self):\n"
                                 "        return 'run'\n"
                                 "    def execute(self):\n"
                                 "        %s\n"
                                 "class More(orca.script.ScriptPluginCapabilityBase):\n"
                                 "    def get_name(self):\n"
                                 "        return 'more'\n"
                                 "    def execute(self):\n"
                                 "        return orca.ExecutionResult.success('more')\n"
                                 "@orca.plugin\n"
                                 "class Package(orca.base):\n"
                                 "    def register_capabilities(self):\n"
                                 "        orca.register_capability(Run)\n"
                                 "        orca.register_capability(More)\n";
    const size_t room = sizeof format + strlen(version) + strlen(at_import) + strlen(body);
    char *text = malloc(room);
    snprintf(text, room, format, version, at_import, body);
    return text;
}

#define SUCCESS "return orca.ExecutionResult.success('ok')"

/* A plugin of this source, installed by hand: `orca_plugins/<key>/<key>.py`. */
static inline void add_source(const char *key, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/orca_plugins", data_dir);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/orca_plugins/%s", data_dir, key);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/orca_plugins/%s/%s.py", data_dir, key, key);
    write_file(path, text);
}

/* One with a script capability `run` with this body, and a second one `more`. */
static inline void add_plugin(const char *key, const char *at_import, const char *body) {
    char *text = source("1.0.0", at_import, body);
    add_source(key, text);
    free(text);
}

/* Options for a manager on the folder of this test. */
static inline matriline_config *config(void) {
    matriline_error *error = NULL;
    matriline_config *config = matriline_config_new();
    ok(matriline_config_set_data_dir(config, str(data_dir), &error), error);
    return config;
}

/* Starts a manager and discovers; the options are freed. */
static inline matriline_manager *start_with(matriline_config *config) {
    matriline_error *error = NULL;
    matriline_manager *manager = NULL;
    ok(matriline_manager_start(config, &manager, &error), error);
    matriline_config_free(config);
    ok(matriline_manager_discover(manager, NULL, &error), error);
    return manager;
}

static inline void stop(matriline_manager *manager) {
    matriline_error *error = NULL;
    ok(matriline_manager_shutdown(manager, &error), error);
    matriline_manager_free(manager);
}

/* Loads a plugin and waits for it. */
static inline void load(matriline_manager *manager, const char *plugin) {
    matriline_error *error = NULL;
    ok(matriline_manager_load_plugin(manager, str(plugin), NULL, &error), error);
    ok(matriline_manager_wait_for_plugin_load(manager, str(plugin), UINT64_MAX, &error), error);
    assert(matriline_manager_is_plugin_loaded(manager, str(plugin)));
}
