/* Printer agents: every kind of argument and answer, failures that are answers, functions both ways, ids, selecting. */
#include "test.h"

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"%1$s\"\n# version = \"1.0.0\"\n# ///\n"
    "import orca, threading, time\n"
    "from orca.printer_agent import *\n"
    "class Agent(PrinterAgentBase):\n"
    "    ssdp = None\n"
    "    def get_name(self): return 'agent'\n"
    "    def get_agent_info(self): return AgentInfo('%2$s', 'Größe', '1.0', 'for tests')\n"
    "    def connect_printer(self, params):\n"
    "        assert (params.host, params.use_ssl, params.password, params.port) == ('10.0.0.1', True, 'größer', '')\n"
    "        return 7\n"
    "    def start_discovery(self, start, sending):\n"
    "        if self.ssdp: self.ssdp('{}')\n"
    "        return start and not sending\n"
    "    def set_on_ssdp_msg_fn(self, fn):\n"
    "        self.ssdp = fn\n"
    "        return 0\n"
    "    def bind_detect(self, dev_ip, sec_link, detect):\n"
    "        assert detect.dev_name == 'before'\n"
    "        detect.dev_name = dev_ip + sec_link\n"
    "        return 0\n"
    "    def get_user_selected_machine(self): return 'machine'\n"
    "    def start_print(self, params, update_fn, cancel_fn, wait_fn):\n"
    "        assert (params.filename, params.plate_index, params.task_use_ams) == ('a.3mf', 2, True)\n"
    "        thread = threading.Thread(target=update_fn, args=(1, 0, 'größer'))\n"
    "        thread.start()\n"
    "        thread.join()\n"
    "        assert cancel_fn() is False and wait_fn(3, 'job') is True\n"
    "        return 5\n"
    "    def start_local_print(self, params, update_fn, cancel_fn):\n"
    "        assert update_fn is None\n"
    "        while not cancel_fn(): time.sleep(0.01)\n"
    "        return -18\n"
    "    def unbind(self, dev_id): raise OSError('gone')\n"
    "    def request_bind_ticket(self): return 3, 'ticket'\n"
    "    def set_queue_on_main_fn(self, fn):\n"
    "        if fn: fn(lambda: self.ssdp('task'))\n"
    "        return 0\n"
    "    def get_filament_sync_mode(self): return FilamentSyncMode.Pull\n"
    "    def fetch_filament_info(self, dev_id, sync_mode): return sync_mode is FilamentSyncMode.Subscription\n"
    "    def get_camera_url(self): return 5.5\n"
    "    def command_axis_control(self, dev_id, axis, unit, input_val, speed, is_core_xy, supports, sequence_id, lan_mode):\n"
    "        assert (axis, unit, input_val, speed, is_core_xy, supports) == ('X', 0.5, -10.0, 3000, True, False)\n"
    "        return 4\n"
    "    def get_hms_snapshot(self, dev_id, file_name, callback):\n"
    "        callback('body', 200)\n"
    "        return 0\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self): orca.register_capability(Agent)\n";

static atomic_int told, dropped;
static matriline_task *task;

static void drop(void *userdata) {
    assert(userdata == &told);
    atomic_fetch_add(&dropped, 1);
}
static void on_update(void *userdata, int32_t status, int32_t code, matriline_str msg) {
    assert(userdata == &told && status == 1 && code == 0 && same(msg, "größer"));
    atomic_fetch_add(&told, 1);
}
static bool never(void *userdata) {
    assert(userdata == &told);
    return false;
}
static bool on_wait(void *userdata, int32_t status, matriline_str job_info) {
    (void)userdata;
    return status == 3 && same(job_info, "job");
}
static void on_ssdp(void *userdata, matriline_str json) {
    assert(userdata == &told && json.len > 0);
    atomic_fetch_add(&told, 1);
}
static bool not_yet(void *userdata) {
    assert(atomic_load((atomic_int *)userdata) == 0);
    return false;
}
static void is_over(void *userdata) {
    atomic_fetch_add((atomic_int *)userdata, 1);
}
static void on_snapshot(void *userdata, matriline_str body, int32_t http_status) {
    assert(userdata == &told && same(body, "body") && http_status == 200);
    atomic_fetch_add(&told, 1);
}
static void on_queue(void *userdata, matriline_task *queued) {
    (void)userdata;
    task = queued;
}

