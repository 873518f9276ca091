"""The user interface of the application. Every function may be called on any thread.

`create_dock_panel` and `UiDockPanel`, `push_notification` and `NotificationLevel` exist only where
the application offers them: ask with `hasattr`, or with `orca.host_features()`.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final, Literal, final

from typing_extensions import Self

from orca import _Member

PD_CAN_ABORT: Final = 0x01
PD_APP_MODAL: Final = 0x02
PD_AUTO_HIDE: Final = 0x04
PD_ELAPSED_TIME: Final = 0x08
PD_ESTIMATED_TIME: Final = 0x10
PD_REMAINING_TIME: Final = 0x40
PD_CAN_SKIP: Final = 0x80

WINDOW_MODELESS: Final = 0
WINDOW_MODAL: Final = 1

class NotificationLevel(_Member):
    """How much a notification matters."""

    ProgressBarNotificationLevel: ClassVar[NotificationLevel]
    HintNotificationLevel: ClassVar[NotificationLevel]
    RegularNotificationLevel: ClassVar[NotificationLevel]
    PrintInfoNotificationLevel: ClassVar[NotificationLevel]
    PrintInfoShortNotificationLevel: ClassVar[NotificationLevel]
    ImportantNotificationLevel: ClassVar[NotificationLevel]
    WarningNotificationLevel: ClassVar[NotificationLevel]
    SeriousWarningNotificationLevel: ClassVar[NotificationLevel]
    ErrorNotificationLevel: ClassVar[NotificationLevel]
    __members__: ClassVar[dict[str, NotificationLevel]]

def message(
    text: str,
    title: str = "OrcaSlicer",
    buttons: str = "ok",
    icon: str = "info",
) -> Literal["ok", "cancel", "yes", "no"]:
    """Shows a message and waits for its answer: "ok", "cancel", "yes" or "no".

    buttons is "ok", "ok_cancel", "yes_no" or "yes_no_cancel", icon "info", "warning", "error" or
    "question"; anything else is the first of them. Raises RuntimeError without an application. May
    be called on any thread."""

def show_dialog(
    html: str,
    title: str = "OrcaSlicer",
    width: int = 820,
    height: int = 600,
    on_message: Callable[[Any], object] | None = None,
) -> Any:
    """Shows a page in a window that blocks the others, and waits until it is closed.

    Answers what the page gave to `orca.submit(data)`, or None when it was closed otherwise.
    on_message(data) gets what the page gives to `orca.postMessage(data)`. The window is closed when
    the plugin is unloaded. Raises RuntimeError without an application. May be called on any
    thread."""

def create_window(
    html: str,
    title: str = "OrcaSlicer",
    width: int = 820,
    height: int = 600,
    on_message: Callable[[Any], object] | None = None,
    on_close: Callable[[], object] | None = None,
    style: int = 0,
    on_submit: Callable[[Any], object] | None = None,
) -> UiWindow:
    """Opens a window with a page and returns at once.

    on_message(data) gets what the page gives to `orca.postMessage(data)`, on_submit(data) what it
    gives to `orca.submit(data)`, which closes the window; on_close() is called when the window was
    closed. They run on the main thread of the application; what they raise is logged. style is
    WINDOW_MODELESS or WINDOW_MODAL. The window is closed when the plugin is unloaded, without
    on_close(). Raises RuntimeError without an application. May be called on any thread."""

@final
class UiWindow:
    """A window with a page. May be used on any thread; a closed one stays closed."""

    @property
    def id(self) -> int:
        """The number of the window, from 1."""

    def post(self, data: Any) -> None:
        """Gives the page a message, which its functions of `orca.onMessage` get. Returns at once;
        nothing happens once the window is closed. Raises ValueError for what JSON cannot hold."""

    def close(self) -> None:
        """Closes the window. Returns at once."""

    def is_open(self) -> bool:
        """Whether the window is open and nobody has asked to close it."""

def create_progress_dialog(
    title: str,
    message: str,
    maximum: int = 100,
    style: int = 6,
) -> ProgressDialog:
    """Opens a window that shows how far something is; see ProgressDialog.

    maximum is the value at which it is done; style are bits PD_... joined by |. Raises RuntimeError
    without an application. May be called on any thread."""

@final
class ProgressDialog:
    """A window that shows how far something is: `with ProgressDialog("Title", "Reading") as
    progress: ...`.

    May be used on any thread. It is closed when the plugin is unloaded."""

    def __new__(cls, title: str, message: str, maximum: int = 100, style: int = 6) -> Self: ...

    @property
    def id(self) -> int:
        """The number of the window, from 1."""

    def update(self, value: int, message: str = "") -> bool:
        """Sets how far it is, and the message unless that is "". False once the user has cancelled
        it or it is closed."""

    def pulse(self, message: str = "") -> bool:
        """Shows that something goes on, and the message unless that is "". False once the user has
        cancelled it or it is closed."""

    def start_pulse(self, interval_ms: int = 100, message: str = "") -> None:
        """Pulses by itself, until stop_pulse(). Returns at once."""

    def stop_pulse(self) -> None:
        """Ends start_pulse(). Returns at once."""

    def close(self) -> None:
        """Closes the window. Returns at once."""

    def is_open(self) -> bool:
        """Whether the plugin has not closed it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_exception: object) -> Literal[False]: ...

def create_dock_panel(
    html: str,
    title: str = "OrcaSlicer",
    width: int = 400,
    height: int = 600,
    on_message: Callable[[Any], object] | None = None,
    on_close: Callable[[], object] | None = None,
    dock: Literal["left", "right", "bottom", "float"] = "right",
) -> UiDockPanel:
    """Opens a panel with a page beside the plater and returns at once.

    dock is "left", "right", "bottom" or "float". on_message(data) gets what the page gives to
    `orca.postMessage(data)`, on_close() is called when the user or the page closed the panel. They
    run on the main thread of the application. Raises RuntimeError without an application. May be
    called on any thread."""

@final
class UiDockPanel:
    """A panel with a page. May be used on any thread; a closed one stays closed."""

    @property
    def id(self) -> int:
        """The number of the panel, from 1."""

    def post(self, data: Any) -> None:
        """Gives the page a message, which its functions of `orca.onMessage` get. Returns at once;
        nothing happens once the panel is closed. Raises ValueError for what JSON cannot hold."""

    def show(self) -> None:
        """Shows it, where panels are shown. Returns at once."""

    def hide(self) -> None:
        """Hides it; it stays open. Returns at once."""

    def close(self) -> None:
        """Closes it, without on_close(). Returns at once."""

    def is_open(self) -> bool:
        """Whether it is open, shown or hidden."""

def push_notification(
    level: NotificationLevel,
    text: str,
    hyper_text: str = "",
    on_click: Callable[[], object] | None = None,
) -> None:
    """Shows a few words at the edge of the window.

    level is a NotificationLevel. on_click() is called on the main thread of the application when
    the user clicks hyper_text. Raises RuntimeError without an application. May be called on any
    thread."""
