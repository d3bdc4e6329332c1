"""How good the best checkpoint is, for whoever continues the training.

Keras' `ModelCheckpoint` forgets the best score with the process: in a training that is continued,
its first epoch counts as an improvement and overwrites a better checkpoint (keras#12803, #17012).
Here the score is kept in a hidden file beside the checkpoint, ``.best.keras.score.json``.

It must not count in a new training, whose checkpoints would never be saved if they were worse than
yesterday's. A training continues the one that the score is of if

- its optimizer has taken at least as many steps as had been taken when the checkpoint was saved
  (`load_model` and `load_weights` bring the optimizer along), or
- `fit` is told by `initial_epoch` that it begins behind the epoch of the checkpoint,

and the checkpoint is there. A model with new weights, in `fit` from its first epoch, begins anew.
"""

import os
from typing import Any, NamedTuple, Self


class BestScore(NamedTuple):
    """The best value of a number, and the checkpoint that has it."""

    monitor: str
    best: float
    file: str
    epoch: int
    iterations: int = 0

    @classmethod
    def read(cls, run: Any, path: str | None) -> Self | None:
        """Return the score kept at `path`, if there is one, and its checkpoint as well."""
        if path is None or not os.path.exists(path):
            return None
        match run.read_note(path):
            case {
                "monitor": str(monitor),
                "best": int() | float() as best,
                "file": str(file),
                "epoch": int(epoch),
                "iterations": int(iterations),
            }:
                there = os.path.exists(os.path.join(os.path.dirname(path), file))
                return cls(monitor, float(best), file, epoch, iterations) if there else None
        return None

    def is_of(self, run: Any) -> bool:
        """Whether the training that begins continues the one that the score is of."""
        iterations = run.model.optimizer.iterations
        return 0 < self.iterations <= iterations or self.epoch < run.epoch

    def write(self, run: Any, path: str) -> None:
        """Keep the score at `path`, with the steps that the optimizer has taken."""
        score = self._replace(iterations=int(run.model.optimizer.iterations))
        run.write_note(path, score._asdict())
