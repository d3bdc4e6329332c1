"""The losses as metrics, and the root mean squared error."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from numpy import ndarray

from minicnn import losses
from minicnn.errors import unknown_name
from minicnn.losses.loss import LossValue
from minicnn.metrics.metric import MeanOfSamples
from minicnn.serialization import argument_names

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
]


class LossMetric(MeanOfSamples):
    """Mean of a loss over all samples; base class of the metrics named after a loss.

    Parameters
    ----------
    name, dtype : as in `Metric`
    **options
        Those of the loss, such as `from_logits`.
    """

    not_in_config: ClassVar[tuple[str, ...]] = ("name", "dtype", "reduction")  # of the loss

    loss_class: ClassVar[type[losses.Loss]]

    def __init_subclass__(cls, loss: type[losses.Loss] | None = None, **options: Any) -> None:
        """Take the class of the loss: ``class Poisson(LossMetric, loss=losses.Poisson)``."""
        super().__init_subclass__(**options)
        cls.loss_class = loss or cls.loss_class

    def __init__(self, name: str | None = None, dtype: Any = None, **options: Any) -> None:
        super().__init__(name, dtype)
        for option in options.keys() - set(self._options()):
            raise unknown_name(f"argument of {type(self).__name__}", option, self._options())
        self.loss = self.loss_class(**options)

    @classmethod
    def _options(cls) -> list[str]:
        return [name for name in argument_names(cls.loss_class) if name not in cls.not_in_config]

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        return self.loss.forward(y_true, y_pred)[0]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        config = self.loss.get_config()
        return {"name": self.name, **{name: config[name] for name in self._options()}}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a metric from the result of `get_config`; unknown arguments are ignored."""
        known = ("name", *cls._options())
        return cls(**{name: value for name, value in config.items() if name in known})


class MeanSquaredError(LossMetric, loss=losses.MeanSquaredError):
    """Mean of `minicnn.losses.MeanSquaredError` over all samples.

    Examples
    --------
    >>> MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
    0.25
    """


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


class MeanAbsoluteError(LossMetric, loss=losses.MeanAbsoluteError):
    """Mean of `minicnn.losses.MeanAbsoluteError` over all samples."""


class MeanAbsolutePercentageError(LossMetric, loss=losses.MeanAbsolutePercentageError):
    """Mean of `minicnn.losses.MeanAbsolutePercentageError` over all samples."""


class MeanSquaredLogarithmicError(LossMetric, loss=losses.MeanSquaredLogarithmicError):
    """Mean of `minicnn.losses.MeanSquaredLogarithmicError` over all samples."""


class LogCoshError(LossMetric, loss=losses.LogCosh):
    """Mean of `minicnn.losses.LogCosh` over all samples."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class Poisson(LossMetric, loss=losses.Poisson):
    """Mean of `minicnn.losses.Poisson` over all samples."""


class Hinge(LossMetric, loss=losses.Hinge):
    """Mean of `minicnn.losses.Hinge` over all samples."""


class SquaredHinge(LossMetric, loss=losses.SquaredHinge):
    """Mean of `minicnn.losses.SquaredHinge` over all samples."""


class CategoricalHinge(LossMetric, loss=losses.CategoricalHinge):
    """Mean of `minicnn.losses.CategoricalHinge` over all samples."""


class KLDivergence(LossMetric, loss=losses.KLDivergence):
    """Mean of `minicnn.losses.KLDivergence` over all samples."""


class BinaryCrossentropy(LossMetric, loss=losses.BinaryCrossentropy):
    """Mean of `minicnn.losses.BinaryCrossentropy` over all samples."""

    not_in_config = (*LossMetric.not_in_config, "axis")  # Keras' metric has no such argument


class CategoricalCrossentropy(LossMetric, loss=losses.CategoricalCrossentropy):
    """Mean of `minicnn.losses.CategoricalCrossentropy` over all samples."""


class SparseCategoricalCrossentropy(LossMetric, loss=losses.SparseCategoricalCrossentropy):
    """Mean of `minicnn.losses.SparseCategoricalCrossentropy` over all samples."""

    not_in_config = (*LossMetric.not_in_config, "ignore_class")  # nor this one


class CosineSimilarity(LossMetric, loss=losses.CosineSimilarity):
    """Mean cosine of the angle between labels and predictions: 1 for equal directions.

    Examples
    --------
    >>> round(CosineSimilarity()([[0.0, 1.0]], [[1.0, 1.0]]), 4)
    0.7071
    """

    def _values(self, y_true: Any, y_pred: Any) -> ndarray:
        return -super()._values(y_true, y_pred)  # the loss is the negative cosine
