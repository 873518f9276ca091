#pragma once

#include <string>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A printer agent that the application brings itself.
struct OwnPrinterAgent {
    /// Its id, which no plugin can take.
    std::string id;
    /// What the user reads.
    std::string name;
};

/// Those of OrcaSlicer.
MATRILINE_EXPORT std::vector<OwnPrinterAgent> orca_printer_agents();

MATRILINE_END_NAMESPACE
