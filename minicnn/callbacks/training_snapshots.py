"""Keep the weights of a few steps of a training, for the page to play."""

from numpy import ndarray

from minicnn.callbacks.callback import Callback, Logs
from minicnn.checks import integer


class TrainingSnapshots(Callback):
    """Keeps the weights at evenly spaced steps of `fit`, from before the first to after the last.

    ``minicnn.explain(model, x, y, history=snapshots)`` writes a page that plays them: filters,
    feature maps, probabilities and the loss. If there are too many, every second is dropped, so that
    the number of steps need not be known. Training again continues the record.

    Parameters
    ----------
    count : int
        Snapshots to keep at most, at least 3; from half as many on.
    max_bytes : int
        Memory for all of them. Of a large model fewer are kept, but at least 3.

    Attributes
    ----------
    steps : list of int
        Training steps before each snapshot: 0, …, all.
    weights : list of list of ndarray
        Copies of ``model.get_weights()`` at these steps.
    losses : list of float
        Loss of the batch of each step; as shown by `fit` they are means of an epoch so far.

    Raises
    ------
    ValueError
        If an argument is too small.

    Examples
    --------
    >>> import numpy as np
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> snapshots = TrainingSnapshots(count=5)
    >>> x, y = np.ones((12, 2)), np.ones((12, 1))
    >>> _ = model.fit(x, y, batch_size=2, verbose=0, callbacks=[snapshots])
    >>> snapshots.steps, len(snapshots.losses)
    ([0, 2, 4, 6], 6)
    """

    state_attributes = ("steps", "weights", "losses", "every", "_sum", "_examples")

    def __init__(self, count: int = 24, max_bytes: int = 12_000_000) -> None:
        self.count = integer("TrainingSnapshots", "count", count, minimum=3)
        self.max_bytes = integer("TrainingSnapshots", "max_bytes", max_bytes, minimum=1)
        self.steps: list[int] = []
        self.weights: list[list[ndarray]] = []
        self.losses: list[float] = []
        self.every = 1
        self._sum = self._examples = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keep the weights before the first step."""
        self._keep()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin the epoch's mean again."""
        self._sum = self._examples = 0.0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Keep the batch's loss and, at some steps, the weights."""
        x = self.model.last_batch.x
        examples = len(x[0] if isinstance(x, list) else x)
        total = (logs or {})["loss"] * (self._examples + examples)
        self.losses.append((total - self._sum) / examples)
        self._sum, self._examples = total, self._examples + examples
        if len(self.losses) % self.every == 0:
            self._keep()
            self._thin_out()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Keep the weights after the last step."""
        self._keep()

    def _keep(self) -> None:
        if self.steps[-1:] == [len(self.losses)]:
            return
        self.steps.append(len(self.losses))
        self.weights.append([weight.copy() for weight in self.model.get_weights()])

    def _thin_out(self) -> None:
        """Drop every second snapshot until there is room for the one of `on_train_end`."""
        most = self.max_bytes // max(sum(weight.nbytes for weight in self.weights[0]), 1)
        while len(self.steps) >= max(3, min(self.count, most)):
            self.every *= 2
            kept = [i for i, step in enumerate(self.steps) if step % self.every == 0]
            self.steps = [self.steps[i] for i in kept]
            self.weights = [self.weights[i] for i in kept]