static const matriline_update_fn update = {&told, on_update, drop};
static const matriline_cancel_fn cancel = {&told, never, drop};
static const matriline_wait_fn wait_for_job = {&told, on_wait, drop};
static const matriline_ssdp_fn ssdp = {&told, on_ssdp, drop};

static void add_agent(const char *key, const char *id) {
    char text[8192];
    snprintf(text, sizeof text, plugin, key, id);
    add_source(key, text);
}

static const matriline_capability *agent(matriline_manager *manager, const char *id, uint64_t milliseconds) {
    matriline_error *error = NULL;
    const matriline_capability *found = NULL;
    ok(matriline_manager_printer_agent(manager, str(id), milliseconds, &found, &error), error);
    return found;
}

/* An answer without an error. */
#define well(call) (assert(error == NULL), (call))

static void nulls(void) {
    const matriline_result null = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    assert(matriline_manager_printer_agents(NULL, NULL, NULL) == null);
    assert(matriline_manager_printer_agent(NULL, str("x"), 0, NULL, NULL) == null);
    assert(matriline_manager_select_printer_agent(NULL, str("x"), NULL, NULL, NULL) == null);
    assert(matriline_manager_deselect_printer_agent(NULL, NULL) == null);
    assert(matriline_manager_selected_printer_agent(NULL, NULL, NULL) == null);
    assert(matriline_config_set_printer_agents(NULL, NULL, 0, NULL) == null);
    assert(matriline_printer_agent_list_len(NULL) == 0);
    assert(!matriline_printer_agent_list_get(NULL, 0, NULL));
    matriline_printer_agent_list_free(NULL);
    assert(matriline_printer_agent_check_cert(NULL, &error) == -1);
    says(&error, null, "`capability` is NULL");
    assert(matriline_printer_agent_check_cert(NULL, NULL) == -1);
    assert(!matriline_printer_agent_start_discovery(NULL, true, false, NULL));
    matriline_printer_agent_install_device_cert(NULL, str("d"), true, &error);
    says(&error, null, "`capability` is NULL");
    matriline_text *text = matriline_printer_agent_get_camera_url(NULL, NULL);
    assert(text != NULL && same(matriline_text_get(text), ""));
    matriline_text_free(text);
    matriline_agent_info *info = matriline_printer_agent_get_agent_info(NULL, NULL);
    assert(same(matriline_agent_info_id(info), "") && same(matriline_agent_info_id(NULL), ""));
    matriline_agent_info_free(info);
    assert(matriline_detect_result_set_dev_id(NULL, str("x"), NULL) == null);
    matriline_detect_result_free(NULL);
    /* a function that is given is dropped, whatever becomes of the call */
    assert(matriline_printer_agent_start_local_print(NULL, NULL, &update, &cancel, NULL) == -1);
    reaches(&dropped, 2);
}

