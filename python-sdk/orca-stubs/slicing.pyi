"""What capabilities of the type `slicing-pipeline` need."""

from abc import abstractmethod
from typing import ClassVar, Final

from typing_extensions import disjoint_base

from orca import ExecutionResult, PythonPluginBase, _Member

# table: values
class Step(_Member):
    """A step of slicing."""

    posSlice: ClassVar[Step]
    posPerimeters: ClassVar[Step]
    posEstimateCurledExtrusions: ClassVar[Step]
    posPrepareInfill: ClassVar[Step]
    posInfill: ClassVar[Step]
    posIroning: ClassVar[Step]
    posContouring: ClassVar[Step]
    posSupportMaterial: ClassVar[Step]
    posDetectOverhangsForLift: ClassVar[Step]
    posSimplifyPath: ClassVar[Step]
    psWipeTower: ClassVar[Step]
    psSkirtBrim: ClassVar[Step]
    psGCodePostProcess: ClassVar[Step]
    __members__: ClassVar[dict[str, Step]]

posSlice: Final[Step]
posPerimeters: Final[Step]
posEstimateCurledExtrusions: Final[Step]
posPrepareInfill: Final[Step]
posInfill: Final[Step]
posIroning: Final[Step]
posContouring: Final[Step]
posSupportMaterial: Final[Step]
posDetectOverhangsForLift: Final[Step]
posSimplifyPath: Final[Step]
psWipeTower: Final[Step]
psSkirtBrim: Final[Step]
psGCodePostProcess: Final[Step]

@disjoint_base
class SlicingPipelineContext:
    """What a plugin is told of the step of slicing it takes part in."""

    @property
    def orca_version(self) -> str:
        """The version of the application."""

    @property
    def step(self) -> Step:
        """The step that has just been done."""

    @property
    def print(self) -> None:
        """The print, at steps of slicing; `None` at the export."""

    @property
    def object(self) -> None:
        """The object of the print, at steps that work on one; `None` at others."""

    @property
    def gcode_path(self) -> str:
        """The G-code file at the export, to be edited in place."""

    @property
    def host(self) -> str:
        """Where the G-code goes: `File`, `OctoPrint`, `PrusaLink`, …"""

    @property
    def output_name(self) -> str:
        """The name the output will have."""

    def config_value(self, key: str) -> str | None:
        """The value of an option of the whole print configuration, as presets spell it; None for an
        unknown one."""

    def cancelled(self) -> bool:
        """Whether the user has cancelled the slice; look at it in long loops, and return. True as
        well once the call is over."""
# table end

# table: base
class SlicingPipelineCapabilityBase(PythonPluginBase):
    """Takes part in the steps of slicing."""

    @abstractmethod
    def execute(self, ctx: SlicingPipelineContext) -> ExecutionResult:
        """Does its part of the step `ctx.step`; at `psGCodePostProcess` it edits the file at
        `ctx.gcode_path`. To be written.

        Thread: the thread that exports."""
# table end

def unscale(coord: float) -> float:
    """The length in millimetres of a coordinate, which slicing counts in millionths of one.

    Raises TypeError for what is no number. Any thread."""
