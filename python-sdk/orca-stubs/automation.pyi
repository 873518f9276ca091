"""What capabilities of the type `automation` need.

The module exists only where the application takes automations: ask with
`hasattr(orca, "automation")`.
"""

from abc import abstractmethod

from orca import ExecutionResult, LifecycleEvent, LifecycleEventContext, PythonPluginBase

class AutomationPluginCapabilityBase(PythonPluginBase):
    """Does something when something happens."""

    @abstractmethod
    def execute(self, event: LifecycleEvent, ctx: LifecycleEventContext) -> ExecutionResult:
        """Does what is to be done at the event; skips one that does not matter to it. To be
        written.

        Thread: any."""
