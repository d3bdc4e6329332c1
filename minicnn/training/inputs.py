"""Check what `fit`, `evaluate` and `predict` are called with, and make batches of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from numpy import ndarray, ndim

from minicnn.errors import ShapeError
from minicnn.training.batches import (
    ArrayBatches,
    Batch,
    Batches,
    IterableBatches,
    map_arrays,
    split_off_validation,
    weights_by_class,
)
from minicnn.training.checks import (
    check_array,
    check_counts,
    check_finite_and_range,
    check_same_length,
    warn_of_sorted_labels,
)

DEFAULT_BATCH_SIZE = 32


class Names(NamedTuple):
    """Names of a model's inputs and outputs; a list stands for an array where there are several."""

    inputs: Sequence[str] = ("input",)
    outputs: Sequence[str] = ("output",)
    keyed: bool = False  # whether the outputs are a dict by name

    def as_given(self, outputs: Any) -> Any:
        """Return the outputs as the model was made with them: alone, in a list or in a dict."""
        if not self.keyed:
            return outputs
        listed = outputs if isinstance(outputs, list) else [outputs]
        return dict(zip(self.outputs, listed, strict=True))


class Arrays(NamedTuple):
    """Examples, labels and weights as arrays, or as lists of arrays for several inputs or outputs."""

    x: Any
    y: Any = None
    sample_weight: Any = None


def is_iterable_of_batches(x: Any) -> bool:
    """Return whether `x` yields batches, rather than being an array or a list of examples.

    Raises
    ------
    TypeError, ValueError
        If `x` is a function, or what `load_data()` returns.
    """
    if callable(x) and not hasattr(x, "__array__") and not isinstance(x, Iterable):
        name = getattr(x, "__name__", "x")
        raise TypeError(f"x must be data, got the function {name}. Call it: {name}().")
    if isinstance(x, tuple) and x and all(isinstance(item, tuple) for item in x):
        raise ValueError(
            "x must be one array, got a tuple of tuples, as load_data() returns it. Unpack it: "
            "(x_train, y_train), (x_test, y_test) = load_data()."
        )
    if isinstance(x, (list, tuple)):  # a list of batches, each a tuple (x, y)
        return bool(x) and all(isinstance(one, tuple) and one and ndim(one[0]) for one in x)
    if isinstance(x, (ndarray, Mapping, str)) or hasattr(x, "__array__") or hasattr(x, "toarray"):
        return False  # an array, one by name, or a sparse matrix
    return isinstance(x, Iterable) or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def arrays(
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    prefix: str = "",
    names: Names = Names(),  # noqa: B008 (never changed)
) -> Arrays:
    """Return examples, labels and weights as arrays of one length; `prefix` is for messages."""
    is_pair = y is None and isinstance(x, tuple) and len(x) == 2 != len(names.inputs)
    if is_pair and all(map(ndim, x)) and len(x[0]) == len(x[1]):
        raise ValueError(
            "x must be one array, got a tuple of two with as many items each. Give the labels as the "
            "second argument: (x, y), not ((x, y))."
        )
    parts = {
        "x": _select(prefix + "x", x, names.inputs),
        "y": None if y is None else _select(prefix + "y", y, names.outputs),
        "sample_weight": sample_weight,
    }
    if sample_weight is not None and isinstance(sample_weight, (list, tuple, Mapping)):
        parts["sample_weight"] = _select(prefix + "sample_weight", sample_weight, names.outputs)
    checked: dict[str, Any] = {}
    for name, values in parts.items():
        optional = values is None and name != "x"
        several = len(names.inputs if name == "x" else names.outputs) > 1
        checked[name] = None if optional else _checked(prefix + name, values, several)
    check_same_length(**{prefix + name: values for name, values in checked.items()})
    for name in ("y", "sample_weight"):
        map_arrays(lambda array: _check_finite(prefix + name, array), checked[name])  # noqa: B023
    return Arrays(**checked)


