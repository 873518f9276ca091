"""What capabilities of the type `script` need."""

from abc import abstractmethod

from orca import ExecutionResult, PythonPluginBase

# table: base
class ScriptPluginCapabilityBase(PythonPluginBase):
    """Runs when the user asks for it."""

    @abstractmethod
    def execute(self) -> ExecutionResult:
        """Does the work of the script. To be written.

        Thread: the thread of the user interface."""
# table end
