"""Read event files with TensorBoard's reader."""

from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util.tensor_util import make_ndarray


def events(folder):
    """Return (run, plugin, tag, step, value) of all events, in order of their files."""
    return [
        (file.parent.name, one.metadata.plugin_data.plugin_name, one.tag, event.step,
         make_ndarray(one.tensor))
        for file in sorted(Path(folder).rglob("events*"))
        for event in EventFileLoader(str(file)).Load()
        for one in event.summary.value
    ]  # fmt: skip


def named(folder, plugin):
    """Return the values of a plugin by (run, tag, step)."""
    return {
        (run, tag, step): value for run, kind, tag, step, value in events(folder) if kind == plugin
    }
