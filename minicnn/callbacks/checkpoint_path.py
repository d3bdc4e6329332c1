"""The names of checkpoints: fields for epoch and metrics, and endings that say what is saved."""

import os
from string import Formatter

from minicnn.callbacks.callback import Logs
from minicnn.callbacks.monitor import unknown_monitor

MODEL_ENDINGS = (".keras", ".h5", ".hdf5")
WEIGHTS_ENDINGS = (".h5", ".hdf5")  # .weights.h5 among them


class CheckpointPath:
    """The path of a checkpoint, with fields such as ``{epoch:02d}`` and ``{val_accuracy:.4f}``."""

    def __init__(self, template: str, weights_only: bool = False) -> None:
        endings = WEIGHTS_ENDINGS if weights_only else MODEL_ENDINGS
        if not template.endswith(endings):
            kind = "weights" if weights_only else "models"
            example = "best.weights.h5" if weights_only else "best.keras"
            raise ValueError(
                f"ModelCheckpoint saves {kind} in files that end in {' or '.join(endings)}, got "
                f"{template!r}. Write {example!r} for example."
            )
        self.template = template
        try:
            self.fields = [name for _, name, _, _ in Formatter().parse(template) if name]
            template.format(**{name: _example_of(name) for name in self.fields})
        except (ValueError, LookupError, AttributeError) as error:
            raise ValueError(
                f"the fields of {template!r} cannot be read: {error}. They look like {{epoch:02d}} "
                "and {val_accuracy:.4f}; braces that are part of the name are written twice."
            ) from error

    def of(self, epoch: int, logs: Logs, batch: int | None = None) -> str:
        """Return the path of a checkpoint."""
        values = {"epoch": epoch + 1} | ({} if batch is None else {"batch": batch + 1}) | logs
        for name in self.fields:
            if name not in values:
                raise unknown_monitor(f"field of the checkpoint {self.template!r}", name, values)
        return self.template.format(**values)

    @property
    def score_path(self) -> str | None:
        """The hidden file beside the checkpoints for their best score; None if folders have fields."""
        folder, name = os.path.split(self.template)
        if any(field for _, field, _, _ in Formatter().parse(folder)):
            return None
        plain = "".join(literal + (field or "") for literal, field, _, _ in Formatter().parse(name))
        return os.path.join(folder, f".{plain}.score.json")


def _example_of(field: str) -> float:
    return 1 if field in ("epoch", "batch") else 0.5
