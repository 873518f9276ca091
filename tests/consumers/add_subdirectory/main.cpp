#include "matriline/matriline.hpp"

int main() {
    const auto reference = matriline::parse_capability_ref("stamp;;header-stamp");
    const bool parsed = reference && reference->capability_name == "header-stamp";
    return parsed && !matriline::PluginManager::instance().is_initialized() ? 0 : 1;
}
