# /// script
# dependencies = ["demo-money==1.0.0"]
#
# [tool.orcaslicer.plugin]
# name = "Print Quote"
# description = "Says what a print costs"
# version = "1.0.0"
# ///
"""Depends on a package, which the application installs for it."""

import demo_money
import orca


class Quote(orca.script.ScriptPluginCapabilityBase):
    def get_name(self):
        return "quote"

    def execute(self):
        return orca.ExecutionResult.success("The print costs " + demo_money.euros(250))


@orca.plugin
class PrintQuote(orca.base):
    def register_capabilities(self):
        orca.register_capability(Quote)