def _select(name: str, values: Any, names: Sequence[str]) -> Any:
    """Return the array for a model's only input (or output), or a list with one for each."""
    if isinstance(values, Mapping):
        missing = [one for one in names if one not in values]
        if missing and not len(names) == len(values) == 1:
            raise ValueError(
                f"{name} is a dict without {missing[0]!r}. Its keys must be the names "
                f"{', '.join(map(repr, names))}, got {', '.join(map(repr, values))}."
            )
        chosen = list(values.values()) if missing else [values[one] for one in names]
        return chosen[0] if len(names) == 1 else chosen
    if len(names) == 1:
        alone = isinstance(values, (list, tuple)) and len(values) == 1 and ndim(values[0]) > 1
        return values[0] if alone and isinstance(values[0], ndarray) else values
    if not isinstance(values, (list, tuple)) or len(values) != len(names):
        raise ShapeError(
            f"{name} must be a list of {len(names)} arrays ({', '.join(names)}), got "
            f"{len(values) if isinstance(values, (list, tuple)) else 1}."
        )
    return list(values)


def _checked(name: str, values: Any, several: bool) -> Any:
    if several and isinstance(values, list):
        named = ((f"{name}[{i}]", item) for i, item in enumerate(values))
        return [None if item is None else check_array(label, item) for label, item in named]
    return check_array(name, values)


def _check_finite(name: str, array: ndarray) -> None:
    if array.dtype.kind == "f":
        check_finite_and_range(name, array)


def batches(
    data: Any, batch_size: int | None = None, shuffle: bool = False, steps: int | None = None
) -> Batches:
    """Return arrays or an iterable of batches as passes of batches."""
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
    class_weight: Mapping[Any, float] | None,
    validation_split: float,
    validation_data: Any,
    names: Names,
) -> tuple[Any, Any]:
    """Return the data for training and for validation: `Arrays`, an iterable, or None."""
    if is_iterable_of_batches(x):
        refuse_beside_batches(y=y, sample_weight=sample_weight)
        if validation_split:
            raise ValueError(
                "validation_split needs arrays, got data that come in batches. "
                "Give validation_data instead."
            )
        training: Any = x if class_weight is None else _WeightedByClass(x, class_weight)
        return training, _validation(validation_data, names)
    training = arrays(x, y, sample_weight, names=names)
    if training.y is None:
        raise ValueError("fit needs labels: model.fit(x, y).")
    validation = _validation(validation_data, names)
    if validation_split and validation is None:
        if isinstance(training.y, ndarray):
            warn_of_sorted_labels(training.y)
        training, validation = (
            Arrays(*p) for p in split_off_validation(training, validation_split)
        )
    if class_weight is not None:
        weight = with_class_weight(training.y, training.sample_weight, class_weight)
        training = training._replace(sample_weight=weight)
    return training, validation


def with_class_weight(y: Any, sample_weight: Any, class_weight: Mapping[Any, float]) -> ndarray:
    """Return the weights of the examples, multiplied by those of their classes."""
    if isinstance(y, list):
        raise ValueError("class_weight is for models with one output. Use sample_weight instead.")
    by_class = weights_by_class(y, class_weight)
    return by_class if sample_weight is None else sample_weight * by_class


def refuse_beside_batches(**given: Any) -> None:
    """Raise if labels or weights are given beside an iterable of batches."""
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"x yields whole batches, so {name} must be part of them: let it yield "
                "(x, y) or (x, y, sample_weight)."
            )


def _validation(data: Any, names: Names) -> Any:
    """Return validation data as `Arrays`, or an iterable as it is."""
    if data is None:
        return None
    if isinstance(data, (tuple, list)) and len(data) in (2, 3):
        x, y, *weight = data
        is_batches = isinstance(data, list) and is_iterable_of_batches(data)
        if not is_batches:
            return arrays(x, y, weight[0] if weight else None, "validation_", names)
    if not is_iterable_of_batches(data):
        raise ValueError(
            "validation_data must be (x, y) or (x, y, sample_weight), or an iterable of batches, "
            f"got {type(data).__name__}."
        )
    return data


class _WeightedByClass:
    """An iterable of batches whose examples are weighted by their class."""

    def __init__(self, batches: Iterable[Any], class_weight: Mapping[Any, float]) -> None:
        self.batches = batches
        self.class_weight = class_weight

    def __iter__(self) -> Any:
        for x, y, sample_weight in IterableBatches(self.batches):
            if y is None:
                raise ValueError("class_weight needs labels: let the data yield (x, y).")
            y = check_array("y", y)
            yield Batch(x, y, with_class_weight(y, sample_weight, self.class_weight))
