"""Appends what a print is made of to the G-code, as a block of comments."""

import orca

from .gcode_math import Statistics


class PrintStats(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self):
        return "print-stats"

    def execute(self, ctx):
        statistics = Statistics()
        with open(ctx.gcode_path, encoding="utf-8", errors="replace") as gcode:
            for line in gcode:
                statistics.read(line)
        with open(ctx.gcode_path, "a", encoding="utf-8") as gcode:
            gcode.write(report(statistics))
        summary = f"{statistics.layers} layers, {statistics.filament:.1f} mm of filament, {statistics.moves} moves"
        return orca.ExecutionResult.success(summary)


def report(statistics):
    low, high = statistics.corners()
    return (
        "; print-stats begin\n"
        f"; layers = {statistics.layers}\n"
        f"; moves = {statistics.moves}\n"
        f"; filament [mm] = {statistics.filament:.2f}\n"
        f"; travel [mm] = {statistics.travel:.2f}\n"
        f"; bounding box [mm] = {low} to {high}\n"
        "; print-stats end\n"
    )


@orca.plugin
class PrintStatsPlugin(orca.base):
    def register_capabilities(self):
        orca.register_capability(PrintStats)
