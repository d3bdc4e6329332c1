"""One batch at a time: through all layers, forward, back, and what must be right before that."""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.callbacks import History
from minicnn.errors import NotReadyError, ShapeError
from minicnn.graph import Graph
from minicnn.layers import Layer
from minicnn.layers.layer import Gradients
from minicnn.layers.shapes import Shape
from minicnn.training import inputs
from minicnn.training.batches import Batch, weights_by_class
from minicnn.training.checks import fits_input, value_range, warn_of_other_range
from minicnn.training.compiled import Compiled
from minicnn.training.step import forward_pass, train_step

AT_ONCE = 3 << 20  # bytes of a layer's results, of float32: a part of a last-level cache


class BatchModel:
    """What learns from, tests on and predicts for single batches: the ground that `Model` stands on.

    Attributes
    ----------
    optimizer, loss
        What `compile` chose; None before.
    history : History
        Of the last `fit`.
    stop_training : bool
        A callback sets it to end `fit` after the current batch.
    last_batch : Batch or None
        What `fit` learnt from in its last step, for callbacks; None when it has ended.
    """

    def __init__(self) -> None:
        self.stop_training = False
        self.history: History | None = None
        self.compiled: Compiled | None = None
        self.last_batch: Batch | None = None
        self.trained_range: tuple[float, float] | None = None  # of the inputs that `fit` saw
        self._warned_of_range = False

    @property
    def layers(self) -> list[Layer]:
        """The layers, from the first to the last."""
        raise NotImplementedError

    @property
    def graph(self) -> Graph:
        """How the layers are connected, with the forward and the backward pass."""
        raise NotImplementedError

    @property
    def input_shape(self) -> Shape:
        """Shape of a batch that the model takes, with None for the batch."""
        raise NotImplementedError

    def build(self, input_shape: Shape | None = None) -> None:
        """Make the weights."""
        raise NotImplementedError

    @property
    def optimizer(self) -> Any:
        """The optimizer, or None before `compile`."""
        return None if self.compiled is None else self.compiled.optimizer

    @property
    def loss(self) -> Any:
        """The loss, or None before `compile`."""
        return None if self.compiled is None else self.compiled.loss

    @property
    def metrics_names(self) -> list[str]:
        """Names of what `evaluate` returns, in its order: the loss first."""
        return [] if self.compiled is None else ["loss", *self.compiled.metric_names]

    def require_compiled(self, method: str) -> Compiled:
        """Return what `compile` chose.

        Raises
        ------
        NotReadyError
            If it was not called.
        """
        if self.compiled is None:
            raise NotReadyError(
                f"{method} needs a loss and an optimizer. First write model.compile("
                "optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])."
            )
        return self.compiled

    # One batch

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Learn from one batch; return its loss and metrics, before the update.

        Parameters
        ----------
        x, y, sample_weight, class_weight
            As for `fit`.
        return_dict : bool
            Whether to return the values by name.

        Returns
        -------
        list of float
            As `evaluate`.

        Examples
        --------
        >>> import numpy as np
        >>> from minicnn import Sequential, layers
        >>> model = Sequential([layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.train_on_batch(np.ones((4, 2)), np.ones(4))
        1.0
        """
        self.require_compiled("train_on_batch")
        batch = inputs.arrays(x, y, sample_weight)
        self.check_input(batch.x, "train_on_batch")
        self._remember_range(batch.x)
        if class_weight is not None and batch.y is not None:
            by_class = weights_by_class(batch.y, class_weight)
            weight = by_class if batch.sample_weight is None else batch.sample_weight * by_class
            batch = batch._replace(sample_weight=weight)
        self.reset_metrics()
        return self._listed(self.train_batch(Batch(*batch)), return_dict)

    def test_on_batch(
        self, x: Any, y: Any, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return loss and metrics of one batch; arguments as `evaluate`."""
        self.require_compiled("test_on_batch")
        batch = inputs.arrays(x, y, sample_weight)
        self.check_input(batch.x, "test_on_batch", seen=True)
        self.reset_metrics()
        return self._listed(self.test_batch(Batch(*batch)), return_dict)

    def predict_on_batch(self, x: Any) -> ndarray:
        """Return the outputs for one batch, (batch, ...); arguments as `predict`."""
        batch = inputs.arrays(x)
        self.check_input(batch.x, "predict_on_batch", seen=True)
        return self.outputs(batch.x)

    def __call__(self, x: Any, training: bool = False) -> ndarray:
        """Return the outputs for one batch; with `training`, as in training."""
        batch = inputs.arrays(x)
        self.check_input(batch.x, "__call__")
        return self.outputs(batch.x, training)

    def reset_metrics(self) -> None:
        """Begin the means of loss and metrics anew."""
        if self.compiled is not None:
            self.compiled.reset()

    # What the training loop calls

    def outputs(self, x: ndarray, training: bool = False) -> ndarray:
        """Pass a batch, which fits the model, through all layers.

        Few examples at a time, so that each layer finds the last one's results in the cache.
        """
        few = len(x) if training else self._examples_at_once(len(x))
        if few >= len(x):
            return self._through(x, training)
        parts = [self._through(x[low : low + few], False) for low in range(0, len(x), few)]
        return np.concatenate(parts)

    def _through(self, x: ndarray, training: bool) -> ndarray:
        return self.graph.forward(x, training, caches=False).outputs[0]

    def _examples_at_once(self, count: int) -> int:
        """Return how many of `count` examples make no more than `AT_ONCE` bytes in any layer."""
        layers = self.layers
        if not all(type(layer).__module__.startswith("minicnn.") for layer in layers):
            return count  # a layer of one's own may look at the whole batch
        return _examples_in_cache(tuple(layer.output_shape for layer in layers))

    def train_batch(self, batch: Batch) -> dict[str, float]:
        """Learn from a batch that fits the model; return the means so far."""
        compiled = self.require_compiled("fit")
        self.last_batch = batch
        loss, y_pred = train_step(self.graph, compiled.loss, compiled.optimizer, batch)
        return self._count(compiled, loss, y_pred, batch)

    def test_batch(self, batch: Batch) -> dict[str, float]:
        """Test on a batch that fits the model; return the means so far."""
        compiled = self.require_compiled("evaluate")
        forward = forward_pass(self.graph, compiled.loss, batch, gradient=False)
        return self._count(compiled, forward.loss, forward.y_pred, batch)

    def gradients(self, batch: Batch) -> list[Gradients]:
        """Return ∂loss/∂weight for a batch, as a training step would see it; nothing is changed.

        Parameters
        ----------
        batch : Batch
            With labels.

        Returns
        -------
        list of dict
            For every layer, the gradients by name of the weight.
        """
        compiled = self.require_compiled("gradients")
        forward = forward_pass(self.graph, compiled.loss, batch, training=True)
        gradients = self.graph.backward(forward.run, forward.dy).weights
        return [gradients.get(layer, {}) for layer in self.layers]

    def check_batch(self, batch: Batch, method: str) -> None:
        """Check a batch that an iterable yielded.

        Raises
        ------
        ShapeError, ValueError, TypeError
            Where it does not fit the model, or has no labels though they are needed.
        """
        arrays = inputs.arrays(*batch)
        if arrays.y is None and method != "predict":
            raise ValueError(f"{method} needs labels: let the data yield (x, y).")
        self.check_input(arrays.x, method, seen=method != "fit")
        if method == "fit":
            self._remember_range(arrays.x)

    def check_input(self, x: ndarray, method: str, seen: bool = False) -> None:
        """Build the model where that is to do, and check that examples fit it.

        Parameters
        ----------
        x : (examples, ...)
        method : str
            For the error's advice.
        seen : bool
            Whether to compare the numbers' range with that of training too.

        Raises
        ------
        ShapeError, ValueError
            If they do not, or are not finite.
        """
        if not self.layers:
            raise NotReadyError("the model has no layers. Add one: model.add(Dense(10)).")
        if not self.layers[-1].built:
            self.build((None, *x.shape[1:]))
        fits_input(self.layers[0].describe(), x.shape, self.input_shape, method)
        if not seen:
            return
        now = value_range("x", x)
        if self.trained_range is not None and not self._warned_of_range:
            self._warned_of_range = warn_of_other_range(self.trained_range, now)

    def _remember_range(self, x: ndarray) -> None:
        """Widen the range of the inputs seen in training; raise where they are not finite."""
        low, high = value_range("x", x)
        seen = self.trained_range or (low, high)
        self.trained_range = min(seen[0], low), max(seen[1], high)

    def _count(
        self, compiled: Compiled, loss: float, y_pred: ndarray, batch: Batch
    ) -> dict[str, float]:
        if batch.y is None:
            raise ShapeError("a batch to learn from has labels: (x, y).")
        compiled.update(loss, batch.y, y_pred, batch.sample_weight)
        return compiled.results()

    def _listed(self, results: dict[str, float], return_dict: bool) -> Any:
        if return_dict:
            return results
        values = [results[name] for name in dict.fromkeys(self.metrics_names)]
        return values if len(values) > 1 else values[0]


@lru_cache  # `predict` asks for every batch
def _examples_in_cache(shapes: tuple[Shape, ...]) -> int:
    """Return how many examples make no more than `AT_ONCE` bytes in any layer with such an output."""
    sizes = [prod(size or 1 for size in shape[1:]) for shape in shapes]
    return max(AT_ONCE // (4 * max(sizes, default=1)), 1)
