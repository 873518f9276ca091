# /// script
# requires-python = ">=3.10"
#
# [tool.orcaslicer.plugin]
# name = "Header Stamp"
# description = "Puts a line with the name of the output at the top of the file"
# author = "matriline"
# version = "1.0.0"
# ///
"""Puts a stamp line at the top of the G-code."""

import os
import shutil

import orca


class HeaderStamp(orca.gcode.GCodePluginCapabilityBase):
    def get_name(self):
        return "header-stamp"

    def execute(self, ctx):
        stamp = f"; header-stamp: {ctx.output_name} (orca {ctx.orca_version}, host {ctx.host})\n"
        put_on_top(ctx.gcode_path, stamp.encode())
        return orca.ExecutionResult.success("Stamped the first line")


def put_on_top(path, line):
    """Streams the file into a new one beside it and swaps the two, so that memory stays flat."""
    stamped = path + ".stamped"
    with open(path, "rb") as source, open(stamped, "wb") as target:
        target.write(line)
        shutil.copyfileobj(source, target, 1 << 20)
    os.replace(stamped, path)


@orca.plugin
class HeaderStampPlugin(orca.base):
    def register_capabilities(self):
        orca.register_capability(HeaderStamp)
