"""Metrics by name, by config, or as a user's own function."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from minicnn.errors import unknown_name
from minicnn.metrics import accuracy, regression, top_k
from minicnn.metrics.mean import Mean, MeanMetricWrapper
from minicnn.metrics.metric import Metric
from minicnn.metrics.precision_recall import Precision, Recall
from minicnn.serialization import spellings

_CLASSES: tuple[Callable[..., Metric], ...] = (
    Mean,
    Precision,
    Recall,
    accuracy.Accuracy,
    accuracy.BinaryAccuracy,
    accuracy.CategoricalAccuracy,
    accuracy.SparseCategoricalAccuracy,
    regression.MeanAbsoluteError,
    regression.MeanSquaredError,
    top_k.SparseTopKCategoricalAccuracy,
    top_k.TopKCategoricalAccuracy,
)

NAMES: dict[str, Callable[..., Metric]] = {
    **spellings({kind.__name__: kind for kind in _CLASSES}),
    **dict.fromkeys(("mae", "MAE"), regression.MeanAbsoluteError),
    **dict.fromkeys(("mse", "MSE"), regression.MeanSquaredError),
}
"""Every spelling that Keras takes, and the class it stands for."""

ACCURACY = ("accuracy", "acc")


def get(
    identifier: Any,
    y_true_shape: Sequence[int | None] | None = None,
    y_pred_shape: Sequence[int | None] | None = None,
) -> Metric:
    """Return the metric that `identifier` stands for.

    "accuracy" and "acc" choose the kind of accuracy by the shapes, as Keras does: binary for one
    output, sparse for class numbers, else categorical. A metric made by name is called just that.

    Parameters
    ----------
    identifier : str, Metric, type, dict or callable
        A name, a metric or its class, a config from `serialize`, or a function of your own,
        ``f(y_true, y_pred)`` → one value a sample.
    y_true_shape, y_pred_shape : tuple, optional
        With the batch axis, which may be None.

    Returns
    -------
    Metric

    Raises
    ------
    UnknownNameError
        If there is no metric of that name.
    TypeError
        If it is none of these.

    Examples
    --------
    >>> metric = get("acc", (None,), (None, 10))
    >>> type(metric).__name__, metric.name
    ('SparseCategoricalAccuracy', 'acc')
    """
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        kind = NAMES.get(identifier)
        if identifier.lower() in ACCURACY:
            kind = _accuracy_for(y_true_shape, y_pred_shape)
        if kind is None:
            raise unknown_name("metric", identifier, [*NAMES, "acc"])
        metric = kind()
        metric.name = identifier
        return metric
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if callable(identifier) and not isinstance(identifier, type):
        return MeanMetricWrapper(identifier)
    raise TypeError(
        "metrics takes a list of names such as 'accuracy', of metric objects, or of functions "
        f"f(y_true, y_pred); got {identifier!r} in it."
    )


def _accuracy_for(
    y_true_shape: Sequence[int | None] | None, y_pred_shape: Sequence[int | None] | None
) -> Callable[..., Metric]:
    """Which accuracy suits the shapes; plain equality where they are not known."""
    if y_true_shape is None or y_pred_shape is None:
        return accuracy.Accuracy
    outputs = y_pred_shape[-1]
    if outputs == 1:
        return accuracy.BinaryAccuracy
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return accuracy.SparseCategoricalAccuracy
    return accuracy.CategoricalAccuracy


def serialize(metric: Metric) -> dict[str, Any]:
    """Return the config that Keras writes for a metric: plain, ready for JSON.

    Examples
    --------
    >>> serialize(Precision())["config"]
    {'name': 'precision', 'thresholds': None, 'top_k': None, 'class_id': None}
    """
    name = type(metric).__name__
    own = name in NAMES or name == "MeanMetricWrapper"
    return {
        "module": "keras.metrics" if own else None,
        "class_name": name,
        "config": metric.get_config(),
        "registered_name": None if own else name,
    }


def deserialize(
    config: str | Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> Metric:
    """Return the metric that a name or a config from `serialize` or Keras (2 or 3) describes.

    Parameters
    ----------
    config : str or dict
    custom_objects : dict, optional
        Your own metric classes and functions by their names.

    Raises
    ------
    UnknownNameError
        If the class or function is neither the library's nor among `custom_objects`.

    Examples
    --------
    >>> keras_2 = {"name": "accuracy", "dtype": "float32", "fn": "categorical_accuracy"}
    >>> metric = deserialize({"class_name": "MeanMetricWrapper", "config": keras_2})
    >>> type(metric).__name__, metric.name
    ('CategoricalAccuracy', 'accuracy')
    """
    own = dict(custom_objects or {})
    arguments: Any = {}
    name: Any = config
    if not isinstance(config, str):
        name, arguments = config.get("class_name", ""), config.get("config", {})
    if name == "MeanMetricWrapper":  # stands for the metric of its function
        arguments = dict(arguments)
        name = arguments.pop("fn", "")
        name = name.get("config", "") if isinstance(name, Mapping) else name
    elif name == "function":
        name, arguments = arguments, {}
    name = name.rpartition(">")[2]  # "Custom>MyMetric"
    kind = own.get(name) or NAMES.get(name)
    if kind is None:
        raise unknown_name("metric", name, [*NAMES, *own])
    if isinstance(kind, type) and issubclass(kind, Metric):
        return kind.from_config(arguments)
    arguments.pop("dtype", None)
    return MeanMetricWrapper(kind, **arguments)
