"""Batches: cut from arrays, or taken from an iterable.

Where a model has several inputs or outputs, a list of arrays stands for one array. Images keep their
dtype, `uint8` for MNIST, until their batch is cut.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.checks import fraction
from minicnn.errors import ShapeError, warn
from minicnn.random import generator, restore_stream, stream_state

MANY = 5_000  # batches of a pass of unknown length, after which a warning says what to type


class Batch(NamedTuple):
    """Examples, their labels, and how much each of them counts."""

    x: Any
    y: Any = None
    sample_weight: Any = None


def map_arrays(function: Callable[[ndarray], Any], values: Any) -> Any:
    """Apply a function to an array, or to each array in a list; None stays None."""
    if isinstance(values, list):
        return [map_arrays(function, item) for item in values]
    return None if values is None else function(values)


def example_count(values: Any) -> int:
    """Return the number of examples in an array or a list of arrays."""
    return len(values[0] if isinstance(values, list) else values)


class ArrayBatches:
    """Batches cut from arrays; the last one may be smaller."""

    restartable = True

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        batch_size: int = 32,
        shuffle: bool = False,
    ) -> None:
        self.x, self.y, self.sample_weight = x, y, sample_weight
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.count = example_count(x)

    def describe(self) -> dict[str, Any]:
        """Return what decides which examples are in which batch."""
        return {"examples": self.count, "batch_size": self.batch_size, "shuffle": self.shuffle}

    def __len__(self) -> int:
        return -(-self.count // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        order = generator().permutation(self.count) if self.shuffle else None
        for start in range(0, self.count, self.batch_size):
            stop = start + self.batch_size
            chosen: Any = slice(start, stop) if order is None else order[start:stop]
            parts = self.x, self.y, self.sample_weight
            yield Batch(*[None if part is None else _take(part, chosen) for part in parts])


def _take(array: Any, chosen: Any) -> Any:
    """Return a slice of the examples, or those with the indices in an array."""
    if isinstance(array, list):
        return [_take(one, chosen) for one in array]
    if isinstance(chosen, slice) or not (array.flags.c_contiguous and array.flags.aligned):
        return array[chosen]
    return array.take(chosen, axis=0)  # faster; it would copy an array of another layout first


class IterableBatches:
    """Batches that an iterable yields: ``x``, ``(x, y)`` or ``(x, y, sample_weight)``."""

    def __init__(self, iterable: Any) -> None:
        self.iterable = iterable

    @property
    def restartable(self) -> bool:
        """Whether each pass begins with the first batch; a generator continues where it is."""
        return hasattr(self.iterable, "one_epoch") or not isinstance(self.iterable, Iterator)

    def describe(self) -> dict[str, Any]:
        """Return nothing: what an iterable yields is unknown."""
        return {}

    @property
    def steps(self) -> int | None:
        """Batches in a pass, if the iterable has a length."""
        with suppress(TypeError):  # no length, or one that is unknown or infinite
            return len(self.iterable)
        return None

    def __iter__(self) -> Iterator[Batch]:
        data = self.iterable
        items: Any = data
        if not isinstance(data, Iterable):  # Python would index it until an IndexError, for ever
            items = (data[index] for index in range(len(data)))
        elif hasattr(data, "one_epoch"):  # of an ImageDataGenerator, which itself never ends
            items = data.one_epoch()
        for item in items:
            yield Batch(*_parts(item))


def _parts(item: Any) -> list[Any]:
    """Return x, y and sample_weight of a batch as they came; the model converts them."""
    parts = item if isinstance(item, (tuple, list)) else (item,)
    if not 1 <= len(parts) <= 3:
        raise ShapeError(
            "a batch must be x, (x, y) or (x, y, sample_weight), got a sequence of "
            f"{len(parts)} parts."
        )
    return list(parts)


class Batches:
    """Passes over the data, each of a known or unknown number of steps."""

    def __init__(self, source: ArrayBatches | IterableBatches, steps: int | None = None) -> None:
        self.source = source
        self._known = len(source) if isinstance(source, ArrayBatches) else source.steps
        self.steps = self._known if steps is None else steps
        self._continued = steps is not None  # each pass begins where the last one ended
        self._running: Iterator[Batch] | None = None
        self._position: dict[str, Any] | None = None  # in the data
        self._resumed: dict[str, Any] | None = None

    def one_pass(self, done: int = 0) -> Iterator[Batch]:
        """Yield the batches of a pass, without the first `done` of them."""
        if not self._continued:
            for number, next_one in enumerate(self._iterate(), start=1):
                if number == MANY and self.steps is None:
                    warn(
                        f"the data have yielded {MANY:,} batches without end. If they never end, say "
                        "how many to use: steps_per_epoch or validation_steps of fit, steps of "
                        "evaluate and predict."
                    )
                yield next_one
            return
        assert self.steps is not None
        for step in range(done, self.steps):
            if self._running is None:
                self._running = self._iterate()
            batch = next(self._running, None)
            if batch is None and step == 0 and self.source.restartable:
                self._running = self._iterate()
                batch = next(self._running, None)
            if batch is None:
                self._running = self._position = None
                if step:
                    known = self._known
                    remedy = (
                        f"It has {known} batches, and each epoch starts where the last one ended, as in "
                        "Keras: leave steps_per_epoch out, or choose a divisor."
                        if known
                        else "A generator must yield for ever: begin it with while True."
                    )
                    warn(
                        f"the data ended after {step} of {self.steps} steps, and the epoch with them. "
                        f"{remedy}"
                    )
                return
            yield batch
        if self._position and self._position["taken"] == self._known:
            self._running = self._position = None

    def get_state(self, in_a_pass: bool) -> dict[str, Any]:
        """Return the position in the data, between two passes or in the middle of one."""
        position = None
        if self._position and (in_a_pass or self._continued):
            position = dict(self._position)
        return {"data": self.source.describe() | {"steps": self.steps}, "place": position}

    def set_state(self, state: dict[str, Any]) -> None:
        """Continue from the result of `get_state`: the next pass begins with the next batch."""
        here = self.source.describe() | {"steps": self.steps}
        if state["place"] and state["data"] != here:
            raise ValueError(f"it is in the middle of data with {state['data']}, here are {here}.")
        self._running, self._position = None, state["place"]
        self._resumed = state["place"] if self.source.restartable else None

    def _iterate(self) -> Iterator[Batch]:
        """Iterate over the data once, or over the rest of them after `set_state`."""
        resumed, self._resumed = self._resumed, None
        now = stream_state()
        taken = 0
        if resumed:
            restore_stream(resumed["random"])  # the order is drawn again
            taken = int(resumed["taken"])
        began = stream_state()
        for number, batch in enumerate(self.source, start=1):
            if number > taken:
                self._position = {"random": began, "taken": number}
                yield batch
            elif number == taken:
                restore_stream(now)


def weights_by_class(y: ndarray, class_weight: Mapping[Any, float]) -> ndarray:
    """Return the weight of each example: that of its class, 1 for a class without one."""
    weights_of = _checked_class_weight(class_weight)
    ids = class_ids(y)
    if y.ndim > 1 and y.shape[-1] > 1 and max(weights_of, default=0) >= y.shape[-1]:
        raise ValueError(
            f"class_weight has a weight for class {max(weights_of)}, and the labels are of "
            f"{y.shape[-1]} classes, 0 to {y.shape[-1] - 1}."
        )
    weights = np.ones(len(ids), np.float32)
    for class_id, weight in weights_of.items():
        weights[ids == class_id] = weight
    return weights


def _checked_class_weight(class_weight: Any) -> dict[int, float]:
    is_dict = isinstance(class_weight, Mapping)
    if not is_dict or not all(
        isinstance(key, (int, float, np.number)) and key == int(key) >= 0 for key in class_weight
    ):
        raise TypeError(
            "class_weight must be a dict from class ids to weights, such as {0: 1.0, 1: 5.0}, got "
            f"{class_weight!r}."
        )
    for key, weight in class_weight.items():
        is_number = isinstance(weight, (int, float, np.number))
        if not is_number or not np.isfinite(weight) or weight < 0:
            raise ValueError(
                f"class_weight must have finite weights >= 0, got {weight!r} for class {key}."
            )
    return {int(key): float(weight) for key, weight in class_weight.items()}


def class_ids(y: ndarray) -> ndarray:
    """Return the class of each example, from class ids or one-hot rows."""
    if y.ndim > 1 and y.shape[-1] > 1:
        return y.argmax(axis=-1)
    return y.reshape(len(y), -1)[:, 0] if y.ndim > 1 else y


def split_off_validation(parts: Sequence[Any], validation_split: float) -> tuple[list[Any], ...]:
    """Split arrays in two: the first ``⌊n·(1 − split)⌋`` examples train, the rest validate."""
    split = fraction("fit", "validation_split", validation_split, below_one=True)
    count = example_count(next(part for part in parts if part is not None))
    cut = int(count * (1 - split))
    if cut == 0 or cut == count:
        raise ValueError(
            f"validation_split={validation_split} of {count} examples leaves none to "
            f"{'train' if cut == 0 else 'validate'} with."
        )
    return (
        [map_arrays(lambda array: array[:cut], part) for part in parts],
        [map_arrays(lambda array: array[cut:], part) for part in parts],
    )
