# /// script
# [tool.orcaslicer.plugin]
# name = "Write Outside"
# version = "1.0.0"
# ///
"""Misbehaves on purpose: writes into a folder that is neither the data folder nor the G-code's."""

import pathlib

import orca

# demo-outside/ lies beside demo/, which holds data/orca_plugins/write_outside/write_outside.py
OUTSIDE = pathlib.Path(__file__).parents[4] / "demo-outside" / "outside.txt"


class Escape(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self):
        return "escape"

    def execute(self, ctx):
        with open(OUTSIDE, "w") as file:
            file.write("A plugin was here\n")
        return orca.ExecutionResult.success("Wrote outside")


@orca.plugin
class WriteOutside(orca.base):
    def register_capabilities(self):
        orca.register_capability(Escape)
