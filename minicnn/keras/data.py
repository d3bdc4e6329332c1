"""`tf.data.Dataset`: examples and batches, in a pipeline that can be iterated again and again."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from itertools import repeat as endless
from math import inf
from operator import add, itemgetter
from typing import Any, NamedTuple

import numpy as np

from minicnn.keras.tensor import as_tensor
from minicnn.random import generator

AUTOTUNE = -1


class TensorSpec(NamedTuple):
    """Shape and dtype of an array."""

    shape: Any
    dtype: Any = np.float32
    name: Any = None


class Dataset:
    """A sequence of elements: arrays, or tuples or dicts of arrays.

    >>> dataset = Dataset.from_tensor_slices((np.arange(5), np.arange(5) % 2))
    >>> for x, y in dataset.map(lambda x, y: (10 * x, y)).batch(3):
    ...     print(x.numpy(), y.numpy())
    [ 0 10 20] [0 1 0]
    [30 40] [1 0]
    """

    def __init__(self, iterate: Callable[[], Iterable[Any]], length: float | None) -> None:
        self._iterate = iterate
        self._length = length  # None if it is unknown

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: Any = None) -> "Dataset":
        """Return the dataset of the examples along the first axis of each array."""
        arrays = _map_structure(as_tensor, tensors)
        lengths = {len(array) for array in _leaves(arrays)}
        if len(lengths) != 1:
            raise ValueError(
                f"from_tensor_slices takes arrays of the same length, got {sorted(lengths)}."
            )
        (length,) = lengths
        indices = range(length)
        return cls(lambda: (_map_structure(itemgetter(i), arrays) for i in indices), length)

    @classmethod
    def from_tensors(cls, tensors: Any, name: Any = None) -> "Dataset":
        """Return the dataset with a single element."""
        return cls(lambda: [tensors], 1)

    @classmethod
    def from_generator(
        cls, generator: Callable[[], Iterable[Any]], *_: Any, **__: Any
    ) -> "Dataset":
        """Return the dataset of what a generator function yields; types and shapes are not needed."""
        return cls(generator, None)

    @classmethod
    def range(cls, *limits: int) -> "Dataset":
        """Return the dataset of the integers in ``range(*limits)``."""
        return cls.from_tensor_slices(np.arange(*limits))

    @classmethod
    def zip(cls, *datasets: Any) -> "Dataset":
        """Return the dataset of tuples with one element of each dataset."""
        parts = datasets[0] if isinstance(datasets[0], tuple) else datasets
        length = _length(min, [part._length for part in parts])
        return cls(lambda: zip(*parts, strict=False), length)

    def __iter__(self) -> Iterator[Any]:
        return (_map_structure(as_tensor, element) for element in self._iterate())

    @property
    def element_spec(self) -> Any:
        """The shapes and dtypes of the first element, in its structure."""
        return _map_structure(
            lambda array: TensorSpec(np.shape(array), np.asarray(array).dtype), next(iter(self))
        )

    def __len__(self) -> int:
        if self._length is None or self._length == inf:
            raise TypeError("the length of this dataset is unknown or infinite.")
        return int(self._length)

    def __bool__(self) -> bool:
        return True

    def cardinality(self) -> Any:
        """Return the number of elements: −1 if it is infinite, −2 if it is unknown."""
        length = -2 if self._length is None else self._length
        return as_tensor(np.int64(-1 if length == inf else length))

    def map(self, map_func: Callable[..., Any], *_: Any, **__: Any) -> "Dataset":
        """Apply a function to each element; a tuple is passed as several arguments."""
        return Dataset(lambda: (_apply(map_func, element) for element in self), self._length)

    def filter(self, predicate: Callable[..., Any], name: Any = None) -> "Dataset":
        """Keep the elements for which a function returns True."""
        return Dataset(lambda: (item for item in self if _apply(predicate, item)), None)

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool = True,
        name: Any = None,
    ) -> "Dataset":
        """Draw each element from a buffer of the next `buffer_size` elements."""
        fixed = None if reshuffle_each_iteration else int(generator(seed).integers(2**31))
        stream = generator(seed)

        def iterate() -> Iterator[Any]:
            random = stream if fixed is None else np.random.default_rng(fixed)
            elements = iter(self._iterate())
            buffer = list(islice(elements, int(buffer_size)))
            for element in elements:
                index = int(random.integers(len(buffer)))
                yield buffer[index]
                buffer[index] = element
            random.shuffle(buffer)
            yield from buffer

        return Dataset(iterate, self._length)

    def batch(self, batch_size: int, drop_remainder: bool = False, *_: Any, **__: Any) -> "Dataset":
        """Stack `batch_size` elements at a time."""
        size = int(batch_size)

        def iterate() -> Iterator[Any]:
            elements = iter(self._iterate())
            while group := list(islice(elements, size)):
                if len(group) == size or not drop_remainder:
                    yield _map_structure(lambda *items: np.stack(items), *group)

        whole = np.floor if drop_remainder else np.ceil
        return Dataset(iterate, _length(lambda length: whole(length / size), [self._length]))

    def unbatch(self) -> "Dataset":
        """Split batches into examples."""
        return Dataset(
            lambda: chain.from_iterable(map(Dataset.from_tensor_slices, self._iterate())), None
        )

    def repeat(self, count: int | None = None, name: Any = None) -> "Dataset":
        """Repeat the dataset, without an end if `count` is None or −1."""
        if count == 0 or self._length == 0:
            return self.take(0)
        times = None if count is None or count < 0 else int(count)
        rounds = endless(0) if times is None else range(times)
        length = inf if times is None else _length(lambda length: length * times, [self._length])
        return Dataset(lambda: chain.from_iterable(self._iterate() for _ in rounds), length)

    def take(self, count: int, name: Any = None) -> "Dataset":
        """Return the first `count` elements, all if it is −1."""
        stop = None if count < 0 else int(count)
        length = _length(
            lambda length: length if stop is None else min(stop, length), [self._length]
        )
        return Dataset(lambda: islice(self._iterate(), stop), length)

    def skip(self, count: int, name: Any = None) -> "Dataset":
        """Return the elements after the first `count`, none if it is −1."""
        if count < 0:
            return self.take(0)
        length = _length(lambda length: max(length - count, 0), [self._length])
        return Dataset(lambda: islice(self._iterate(), int(count), None), length)

    def concatenate(self, dataset: "Dataset", name: Any = None) -> "Dataset":
        """Return the elements of this dataset, followed by those of another one."""
        lengths = [self._length, dataset._length]
        length = inf if inf in lengths else _length(add, lengths)
        return Dataset(lambda: chain(self._iterate(), dataset._iterate()), length)

    def enumerate(self, start: int = 0, name: Any = None) -> "Dataset":
        """Return pairs of a counter and an element."""
        return Dataset(lambda: enumerate(self, start), self._length)

    def prefetch(self, *_: Any, **__: Any) -> "Dataset":
        """Return the dataset itself: nothing is computed ahead."""
        return self

    with_options = prefetch

    def cache(self, *_: Any, **__: Any) -> "Dataset":
        """Keep the elements in memory after the first complete iteration."""
        kept: list[Any] = []

        def iterate() -> Iterator[Any]:
            if kept:
                yield from kept[0]
                return
            elements = []
            for element in self._iterate():
                elements.append(element)
                yield element
            kept.append(elements)

        return Dataset(iterate, self._length)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Iterate over NumPy arrays."""
        return (_map_structure(np.asarray, element) for element in self._iterate())


def _length(function: Callable[..., float], lengths: list[float | None]) -> float | None:
    """Return the length that a function makes of others, or None if one of them is unknown."""
    return None if None in lengths else function(*lengths)


def _apply(function: Callable[..., Any], element: Any) -> Any:
    return function(*element) if isinstance(element, tuple) else function(element)


def _map_structure(function: Callable[..., Any], *values: Any) -> Any:
    """Apply a function to the arrays in nested tuples and dicts, each of the same structure."""
    first = values[0]
    if isinstance(first, tuple):
        return tuple(_map_structure(function, *items) for items in zip(*values, strict=True))
    if isinstance(first, dict):
        return {key: _map_structure(function, *map(itemgetter(key), values)) for key in first}
    return function(*values)


def _leaves(value: Any) -> list[Any]:
    found: list[Any] = []
    _map_structure(found.append, value)
    return found
