"""What capabilities of the type `pages` need."""

from abc import abstractmethod
from typing import Any

from orca import PythonPluginBase

# table: base
class PagesPluginCapabilityBase(PythonPluginBase):
    """Shows a page of its own in the application."""

    @abstractmethod
    def get_ui(self) -> str:
        """The page as HTML; asked when it is first shown, and when it is loaded again. To be
        written.

        Thread: the thread of the user interface."""

    def get_icon(self) -> str:
        """The path of an icon, SVG or PNG; empty for none.

        Thread: the thread of the user interface."""

    def on_message(self, data: Any) -> None:
        """Takes what the page has posted.

        Thread: the thread of the user interface."""
# table end

    def post_message(self, data: Any) -> None:
        """Posts a message to the page of this capability, which takes it with
        `window.orca.onMessage`. What JSON has no form for goes as `str()` gives it. Dropped while
        there is no page.

        Raises RuntimeError on an object that the host did not load, OverflowError for an int beyond
        64 bits, ValueError for a text that is no Unicode and for what is nested deeper than 200.
        Any thread."""
