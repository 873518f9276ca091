# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Layer Pause"
# description = "Pauses the print at a height that the user configures"
# author = "matriline"
# version = "1.0.0"
# ///
"""A capability that takes part in slicing, and that has a configuration."""

import json

import orca
from orca.slicing import Step


class LayerPause(orca.slicing.SlicingPipelineCapabilityBase):
    def get_name(self) -> str:
        return "layer-pause"

    def get_default_config(self) -> dict[str, float]:
        return {"height": 1.0}

    def execute(self, ctx: orca.slicing.SlicingPipelineContext) -> orca.ExecutionResult:
        if ctx.step is not Step.psGCodePostProcess:
            return orca.ExecutionResult.skipped()
        layer_height = ctx.config_value("layer_height")
        if layer_height is None:
            return orca.ExecutionResult.failure(
                orca.PluginResult.RecoverableError, "Nobody knows how high a layer is"
            )
        height = float(json.loads(self.get_config())["height"])
        last = round(height / float(layer_height))
        with open(ctx.gcode_path, encoding="utf-8") as file:
            lines = file.readlines()
        edited: list[str] = []
        layers = 0
        for line in lines:
            if ctx.cancelled():
                return orca.ExecutionResult.skipped("Cancelled")
            if line.startswith(";LAYER_CHANGE"):
                layers += 1
                if layers == last + 1:
                    edited.append("PAUSE\n")
            edited.append(line)
        with open(ctx.gcode_path, "w", encoding="utf-8") as file:
            file.writelines(edited)
        return orca.ExecutionResult.success(f"Pauses after {last} of {layers} layers")


@orca.plugin
class LayerPausePackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(LayerPause)