static void answers(const matriline_capability *agent) {
    matriline_error *error = NULL;
    const matriline_printer_connection_params connection = {
        .host = str("10.0.0.1"), .use_ssl = true, .password = str("größer")};
    assert(well(matriline_printer_agent_connect_printer(agent, &connection, &error)) == 7);
    assert(well(matriline_printer_agent_start_discovery(agent, true, false, &error)));
    matriline_text *text = well(matriline_printer_agent_get_user_selected_machine(agent, &error));
    assert(same(matriline_text_get(text), "machine"));
    matriline_text_free(text);
    assert(well(matriline_printer_agent_get_filament_sync_mode(agent, &error)) == MATRILINE_FILAMENT_SYNC_MODE_PULL);
    assert(well(matriline_printer_agent_fetch_filament_info(agent, str("d"), MATRILINE_FILAMENT_SYNC_MODE_SUBSCRIPTION,
                                                            &error)));
    assert(!matriline_printer_agent_fetch_filament_info(agent, str("d"), 99, &error));
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`FilamentSyncMode` has the number 99");
    matriline_printer_agent_install_device_cert(agent, str("d"), true, &error);
    text = NULL;
    assert(well(matriline_printer_agent_request_bind_ticket(agent, &text, &error)) == 3);
    assert(same(matriline_text_get(text), "ticket"));
    matriline_text_free(text);
    matriline_detect_result *detect = matriline_detect_result_new();
    ok(matriline_detect_result_set_dev_name(detect, str("before"), &error), error);
    assert(matriline_detect_result_set_dev_name(detect, not_utf8, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
    assert(well(matriline_printer_agent_bind_detect(agent, str("ip"), str("link"), detect, &error)) == 0);
    assert(same(matriline_detect_result_dev_name(detect), "iplink"));
    /* what fails changes nothing */
    assert(matriline_printer_agent_bind_detect(agent, str("ip"), str("link"), detect, &error) == -1);
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "AssertionError");
    assert(same(matriline_detect_result_dev_name(detect), "iplink"));
    matriline_detect_result_free(detect);
    assert(well(matriline_printer_agent_command_axis_control(agent, str("d"), str("X"), 0.5, -10.0, 3000, true, false,
                                                             str("1"), true, &error)) == 4);
    assert(error == NULL);
    matriline_agent_info *info = matriline_printer_agent_get_agent_info(agent, &error);
    assert(error == NULL && same(matriline_agent_info_name(info), "Größe"));
    assert(same(matriline_agent_info_description(info), "for tests"));
    matriline_agent_info_free(info);
}

/* 12.16: nothing an agent does wrong gets out of the call. */
static void failures(const matriline_capability *agent) {
    matriline_error *error = NULL;
    assert(matriline_printer_agent_unbind(agent, str("d"), &error) == -1);
    assert(contains(matriline_error_traceback(error), "OSError: gone"));
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "gone");
    matriline_text *url = matriline_printer_agent_get_camera_url(agent, &error);
    assert(same(matriline_text_get(url), ""));
    matriline_text_free(url);
    says(&error, MATRILINE_RESULT_WRONG_ANSWER, "get_camera_url");
    assert(matriline_printer_agent_ping_bind(agent, not_utf8, &error) == -1);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`code` is not UTF-8");
    assert(matriline_printer_agent_connect_printer(agent, NULL, &error) == -1);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`params` is NULL");
    assert(matriline_printer_agent_request_bind_ticket(agent, NULL, &error) == -1);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "`text_out` is NULL");
    /* an error of before is gone after a call that does well */
    assert(matriline_printer_agent_check_cert(agent, &error) == -1);
    matriline_error_free(error);
    assert(matriline_printer_agent_start_discovery(agent, true, false, &error) && error == NULL);
}

static void functions(const matriline_capability *agent) {
    matriline_error *error = NULL;
    const matriline_print_params params = {.filename = str("a.3mf"), .plate_index = 2, .task_use_ams = true};
    atomic_store(&told, 0);
    atomic_store(&dropped, 0);
    assert(matriline_printer_agent_start_print(agent, &params, &update, &cancel, &wait_for_job, &error) == 5);
    assert(error == NULL && atomic_load(&told) == 1);
    reaches(&dropped, 3);
    const matriline_snapshot_fn snapshot = {&told, on_snapshot, drop};
    assert(matriline_printer_agent_get_hms_snapshot(agent, str("d"), str("f"), &snapshot, &error) == 0);
    assert(error == NULL && atomic_load(&told) == 2);
    assert(matriline_printer_agent_set_on_ssdp_msg_fn(agent, &ssdp, &error) == 0);
    const matriline_queue_on_main_fn queue = {NULL, on_queue, NULL};
    assert(matriline_printer_agent_set_queue_on_main_fn(agent, &queue, &error) == 0);
    assert(atomic_load(&told) == 2 && task != NULL);
    matriline_task_run(task);
    assert(atomic_load(&told) == 3);
    const matriline_ssdp_fn none = {&told, NULL, drop};
    const int before = atomic_load(&dropped);
    assert(matriline_printer_agent_set_on_ssdp_msg_fn(agent, &none, &error) == 0 && error == NULL);
    assert(atomic_load(&dropped) > before);
}

