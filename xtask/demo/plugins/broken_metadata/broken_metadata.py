# /// script
# [tool.orcaslicer.plugin]
# name = "Broken Metadata"
# version = "1.0.0
# ///
"""The closing quote of the version is missing, so nobody can say what this plugin is."""

import orca


class Sparkle(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self):
        return "sparkle"

    def execute(self, ctx):
        return orca.ExecutionResult.success("Never runs")


@orca.plugin
class BrokenMetadata(orca.base):
    def register_capabilities(self):
        orca.register_capability(Sparkle)
