"""From data to batches: arrays are cut, iterables are taken as they come.

Images stay as they came, `uint8` for MNIST, until their batch is cut.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import DataWarning, ShapeError
from minicnn.random import generator, restore_stream, stream_state


class Batch(NamedTuple):
    """Examples, their labels, and how much each of them counts."""

    x: ndarray
    y: ndarray | None = None
    sample_weight: ndarray | None = None


class ArrayBatches:
    """Batches cut from arrays; the last one has what is left."""

    def __init__(
        self,
        x: ndarray,
        y: ndarray | None = None,
        sample_weight: ndarray | None = None,
        batch_size: int = 32,
        shuffle: bool = False,
    ) -> None:
        self.x, self.y, self.sample_weight = x, y, sample_weight
        self.batch_size = batch_size
        self.shuffle = shuffle

    can_begin_anew = True

    def describe(self) -> dict[str, Any]:
        """Return what decides which examples are in which batch."""
        return {"examples": len(self.x), "batch_size": self.batch_size, "shuffle": self.shuffle}

    def __len__(self) -> int:
        return -(-len(self.x) // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        count = len(self.x)
        order = generator().permutation(count) if self.shuffle else None
        for low in range(0, count, self.batch_size):
            high = low + self.batch_size
            chosen: Any = slice(low, high) if order is None else order[low:high]
            yield Batch(
                _examples(self.x, chosen),
                None if self.y is None else _examples(self.y, chosen),
                None if self.sample_weight is None else _examples(self.sample_weight, chosen),
            )


def _examples(array: ndarray, chosen: Any) -> ndarray:
    """Return a slice of the examples, or those with the indices in an array."""
    if isinstance(chosen, slice) or not (array.flags.c_contiguous and array.flags.aligned):
        return array[chosen]
    return array.take(chosen, axis=0)  # faster; it would copy an array of another layout first


class IterableBatches:
    """Batches that an iterable yields: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""

    def __init__(self, iterable: Iterable[Any]) -> None:
        self.iterable = iterable

    @property
    def can_begin_anew(self) -> bool:
        """Whether each pass begins with the first batch; a generator goes on where it stands."""
        return not isinstance(self.iterable, Iterator)

    def describe(self) -> dict[str, Any]:
        """Return nothing: what an iterable yields is its own business."""
        return {}

    @property
    def steps(self) -> int | None:
        """Batches a pass, where the iterable tells."""
        return len(self.iterable) if isinstance(self.iterable, Sized) else None

    def __iter__(self) -> Iterator[Batch]:
        for item in self.iterable:
            parts = item if isinstance(item, (tuple, list)) else (item,)
            if not 1 <= len(parts) <= 3:
                raise ShapeError(
                    "a batch is x, (x, y) or (x, y, sample_weight), got a sequence of "
                    f"{len(parts)} parts."
                )
            x, *labels = parts
            yield Batch(
                np.asarray(x), *(None if one is None else np.asarray(one) for one in labels)
            )


class Batches:
    """Passes over the data, each of a known or unknown number of steps."""

    def __init__(self, source: ArrayBatches | IterableBatches, steps: int | None = None) -> None:
        self.source = source
        self.steps = steps
        if steps is None:
            self.steps = len(source) if isinstance(source, ArrayBatches) else source.steps
        self._endless = steps is not None
        self._running: Iterator[Batch] | None = None
        self._place: dict[str, Any] | None = None  # how far the running way through the data is
        self._resumed: dict[str, Any] | None = None

    def one_pass(self, done: int = 0) -> Iterator[Batch]:
        """Yield the batches of a pass; with given `steps`, the next pass goes on behind them."""
        if not self._endless:
            yield from self._through()
            return
        assert self.steps is not None
        for step in range(done, self.steps):
            batch = self._next()
            if batch is None:
                if step:
                    warnings.warn(
                        f"the data ended after {step} of {self.steps} steps. A generator must yield "
                        "on without end: begin it with while True.",
                        DataWarning,
                        stacklevel=2,
                    )
                return
            yield batch

    def get_state(self, in_a_pass: bool) -> dict[str, Any]:
        """Return where in the data the training is, between two passes or in the middle of one."""
        place = dict(self._place) if self._place and (in_a_pass or self._endless) else None
        return {"data": self.source.describe() | {"steps": self.steps}, "place": place}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on where `get_state` was asked: the next pass begins behind that batch."""
        here = self.source.describe() | {"steps": self.steps}
        if state["place"] and state["data"] != here:
            raise ValueError(f"it is in the middle of data with {state['data']}, here are {here}.")
        self._running, self._place = None, state["place"]
        self._resumed = state["place"] if self.source.can_begin_anew else None

    def _through(self) -> Iterator[Batch]:
        """Go through the data once, or through what is left of them after `set_state`."""
        resumed, self._resumed = self._resumed, None
        now = stream_state()
        taken = 0
        if resumed:
            restore_stream(resumed["random"])  # the order is drawn again
            taken = int(resumed["taken"])
        began = stream_state()
        for number, batch in enumerate(self.source, start=1):
            if number > taken:
                self._place = {"random": began, "taken": number}
                yield batch
            elif number == taken:
                restore_stream(now)

    def _next(self) -> Batch | None:
        """Return the next batch, starting anew where the data end; None where there are no more."""
        if self._running is None:
            self._running = self._through()
        batch = next(self._running, None)
        if batch is None:
            self._running = self._through()
            batch = next(self._running, None)
        return batch


def weights_by_class(y: ndarray, class_weight: dict[int, float]) -> ndarray:
    """Return each example's weight: that of its class, 1 where the class has none."""
    if not isinstance(class_weight, Mapping) or not all(
        isinstance(number, (int, np.integer)) for number in class_weight
    ):
        raise TypeError(
            "class_weight takes a dict from class number to weight, such as {0: 1.0, 1: 5.0}, "
            f"got {class_weight!r}."
        )
    numbers = class_numbers(y)
    weights = np.ones(len(numbers), np.float32)
    for number, weight in class_weight.items():
        weights[numbers == number] = weight
    return weights


def class_numbers(y: ndarray) -> ndarray:
    """Return the class of each example, from class numbers or one-hot rows."""
    if y.ndim > 1 and y.shape[-1] > 1:
        return y.argmax(axis=-1)
    return y.reshape(len(y), -1)[:, 0] if y.ndim > 1 else y


def split_off_validation(
    arrays: Sequence[ndarray | None], share: float
) -> tuple[list[ndarray | None], list[ndarray | None]]:
    """Cut arrays in two: the first ``⌊n·(1 − share)⌋`` examples train, the rest validate."""
    if not isinstance(share, (int, float, np.number)) or not 0 < share < 1:
        raise ValueError(
            "validation_split takes the share of the examples to validate with, between 0 and 1, "
            f"got {share!r}. Write validation_split=0.2 for example."
        )
    present = next(array for array in arrays if array is not None)
    cut = int(len(present) * (1 - share))
    if cut == 0 or cut == len(present):
        raise ValueError(
            f"validation_split={share} of {len(present)} examples leaves none to "
            f"{'train' if cut == 0 else 'validate'} with."
        )
    return (
        [None if array is None else array[:cut] for array in arrays],
        [None if array is None else array[cut:] for array in arrays],
    )
