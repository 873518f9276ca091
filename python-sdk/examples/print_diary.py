# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Print Diary"
# description = "A page that lists what was exported"
# author = "matriline"
# version = "1.0.0"
# ///
"""A page: it is told of events, keeps a file of its own, and talks with its HTML."""

from pathlib import Path
from typing import Any

import orca

PAGE = """<!doctype html>
<ul id="diary"></ul>
<button onclick="window.orca.postMessage({command: 'clear'})">Clear</button>
<script>
  window.orca.onMessage(lines => {
    const items = lines.map(line => Object.assign(document.createElement('li'), {textContent: line}));
    document.getElementById('diary').replaceChildren(...items);
  });
  window.orca.postMessage({command: 'show'});
</script>
"""


class PrintDiary(orca.pages.PagesPluginCapabilityBase):
    def get_name(self) -> str:
        return "print-diary"

    def get_ui(self) -> str:
        return PAGE

    def on_message(self, data: Any) -> None:
        if data["command"] == "clear":
            self.file().unlink(missing_ok=True)
        self.post_message(self.lines())

    def on_lifecycle_event(
        self, event: orca.LifecycleEvent, ctx: orca.LifecycleEventContext
    ) -> None:
        if event is orca.LifecycleEvent.GCodeExportFinished:
            with self.file().open("a", encoding="utf-8") as file:
                file.write(f"{ctx.name}: {ctx.code.name}\n")
            self.post_message(self.lines())

    def lines(self) -> list[str]:
        file = self.file()
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def file(self) -> Path:
        return Path(orca.host.plugin.storage(), "diary.txt")


@orca.plugin
class PrintDiaryPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(PrintDiary)
