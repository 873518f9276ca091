#pragma once

/// Everything of the library. Each header can also be included alone.

#include "matriline/capabilities.hpp"
#include "matriline/error.hpp"
#include "matriline/execute_capabilities_from_refs.hpp"
#include "matriline/execution_result.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/log.hpp"
#include "matriline/manager_options.hpp"
#include "matriline/plugin_capability_identifier.hpp"
#include "matriline/plugin_capability_interface.hpp"
#include "matriline/plugin_capability_ref.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/plugin_catalog.hpp"
#include "matriline/plugin_descriptor.hpp"
#include "matriline/plugin_loader.hpp"
#include "matriline/plugin_manager.hpp"
#include "matriline/plugin_requirement.hpp"
#include "matriline/post_process.hpp"
#include "matriline/python_gil_state.hpp"
#include "matriline/python_interpreter.hpp"
#include "matriline/version.hpp"
