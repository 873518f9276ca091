"""What the application keeps for the plugin that asks.

The module exists only where the application offers it: ask with `hasattr(orca.host, "plugin")`, or
with `"storage" in orca.host_features()`.
"""

def storage() -> str:
    """The folder in which this plugin keeps its own files, as text. It exists, and stays when the
    plugin is updated.

    Raises RuntimeError when no plugin asks, or when the folder cannot be made. May be called on any
    thread of the plugin."""
