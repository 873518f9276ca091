"""What capabilities of the type `analysis` need.

The module exists only where the application takes analyses: ask with `hasattr(orca, "analysis")`.
"""

from abc import abstractmethod
from typing import Any

from orca import PythonPluginBase, _Progress
from orca.host import Model

class AnalysisPluginCapabilityBase(PythonPluginBase):
    """Looks at a model or at G-code, and reports. It has one of the two methods, or both."""

    @abstractmethod
    def get_name(self) -> str:
        """The name of the capability, a str without a semicolon. Asked once, when the plugin is
        loaded. To be written."""

    def analyze_model(self, model: Model, progress: _Progress) -> Any:
        """The report on a model: anything that JSON can hold. Call `progress(done, message)` now
        and then, and return when it answers False.

        Thread: any."""

    def analyze_gcode(self, path: str, progress: _Progress) -> Any:
        """The report on the G-code file at `path`.

        Thread: any."""
