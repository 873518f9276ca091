/* Pages: the page, its icon, messages both ways. */
#include "test.h"

static const char plugin[] =
    "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Shows\"\n# version = \"1.0.0\"\n# ///\nimport orca\n"
    "class Page(orca.pages.PagesPluginCapabilityBase):\n"
    "    def get_name(self): return 'page'\n"
    "    def get_ui(self): return '<b>größer</b>'\n"
    "    def on_message(self, data):\n"
    "        if data is None: raise ValueError('nothing')\n"
    "        self.post_message(data)\n"
    "@orca.plugin\n"
    "class Package(orca.base):\n"
    "    def register_capabilities(self): orca.register_capability(Page)\n";

static atomic_int posted;

static void on_post(void *userdata, matriline_str plugin_key, uint8_t type, matriline_str name, matriline_str message) {
    assert(userdata == &posted && same(plugin_key, "shows") && type == MATRILINE_CAPABILITY_TYPE_PAGES);
    assert(same(name, "page") && contains(message, "größer"));
    atomic_fetch_add(&posted, 1);
}

int main(void) {
    const matriline_result bad = MATRILINE_RESULT_INVALID_ARGUMENT;
    matriline_error *error = NULL;
    matriline_text *text = NULL;
    assert(matriline_pages_get_ui(NULL, &text, NULL) == bad);
    assert(matriline_pages_get_icon(NULL, &text, NULL) == bad);
    assert(matriline_pages_on_message(NULL, str("1"), &error) == bad);
    says(&error, bad, "`capability` is NULL");

    begin();
    add_source("shows", plugin);
    matriline_config *options = config();
    ok(matriline_config_set_post_to_page(options, &posted, on_post, NULL, &error), error);
    matriline_manager *manager = start_with(options);
    load(manager, "shows");
    const matriline_capability *page = NULL;
    ok(matriline_manager_find_capability(manager, str("shows"), MATRILINE_CAPABILITY_TYPE_PAGES, str("page"), &page,
                                         &error),
       error);
    assert(page != NULL);
    ok(matriline_pages_get_ui(page, &text, &error), error);
    assert(same(matriline_text_get(text), "<b>größer</b>"));
    matriline_text_free(text);
    ok(matriline_pages_get_icon(page, &text, &error), error);
    assert(same(matriline_text_get(text), ""));
    matriline_text_free(text);
    assert(matriline_pages_get_ui(page, NULL, NULL) == bad);
    ok(matriline_pages_on_message(page, str("[\"größer\"]"), &error), error);
    reaches(&posted, 1);
    assert(matriline_pages_on_message(page, str("{"), NULL) == bad);
    assert(matriline_pages_on_message(page, not_utf8, NULL) == bad);
    assert(matriline_pages_on_message(page, str("null"), &error) == MATRILINE_RESULT_PLUGIN_RAISED);
    says(&error, MATRILINE_RESULT_PLUGIN_RAISED, "nothing");
    assert(matriline_script_execute(page, NULL, &error) == bad);
    says(&error, bad, "not of type `script`");
    stop(manager);
    assert(matriline_pages_get_ui(page, &text, NULL) == MATRILINE_RESULT_CAPABILITY_UNLOADED);
    matriline_capability_release(page);
    end("pages");
    return 0;
}
