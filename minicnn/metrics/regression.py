"""The losses as metrics, and the root mean squared error."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from numpy import ndarray

from minicnn import losses
from minicnn.losses.loss import LossValue
from minicnn.metrics.metric import MeanMetricWrapper
from minicnn.naming import snake_case
from minicnn.serialization import known_arguments


class LossMetric(MeanMetricWrapper):
    """Mean of a loss over all samples; base class of the metrics named after a loss.

    Parameters
    ----------
    name, dtype : as in `Metric`
    **options
        Those of the loss, such as `from_logits`.
    """

    not_in_config: ClassVar[tuple[str, ...]] = ("name", "dtype", "reduction")  # of the loss

    loss_class: ClassVar[type[losses.Loss]]

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any) -> None:
        self.loss = self.loss_class(**options)
        name = snake_case(type(self).__name__) if name is None else name
        super().__init__(self._losses, name, dtype)

    def _losses(self, y_true: Any, y_pred: Any) -> ndarray:
        return self.loss.forward(y_true, y_pred)[0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        options = self.loss.get_config().items()
        return {
            "name": self.name,
            **{name: value for name, value in options if name not in self.not_in_config},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a metric from the result of `get_config`; unknown arguments are ignored."""
        options = known_arguments(cls.loss_class, config)
        return cls(**{key: value for key, value in options.items() if key != "reduction"})


class MeanSquaredError(LossMetric):
    """Mean of `minicnn.losses.MeanSquaredError` over all samples.

    Examples
    --------
    >>> MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
    0.25
    """

    loss_class = losses.MeanSquaredError


class RootMeanSquaredError(MeanSquaredError):
    """Square root of the mean squared error over all samples.

    Examples
    --------
    >>> RootMeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
    0.5
    """

    def result(self) -> float:
        """Return the root of the mean."""
        return LossValue(math.sqrt(super().result()))


class MeanAbsoluteError(LossMetric):
    """Mean of `minicnn.losses.MeanAbsoluteError` over all samples."""

    loss_class = losses.MeanAbsoluteError


class MeanAbsolutePercentageError(LossMetric):
    """Mean of `minicnn.losses.MeanAbsolutePercentageError` over all samples."""

    loss_class = losses.MeanAbsolutePercentageError


class MeanSquaredLogarithmicError(LossMetric):
    """Mean of `minicnn.losses.MeanSquaredLogarithmicError` over all samples."""

    loss_class = losses.MeanSquaredLogarithmicError


class LogCoshError(LossMetric):
    """Mean of `minicnn.losses.LogCosh` over all samples."""

    loss_class = losses.LogCosh

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class Poisson(LossMetric):
    """Mean of `minicnn.losses.Poisson` over all samples."""

    loss_class = losses.Poisson


class Hinge(LossMetric):
    """Mean of `minicnn.losses.Hinge` over all samples."""

    loss_class = losses.Hinge


class SquaredHinge(LossMetric):
    """Mean of `minicnn.losses.SquaredHinge` over all samples."""

    loss_class = losses.SquaredHinge


class CategoricalHinge(LossMetric):
    """Mean of `minicnn.losses.CategoricalHinge` over all samples."""

    loss_class = losses.CategoricalHinge


class KLDivergence(LossMetric):
    """Mean of `minicnn.losses.KLDivergence` over all samples."""

    loss_class = losses.KLDivergence


class BinaryCrossentropy(LossMetric):
    """Mean of `minicnn.losses.BinaryCrossentropy` over all samples."""

    not_in_config = (*LossMetric.not_in_config, "axis")  # Keras' metric has no such argument
    loss_class = losses.BinaryCrossentropy


class CategoricalCrossentropy(LossMetric):
    """Mean of `minicnn.losses.CategoricalCrossentropy` over all samples."""

    loss_class = losses.CategoricalCrossentropy


class SparseCategoricalCrossentropy(LossMetric):
    """Mean of `minicnn.losses.SparseCategoricalCrossentropy` over all samples."""

    not_in_config = (*LossMetric.not_in_config, "ignore_class")
    loss_class = losses.SparseCategoricalCrossentropy


class CosineSimilarity(LossMetric):
    """Mean cosine of the angle between labels and predictions: 1 for equal directions.

    Examples
    --------
    >>> round(CosineSimilarity()([[0.0, 1.0]], [[1.0, 1.0]]), 4)
    0.7071
    """

    loss_class = losses.CosineSimilarity

    def _losses(self, y_true: Any, y_pred: Any) -> ndarray:
        return -super()._losses(y_true, y_pred)  # the loss is the negative cosine
