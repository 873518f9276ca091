/* Who is told of what, on which thread, and when the application's data is freed. */
#include <pthread.h>

#include "test.h"

struct listener {
    matriline_manager *manager;
    atomic_int calls;
    atomic_int dropped;
    uint64_t token;
    char last[64];
    pthread_t thread;
};

static void note(struct listener *it, matriline_str text) {
    const size_t len = text.len < sizeof it->last - 1 ? text.len : sizeof it->last - 1;
    memcpy(it->last, text.data, len);
    it->last[len] = '\0';
    it->thread = pthread_self();
    atomic_fetch_add(&it->calls, 1);
}

static void on_drop(void *userdata) {
    atomic_fetch_add(&((struct listener *)userdata)->dropped, 1);
}

static void on_plugin(void *userdata, matriline_str plugin_key) {
    note(userdata, plugin_key);
}

static void on_capability(void *userdata, uint8_t type, matriline_str name, matriline_str plugin_key) {
    assert(type == MATRILINE_CAPABILITY_TYPE_SCRIPT);
    assert(plugin_key.len > 0);
    note(userdata, name);
}

static void on_over_budget(void *userdata, const matriline_over_budget *over) {
    assert(over->plugin_key.len > 0 && over->elapsed_ns > over->budget_ns && over->text.len > 0);
    if (over->is_call) {
        assert(over->kind == MATRILINE_CAPABILITY_TYPE_SCRIPT && same(over->name, "run"));
        assert(same(over->method, "execute") && over->phase == 0);
    } else {
        assert(over->phase == MATRILINE_PHASE_IMPORT && over->kind == MATRILINE_CAPABILITY_TYPE_UNKNOWN);
        assert(over->name.len == 0 && over->method.len == 0);
    }
    note(userdata, over->text);
}

/* Unsubscribes itself, and has another plugin loaded. */
static void on_first(void *userdata, matriline_str plugin_key) {
    struct listener *it = userdata;
    assert(matriline_manager_unsubscribe(it->manager, it->token));
    assert(!matriline_manager_unsubscribe(it->manager, it->token));
    assert(atomic_load(&it->dropped) == 0);
    if (!same(plugin_key, "other")) {
        matriline_error *error = NULL;
        ok(matriline_manager_load_plugin(it->manager, str("other"), NULL, &error), error);
    }
    note(it, plugin_key);
}

/* An event loop. */
struct loop {
    pthread_mutex_t mutex;
    matriline_task *tasks[256];
    int posted;
    atomic_int dropped;
};

static void post(void *userdata, matriline_task *task) {
    struct loop *loop = userdata;
    pthread_mutex_lock(&loop->mutex);
    assert(loop->posted < 256);
    loop->tasks[loop->posted++] = task;
    pthread_mutex_unlock(&loop->mutex);
}

static void on_loop_drop(void *userdata) {
    atomic_fetch_add(&((struct loop *)userdata)->dropped, 1);
}

/* Does that with all tasks, in order; answers how many there were. */
static int with_tasks(struct loop *loop, void (*act)(matriline_task *)) {
    pthread_mutex_lock(&loop->mutex);
    matriline_task *tasks[256];
    const int posted = loop->posted;
    memcpy(tasks, loop->tasks, sizeof tasks);
    loop->posted = 0;
    pthread_mutex_unlock(&loop->mutex);
    for (int i = 0; i < posted; ++i) {
        act(tasks[i]);
    }
    return posted;
}

static void nulls(matriline_manager *manager) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    struct listener it = {.token = 7};
    matriline_error *error = NULL;
    int failures = 0;
    /* registering that fails frees what was given, at once and once */
