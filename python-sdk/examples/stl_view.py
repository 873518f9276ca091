# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "STL View"
# description = "Says how many triangles each snapshot has"
# author = "matriline"
# version = "1.0.0"
# ///
"""A capability that draws what was sliced; instead of a window it has a line of text."""

import struct

import orca
from orca.visualization import VisualizationContext, VisualizationInputSpec

HEADER = 80


class StlView(orca.visualization.VisualizationPluginCapabilityBase):
    def get_name(self) -> str:
        return "stl-view"

    def get_supported_inputs(self) -> list[VisualizationInputSpec]:
        return [
            VisualizationInputSpec(
                kind=orca.visualization.INPUT_TOOLPATH,
                format=orca.visualization.FORMAT_STL,
                transport=orca.visualization.TRANSPORT_FILE,
                min_major=1,
                max_major=1,
                max_minor=9,
            )
        ]

    def open(self, ctx: VisualizationContext) -> orca.ExecutionResult:
        return self.draw(ctx)

    def update(self, ctx: VisualizationContext) -> orca.ExecutionResult:
        return self.draw(ctx)

    def close(self) -> None:
        print("closed")

    def draw(self, ctx: VisualizationContext) -> orca.ExecutionResult:
        with open(ctx.input.location, "rb") as file:
            data = file.read(HEADER + 4)
        if len(data) < HEADER + 4:
            return orca.ExecutionResult.failure(
                orca.PluginResult.RecoverableError, "The file is no binary STL"
            )
        (triangles,) = struct.unpack_from("<I", data, HEADER)
        plate = ctx.metadata["plate_index"]
        return orca.ExecutionResult.success(f"Plate {plate}: {triangles} triangles")


@orca.plugin
class StlViewPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(StlView)
