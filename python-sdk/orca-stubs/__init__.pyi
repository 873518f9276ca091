"""What plugins register with, and what the application offers to them."""

from abc import abstractmethod
from typing import Any, ClassVar, Final, Protocol, TypeVar

from typing_extensions import Self, disjoint_base

from . import analysis as analysis
from . import automation as automation
from . import exporter as exporter
from . import gcode as gcode
from . import host as host
from . import importer as importer
from . import pages as pages
from . import printer_agent as printer_agent
from . import script as script
from . import slicing as slicing
from . import visualization as visualization

_Package = TypeVar("_Package", bound=base)

class _Member:
    """A member of an enumeration. Members compare by identity."""

    def __new__(cls, value: int, /) -> Self:
        """The member of that number; raises ValueError when there is none."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> int: ...
    def __int__(self) -> int: ...
    def __index__(self) -> int: ...
    def __hash__(self) -> int: ...

class _Progress(Protocol):
    """Tells the application how far a call is."""

    def __call__(self, done: float, message: str = "") -> bool:
        """So much is done, from 0 to 1, and what is being done, if that has changed.

        False once the user has cancelled, or the call is over: return soon. Raises ValueError for
        NaN. Any thread."""

# table: values
class PluginResult(_Member):
    """How a call ended."""

    Success: ClassVar[PluginResult]
    Skipped: ClassVar[PluginResult]
    RecoverableError: ClassVar[PluginResult]
    FatalError: ClassVar[PluginResult]
    __members__: ClassVar[dict[str, PluginResult]]

class PluginType(_Member):
    """What a capability is for."""

    PostProcessing: ClassVar[PluginType]
    PrinterConnection: ClassVar[PluginType]
    Automation: ClassVar[PluginType]
    Analysis: ClassVar[PluginType]
    Importer: ClassVar[PluginType]
    Exporter: ClassVar[PluginType]
    Visualization: ClassVar[PluginType]
    Script: ClassVar[PluginType]
    Unknown: ClassVar[PluginType]
    SlicingPipeline: ClassVar[PluginType]
    Pages: ClassVar[PluginType]
    __members__: ClassVar[dict[str, PluginType]]

class LifecycleEvent(_Member):
    """What happens in the application."""

    NewProject: ClassVar[LifecycleEvent]
    ProjectOpened: ClassVar[LifecycleEvent]
    ProjectBeforeSave: ClassVar[LifecycleEvent]
    ProjectAfterSave: ClassVar[LifecycleEvent]
    ProjectClosed: ClassVar[LifecycleEvent]
    ProjectDirtyChanged: ClassVar[LifecycleEvent]
    SliceStarted: ClassVar[LifecycleEvent]
    SliceGeometryFinished: ClassVar[LifecycleEvent]
    GCodeExportStarted: ClassVar[LifecycleEvent]
    GCodeExportFinished: ClassVar[LifecycleEvent]
    SlicingJobComplete: ClassVar[LifecycleEvent]
    ObjectAdded: ClassVar[LifecycleEvent]
    ObjectDeleted: ClassVar[LifecycleEvent]
    ObjectTransformed: ClassVar[LifecycleEvent]
    ObjectChanged: ClassVar[LifecycleEvent]
    ObjectRenamed: ClassVar[LifecycleEvent]
    PlateCreated: ClassVar[LifecycleEvent]
    PlateDeleted: ClassVar[LifecycleEvent]
    PlateSelected: ClassVar[LifecycleEvent]
    PlateRenamed: ClassVar[LifecycleEvent]
    PresetSelected: ClassVar[LifecycleEvent]
    PresetSaved: ClassVar[LifecycleEvent]
    PrintStateChanged: ClassVar[LifecycleEvent]
    DeviceOnline: ClassVar[LifecycleEvent]
    DeviceOffline: ClassVar[LifecycleEvent]
    DeviceDiscovered: ClassVar[LifecycleEvent]
    DeviceSelected: ClassVar[LifecycleEvent]
    UploadStarted: ClassVar[LifecycleEvent]
    UploadFinished: ClassVar[LifecycleEvent]
    PrintJobStarted: ClassVar[LifecycleEvent]
    PrintJobFinished: ClassVar[LifecycleEvent]
    SendJobStarted: ClassVar[LifecycleEvent]
    SendJobFinished: ClassVar[LifecycleEvent]
    FilamentsSynced: ClassVar[LifecycleEvent]
    DeviceOnlineChanged: ClassVar[LifecycleEvent]
    DeviceConnected: ClassVar[LifecycleEvent]
    DeviceDisconnected: ClassVar[LifecycleEvent]
    __members__: ClassVar[dict[str, LifecycleEvent]]

class LifecycleEvtCode(_Member):
    """How what an event tells of has ended."""

    Ok: ClassVar[LifecycleEvtCode]
    Error: ClassVar[LifecycleEvtCode]
    Warn: ClassVar[LifecycleEvtCode]
    __members__: ClassVar[dict[str, LifecycleEvtCode]]

Success: Final[PluginResult]
Skipped: Final[PluginResult]
RecoverableError: Final[PluginResult]
FatalError: Final[PluginResult]
PostProcessing: Final[PluginType]
PrinterConnection: Final[PluginType]
Automation: Final[PluginType]
Analysis: Final[PluginType]
Importer: Final[PluginType]
Exporter: Final[PluginType]
Visualization: Final[PluginType]
Script: Final[PluginType]
Unknown: Final[PluginType]
SlicingPipeline: Final[PluginType]
Pages: Final[PluginType]
NewProject: Final[LifecycleEvent]
ProjectOpened: Final[LifecycleEvent]
ProjectBeforeSave: Final[LifecycleEvent]
ProjectAfterSave: Final[LifecycleEvent]
ProjectClosed: Final[LifecycleEvent]
ProjectDirtyChanged: Final[LifecycleEvent]
SliceStarted: Final[LifecycleEvent]
SliceGeometryFinished: Final[LifecycleEvent]
GCodeExportStarted: Final[LifecycleEvent]
GCodeExportFinished: Final[LifecycleEvent]
SlicingJobComplete: Final[LifecycleEvent]
ObjectAdded: Final[LifecycleEvent]
ObjectDeleted: Final[LifecycleEvent]
ObjectTransformed: Final[LifecycleEvent]
ObjectChanged: Final[LifecycleEvent]
ObjectRenamed: Final[LifecycleEvent]
PlateCreated: Final[LifecycleEvent]
PlateDeleted: Final[LifecycleEvent]
PlateSelected: Final[LifecycleEvent]
PlateRenamed: Final[LifecycleEvent]
PresetSelected: Final[LifecycleEvent]
PresetSaved: Final[LifecycleEvent]
PrintStateChanged: Final[LifecycleEvent]
DeviceOnline: Final[LifecycleEvent]
DeviceOffline: Final[LifecycleEvent]
DeviceDiscovered: Final[LifecycleEvent]
DeviceSelected: Final[LifecycleEvent]
UploadStarted: Final[LifecycleEvent]
UploadFinished: Final[LifecycleEvent]
PrintJobStarted: Final[LifecycleEvent]
PrintJobFinished: Final[LifecycleEvent]
SendJobStarted: Final[LifecycleEvent]
SendJobFinished: Final[LifecycleEvent]
FilamentsSynced: Final[LifecycleEvent]
DeviceOnlineChanged: Final[LifecycleEvent]
DeviceConnected: Final[LifecycleEvent]
DeviceDisconnected: Final[LifecycleEvent]

@disjoint_base
class PluginContext:
    """What every context tells a plugin."""

    orca_version: str
    """The version of the application."""

@disjoint_base
class LifecycleEventContext:
    """What a plugin is told of an event of the application. What an event does not tell stays
    empty."""

    @property
    def name(self) -> str:
        """The name of what it happened to: a project, an object, a preset, a plate."""

    @property
    def code(self) -> LifecycleEvtCode:
        """How it ended."""

    @property
    def msg(self) -> str:
        """What is said about that; `cancelled` for a job that was."""

    @property
    def id(self) -> str:
        """The identity of what it happened to."""

    @property
    def previous_name(self) -> str:
        """The name it had before."""

    @property
    def device_id(self) -> str:
        """The printer."""

    @property
    def job_id(self) -> str:
        """The job."""

    @property
    def source(self) -> str:
        """What brought it about."""

    @property
    def index(self) -> int:
        """The place of what it happened to, such as that of a plate; -1 for none."""

    @property
    def dirty(self) -> bool:
        """Whether the project has unsaved changes."""
# table end

@disjoint_base
class ExecutionResult:
    """The answer of an execute(): a status, a message and data."""

    status: PluginResult
    """How the call ended, a PluginResult"""

    message: str
    """What the user is told"""

    data: str
    """What the application is told"""

    def __new__(cls, status: PluginResult = ..., message: str = "", data: str = "") -> Self: ...
    @staticmethod
    def success(message: str = "", data: str = "") -> ExecutionResult:
        """The work is done."""

    @staticmethod
    def skipped(message: str = "") -> ExecutionResult:
        """There was nothing to do."""

    @staticmethod
    def failure(status: PluginResult, message: str, data: str = "") -> ExecutionResult:
        """The work failed."""

class PythonPluginBase:
    """The root of all capability classes. Derive from the class of a type instead, such as
    orca.script.ScriptPluginCapabilityBase: nothing calls a capability whose type is Unknown."""

    @abstractmethod
    def get_name(self) -> str:
        """The name of the capability, a str without a semicolon. Asked once, when the plugin is
        loaded. To be written."""

    def get_type(self) -> PluginType:
        """The type of the capability, a member of orca.PluginType. Asked once, when the plugin is
        loaded."""

    def on_load(self) -> None:
        """Called when the plugin is loaded; an exception ends the load."""

    def on_unload(self) -> None:
        """Called when the plugin is unloaded: stop threads, close what is open."""

    # table: common methods

    def has_config_ui(self) -> bool:
        """Whether `get_config_ui()` gives a page for the configuration. Asked once.

        Thread: any."""

    def get_config_ui(self) -> str:
        """The page for the configuration, as HTML. Without one the application offers an editor
        of JSON.

        Thread: the thread of the user interface."""

    def get_default_config(self) -> Any:
        """The configuration that is stored when there is none yet: a dictionary.

        Thread: any."""

    def on_cancelled(self) -> None:
        """Told when the plugin is to be unloaded while calls are inside: let them return.

        Thread: any."""

    def on_lifecycle_event(self, event: LifecycleEvent, ctx: LifecycleEventContext) -> None:
        """Told of what happens in the application, while it waits.

        Thread: any."""
    # table end

    def get_config(self) -> str:
        """The configuration of this capability as JSON text: what the edited preset overrides it
        with, else what is stored, else "{}".

        Raises RuntimeError on an object that the host did not load, so not in `__init__` either.
        Any thread."""

    def get_config_version(self) -> str:
        """The version of the plugin that has stored the configuration; "" when nobody has.

        Raises RuntimeError on an object that the host did not load. Any thread."""

    def save_config(self, config: str) -> bool:
        """Stores the configuration of this capability, a JSON text. False when the text is no JSON
        or cannot be written.

        What a preset overrides stays overridden. Raises RuntimeError on an object that the host did
        not load, TypeError for what is no str. Any thread; waits for the disk."""

class base:
    """What the class of a plugin derives from, which @orca.plugin decorates."""

    def register_capabilities(self) -> None:
        """Registers the plugin's capabilities, each with orca.register_capability(cls). Called
        once, when the plugin is loaded."""

def plugin(cls: type[_Package]) -> type[_Package]:
    """Marks the one class of a plugin, a subclass of `orca.base`."""

def register_capability(cls: type[PythonPluginBase]) -> None:
    """Registers the class of a capability, a subclass of one of the capability bases."""

def request_permissions(*, fs_read: list[str] | tuple[str, ...] = ...) -> None:
    """Asks the user whether the plugin may read these paths, once `register_capabilities()` has
    returned; a refusal ends the load.

    Raises ValueError outside of loading and for an empty path, TypeError for what is no list of
    str."""

def host_features() -> frozenset[str]:
    """What this application offers beyond what every one does, a frozenset of "language"
    (app_language()), "local-bundles" (reload_local_bundle()), "dock-panels"
    (ui.create_dock_panel()), "notifications" (ui.push_notification()) and "storage"
    (plugin.storage()).

    May be called on any thread."""
