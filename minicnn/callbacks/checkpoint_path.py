"""Names of checkpoints, with fields for the epoch and the metrics."""

from glob import escape, glob
from string import Formatter

from minicnn.callbacks.callback import Logs
from minicnn.callbacks.monitor import unknown_monitor

MODEL_ENDINGS = (".keras", ".h5", ".hdf5")
WEIGHTS_ENDINGS = (".h5", ".hdf5")  # including .weights.h5


class CheckpointPath:
    """The path of a checkpoint, with fields such as ``{epoch:02d}`` and ``{val_accuracy:.4f}``."""

    def __init__(self, template: str, weights_only: bool = False) -> None:
        endings = WEIGHTS_ENDINGS if weights_only else MODEL_ENDINGS
        if not template.lower().endswith(endings):
            content = "weights" if weights_only else "models"
            example = "best.weights.h5" if weights_only else "best.keras"
            raise ValueError(
                f"ModelCheckpoint saves {content} to files ending in {' or '.join(endings)}, got "
                f"{template!r}. Write for example {example!r}."
            )
        self.template = template
        try:
            self._parts = list(Formatter().parse(template))
            self.fields = [name for _, name, _, _ in self._parts if name]
            template.format(**{name: _example_value(name) for name in self.fields})
        except (ValueError, LookupError, AttributeError) as error:
            raise ValueError(
                f"the fields of {template!r} cannot be read: {error}. Write {{epoch:02d}} or "
                "{val_accuracy:.4f}, and double braces for braces in the name."
            ) from error

    def format(self, epoch: int, logs: Logs, batch: int | None = None) -> str:
        """Return the path of a checkpoint."""
        values = {"epoch": epoch + 1} | ({} if batch is None else {"batch": batch + 1}) | logs
        for name in self.fields:
            if name not in values:
                raise unknown_monitor(f"field of the checkpoint {self.template!r}", name, values)
        return self.template.format(**values)

    def existing(self) -> list[str]:
        """Return the paths of all checkpoints with this name, whatever their fields."""
        return glob(
            "".join(escape(text) + ("" if name is None else "*") for text, name, *_ in self._parts)
        )


def _example_value(field: str) -> float:
    return 1 if field in ("epoch", "batch") else 0.5
