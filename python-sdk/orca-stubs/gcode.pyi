"""What capabilities of the type `post-processing` need."""

from abc import abstractmethod

from typing_extensions import disjoint_base

from orca import ExecutionResult, PluginContext, PythonPluginBase

# table: values
@disjoint_base
class GCodePluginContext(PluginContext):
    """What a plugin is told of the export whose G-code it edits."""

    gcode_path: str
    """The G-code file, to be edited in place."""

    host: str
    """Where the G-code goes: `File`, `OctoPrint`, `PrusaLink`, …"""

    output_name: str
    """The name the output will have."""
# table end

# table: base
class GCodePluginCapabilityBase(PythonPluginBase):
    """Edits the G-code file of an export, in place."""

    @abstractmethod
    def execute(self, ctx: GCodePluginContext) -> ExecutionResult:
        """Edits the file at `ctx.gcode_path`. To be written.

        Thread: the thread that exports."""
# table end
