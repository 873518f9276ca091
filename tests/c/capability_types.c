/* What an application adds to `orca`: capability types of its own, called by name, and extension modules. */
#include <Python.h>

#include "test.h"

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Simulates\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
    "from orca.sums import twice\n"
    "class It(orca.simulation.SimulatorPluginCapabilityBase):\n"
    "    def get_name(self): return 'it'\n"
    "    def simulate(self, gcode, speed):\n"
    "        if speed < 0: raise ValueError('backwards')\n"
    "        return orca.ExecutionResult.success(f'{gcode} {speed}', data='größer')\n"
    "    def count_layers(self, start, exact): return twice(start) if exact else 'many'\n"
    "    def echo(self, value): return value\n"
    "    def get_distance(self): return 2.5\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self): orca.register_capability(It)\n";

static PyObject *twice(PyObject *module, PyObject *argument) {
    (void)module;
    const long number = PyLong_AsLong(argument);
    return PyErr_Occurred() != NULL ? NULL : PyLong_FromLong(2 * number);
}
static PyMethodDef methods[] = {{"twice", twice, METH_O, "Twice a number."}, {NULL, NULL, 0, NULL}};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "sums", "Made by the application.", -1, methods, NULL, NULL, NULL, NULL};

static void *make_sums(void) {
    return PyModule_Create(&definition);
}

enum { nothing = MATRILINE_VALUE_KIND_NOTHING, text = MATRILINE_VALUE_KIND_TEXT, json = MATRILINE_VALUE_KIND_JSON,
       number = MATRILINE_VALUE_KIND_NUMBER, real = MATRILINE_VALUE_KIND_REAL, flag = MATRILINE_VALUE_KIND_FLAG,
       result = MATRILINE_VALUE_KIND_RESULT };
enum { required = MATRILINE_DUTY_REQUIRED, optional = MATRILINE_DUTY_OPTIONAL };

static const matriline_result bad = MATRILINE_RESULT_INVALID_ARGUMENT;

static void add_method(matriline_type_declaration *type, const char *name, const matriline_argument *arguments,
                       size_t count, uint8_t returns, uint8_t duty) {
    matriline_error *error = NULL;
    ok(matriline_type_declaration_add_method(type, str(name), str("A method."), arguments, count, returns, duty, &error),
       error);
}

static matriline_type_declaration *simulator(void) {
    matriline_error *error = NULL;
    matriline_type_declaration *type = NULL;
    ok(matriline_type_declaration_new(str("flow-simulator"), str("Simulates a print."), str("simulation"),
                                      str("SimulatorPluginCapabilityBase"), &type, &error),
       error);
    const matriline_argument to_simulate[] = {{str("gcode"), text}, {str("speed"), real}};
    const matriline_argument to_count[] = {{str("start"), number}, {str("exact"), flag}};
    const matriline_argument to_echo[] = {{str("value"), json}};
    add_method(type, "simulate", to_simulate, 2, result, required);
    add_method(type, "count_layers", to_count, 2, number, optional);
    add_method(type, "echo", to_echo, 1, json, optional);
    add_method(type, "get_distance", NULL, 0, real, optional);
    add_method(type, "get_label", NULL, 0, text, optional);
    add_method(type, "is_quick", NULL, 0, flag, optional);
    add_method(type, "reset", NULL, 0, nothing, optional);
    return type;
}

static void bad_input(matriline_config *options, matriline_type_declaration *type) {
    matriline_error *error = NULL;
    assert(matriline_type_declaration_new(not_utf8, str(""), str(""), str(""), &type, NULL) == bad);
    assert(matriline_type_declaration_new(str("x"), str(""), str(""), str(""), NULL, NULL) == bad);
    assert(matriline_type_declaration_add_method(NULL, str("x"), str(""), NULL, 0, text, required, NULL) == bad);
    assert(matriline_type_declaration_add_method(type, str("x"), str(""), NULL, 2, text, required, NULL) == bad);
    assert(matriline_type_declaration_add_method(type, str("x"), str(""), NULL, 0, 99, required, &error) == bad);
    says(&error, bad, "No kind of a value has the number 99");
    assert(matriline_type_declaration_add_method(type, str("x"), str(""), NULL, 0, text, 2, &error) == bad);
    says(&error, bad, "No duty has the number 2");
    assert(matriline_config_declare_capability_type(NULL, type, NULL) == bad);
    assert(matriline_config_declare_capability_type(options, NULL, NULL) == bad);
    assert(matriline_config_register_submodule(NULL, str("sums"), make_sums, NULL) == bad);
    assert(matriline_config_register_submodule(options, not_utf8, make_sums, NULL) == bad);
    assert(matriline_config_register_submodule(options, str("sums"), NULL, &error) == bad);
    says(&error, bad, "`orca.sums` has no function that makes it");
    matriline_type_declaration_free(NULL);
    assert(matriline_capability_type_from_text(not_utf8) == MATRILINE_CAPABILITY_TYPE_UNKNOWN);
    assert(matriline_capability_type_from_text(str("Script")) == MATRILINE_CAPABILITY_TYPE_SCRIPT);
    assert(same(matriline_capability_type_text(MATRILINE_CAPABILITY_TYPE_SCRIPT), "script"));
    assert(same(matriline_capability_type_text(200), "unknown"));

    assert(matriline_capability_call(NULL, str("x"), NULL, 0, NULL, NULL) == bad);
    assert(matriline_returned_kind(NULL) == nothing && same(matriline_returned_text(NULL), ""));
    assert(matriline_returned_number(NULL) == 0 && matriline_returned_real(NULL) == 0 && !matriline_returned_flag(NULL));
    assert(matriline_returned_result(NULL) == NULL);
    matriline_returned_free(NULL);
}

