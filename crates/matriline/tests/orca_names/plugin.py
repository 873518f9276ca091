"""What the rows of the table are evaluated with, in a plugin that has capabilities of every type."""

import json
import os
import sys
import tempfile

import orca

this = None
"""The script that runs the table, a capability that the host has loaded."""

loaded = {}
"""What was tried while the plugin was loaded, as `raised()` tells it."""

told = {}
"""What capabilities were called with, by the method."""


def raised(call, *args, **kwargs):
    """What a call raises, as `Type: message`; what it answers, if it raises nothing."""
    try:
        return call(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def has(text, *parts):
    """True, or the text without one of the parts."""
    return all(part in text for part in parts) or text


def unwritten(method, *args):
    """Whether the method of a base class says that a plugin has to write it."""
    text = raised(method, *args)
    return has(text, "RuntimeError: Tried to call pure virtual function", method.__name__) if isinstance(text, str) else text


def without_numpy(array):
    """Whether an array can be had, or is said to need numpy."""
    text = raised(array)
    return has(text, "ImportError: numpy is required to access mesh arrays") if isinstance(text, str) else len(text) > 0


def kept(made, field, value):
    """A field after it was set; what raises when it is set to another kind stands behind it."""
    wrong = 5 if isinstance(value, str) else "text"
    setattr(made, field, value)
    refused = raised(setattr, made, field, wrong)
    return getattr(made, field), isinstance(refused, str) and refused.startswith("TypeError: ")


def only_read(made, field):
    """Whether a field cannot be set."""
    return has(str(raised(setattr, made, field, getattr(made, field))), "AttributeError: ")


def model():
    return orca.host.model()


def thing():
    return model().object(0)


def part():
    return thing().volume(0)


def modifier():
    return thing().volume(1)


def instance():
    return thing().instance(0)


def mesh():
    return part().mesh()


def box():
    return mesh().bounding_box()


def bundle():
    return orca.host.preset_bundle()


def filaments():
    return bundle().filaments


def preset():
    return filaments().selected_preset()


def printer():
    return bundle().current_printer_preset()


def window(see):
    return see(orca.host.ui.create_window("<p>page</p>"))


def panel(see):
    return see(orca.host.ui.create_dock_panel("<p>page</p>", dock="left"))


def progress(see):
    return see(orca.host.ui.create_progress_dialog("title", "text"))


class Base:
    """A capability for each type that the application takes."""

    def get_name(self):
        return type(self).__name__


class Sender(Base, orca.printer_agent.PrinterAgentBase):
    """An agent that has written nothing but where its messages go."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def send_message_to_printer(self, dev_id, json_str, qos, flag):
        self.sent.append(json.loads(json_str)["print"])
        return 0


def sent(command, *args):
    """What a command of the base class sends, and what it answers."""
    sender = Sender()
    code = getattr(sender, command)("dev", *args)
    return [part.get("param", part["command"]) for part in sender.sent], code


class Older(Base, orca.printer_agent.PrinterAgentBase):
    """An agent as the specification has them."""

    def get_agent_info(self):
        return orca.printer_agent.AgentInfo("older")

    def connect_printer(self, dev_id, dev_ip, username, password, use_ssl):
        told["connect_printer/older"] = (dev_id, dev_ip, username, password, use_ssl)
        return 0

    def bind(self, dev_ip, dev_id, sec_link, timezone, improved, update_fn):
        told["bind/older"] = (dev_ip, dev_id, sec_link, timezone, improved, update_fn)
        return 0

    def fetch_filament_info(self, dev_id):
        told["fetch_filament_info/older"] = (dev_id,)
        return True


class Newer(Base, orca.printer_agent.PrinterAgentBase):
    """An agent of today."""

    def get_agent_info(self):
        return orca.printer_agent.AgentInfo("newer")

    def connect_printer(self, params):
        told["connect_printer"] = (params.dev_id, params.host, params.password)
        return 0

    def bind(self, dev_ip, dev_id, dev_model, sec_link, timezone, improved, update_fn):
        told["bind"] = (dev_ip, dev_id, dev_model, sec_link, timezone, improved, update_fn)
        return 0

    def fetch_filament_info(self, dev_id, sync_mode):
        told["fetch_filament_info"] = (dev_id, sync_mode.name)
        return True


class Run(Base, orca.script.ScriptPluginCapabilityBase):
    def execute(self):
        global this
        this = self
        with open(os.path.join(os.path.dirname(__file__), "..", "..", "rows.json"), encoding="utf-8") as file:
            rows = json.load(file)
        names = [name for name, _ in walk(orca, "orca")]
        data = json.dumps({"rows": [found(row) for row in rows], "names": names})
        return orca.ExecutionResult.success("", data)

    def on_lifecycle_event(self, event, ctx):
        told["on_lifecycle_event"] = (event, ctx)


class Edit(Base, orca.gcode.GCodePluginCapabilityBase):
    def execute(self, ctx):
        told["gcode"] = ctx
        return orca.ExecutionResult.success()


if hasattr(orca, "slicing"):

    class Slice(Base, orca.slicing.SlicingPipelineCapabilityBase):
        def execute(self, ctx):
            told["slicing"] = [getattr(ctx, name) for name in SLICING]
            told["slicing"] += [ctx.config_value("layer_height"), ctx.config_value("other"), ctx.cancelled()]
            told["slicing ctx"] = ctx
            return orca.ExecutionResult.success()


SLICING = ["orca_version", "step", "print", "object", "gcode_path", "host", "output_name"]

if hasattr(orca, "visualization"):

    class Draw(Base, orca.visualization.VisualizationPluginCapabilityBase):
        def get_supported_inputs(self):
            return [orca.visualization.VisualizationInputSpec("toolpath", "stl", "file", 1, 0, 1, 9)]

        def open(self, ctx):
            told["visualization"] = ctx
            return orca.ExecutionResult.success()


def found(row):
    """What a row stands for or raises, what its call gives, and what it should give."""
    try:
        what = {"Ok": what_is(*find(row["name"]))}
    except Exception as error:
        return {"what": {"Err": f"{type(error).__name__}: {error}"}, "outcome": ["", ""]}
    answer = raised(eval, row["call"], globals()) if row["call"] else None
    expected = raised(eval, row["answer"], globals()) if row["answer"] else None
    return {"what": what, "outcome": [repr(answer), repr(expected)]}


def find(name):
    """What a name stands for, and what has it; raises what Python raises for a name that is not there."""
    owner, value = None, orca
    for part in name.split(".")[1:]:
        owner, value = value, getattr(value, part)
    return owner, value


def what_is(owner, value):
    if isinstance(value, type(orca)):
        return "module"
    if isinstance(value, type):
        return "enumeration" if hasattr(value, "__members__") else "class"
    if hasattr(type(value), "__members__"):
        return "member"
    if isinstance(value, (int, str)):
        return "constant"
    if isinstance(owner, type):
        return "method" if callable(value) else "property"
    return "function"


def walk(owner, path):
    """Every public name below a module or a class, and what it stands for."""
    for name in [name for name in vars(owner) if not name.startswith("_")]:
        value = getattr(owner, name)
        yield f"{path}.{name}", value
        if isinstance(value, type(orca)) or isinstance(value, type):
            yield from walk(value, f"{path}.{name}")


@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        for base in (Run, Edit, Sender, Older, Newer, globals().get("Slice"), globals().get("Draw")):
            if base is not None:
                orca.register_capability(base)
        again = orca.register_capability
        loaded["register_capability"] = raised(again, type("Again", (Sender,), {})), raised(again, int)
        if hasattr(orca, "request_permissions"):
            ask = orca.request_permissions
            loaded["request_permissions"] = raised(ask, fs_read=[""]), raised(ask, fs_read=["/"])


loaded["plugin"] = raised(orca.plugin, Package)
