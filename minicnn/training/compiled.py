"""The arguments of `compile`, the optimizer, loss and metrics, and the running means."""

import re
from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from typing import Any

from minicnn import losses, optimizers
from minicnn import metrics as metric_module
from minicnn.checks import finite_number
from minicnn.errors import warn
from minicnn.losses import Loss
from minicnn.metrics import Mean, Metric


class CompileLoss:
    """The loss of each output of a model, and its weight in the sum; from arguments of `compile`."""

    def __init__(self, loss: Any, loss_weights: Any, outputs: Sequence[str]) -> None:
        given = _for_outputs("loss", loss, outputs)
        self.losses: list[Loss | None] = [None if one is None else losses.get(one) for one in given]
        weights = _for_outputs("loss_weights", loss_weights, outputs)
        self.weights = [
            1.0 if one is None else finite_number("compile", "loss_weights", one) for one in weights
        ]
        self.total = Mean("loss")
        several = len(outputs) > 1
        self.means = [
            (index, f"{name}_loss", Mean(f"{name}_loss"))
            for index, name in enumerate(outputs)
            if several and self.losses[index] is not None
        ]

    def extended(self, further: Sequence[Loss]) -> "CompileLoss":
        """Return the losses with those of further outputs, whose weight is 1."""
        other = copy(self)
        other.losses = [*self.losses, *further]
        other.weights = [*self.weights, *([1.0] * len(further))]
        return other

    def update(self, total: float, values: Sequence[float], count: int) -> None:
        """Count the loss of a batch by its number of examples."""
        self.total.add(total * count, count)
        for index, _, mean in self.means:
            mean.add(values[index] * count, count)

    def named_means(self) -> list[tuple[str, Metric]]:
        """Return the running means by name, the total first."""
        return [("loss", self.total), *((name, mean) for _, name, mean in self.means)]


class CompileMetrics:
    """The metrics of each output of a model.

    What "accuracy" means depends on the shapes of labels and predictions: `resolve` decides.
    """

    def __init__(self, metrics: Any, weighted_metrics: Any, outputs: Sequence[str]) -> None:
        self._outputs = outputs
        self._plain = _metric_lists("metrics", metrics, outputs)
        self._weighted = _metric_lists("weighted_metrics", weighted_metrics, outputs)
        self.resolved = False
        self.metrics: list[tuple[int, bool, Metric]] = []  # output, is weighted, metric
        self.names: list[str] = []
        self._make([(None, None)] * len(outputs))  # an unknown one is an error now

    def resolve(self, y_true: Sequence[Any], y_pred: Sequence[Any]) -> None:
        """Choose the metrics by the shapes of the first batch."""
        pairs = zip(y_true, y_pred, strict=True)
        self._make([(None if true is None else true.shape, pred.shape) for true, pred in pairs])
        self.resolved = True

    def _make(self, shapes: Sequence[tuple[Any, Any]]) -> None:
        self.metrics, self.names = [], []
        for is_weighted, lists in ((False, self._plain), (True, self._weighted)):
            for index, identifiers in enumerate(lists):
                for identifier in identifiers:
                    metric = metric_module.get(identifier, *shapes[index])
                    self.metrics.append((index, is_weighted, metric))
                    self.names.append(self._name(index, is_weighted, metric.name))

    def _name(self, index: int, is_weighted: bool, name: str) -> str:
        prefix = f"{self._outputs[index]}_" if len(self._outputs) > 1 else ""
        name = prefix + name
        if is_weighted and name in self.names:
            name = f"weighted_{name}"
        numbered = re.compile(re.escape(name) + r"(_\d+)?")
        taken = sum(numbered.fullmatch(one) is not None for one in self.names)
        return f"{name}_{taken}" if taken else name

    def update(self, y_true: Sequence[Any], y_pred: Sequence[Any], weights: Sequence[Any]) -> None:
        """Count the predictions of a batch."""
        for index, is_weighted, metric in self.metrics:
            if is_weighted:
                metric.update_state(y_true[index], y_pred[index], weights[index])
            else:
                metric.update_state(y_true[index], y_pred[index])


