# /// script
# [tool.orcaslicer.plugin]
# name = "Falls Over"
# version = "1.0.0"
# ///
"""Misbehaves on purpose: ends the application that runs it."""

import os

import orca


class Fall(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return "fall"

    def execute(self):
        os._exit(3)


@orca.plugin
class FallsOver(orca.base):
    def register_capabilities(self):
        orca.register_capability(Fall)