#define REFUSED(what, callback)                                                                                        \
    assert(matriline_manager_subscribe_on_##what(NULL, &it, callback, on_drop, &it.token, &error) == null);            \
    says(&error, null, "`manager` is NULL");                                                                           \
    assert(matriline_manager_subscribe_on_##what(manager, &it, NULL, on_drop, &it.token, &error) == null);             \
    says(&error, null, "`callback` is NULL");                                                                          \
    failures += 2;                                                                                                     \
    assert(atomic_load(&it.dropped) == failures);                                                                      \
    assert(matriline_manager_subscribe_on_##what(NULL, NULL, callback, NULL, NULL, NULL) == null)
    REFUSED(load, on_plugin);
    REFUSED(unload, on_plugin);
    REFUSED(changed, on_plugin);
    REFUSED(capability_load, on_capability);
    REFUSED(capability_unload, on_capability);
    REFUSED(over_budget, on_over_budget);
#undef REFUSED
    assert(it.token == 7);
    assert(!matriline_manager_unsubscribe(NULL, 1));
    assert(!matriline_manager_unsubscribe(manager, 0) && !matriline_manager_unsubscribe(manager, UINT64_MAX));

    struct loop loop = {.posted = 0};
    assert(matriline_config_set_post(NULL, &loop, post, on_loop_drop, NULL) == null);
    assert(atomic_load(&loop.dropped) == 1);
    assert(matriline_config_set_log(NULL, &it, NULL, on_drop, NULL) == null);
    assert(atomic_load(&it.dropped) == failures + 1);
    assert(matriline_manager_start_discovery(NULL, &it, NULL, on_drop, NULL, NULL) == null);
    assert(atomic_load(&it.dropped) == failures + 2);
    matriline_task_run(NULL);
    matriline_task_free(NULL);

    /* none of them was kept: another one takes its place */
    matriline_config *config = matriline_config_new();
    ok(matriline_config_set_post(config, &loop, post, on_loop_drop, &error), error);
    ok(matriline_config_set_post(config, &loop, post, on_loop_drop, &error), error);
    assert(atomic_load(&loop.dropped) == 2);
    ok(matriline_config_set_post(config, NULL, NULL, NULL, &error), error);
    assert(atomic_load(&loop.dropped) == 3);
    matriline_config_free(config);
}

static matriline_budgets *budgets(void) {
    matriline_error *error = NULL;
    matriline_budgets *budgets = matriline_budgets_new();
    assert(matriline_budgets_set_phase(budgets, MATRILINE_PHASE_ON_UNLOAD + 1, 1, &error) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "No phase has the number 6");
    assert(matriline_budgets_set_phase(NULL, 0, 1, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_budgets_set_call(NULL, 1, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(matriline_manager_set_budgets(NULL, budgets, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    matriline_budgets_free(NULL);
    ok(matriline_budgets_set_phase(budgets, MATRILINE_PHASE_IMPORT, 1, &error), error);
    ok(matriline_budgets_set_call(budgets, 1, &error), error);
    return budgets;
}

/* Without an event loop: where it happens, before a wait returns. */
static void inline_events(void) {
    matriline_error *error = NULL;
    matriline_manager *manager = start_with(config());
    nulls(manager);
    struct listener loaded = {.token = 0}, unloaded = {.token = 0}, changed = {.token = 0};
    struct listener on = {.token = 0}, off = {.token = 0}, over = {.token = 0}, first = {.manager = manager};
    ok(matriline_manager_subscribe_on_load(manager, &loaded, on_plugin, on_drop, &loaded.token, &error), error);
    ok(matriline_manager_subscribe_on_unload(manager, &unloaded, on_plugin, on_drop, &unloaded.token, &error), error);
    ok(matriline_manager_subscribe_on_changed(manager, &changed, on_plugin, on_drop, NULL, &error), error);
    ok(matriline_manager_subscribe_on_capability_load(manager, &on, on_capability, on_drop, NULL, &error), error);
    ok(matriline_manager_subscribe_on_capability_unload(manager, &off, on_capability, on_drop, NULL, &error), error);
    ok(matriline_manager_subscribe_on_over_budget(manager, &over, on_over_budget, on_drop, NULL, &error), error);
    ok(matriline_manager_subscribe_on_load(manager, &first, on_first, on_drop, &first.token, &error), error);
    assert(loaded.token != 0 && loaded.token != unloaded.token);
    matriline_budgets *limits = budgets();
    ok(matriline_manager_set_budgets(manager, limits, &error), error);
    matriline_budgets_free(limits);

    load(manager, "quick");
    assert(strcmp(first.last, "quick") == 0);
    reaches(&loaded.calls, 2);
    assert(strcmp(loaded.last, "other") == 0 && !pthread_equal(loaded.thread, pthread_self()));
    assert(matriline_manager_wait_for_all_plugin_loads(manager, UINT64_MAX));
    /* a task that was under way keeps the one that unsubscribed itself a moment longer */
    reaches(&first.dropped, 1);
    assert(atomic_load(&first.calls) == 1);
    reaches(&on.calls, 4);

    /* two imports, and a call */
    matriline_execution_result *result = NULL;
    ok(matriline_manager_run_script(manager, str("quick"), str("run"), &result, &error), error);
    matriline_execution_result_free(result);
    reaches(&over.calls, 3);
    assert(strstr(over.last, "`execute`") != NULL);
    ok(matriline_manager_set_budgets(manager, NULL, &error), error);

    bool enabled = true;
    ok(matriline_manager_set_capability_enabled(manager, str("quick"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("run"),
                                                false, &enabled, &error),
       error);
    assert(atomic_load(&off.calls) == 1 && strcmp(off.last, "run") == 0);
    assert(pthread_equal(off.thread, pthread_self()));

    const int before = atomic_load(&loaded.calls);
    assert(matriline_manager_unsubscribe(manager, loaded.token));
    reaches(&loaded.dropped, 1);
    ok(matriline_manager_unload_plugin(manager, str("quick"), &error), error);
    assert(atomic_load(&unloaded.calls) == 1 && strcmp(unloaded.last, "quick") == 0);
    load(manager, "quick");
    assert(atomic_load(&loaded.calls) == before && atomic_load(&loaded.dropped) == 1);
    assert(atomic_load(&changed.calls) > 0);

    /* nobody is told of the end, and it frees what is left */
    const int calls = atomic_load(&unloaded.calls);
    const matriline_capability *held = NULL;
    ok(matriline_manager_find_capability(manager, str("quick"), MATRILINE_CAPABILITY_TYPE_SCRIPT, str("more"), &held,
                                         &error),
       error);
    stop(manager);
    assert(atomic_load(&unloaded.calls) == calls);
    struct listener *all[] = {&loaded, &unloaded, &changed, &on, &off, &over, &first};
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
        reaches(&all[i]->dropped, 1);
    }
    matriline_capability_release(held);
}

/* A manager that goes without a shutdown, while a plugin loads. */
static void abandoned(void) {
    matriline_error *error = NULL;
    struct listener it = {.token = 0}, lines = {.token = 0};
    matriline_config *options = config();
    ok(matriline_config_set_log(options, &lines, NULL, on_drop, &error), error);
    matriline_manager *manager = start_with(options);
    ok(matriline_manager_subscribe_on_changed(manager, &it, on_plugin, on_drop, &it.token, &error), error);
    ok(matriline_manager_load_plugin(manager, str("quick"), NULL, &error), error);
    matriline_manager_free(manager);
    reaches(&it.dropped, 1);
    reaches(&lines.dropped, 1);
}

/* With an event loop: in it and in order, and not before. */
static void posted_events(void) {
    matriline_error *error = NULL;
    struct loop loop = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    matriline_config *options = config();
    ok(matriline_config_set_post(options, &loop, post, on_loop_drop, &error), error);
    matriline_manager *manager = start_with(options);
    struct listener loaded = {.token = 0}, other = {.token = 0}, on = {.token = 0};
    ok(matriline_manager_subscribe_on_load(manager, &loaded, on_plugin, on_drop, &loaded.token, &error), error);
    ok(matriline_manager_subscribe_on_capability_load(manager, &on, on_capability, on_drop, NULL, &error), error);
    ok(matriline_manager_subscribe_on_load(manager, &other, on_plugin, on_drop, &other.token, &error), error);
    load(manager, "quick");
    assert(atomic_load(&loaded.calls) == 0 && atomic_load(&on.calls) == 0);

    /* who has unsubscribed is not told of what waits, and is freed once nothing waits */
    assert(matriline_manager_unsubscribe(manager, other.token));
    assert(atomic_load(&other.dropped) == 0);
    assert(with_tasks(&loop, matriline_task_run) >= 2);
    assert(atomic_load(&loaded.calls) == 1 && pthread_equal(loaded.thread, pthread_self()));
    assert(atomic_load(&on.calls) == 1 && strcmp(on.last, "more") == 0);
    assert(atomic_load(&other.calls) == 0 && atomic_load(&other.dropped) == 1);

    /* a task that is freed tells nobody */
    ok(matriline_manager_unload_plugin(manager, str("quick"), &error), error);
    load(manager, "quick");
    assert(with_tasks(&loop, matriline_task_free) > 0);
    assert(atomic_load(&loaded.calls) == 1);

    /* nor does one that comes after the manager */
    ok(matriline_manager_reload_plugin(manager, str("quick"), &error), error);
    ok(matriline_manager_wait_for_plugin_load(manager, str("quick"), UINT64_MAX, &error), error);
    stop(manager);
    with_tasks(&loop, matriline_task_run);
    reaches(&loaded.dropped, 1);
    reaches(&on.dropped, 1);
    reaches(&loop.dropped, 1);
    assert(atomic_load(&other.dropped) == 1);
}

struct crowd {
    matriline_manager *manager;
    struct listener it;
    atomic_int begun;
    int given;
};

static void *come_and_go(void *argument) {
    struct crowd *crowd = argument;
    for (int i = 0; i < 500; ++i) {
        uint64_t token = 0;
        matriline_error *error = NULL;
        ok(matriline_manager_subscribe_on_changed(crowd->manager, &crowd->it, on_plugin, on_drop, &token, &error),
           error);
        ++crowd->given;
        if (i % 3 != 0) {
            assert(matriline_manager_unsubscribe(crowd->manager, token));
        }
    }
    return NULL;
}

/* Subscribers come and go while events are told. */
static void threads(void) {
    matriline_error *error = NULL;
    matriline_manager *manager = start_with(config());
    enum { COUNT = 4 };
    static struct crowd crowds[COUNT];
    pthread_t ids[COUNT];
    for (int i = 0; i < COUNT; ++i) {
        crowds[i].manager = manager;
        assert(pthread_create(&ids[i], NULL, come_and_go, &crowds[i]) == 0);
    }
    for (int i = 0; i < 20; ++i) {
        ok(matriline_manager_reload_plugin(manager, str("quick"), &error), error);
        ok(matriline_manager_wait_for_plugin_load(manager, str("quick"), UINT64_MAX, &error), error);
    }
    for (int i = 0; i < COUNT; ++i) {
        assert(pthread_join(ids[i], NULL) == 0);
    }
    stop(manager);
    for (int i = 0; i < COUNT; ++i) {
        reaches(&crowds[i].it.dropped, crowds[i].given);
    }
}

int main(void) {
    begin();
    add_plugin("quick", "import time; time.sleep(0.01)", SUCCESS);
    add_plugin("other", "", SUCCESS);
    inline_events();
    abandoned();
    posted_events();
    threads();
    end("c.events");
    return 0;
}