class Compiled:
    """Optimizer, loss and metrics of a model, from the arguments of `compile`."""

    def __init__(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any = None,
        weighted_metrics: Any = None,
        loss_weights: Any = None,
        outputs: Sequence[str] = ("output",),
    ) -> None:
        self.arguments = {
            "loss": loss,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "loss_weights": loss_weights,
        }
        self.optimizer = optimizers.get(optimizer)
        self.losses = CompileLoss(loss, loss_weights, outputs)
        self.has_loss = any(one is not None for one in self.losses.losses)
        self.metrics = CompileMetrics(metrics, weighted_metrics, outputs)
        self._shown: list[tuple[str, Metric]] = []
        self._waiting: dict[str, Any] | None = None

    @property
    def loss(self) -> Any:
        """The loss, or None; a list for several outputs."""
        return self.losses.losses[0] if len(self.losses.losses) == 1 else self.losses.losses

    @property
    def metric_names(self) -> list[str]:
        """Names of all running means but the total loss."""
        return [name for name, _ in self._named_means()[1:]]

    def _named_means(self) -> list[tuple[str, Metric]]:
        metrics = [metric for _, _, metric in self.metrics.metrics]
        return self.losses.named_means() + list(zip(self.metrics.names, metrics, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of `compile` in the form of Keras; names stay as they were spelled."""
        arguments = self.arguments
        return {
            "optimizer": optimizers.serialize(self.optimizer),
            "loss": _serialized(arguments["loss"], losses),
            "metrics": _serialized(arguments["metrics"], metric_module),
            "weighted_metrics": _serialized(arguments["weighted_metrics"], metric_module),
            "loss_weights": arguments["loss_weights"],
        }

    def get_state(self) -> dict[str, Any]:
        """Return the running means by name."""
        return {name: mean.get_state() for name, mean in self._named_means()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Continue from `get_state`; metrics that are not resolved yet continue at the next batch."""
        means = self._named_means()
        names = [name for name, _ in means]
        if sorted(state) != sorted(names):
            raise ValueError(f"it measures {names}, and the means are of {list(state)}.")
        self._waiting = None if self.metrics.resolved else state
        for name, mean in means:
            if self.metrics.resolved or name == "loss":
                mean.set_state(state[name])

    def reset(self) -> None:
        """Start all means again."""
        self._waiting = None
        for _, mean in self._named_means():
            mean.reset_state()

    def update(
        self, loss: float, y_true: Any, y_pred: Any, sample_weight: Any, losses: Any = ()
    ) -> None:
        """Count a batch: its total loss, those of its outputs, and its predictions."""
        y_pred = y_pred if isinstance(y_pred, list) else [y_pred]
        y_true = y_true if isinstance(y_true, list) else [y_true] * len(y_pred)
        if not self.metrics.resolved:
            self.metrics.resolve(y_true, y_pred)
            self._shown = sorted(self._named_means(), key=lambda pair: pair[0])
            if self._waiting is not None:
                self.set_state(self._waiting)
        if not isinstance(sample_weight, list):
            sample_weight = [sample_weight] * len(y_pred)
        self.losses.update(loss, losses, len(y_pred[0]))
        self.metrics.update(y_true, y_pred, sample_weight)

    def results(self) -> dict[str, Any]:
        """Return all means so far, sorted by name as Keras shows them."""
        return {name: mean.result() for name, mean in self._shown}


def _for_outputs(argument: str, given: Any, outputs: Sequence[str]) -> list[Any]:
    """Return one item for each output."""
    if isinstance(given, Mapping) and "class_name" not in given:
        unknown = [name for name in given if name not in outputs]
        if unknown:
            raise ValueError(
                f"compile: {argument} must have the names of the outputs as keys, "
                f"{', '.join(map(repr, outputs))}, got {unknown[0]!r}."
            )
        return [given.get(one) for one in outputs]
    if not isinstance(given, (list, tuple)):
        return [given] * len(outputs)
    if len(given) != len(outputs):
        raise ValueError(
            f"compile: {argument} must have one item for each of the {len(outputs)} outputs "
            f"({', '.join(outputs)}), got {len(given)}."
        )
    return list(given)


def _metric_lists(argument: str, given: Any, outputs: Sequence[str]) -> list[list[Any]]:
    """Return a list of metrics for each output."""
    if given is None:
        return [[] for _ in outputs]
    if isinstance(given, str):
        warn(f"compile: {argument} is a list today: {argument}=[{given!r}].", DeprecationWarning)
        given = [given]
    if not isinstance(given, (list, tuple, Mapping)):
        raise TypeError(f"{argument} must be a list, got {given!r}. Write {argument}=[{given!r}].")
    if len(outputs) == 1 and not isinstance(given, Mapping):
        nested = len(given) == 1 and isinstance(given[0], (list, tuple))
        return [list(given[0] if nested else given)]
    is_flat = not isinstance(given, Mapping) and not any(
        isinstance(one, (list, tuple)) for one in given
    )
    if is_flat and len(given) != len(outputs):
        warn(
            f"compile: {argument} has one item for each output today: {argument}="
            f"[{', '.join([repr(list(given))] * len(outputs))}].",
            DeprecationWarning,
        )
        return [deepcopy(list(given)) for _ in outputs]
    return [
        [] if one is None else list(one) if isinstance(one, (list, tuple)) else [one]
        for one in _for_outputs(argument, given, outputs)
    ]


def _serialized(given: Any, kind: Any) -> Any:
    """Serialize every loss or metric in what `compile` got; names and None stay."""
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, Mapping) and "class_name" not in given:
        return {name: _serialized(one, kind) for name, one in given.items()}
    if isinstance(given, (list, tuple)):
        return [_serialized(one, kind) for one in given]
    return kind.serialize(kind.get(given))
