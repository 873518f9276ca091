# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Print Height"
# description = "Says how high a print is"
# author = "matriline"
# version = "1.0.0"
# ///
"""An analysis, of the model before it is sliced and of the G-code after."""

import re
from collections.abc import Callable

import orca
from orca.host import Model

RISE = re.compile(r"G[01]\b[^;]*\bZ([0-9.]+)")


class PrintHeight(orca.analysis.AnalysisPluginCapabilityBase):
    def get_name(self) -> str:
        return "print-height"

    def analyze_model(self, model: Model, progress: Callable[..., bool]) -> dict[str, object]:
        heights = {each.name: each.bounding_box().size[2] for each in model.objects()}
        return {"height": model.max_z(), "objects": heights}

    def analyze_gcode(self, path: str, progress: Callable[..., bool]) -> dict[str, object]:
        with open(path, encoding="utf-8") as gcode:
            rises = (RISE.match(line) for line in gcode)
            heights = [float(rise[1]) for rise in rises if rise]
        return {"height": max(heights, default=0.0), "moves": len(heights)}


@orca.plugin
class PrintHeightPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(PrintHeight)
