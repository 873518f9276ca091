# /// script
# [tool.orcaslicer.plugin]
# name = "Always Raises"
# version = "1.0.0"
# ///
"""Fails on purpose: an exception with a chained cause, after half an edit."""

import orca


class Boom(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self):
        return "boom"

    def execute(self, ctx):
        with open(ctx.gcode_path, "r+") as gcode:
            gcode.write("; half an edit")
        try:
            {}["layer_height"]
        except KeyError as cause:
            raise ValueError("The layer table is empty") from cause


@orca.plugin
class AlwaysRaises(orca.base):
    def register_capabilities(self):
        orca.register_capability(Boom)
