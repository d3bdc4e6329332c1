"""What `compile` chose: the optimizer, the loss and the metrics, and the running means of an epoch."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn import losses, optimizers
from minicnn import metrics as metric_module
from minicnn.errors import UnknownNameError
from minicnn.metrics import Mean, MeanMetricWrapper, Metric


class Compiled:
    """Optimizer, loss and metrics of a model.

    Parameters
    ----------
    optimizer : str, dict, Optimizer
    loss : str, Loss or callable
    metrics, weighted_metrics : list of str, Metric or callable
        The latter count each example by its sample weight.

    Attributes
    ----------
    loss_mean : Mean
        Of the loss over the examples since `reset`.
    """

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Sequence[Any] | None = None,
        weighted_metrics: Sequence[Any] | None = None,
    ) -> None:
        self.given = {"loss": loss, "metrics": metrics, "weighted_metrics": weighted_metrics}
        self.optimizer = optimizers.get(optimizer)
        self.loss = losses.get(loss)
        self.loss_mean = Mean("loss")
        self._plain = _as_list("metrics", metrics)
        self._weighted = _as_list("weighted_metrics", weighted_metrics)
        self.metrics: list[Metric] = []
        self._weighted_metrics: list[Metric] = []
        self._resolved = False
        for identifier in self._plain + self._weighted:
            _metric(
                identifier, None, None
            )  # a misspelt name is an error now, not at the first batch

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of `compile`, as Keras writes them; names stay as they were spelt."""
        config: dict[str, Any] = {"optimizer": optimizers.serialize(self.optimizer)}
        loss = self.given["loss"]
        config["loss"] = loss if isinstance(loss, str) else losses.serialize(self.loss)
        for argument in ("metrics", "weighted_metrics"):
            given = self.given[argument]
            config[argument] = given and [
                one if isinstance(one, str) else metric_module.serialize(_metric(one, None, None))
                for one in given
            ]
        return config

    @property
    def metric_names(self) -> list[str]:
        """Names of the metrics, without the loss, as `compile` got them."""
        if self._resolved:
            return [metric.name for metric in self._all]
        return [_metric(identifier, None, None).name for identifier in self._plain + self._weighted]

    @property
    def _all(self) -> list[Metric]:
        return self.metrics + self._weighted_metrics

    def resolve(self, y_true: ndarray, y_pred: ndarray) -> None:
        """Choose what "accuracy" means, by the shapes of the first batch."""
        if self._resolved:
            return
        shapes = y_true.shape, y_pred.shape
        self.metrics = [_metric(identifier, *shapes) for identifier in self._plain]
        self._weighted_metrics = [_metric(identifier, *shapes) for identifier in self._weighted]
        self._resolved = True

    def reset(self) -> None:
        """Begin all means anew."""
        self.loss_mean.reset_state()
        for metric in self._all:
            metric.reset_state()

    def update(
        self, loss: float, y_true: ndarray, y_pred: ndarray, sample_weight: ndarray | None
    ) -> None:
        """Count a batch: its loss by its size, its predictions in every metric."""
        self.resolve(y_true, y_pred)
        self.loss_mean.update_state(loss, sample_weight=len(y_pred))
        for metric in self.metrics:
            metric.update_state(y_true, y_pred)
        for metric in self._weighted_metrics:
            metric.update_state(y_true, y_pred, sample_weight)

    def results(self) -> dict[str, Any]:
        """Return all means so far by name, loss first."""
        return {"loss": self.loss_mean.result()} | {
            metric.name: metric.result() for metric in self._all
        }


def _as_list(argument: str, given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (list, tuple)):
        return list(given)
    raise TypeError(f"{argument} takes a list, got {given!r}. Write {argument}=[{given!r}].")


def _metric(identifier: Any, y_true_shape: Any, y_pred_shape: Any) -> Metric:
    """Return the metric; the name of a loss stands for its mean."""
    try:
        return metric_module.get(identifier, y_true_shape, y_pred_shape)
    except UnknownNameError:
        try:
            loss = losses.get(identifier)
        except UnknownNameError:
            loss = None
        if loss is None:
            raise

        def loss_of_each(y_true: ndarray, y_pred: ndarray) -> ndarray:
            return loss.forward(y_true, y_pred)[0]

        return MeanMetricWrapper(loss_of_each, identifier)
