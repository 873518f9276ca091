"""What capabilities of the type `visualization` need."""

from abc import abstractmethod
from typing import Any, Final

from typing_extensions import Self, disjoint_base

from orca import ExecutionResult, PythonPluginBase

INPUT_TOOLPATH: Final = "toolpath"
FORMAT_GLTF_BINARY: Final = "gltf-binary"
FORMAT_STL: Final = "stl"
FORMAT_OBJ: Final = "obj"
FORMAT_DRACO: Final = "draco"
TRANSPORT_FILE: Final = "file"

# table: values
@disjoint_base
class VisualizationInputSpec:
    """A kind of input that a capability can draw, between two versions of its format."""

    def __new__(
        cls,
        kind: str = "",
        format: str = "",
        transport: str = "",
        min_major: int = 0,
        min_minor: int = 0,
        max_major: int = 0,
        max_minor: int = 0,
    ) -> Self: ...

    kind: str
    """What is drawn, such as `INPUT_TOOLPATH`."""

    format: str
    """The format, such as `FORMAT_GLTF_BINARY`."""

    transport: str
    """How it comes, such as `TRANSPORT_FILE`."""

    min_major: int
    """The oldest version of the format: its first number."""

    min_minor: int
    """The oldest version of the format: its second number."""

    max_major: int
    """The newest version of the format: its first number."""

    max_minor: int
    """The newest version of the format: its second number."""

@disjoint_base
class VisualizationInput:
    """What is to be drawn."""

    @property
    def kind(self) -> str:
        """What it is, such as `INPUT_TOOLPATH`."""

    @property
    def format(self) -> str:
        """Its format, such as `FORMAT_GLTF_BINARY`."""

    @property
    def transport(self) -> str:
        """How it comes, such as `TRANSPORT_FILE`."""

    @property
    def location(self) -> str:
        """Where it is: a path, for a file."""

    @property
    def major_version(self) -> int:
        """The version of the format: its first number."""

    @property
    def minor_version(self) -> int:
        """The version of the format: its second number."""

@disjoint_base
class VisualizationContext:
    """What a plugin is told of what it draws."""

    @property
    def orca_version(self) -> str:
        """The version of the application."""

    @property
    def revision(self) -> int:
        """The number of the snapshot; a later one has a higher number."""

    @property
    def input(self) -> VisualizationInput:
        """The snapshot."""

    @property
    def metadata(self) -> Any:
        """What else is to be known: a dictionary, with `plate_index`."""
# table end

# table: base
class VisualizationPluginCapabilityBase(PythonPluginBase):
    """Draws what was sliced, in a window of its own."""

    @abstractmethod
    def get_supported_inputs(
        self,
    ) -> list[VisualizationInputSpec] | tuple[VisualizationInputSpec, ...]:
        """The kinds of input that it can draw, the best first. Asked once. To be written.

        Thread: any."""

    @abstractmethod
    def open(self, ctx: VisualizationContext) -> ExecutionResult:
        """Begins to draw. To be written.

        Thread: a thread of its own, one call after the other."""

    @abstractmethod
    def update(self, ctx: VisualizationContext) -> ExecutionResult:
        """Draws a newer snapshot in the place of the one before. To be written.

        Thread: a thread of its own, one call after the other."""

    def close(self) -> None:
        """Ends drawing.

        Thread: any."""
# table end