static matriline_returned *call(const matriline_capability *it, const char *method, const matriline_value *arguments,
                                size_t count, uint8_t kind) {
    matriline_error *error = NULL;
    matriline_returned *returned = NULL;
    ok(matriline_capability_call(it, str(method), arguments, count, &returned, &error), error);
    assert(matriline_returned_kind(returned) == kind);
    return returned;
}

static void calls(const matriline_capability *it) {
    matriline_error *error = NULL;
    matriline_value simulated[] = {{.kind = text, .text = str("a.gcode")}, {.kind = real, .real = 1.5}};
    matriline_returned *returned = call(it, "simulate", simulated, 2, result);
    const matriline_execution_result *answer = matriline_returned_result(returned);
    assert(same(matriline_execution_result_message(answer), "a.gcode 1.5"));
    assert(same(matriline_execution_result_data(answer), "größer"));
    matriline_returned_free(returned);

    matriline_value counted[] = {{.kind = number, .number = 21}, {.kind = flag, .flag = true}};
    returned = call(it, "count_layers", counted, 2, number);
    assert(matriline_returned_number(returned) == 42);
    matriline_returned_free(returned);

    const matriline_value echoed = {.kind = json, .text = str("[1, null]")};
    returned = call(it, "echo", &echoed, 1, json);
    assert(contains(matriline_returned_text(returned), "null"));
    matriline_returned_free(returned);
    returned = call(it, "get_distance", NULL, 0, real);
    assert(matriline_returned_real(returned) == 2.5);
    matriline_returned_free(returned);
    /* what the plugin leaves out answers with nothing */
    returned = call(it, "get_label", NULL, 0, text);
    assert(same(matriline_returned_text(returned), ""));
    matriline_returned_free(returned);
    returned = call(it, "is_quick", NULL, 0, flag);
    assert(!matriline_returned_flag(returned) && matriline_returned_result(returned) == NULL);
    matriline_returned_free(returned);
    matriline_returned_free(call(it, "reset", NULL, 0, nothing));

    counted[1].flag = false;
    assert(matriline_capability_call(it, str("count_layers"), counted, 2, NULL, &error) ==
           MATRILINE_RESULT_WRONG_ANSWER);
    says(&error, MATRILINE_RESULT_WRONG_ANSWER, "count_layers");
    simulated[1].real = -1;
    assert(matriline_capability_call(it, str("simulate"), simulated, 2, NULL, &error) == MATRILINE_RESULT_PLUGIN_RAISED);
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "backwards");
    assert(matriline_capability_call(it, str("simulate"), simulated, 1, NULL, NULL) == bad);
    assert(matriline_capability_call(it, str("simulate"), counted, 2, NULL, NULL) == bad);
    simulated[0].kind = 99;
    assert(matriline_capability_call(it, str("simulate"), simulated, 2, NULL, NULL) == bad);
    assert(matriline_capability_call(it, str("simulate"), NULL, 2, NULL, NULL) == bad);
    assert(matriline_capability_call(it, str("nope"), NULL, 0, NULL, &error) == bad);
    says(&error, bad, "has no method `nope`: call one of `simulate`, `count_layers`");
}

int main(void) {
    begin();
    add_source("simulates", plugin);
    matriline_error *error = NULL;
    matriline_config *options = config();
    matriline_type_declaration *type = simulator();
    bad_input(options, type);
    ok(matriline_config_declare_capability_type(options, type, &error), error);
    matriline_type_declaration_free(type);
    ok(matriline_config_register_submodule(options, str("sums"), make_sums, &error), error);
    matriline_manager *manager = start_with(options);
    load(manager, "simulates");
    const uint8_t kind = matriline_capability_type_from_text(str("flow-simulator"));
    assert(kind != MATRILINE_CAPABILITY_TYPE_UNKNOWN);
    assert(same(matriline_capability_type_text(kind), "flow-simulator"));
    const matriline_capability *it = NULL;
    ok(matriline_manager_find_capability(manager, str("simulates"), kind, str("it"), &it, &error), error);
    assert(it != NULL);
    calls(it);
    stop(manager);
    assert(matriline_capability_call(it, str("reset"), NULL, 0, NULL, NULL) == MATRILINE_RESULT_CAPABILITY_UNLOADED);
    matriline_capability_release(it);

    /* what cannot be declared, or made, is an error of the start */
    options = config();
    ok(matriline_type_declaration_new(str("No Type"), str(""), str("m"), str("C"), &type, &error), error);
    ok(matriline_config_declare_capability_type(options, type, &error), error);
    matriline_type_declaration_free(type);
    assert(matriline_manager_start(options, &manager, &error) != MATRILINE_RESULT_OK);
    says(&error, matriline_error_code(error), "`No Type` cannot be declared");
    matriline_config_free(options);
    end("capability_types");
    return 0;
}
