"""What capabilities of the type `importer` need.

The module exists only where the application takes importers: ask with `hasattr(orca, "importer")`.
"""

from abc import abstractmethod
from typing import TypeAlias

from orca import PythonPluginBase, _Progress
from orca.host import TriangleMesh

_Named: TypeAlias = tuple[str, TriangleMesh]
_Meshes: TypeAlias = (
    list[TriangleMesh] | list[_Named] | list[TriangleMesh | _Named] | tuple[TriangleMesh | _Named, ...]
)

class ImporterPluginCapabilityBase(PythonPluginBase):
    """Reads files of a format."""

    @abstractmethod
    def import_file(self, path: str, progress: _Progress) -> _Meshes:
        """Reads the file at `path` and returns its meshes: a list of orca.host.TriangleMesh, each
        alone or in a tuple with its name before it. Lengths are in mm. Call
        `progress(done, message)` now and then, and return when it answers False. To be written.

        Thread: any."""

    @abstractmethod
    def get_extensions(self) -> list[str] | tuple[str, ...]:
        """The endings of the files that it reads, such as `[".vox"]`. To be written.

        Thread: any."""
