# /// script
# [tool.orcaslicer.plugin]
# name = "Reads Users"
# description = "Looks at the users of the system"
# version = "1.0.0"
#
# [tool.matriline.permissions]
# fs_read = ["/etc/passwd"]
# ///
"""Reads a file outside of its own places, and says so in its metadata."""

import orca


class Count(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return "count"

    def execute(self):
        with open("/etc/passwd") as file:
            return orca.ExecutionResult.success("It has " + ("some" if file.read() else "no") + " lines")


@orca.plugin
class Reads(orca.base):
    def register_capabilities(self):
        orca.register_capability(Count)
