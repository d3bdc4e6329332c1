"""Metrics by name, by config, or from a user's function."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from minicnn import losses
from minicnn.losses.registry import REGISTRY as LOSSES
from minicnn.metrics import accuracy, confusion, regression
from minicnn.metrics.f_score import F1Score, FBetaScore
from minicnn.metrics.metric import Mean, MeanMetricWrapper, Metric
from minicnn.registry import Registry
from minicnn.serialization import Config, CustomObjects, known_arguments, parse_config

_CLASSES: list[type[Metric]] = [
    Mean,
    F1Score,
    FBetaScore,
    *(
        thing
        for module in (accuracy, confusion, regression)
        for name in module.__all__
        if isinstance(thing := getattr(module, name), type)
    ),
]

_OF_LOSS: dict[type[losses.Loss], type[regression.LossMetric]] = {
    cls.loss_class: cls for cls in regression.LossMetric.__subclasses__()
}


def _from_function(function: Callable[..., Any]) -> Metric:
    cls: Any = getattr(function, "made_from", losses.Loss)
    metric: Metric = MeanMetricWrapper(function) if issubclass(cls, losses.Loss) else cls()
    metric.name = getattr(function, "__name__", metric.name)
    return metric


def _mean_of_loss(loss: losses.Loss) -> Metric:
    def losses_of_samples(y_true: Any, y_pred: Any) -> Any:
        return loss.forward(y_true, y_pred)[0]

    return MeanMetricWrapper(losses_of_samples, loss.name)


REGISTRY: Registry[Metric] = Registry(
    "metric",
    Metric,
    _CLASSES,
    aliases={
        "fbeta_score": FBetaScore,
        **{name: _OF_LOSS[loss] for name, loss in LOSSES.names.items() if loss in _OF_LOSS},
    },
    wrap=_from_function,
    example="a name such as 'accuracy', a metric object or a function f(y_true, y_pred)",
)

serialize = REGISTRY.serialize

_BY_SHAPE = {"accuracy": "Accuracy", "crossentropy": "Crossentropy"}
_BY_SHAPE |= {"acc": "Accuracy", "ce": "Crossentropy"}


def get(
    identifier: Any,
    y_true_shape: Sequence[int | None] | None = None,
    y_pred_shape: Sequence[int | None] | None = None,
) -> Metric:
    """Return the metric for a name, config, class, object or function.

    "accuracy" ("acc") and "crossentropy" ("ce") depend on the shapes, as in Keras: binary for one
    output, sparse for class ids, else categorical. A metric made from a name has that name.

    Parameters
    ----------
    identifier : str, Metric, type, dict or callable
        A name, also that of a loss, a metric or its class, a config from `serialize`, or a function
        ``f(y_true, y_pred)`` that returns one value per sample.
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
    if isinstance(identifier, str):
        metric = _by_name(identifier, y_true_shape, y_pred_shape)()
        metric.name = identifier
        return metric
    if isinstance(identifier, losses.Loss):
        return _mean_of_loss(identifier)
    return deserialize(identifier) if isinstance(identifier, Mapping) else REGISTRY.get(identifier)


def _by_name(
    name: str,
    y_true_shape: Sequence[int | None] | None,
    y_pred_shape: Sequence[int | None] | None,
) -> Callable[[], Metric]:
    by_shape = _BY_SHAPE.get(name.lower())
    if by_shape is not None and y_true_shape is not None and y_pred_shape is not None:
        kind = "Categorical"
        if y_pred_shape[-1] == 1:
            kind = "Binary"
        elif len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
            kind = "SparseCategorical"
        return REGISTRY.classes[kind + by_shape]
    if name in REGISTRY.names:
        return REGISTRY.names[name]
    if by_shape is not None:  # the shapes are not known yet
        return accuracy.Accuracy
    if name in LOSSES.names:
        return lambda: _mean_of_loss(losses.get(name))
    raise REGISTRY.unknown(name, _BY_SHAPE)


def deserialize(config: Config, custom_objects: CustomObjects = None) -> Metric:
    """Return the metric that a name or a config from `serialize` or Keras (2 or 3) describes.

    Parameters and errors as in `minicnn.losses.deserialize`.

    Examples
    --------
    >>> keras_2 = {"name": "accuracy", "dtype": "float32", "fn": "categorical_accuracy"}
    >>> metric = deserialize({"class_name": "MeanMetricWrapper", "config": keras_2})
    >>> type(metric).__name__, metric.name
    ('CategoricalAccuracy', 'accuracy')
    """
    name, arguments = parse_config(config)
    if name != "MeanMetricWrapper":
        return REGISTRY.deserialize(config, custom_objects)
    function, _ = REGISTRY.resolve(arguments.pop("fn", None), custom_objects)
    if isinstance(function, type):  # Keras 2 wraps the function of a metric class
        return function.from_config(arguments)  # type: ignore[attr-defined]
    options = known_arguments(function, arguments)
    return MeanMetricWrapper(function, arguments.get("name"), **options)
