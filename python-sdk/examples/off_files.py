# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "OFF Files"
# description = "Reads meshes in the object file format"
# author = "matriline"
# version = "1.0.0"
# ///
"""An importer. An OFF file is text: how many vertices and faces, then the vertices, then the faces."""

from collections.abc import Callable, Iterator
from pathlib import Path

import orca
from orca.host import TriangleMesh

ROWS_BETWEEN_REPORTS = 10_000


class OffFiles(orca.importer.ImporterPluginCapabilityBase):
    def get_name(self) -> str:
        return "off-files"

    def get_extensions(self) -> list[str]:
        return [".off"]

    def import_file(self, path: str, progress: Callable[..., bool]) -> list[tuple[str, TriangleMesh]]:
        with open(path, encoding="utf-8") as file:
            rows = (row for line in file if (row := line.partition("#")[0].split()))
            if next(rows, None) != ["OFF"]:
                raise ValueError(f"{path} does not begin with OFF")
            vertex_count, face_count = map(int, next(rows)[:2])
            vertices = [tuple(map(float, next(rows)[:3])) for _ in range(vertex_count)]
            triangles: list[tuple[int, int, int]] = []
            for place in range(face_count):
                triangles += fan(next(rows))
                if place % ROWS_BETWEEN_REPORTS == 0 and not progress(place / face_count, "Faces"):
                    return []
        return [(Path(path).stem, TriangleMesh(vertices, triangles))]


def fan(row: list[str]) -> Iterator[tuple[int, int, int]]:
    """The triangles of a face: its corners are counted first, then named."""
    first, *others = map(int, row[1 : int(row[0]) + 1])
    for second, third in zip(others, others[1:]):
        yield first, second, third


@orca.plugin
class OffFilesPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(OffFiles)
