"""What capabilities of the type `exporter` need.

The module exists only where the application takes exporters: ask with `hasattr(orca, "exporter")`.
"""

from abc import abstractmethod

from orca import ExecutionResult, PythonPluginBase, _Progress
from orca.host import Model

class ExporterPluginCapabilityBase(PythonPluginBase):
    """Writes files of a format."""

    @abstractmethod
    def export_file(self, model: Model, path: str, progress: _Progress) -> ExecutionResult:
        """Writes the model to the file at `path`, in whose folder it may write. Call
        `progress(done, message)` now and then, and return when it answers False. To be written.

        Thread: any."""

    @abstractmethod
    def get_extensions(self) -> list[str] | tuple[str, ...]:
        """The endings of the files that it writes, such as `[".vox"]`. To be written.

        Thread: any."""
