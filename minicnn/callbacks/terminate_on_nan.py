"""Stop training when the loss is NaN or infinite."""

import numpy as np

from minicnn.callbacks.callback import Callback, Logs


class TerminateOnNaN(Callback):
    """Stops training when the loss becomes NaN or infinite.

    Parameters
    ----------
    raise_error : bool
        Whether to raise an error instead. `on_train_end` is then not called, so that the backup of
        `BackupAndRestore` is kept.

    Raises
    ------
    RuntimeError
        With `raise_error`, after a batch with such a loss.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> callback = TerminateOnNaN()
    >>> callback.set_model(SimpleNamespace(stop_training=False))
    >>> callback.on_train_batch_end(3, {"loss": float("nan")})
    Batch 3: Invalid loss, terminating training
    >>> callback.model.stop_training
    True
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Check the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or np.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Terminating "
                "training immediately."
            )
        print(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True
