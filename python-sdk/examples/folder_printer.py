# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Folder Printer"
# description = "A printer that is a folder: to print is to copy"
# author = "matriline"
# version = "1.0.0"
# ///
"""A printer agent. The printer is a folder in the storage of the plugin, so nothing is needed to try it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import orca
from orca.printer_agent import AgentInfo, PrinterConnectionParams, PrintParams

DEVICE = "folder"
OK = 0
FAILED = -1
CONNECTED = 0


class FolderPrinter(orca.printer_agent.PrinterAgentBase):
    def __init__(self) -> None:
        super().__init__()
        self.selected = ""
        self.found: Callable[[str], None] | None = None
        self.connected: Callable[[int, str, str], None] | None = None

    def get_name(self) -> str:
        return "folder-printer"

    def get_agent_info(self) -> AgentInfo:
        return AgentInfo("folder", "Folder Printer", "1.0.0", "Copies what is printed to a folder")

    def set_on_ssdp_msg_fn(self, ssdp_fn: Callable[[str], None] | None) -> int:
        self.found = ssdp_fn
        return OK

    def set_on_local_connect_fn(
        self, local_connect_fn: Callable[[int, str, str], None] | None
    ) -> int:
        self.connected = local_connect_fn
        return OK

    def start_discovery(self, start: bool, sending: bool) -> bool:
        if start and self.found is not None:
            device = {"dev_id": DEVICE, "dev_name": "Folder", "dev_ip": "127.0.0.1"}
            more = {"dev_type": "folder", "connect_type": "lan", "bind_state": "free"}
            self.found(json.dumps(device | more))
        return True

    def get_user_selected_machine(self) -> str:
        return self.selected

    def set_user_selected_machine(self, dev_id: str) -> int:
        self.selected = dev_id
        return OK

    def connect_printer(self, params: PrinterConnectionParams) -> int:
        if params.dev_id != DEVICE:
            return FAILED
        if self.connected is not None:
            self.connected(CONNECTED, params.dev_id, "")
        return OK

    def disconnect_printer(self) -> int:
        return OK

    def start_local_print(
        self,
        params: PrintParams,
        update_fn: Callable[[int, int, str], None] | None,
        cancel_fn: Callable[[], bool] | None,
    ) -> int:
        if cancel_fn is not None and cancel_fn():
            return FAILED
        folder = Path(orca.host.plugin.storage(), "printed")
        folder.mkdir(exist_ok=True)
        shutil.copyfile(params.filename, folder / Path(params.filename).name)
        if update_fn is not None:
            update_fn(1, 0, "Copied")
        return OK


@orca.plugin
class FolderPrinterPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(FolderPrinter)
