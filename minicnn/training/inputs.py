"""What `fit`, `evaluate` and `predict` take, checked and made into batches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from numpy import ndarray, ndim

from minicnn.training.batches import (
    ArrayBatches,
    Batch,
    Batches,
    IterableBatches,
    split_off_validation,
    weights_by_class,
)
from minicnn.training.checks import (
    as_numbers,
    check_counts,
    same_length,
    value_range,
    warn_of_sorted_labels,
)

DEFAULT_BATCH_SIZE = 32


class Arrays(NamedTuple):
    """Examples in arrays, as they came."""

    x: ndarray
    y: ndarray | None = None
    sample_weight: ndarray | None = None


def is_iterable_of_batches(x: Any) -> bool:
    """Whether `x` yields batches, rather than being an array, a list of examples, or a number."""
    is_sequence = isinstance(x, (ndarray, Sequence)) or hasattr(x, "__array__")
    if is_sequence and isinstance(x, (list, tuple)):  # a list of batches, each a tuple (x, y)
        return bool(x) and all(isinstance(one, tuple) and one and ndim(one[0]) for one in x)
    return not is_sequence and isinstance(x, Iterable) and not isinstance(x, Mapping)


def arrays(x: Any, y: Any = None, sample_weight: Any = None, names: str = "") -> Arrays:
    """Return examples, labels and weights as arrays of one length."""
    checked = {
        name: None if values is None else as_numbers(names + name, values)
        for name, values in (("x", x), ("y", y), ("sample_weight", sample_weight))
        if name == "x" or values is not None
    }
    if checked["x"] is None:
        as_numbers(names + "x", None)
    same_length(**{names + name: array for name, array in checked.items()})
    for name, array in checked.items():
        if name != "x" and array is not None and array.dtype.kind == "f":
            value_range(names + name, array)
    return Arrays(**checked)  # type: ignore[arg-type]


def batches(
    data: Any,
    batch_size: int | None = None,
    shuffle: bool = False,
    steps: int | None = None,
) -> Batches:
    """Return `data`, arrays or an iterable of batches, as passes of batches."""
    check_counts(batch_size=batch_size, steps=steps)
    if isinstance(data, Arrays):
        size = batch_size or DEFAULT_BATCH_SIZE
        return Batches(ArrayBatches(*data, batch_size=size, shuffle=shuffle), steps)
    if batch_size is not None:
        raise ValueError(
            f"batch_size is for arrays, got batch_size={batch_size} and data that come in batches "
            "already. Leave it out."
        )
    return Batches(IterableBatches(data), steps)


def training_and_validation(
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: dict[int, float] | None,
    validation_split: float,
    validation_data: Any,
) -> tuple[Any, Any]:
    """Return what to train with and what to validate with: `Arrays`, an iterable, or None."""
    if is_iterable_of_batches(x):
        refuse_beside_batches(y=y, sample_weight=sample_weight)
        if validation_split:
            raise ValueError(
                "validation_split takes arrays, got data that come in batches. "
                "Give validation_data instead."
            )
        training: Any = x if class_weight is None else _Weighted(x, class_weight)
        return training, _validation(validation_data)
    whole = arrays(x, y, sample_weight)
    if whole.y is None:
        raise ValueError("fit needs labels: model.fit(x, y).")
    held_back: Any = _validation(validation_data)
    if validation_split and held_back is None:
        warn_of_sorted_labels(whole.y)
        first, last = split_off_validation(whole, validation_split)
        whole, held_back = Arrays(*first), Arrays(*last)  # type: ignore[arg-type]
    if class_weight is not None:
        assert whole.y is not None
        by_class = weights_by_class(whole.y, class_weight)
        weight = by_class if whole.sample_weight is None else whole.sample_weight * by_class
        whole = whole._replace(sample_weight=weight)
    return whole, held_back


def refuse_beside_batches(**given: Any) -> None:
    """Check that labels and weights are not given beside an iterable of batches."""
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"x yields whole batches, so {name} must be part of them: let it yield "
                "(x, y) or (x, y, sample_weight)."
            )


def _validation(data: Any) -> Any:
    """Return validation data, a pair or triple of arrays or an iterable, as `Arrays` or as is."""
    if data is None or is_iterable_of_batches(data):
        return data
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise ValueError(
            "validation_data takes (x, y) or (x, y, sample_weight), or an iterable of batches, "
            f"got {type(data).__name__}."
        )
    x, y, *weight = data
    return arrays(x, y, weight[0] if weight else None, names="validation_")


class _Weighted:
    """An iterable of batches, each with its examples weighed by their class."""

    def __init__(self, batches: Iterable[Any], class_weight: dict[int, float]) -> None:
        self.batches = batches
        self.class_weight = class_weight

    def __iter__(self) -> Any:
        for x, y, sample_weight in IterableBatches(self.batches):
            if y is None:
                raise ValueError("class_weight needs labels: let the data yield (x, y).")
            by_class = weights_by_class(y, self.class_weight)
            yield Batch(x, y, by_class if sample_weight is None else sample_weight * by_class)
