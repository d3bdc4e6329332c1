"""What `compile` chose: the optimizer, the loss and the metrics, and the running means of an epoch."""

from collections.abc import Sequence
from typing import Any

from numpy import ndarray

from minicnn import losses, optimizers
from minicnn import metrics as metric_module
from minicnn.metrics import Mean, Metric


class Compiled:
    """Optimizer, loss and metrics of a model."""

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
        self._all: list[Metric] = []
        self._shown: list[tuple[str, Metric]] = []
        self._names = _told_apart(*self._made(None, None))  # a misspelt one is an error now
        self._resolved = False
        self._waiting: dict[str, Any] | None = None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of `compile`, as Keras writes them; names stay as they were spelt."""
        config: dict[str, Any] = {"optimizer": optimizers.serialize(self.optimizer)}
        loss = self.given["loss"]
        config["loss"] = loss if isinstance(loss, str) else losses.serialize(self.loss)
        for argument in ("metrics", "weighted_metrics"):
            given = self.given[argument]
            config[argument] = given and [
                one if isinstance(one, str) else metric_module.serialize(metric_module.get(one))
                for one in given
            ]
        return config

    @property
    def metric_names(self) -> list[str]:
        """Names of the metrics, without the loss, as `compile` got them."""
        return list(self._names)

    def resolve(self, y_true: ndarray, y_pred: ndarray) -> None:
        """Choose what "accuracy" means, by the shapes of the first batch."""
        self.metrics, self._weighted_metrics = self._made(y_true.shape, y_pred.shape)
        self._all = self.metrics + self._weighted_metrics
        self._names = _told_apart(self.metrics, self._weighted_metrics)
        means = zip(["loss", *self._names], [self.loss_mean, *self._all], strict=True)
        self._shown = sorted(means, key=lambda pair: pair[0])
        self._resolved = True
        if self._waiting is not None:
            self.set_state(self._waiting)

    def _made(self, *shapes: Any) -> tuple[list[Metric], list[Metric]]:
        """Return the metrics and the weighted ones, for labels and predictions of these shapes."""
        plain = [metric_module.get(identifier, *shapes) for identifier in self._plain]
        return plain, [metric_module.get(identifier, *shapes) for identifier in self._weighted]

    def get_state(self) -> dict[str, Any]:
        """Return what loss and metrics have gathered, by their names."""
        means = [one.get_state() for one in (self.loss_mean, *self._all)]
        return dict(zip(["loss", *self.metric_names], means, strict=True))

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from `get_state`; metrics that are not chosen yet, from the next batch on."""
        names = ["loss", *self.metric_names]
        if sorted(state) != sorted(names):
            raise ValueError(f"it measures {names}, and the means are of {list(state)}.")
        self.loss_mean.set_state(state["loss"])
        self._waiting = None if self._resolved else state
        for name, metric in zip(self.metric_names, self._all, strict=self._resolved):
            metric.set_state(state[name])

    def reset(self) -> None:
        """Begin all means anew."""
        self._waiting = None
        self.loss_mean.reset_state()
        for metric in self._all:
            metric.reset_state()

    def update(
        self, loss: float, y_true: ndarray, y_pred: ndarray, sample_weight: ndarray | None
    ) -> None:
        """Count a batch: its loss by its size, its predictions in every metric."""
        if not self._resolved:
            self.resolve(y_true, y_pred)
        self.loss_mean.add(loss * len(y_pred), len(y_pred))
        for metric in self.metrics:
            metric.update_state(y_true, y_pred)
        for metric in self._weighted_metrics:
            metric.update_state(y_true, y_pred, sample_weight)

    def results(self) -> dict[str, Any]:
        """Return all means so far, in the order in which Keras shows them: by name."""
        return {name: metric.result() for name, metric in self._shown}


def _as_list(argument: str, given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (list, tuple)):
        return list(given)
    raise TypeError(f"{argument} takes a list, got {given!r}. Write {argument}=[{given!r}].")


def _told_apart(plain: Sequence[Metric], weighted: Sequence[Metric]) -> list[str]:
    """Return names of the metrics, of which none comes twice."""
    names = [metric.name for metric in plain]
    names += [f"weighted_{one.name}" if one.name in names else one.name for one in weighted]
    earlier = [names[:place].count(name) for place, name in enumerate(names)]
    return [f"{name}_{n}" if n else name for name, n in zip(names, earlier, strict=True)]