static void in_time(matriline_manager *manager) {
    matriline_error *error = NULL;
    const matriline_capability *patient = agent(manager, "mine", 100);
    const matriline_print_params params = {0};
    static atomic_int over;
    const matriline_cancel_fn patience = {&over, not_yet, is_over};
    assert(matriline_printer_agent_start_local_print(patient, &params, NULL, &patience, &error) == -1);
    says(&error, MATRILINE_RESULT_TIMED_OUT, "start_local_print");
    /* left alone, the call is told that it is cancelled, and its function is dropped when it ends */
    reaches(&over, 1);
    assert(matriline_capability_is_enabled(patient));
    matriline_capability_release(patient);
}

static void ids(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_printer_agent_list *list = NULL;
    ok(matriline_manager_printer_agents(manager, &list, &error), error);
    assert(matriline_printer_agent_list_len(list) == 3);
    matriline_listed_agent listed;
    assert(matriline_printer_agent_list_get(list, 0, &listed));
    assert(same(listed.id, "own") && same(listed.name, "Own") && same(listed.plugin_key, ""));
    assert(matriline_printer_agent_list_get(list, 1, &listed));
    assert(same(listed.id, "mine") && same(listed.name, "Größe") && same(listed.version, "1.0"));
    assert(same(listed.plugin_key, "works") && same(listed.capability_name, "agent"));
    assert(!matriline_printer_agent_list_get(list, 3, &listed));
    matriline_printer_agent_list_free(list);
    assert(agent(manager, "own", 0) == NULL && agent(manager, "nobody", 0) == NULL);
    assert(matriline_manager_printer_agent(manager, not_utf8, 0, NULL, NULL) == MATRILINE_RESULT_INVALID_ARGUMENT);
}

static void selecting(matriline_manager *manager) {
    matriline_error *error = NULL;
    matriline_text *id = (matriline_text *)manager;
    ok(matriline_manager_selected_printer_agent(manager, &id, &error), error);
    assert(id == NULL);
    atomic_store(&told, 0);
    atomic_store(&dropped, 0);
    matriline_agent_functions given = {.size = sizeof given, .ssdp = ssdp};
    const matriline_capability *selected = NULL;
    ok(matriline_manager_select_printer_agent(manager, str("mine"), &given, &selected, &error), error);
    assert(selected != NULL && atomic_load(&told) >= 1);
    matriline_capability_release(selected);
    ok(matriline_manager_selected_printer_agent(manager, &id, &error), error);
    assert(same(matriline_text_get(id), "mine"));
    matriline_text_free(id);
    ok(matriline_manager_select_printer_agent(manager, str("nobody"), NULL, &selected, &error), error);
    assert(selected == NULL);
    given.size = 0;
    assert(matriline_manager_select_printer_agent(manager, str("mine"), &given, NULL, &error) ==
           MATRILINE_RESULT_INVALID_ARGUMENT);
    says(&error, MATRILINE_RESULT_INVALID_ARGUMENT, "sizeof(matriline_agent_functions)");
    ok(matriline_manager_select_printer_agent(manager, str("other"), NULL, NULL, &error), error);
    reaches(&dropped, 1);
    ok(matriline_manager_deselect_printer_agent(manager, &error), error);
    ok(matriline_manager_selected_printer_agent(manager, &id, &error), error);
    assert(id == NULL);
}

int main(void) {
    nulls();
    begin();
    add_agent("works", "mine");
    add_agent("another", "other");
    matriline_error *error = NULL;
    matriline_config *options = config();
    const matriline_own_agent own = {str("own"), str("Own")};
    ok(matriline_config_set_printer_agents(options, &own, 1, &error), error);
    matriline_manager *manager = start_with(options);
    load(manager, "works");
    load(manager, "another");
    const matriline_capability *mine = agent(manager, "mine", 0);
    assert(mine != NULL && matriline_capability_kind(mine) == MATRILINE_CAPABILITY_TYPE_PRINTER_CONNECTION);
    answers(mine);
    failures(mine);
    functions(mine);
    in_time(manager);
    ids(manager);
    selecting(manager);
    ok(matriline_manager_unload_plugin(manager, str("works"), &error), error);
    assert(matriline_printer_agent_unbind(mine, str("d"), &error) == -1);
    says(&error, MATRILINE_RESULT_CAPABILITY_UNLOADED, "works");
    matriline_capability_release(mine);
    stop(manager);
    end("printer_agents");
    return 0;
}
