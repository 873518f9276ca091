# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Mesh Watch"
# description = "Looks at every object that is added"
# author = "matriline"
# version = "1.0.0"
# ///
"""An automation: it is called at events, and does something at one of them."""

import orca
from orca import LifecycleEvent, LifecycleEventContext


class MeshWatch(orca.automation.AutomationPluginCapabilityBase):
    def get_name(self) -> str:
        return "mesh-watch"

    def execute(self, event: LifecycleEvent, ctx: LifecycleEventContext) -> orca.ExecutionResult:
        if event is not LifecycleEvent.ObjectAdded:
            return orca.ExecutionResult.skipped()
        added = [each for each in orca.host.model().objects() if each.name == ctx.name]
        errors = sum(each.mesh_errors_count() for each in added)
        if errors:
            orca.host.ui.message(f"{ctx.name} has {errors} errors", icon="warning")
        return orca.ExecutionResult.success(f"{errors} errors")


@orca.plugin
class MeshWatchPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(MeshWatch)
