"""Parameters, checks and training that classifier and regressor share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy import ndarray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from minicnn import losses, optimizers
from minicnn.callbacks import EarlyStopping, History
from minicnn.errors import ShapeError
from minicnn.models import Sequential
from minicnn.random import private_stream
from minicnn.sklearn.networks import make_network


@dataclass(eq=False, repr=False)
class CNNEstimator(BaseEstimator):
    """Base class of `CNNClassifier` and `CNNRegressor`, whose docstrings explain the parameters."""

    network: Any = "auto"
    image_shape: Sequence[int] | None = None
    epochs: int = 50
    batch_size: int = 32
    optimizer: Any = None
    learning_rate: float | None = None
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 10
    random_state: Any = None
    verbose: Any = 0
    class_weight: Any = None
    callbacks: Any = None
    warm_start: bool = False

    model_: Sequential = field(init=False)
    history_: dict[str, list[float]] = field(init=False)

    def _train(
        self,
        x: ndarray,
        y: ndarray,
        sample_weight: ndarray | None,
        outputs: int,
        activation: str,
        loss: str,
        strata: ndarray | None = None,
        again: bool = False,
        **fit_options: Any,
    ) -> None:
        """Train a new model, or with `again` the present one; all random numbers are its own."""
        seed = int(check_random_state(self.random_state).randint(2**31))
        images = self._images(x)
        if sample_weight is not None:
            counted = sample_weight > 0  # a weight of 0 leaves an example out
            images, y, sample_weight = images[counted], y[counted], sample_weight[counted]
            strata = None if strata is None else strata[counted]
        data, kept, stop = (images, y, sample_weight), None, []
        if self.early_stopping:
            data, kept = self._split(data, strata, seed)
            patience = self.n_iter_no_change
            stop = [EarlyStopping("val_loss", patience=patience, restore_best_weights=True)]
        options = {
            "validation_data": kept,
            "batch_size": self.batch_size,
            "epochs": self.epochs,
            "verbose": self.verbose,
            "callbacks": self.callbacks,
            **fit_options,
        }
        options["callbacks"] = [*(options["callbacks"] or ()), *stop]
        with private_stream(seed):
            if not (again and hasattr(self, "model_")):
                model = make_network(self.network, images.shape[1:], outputs, activation)
                self._check_network(model)
                model.compile(self._optimizer(model), _weighted_mean(model.loss or loss))
                self.model_, self.history_, self.n_iter_ = model, {}, 0
            history = self.model_.fit(data[0], data[1], sample_weight=data[2], **options)
        extend_history(self.history_, history)
        self.n_iter_ += len(history.epoch)

    def _outputs(self, X: Any) -> ndarray:
        """Return the trained network's outputs for new examples, in float64."""
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, allow_nd=True)
        return self.model_.predict(self._images(x), verbose=0).astype(np.float64)

    def _weights(self, sample_weight: Any, x: ndarray) -> ndarray | None:
        """Return the weight of each example, or None."""
        if sample_weight is None:
            return None
        weight = _check_sample_weight(sample_weight, x, ensure_non_negative=True)
        if not weight.any():
            raise ValueError("sample_weight must have at least one value > 0, got only zeros.")
        return weight

    def _check_network(self, model: Sequential) -> None:
        """Check what a custom network must be, besides having the right outputs."""

    def _images(self, x: ndarray) -> ndarray:
        """Return examples in the shape that the network takes."""
        if self.image_shape is not None:
            shape = tuple(self.image_shape)
            if x[0].size != np.prod(shape):
                raise ShapeError(
                    f"image_shape={shape} needs {np.prod(shape)} numbers per example, got "
                    f"{x[0].size}. Leave image_shape out, or set it to the shape of the images."
                )
            return x.reshape(len(x), *shape)
        if x.ndim == 3:  # grey images
            return x[..., np.newaxis]
        if x.ndim > 4:
            raise ShapeError(
                "X must be rows (examples, features) or images (examples, height, width, channels), "
                f"got an array of shape {x.shape}."
            )
        return x

    def _optimizer(self, model: Sequential) -> optimizers.Optimizer:
        """Return a new optimizer like the parameter, or like that of a compiled network."""
        template = optimizers.get(self.optimizer or model.optimizer or "adam")
        new = type(template).from_config(template.get_config())
        if self.learning_rate is not None:
            new.learning_rate = self.learning_rate
        return new

    def _split(self, data: tuple[Any, ...], strata: ndarray | None, seed: int) -> tuple[Any, Any]:
        """Set a fraction of the examples aside for early stopping."""
        from sklearn.model_selection import train_test_split

        parts = train_test_split(
            np.arange(len(data[0])),
            test_size=self.validation_fraction,
            stratify=strata,
            random_state=seed,
        )
        x, y, weight = data
        train, kept = ((x[i], y[i], None if weight is None else weight[i]) for i in parts)
        return train, kept


def extend_history(kept: dict[str, list[float]], history: History) -> None:
    """Append the epochs of a training to those kept from earlier ones."""
    for name, values in history.history.items():
        kept[name] = [*kept.get(name, []), *values]


def _weighted_mean(loss: Any) -> losses.Loss:
    """Return the loss as a mean over weights: a weight of 2 counts like two equal examples."""
    loss = losses.get(loss)
    loss = type(loss).from_config(loss.get_config())
    loss.reduction = "mean_with_sample_weight"
    return loss
