# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Print Stamp"
# description = "Writes into each exported file where it goes"
# author = "matriline"
# version = "1.0.0"
# ///
"""A capability that edits the G-code of an export."""

import orca


class PrintStamp(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self) -> str:
        return "print-stamp"

    def execute(self, ctx: orca.gcode.GCodePluginContext) -> orca.ExecutionResult:
        with open(ctx.gcode_path, encoding="utf-8") as file:
            gcode = file.read()
        if not gcode.strip():
            return orca.ExecutionResult.skipped("The file is empty")
        stamp = f"; {ctx.output_name} for {ctx.host}, by version {ctx.orca_version}\n"
        with open(ctx.gcode_path, "w", encoding="utf-8") as file:
            file.write(stamp + gcode)
        return orca.ExecutionResult.success("Stamped")


@orca.plugin
class PrintStampPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(PrintStamp)
