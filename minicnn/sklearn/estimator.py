"""What classifier and regressor share: parameters, checks, training."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from minicnn import losses, optimizers
from minicnn.callbacks import EarlyStopping
from minicnn.errors import ShapeError
from minicnn.models import Sequential
from minicnn.random import private_stream
from minicnn.sklearn.networks import make_network


class CNNEstimator(BaseEstimator):
    """Parameters and training of `CNNClassifier` and `CNNRegressor`, which explain them."""

    model_: Sequential

    def __init__(
        self,
        network: Any = "auto",
        image_shape: Sequence[int] | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        random_state: Any = None,
        verbose: Any = 0,
    ) -> None:
        self.network = network
        self.image_shape = image_shape
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state
        self.verbose = verbose

    def _train(
        self,
        x: ndarray,
        y: ndarray,
        sample_weight: ndarray | None,
        outputs: int,
        activation: str,
        loss: str,
        strata: ndarray | None = None,
    ) -> None:
        """Make and train the model; every random number comes from a stream of this training's own."""
        seed = int(check_random_state(self.random_state).randint(2**31))
        images = self._images(x)
        weight = sample_weight
        if weight is not None:
            counted = weight > 0  # an example that counts for nothing is no example
            images, y, weight = images[counted], y[counted], weight[counted]
            strata = None if strata is None else strata[counted]
        data, kept, callbacks = (images, y, weight), None, []
        if self.early_stopping:
            data, kept = self._split(data, strata, seed)
            callbacks = [
                EarlyStopping("val_loss", patience=self.n_iter_no_change, restore_best_weights=True)
            ]
        with private_stream(seed):
            model = make_network(self.network, images.shape[1:], outputs, activation)
            self._check_network(model)
            model.compile(self._optimizer(), _weighted_mean(loss))
            history = model.fit(
                data[0],
                data[1],
                sample_weight=data[2],
                validation_data=kept,
                batch_size=self.batch_size,
                epochs=self.epochs,
                callbacks=callbacks,
                verbose=self.verbose,
            )
        self.model_ = model
        self.history_ = dict(history.history)
        self.n_iter_ = len(history.epoch)

    def _outputs(self, X: Any) -> ndarray:
        """Return the trained network's outputs for new examples, in float64."""
        check_is_fitted(self)
        x = validate_data(self, X, reset=False, allow_nd=True)
        return self.model_.predict(self._images(x), verbose=0).astype(np.float64)

    def _weights(self, sample_weight: Any, x: ndarray) -> ndarray | None:
        """Return how much each example counts."""
        if sample_weight is None:
            return None
        weight = _check_sample_weight(sample_weight, x, ensure_non_negative=True)
        if not weight.any():
            raise ValueError("sample_weight has nothing but zeros: no example would count.")
        return weight

    def _check_network(self, model: Sequential) -> None:
        """Check what a network of the user's must be, besides having the right outputs."""

    def _images(self, x: ndarray) -> ndarray:
        """Return examples in the shape that the network takes."""
        if self.image_shape is not None:
            shape = tuple(self.image_shape)
            if x[0].size != np.prod(shape):
                raise ShapeError(
                    f"image_shape={shape} needs {np.prod(shape)} numbers for every example, got "
                    f"{x[0].size}. Leave image_shape out, or give the shape that the rows had."
                )
            return x.reshape(len(x), *shape)
        if x.ndim == 3:  # grey images
            return x[..., np.newaxis]
        if x.ndim > 4:
            raise ShapeError(
                f"X takes rows (examples, features) or images (examples, height, width, channels), "
                f"got an array of shape {x.shape}."
            )
        return x

    def _optimizer(self) -> optimizers.Optimizer:
        """Return a new optimizer: the one given as a parameter is never changed."""
        given = optimizers.get(self.optimizer)
        new = type(given).from_config(given.get_config())
        if self.learning_rate is not None:
            new.learning_rate = self.learning_rate
        return new

    def _split(self, data: tuple[Any, ...], strata: ndarray | None, seed: int) -> tuple[Any, Any]:
        """Keep a share of the examples aside for early stopping."""
        from sklearn.model_selection import train_test_split

        count = len(data[0])
        train, kept = train_test_split(
            np.arange(count), test_size=self.validation_fraction, stratify=strata, random_state=seed
        )

        def part(places: ndarray) -> tuple[Any, ...]:
            return tuple(None if array is None else array[places] for array in data)

        return part(train), part(kept)


def _weighted_mean(name: str) -> losses.Loss:
    """Return a loss with the mean over the weights: to count twice is as good as to come twice."""
    loss = losses.get(name)
    loss.reduction = "mean_with_sample_weight"
    return loss
