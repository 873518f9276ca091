# /// script
# [tool.orcaslicer.plugin]
# name = "Filament Weight"
# description = "Says what a metre of filament weighs"
# version = "1.0.0"
# ///
"""A script that the user runs from a menu."""

import math

import orca

DIAMETER = 1.75  # mm
DENSITIES = {"PLA": 1.24}  # g/cm³


class Weight(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return "weight"

    def execute(self):
        # mm² times a metre are cm³
        volume = math.pi / 4 * DIAMETER**2
        weights = [f"{name} {volume * density:.2f} g" for name, density in DENSITIES.items()]
        return orca.ExecutionResult.success("A metre weighs: " + ", ".join(weights))


@orca.plugin
class FilamentWeight(orca.base):
    def register_capabilities(self):
        orca.register_capability(Weight)
