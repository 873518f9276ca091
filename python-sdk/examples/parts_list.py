# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Parts List"
# description = "Writes what lies on the plates as a table"
# author = "matriline"
# version = "1.0.0"
# ///
"""An exporter: a table of the objects, their sizes and how often they are printed."""

import csv
from collections.abc import Callable

import orca
from orca.host import Model


class PartsList(orca.exporter.ExporterPluginCapabilityBase):
    def get_name(self) -> str:
        return "parts-list"

    def get_extensions(self) -> list[str]:
        return [".csv"]

    def export_file(
        self, model: Model, path: str, progress: Callable[..., bool]
    ) -> orca.ExecutionResult:
        objects = model.objects()
        with open(path, "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["object", "copies", "x", "y", "z"])
            for place, model_object in enumerate(objects):
                size = (f"{length:.1f}" for length in model_object.raw_mesh_bounding_box().size)
                table.writerow([model_object.name, model_object.instance_count(), *size])
                if not progress((place + 1) / len(objects)):
                    return orca.ExecutionResult.skipped("Cancelled")
        return orca.ExecutionResult.success(f"{len(objects)} objects")


@orca.plugin
class PartsListPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(PartsList)
