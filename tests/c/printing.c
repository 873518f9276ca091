/* A printer agent at work: it finds a simulator of a printer, connects to it and prints on it. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>

#include "test.h"

/* A printer that listens on this machine: it is found over UDP and takes lines of JSON over TCP; its access code is 1234. */
static int listener, searches;
static char printed[64];

static uint16_t port_of(int endpoint) {
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    assert(getsockname(endpoint, (struct sockaddr *)&address, &len) == 0);
    return ntohs(address.sin_port);
}

static int bound(int kind) {
    const int endpoint = socket(AF_INET, kind, 0);
    const struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert(endpoint >= 0 && bind(endpoint, (const struct sockaddr *)&here, sizeof here) == 0);
    return endpoint;
}

static void say(FILE *to, const char *line) {
    fprintf(to, "%s\n", line);
    fflush(to);
}

static void *serve(void *unused) {
    (void)unused;
    for (int connection; (connection = accept(listener, NULL, NULL)) >= 0;) {
        FILE *from = fdopen(connection, "r"), *to = fdopen(dup(connection), "w");
        char line[512], name[64];
        size_t size;
        while (fgets(line, sizeof line, from) != NULL) {
            if (strstr(line, "\"hello\"") != NULL) {
                say(to, strstr(line, "1234") != NULL ? "{\"ok\": true}" : "{\"ok\": false}");
            } else if (sscanf(line, "{\"upload\": \"%63[^\"]\", \"size\": %zu", name, &size) == 2) {
                for (; size > 0 && fgetc(from) != EOF; --size) {
                }
                say(to, "{\"ok\": true}");
            } else if (sscanf(line, "{\"print\": \"%63[^\"]\"", name) == 1) {
                say(to, "{\"progress\": 100}");
                strcpy(printed, name);
                say(to, "{\"ok\": true}");
            } else {
                say(to, "{\"ok\": true}");
            }
        }
        fclose(from);
        fclose(to);
    }
    return NULL;
}

static void *be_found(void *unused) {
    (void)unused;
    char question[64];
    struct sockaddr_in asks;
    socklen_t len = sizeof asks;
    while (recvfrom(searches, question, sizeof question, 0, (struct sockaddr *)&asks, &len) > 0) {
        const char found[] = "{\"dev_id\": \"loopback-1\", \"dev_name\": \"Loopback\"}";
        sendto(searches, found, sizeof found - 1, 0, (const struct sockaddr *)&asks, len);
    }
    return NULL;
}

static void start_printer(void) {
    listener = bound(SOCK_STREAM);
    searches = bound(SOCK_DGRAM);
    assert(listen(listener, 4) == 0);
    pthread_t thread;
    assert(pthread_create(&thread, NULL, serve, NULL) == 0 && pthread_detach(thread) == 0);
    assert(pthread_create(&thread, NULL, be_found, NULL) == 0 && pthread_detach(thread) == 0);
}

static atomic_int found, connected, refused, said, steps;

static void on_found(void *userdata, matriline_str json) {
    (void)userdata;
    assert(contains(json, "loopback-1") && contains(json, "\"lan\""));
    atomic_fetch_add(&found, 1);
}
static void on_connection(void *userdata, int32_t status, matriline_str dev_id, matriline_str msg) {
    (void)userdata;
    (void)msg;
    assert(same(dev_id, "loopback-1"));
    atomic_fetch_add(status == 0 ? &connected : &refused, 1);
}
static void on_message(void *userdata, matriline_str dev_id, matriline_str msg) {
    (void)userdata;
    assert(same(dev_id, "loopback-1") && contains(msg, "progress"));
    atomic_fetch_add(&said, 1);
}
static void on_step(void *userdata, int32_t status, int32_t code, matriline_str msg) {
    (void)userdata;
    (void)status;
    (void)msg;
    assert(code == 0);
    atomic_fetch_add(&steps, 1);
}
static bool is_cancelled(void *userdata) {
    return *(const bool *)userdata;
}

int main(void) {
    begin();
    start_printer();
    add_fixture("loopback_printer");
    matriline_error *error = NULL;
    matriline_manager *manager = start_with(config());
    load(manager, "loopback_printer");
    char text[64];
    snprintf(text, sizeof text, "{\"discovery_port\": %d}", port_of(searches));
    ok(matriline_manager_save_capability_config(manager, str("loopback_printer"),
                                                MATRILINE_CAPABILITY_TYPE_PRINTER_CONNECTION, str("loopback"),
                                                MATRILINE_CONFIG_SCOPE_BASE, str(text), NULL, &error),
       error);
    const matriline_agent_functions functions = {.size = sizeof functions,
                                                 .ssdp = {NULL, on_found, NULL},
                                                 .local_connect = {NULL, on_connection, NULL},
                                                 .local_message = {NULL, on_message, NULL}};
    const matriline_capability *agent = NULL;
    ok(matriline_manager_select_printer_agent(manager, str("loopback"), &functions, &agent, &error), error);
    assert(agent != NULL);
    reaches(&found, 1);

    snprintf(text, sizeof text, "%d", port_of(listener));
    matriline_printer_connection_params connection = {
        .dev_id = str("loopback-1"), .host = str("127.0.0.1"), .port = str(text), .password = str("wrong")};
    assert(matriline_printer_agent_connect_printer(agent, &connection, &error) == -1 && error == NULL);
    reaches(&refused, 1);
    connection.password = str("1234");
    assert(matriline_printer_agent_connect_printer(agent, &connection, &error) == 0 && error == NULL);
    reaches(&connected, 1);

    char gcode[128];
    snprintf(gcode, sizeof gcode, "%s/part.gcode", data_dir);
    write_file(gcode, "G28\nG1 X10\n");
    const matriline_print_params job = {
        .dev_id = str("loopback-1"), .task_name = str("part"), .filename = str(gcode)};
    bool cancelled = true;
    const matriline_update_fn update = {NULL, on_step, NULL};
    const matriline_cancel_fn cancel = {&cancelled, is_cancelled, NULL};
    assert(matriline_printer_agent_start_local_print(agent, &job, &update, &cancel, &error) == -18 && error == NULL);
    cancelled = false;
    assert(matriline_printer_agent_start_local_print(agent, &job, &update, &cancel, &error) == 0 && error == NULL);
    assert(strcmp(printed, "part.gcode") == 0 && atomic_load(&steps) == 3);
    reaches(&said, 1);
    assert(matriline_printer_agent_send_message_to_printer(agent, str("loopback-1"), str("{\"pause\": 1}"), 0, 0,
                                                           &error) == 0);
    ok(matriline_manager_deselect_printer_agent(manager, &error), error);
    assert(matriline_printer_agent_send_message_to_printer(agent, str("loopback-1"), str("{}"), 0, 0, &error) == -1);
    assert(error == NULL);
    matriline_capability_release(agent);
    stop(manager);
    end("printing");
    return 0;
}
