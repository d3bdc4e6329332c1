"""Data sets that compute each batch when it is needed."""

from collections.abc import Iterator
from typing import Any


class PyDataset:
    """Base class of data sets of numbered batches; Keras 2 calls it ``Sequence``.

    A subclass defines ``__len__``, the number of batches, and ``__getitem__``, which returns a batch,
    ``(x, y)`` or ``(x, y, sample_weight)``. It may define `on_epoch_begin` and `on_epoch_end`.

    Parameters
    ----------
    workers, use_multiprocessing, max_queue_size
        Accepted as in Keras and ignored: batches are computed one after the other.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         x = np.arange(4.0).reshape(4, 1) + index
    ...         return x, x**2
    >>> model = Sequential([layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> _ = model.fit(Squares(), epochs=2, verbose=0)
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """Return a batch."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method __getitem__(self, index) that returns a batch (x, y)."
        )

    def __len__(self) -> int:
        """Return the number of batches."""
        raise NotImplementedError(
            f"{type(self).__name__} needs a method __len__(self) that returns the number of batches."
        )

    @property
    def num_batches(self) -> int:
        """The number of batches."""
        return len(self)

    def __iter__(self) -> Iterator[Any]:
        """Yield the batches of one epoch."""
        self.on_epoch_begin()
        for index in range(self.num_batches):
            yield self[index]
        self.on_epoch_end()

    def on_epoch_begin(self) -> None:
        """Do something before each pass over the data."""

    def on_epoch_end(self) -> None:
        """Do something after each pass over the data, such as shuffling them."""
