# /// script
# requires-python = ">=3.10"
# dependencies = []
#
# [tool.orcaslicer.plugin]
# name = "Model Report"
# description = "Says what lies on the plates, and what it is printed with"
# author = "matriline"
# version = "1.0.0"
# ///
"""A script: it reads the model and the presets, and asks the user."""

import orca


class ModelReport(orca.script.ScriptPluginCapabilityBase):
    def get_name(self) -> str:
        return "model-report"

    def execute(self) -> orca.ExecutionResult:
        lines: list[str] = []
        for model_object in orca.host.model().objects():
            parts = [volume for volume in model_object.volumes() if volume.is_model_part()]
            cm3 = sum(volume.mesh().volume() for volume in parts) / 1000
            copies = model_object.instance_count()
            lines.append(f"{model_object.name}: {cm3:.1f} cm³, {copies} times")
        if not lines:
            return orca.ExecutionResult.skipped("There is nothing on the plates")
        printer = orca.host.preset_bundle().current_printer_preset()
        if printer is not None:
            lines.append(f"Printer: {printer.label()}")
        report = "\n".join(lines)
        answer = orca.host.ui.message(report, title="Model report", buttons="ok_cancel")
        if answer == "cancel":
            return orca.ExecutionResult.skipped("The user did not want the report")
        return orca.ExecutionResult.success(report)


@orca.plugin
class ModelReportPackage(orca.base):
    def register_capabilities(self) -> None:
        orca.register_capability(ModelReport)
