"""A network that predicts numbers, as a scikit-learn estimator."""

from typing import Any

import numpy as np
from numpy import ndarray
from sklearn.base import RegressorMixin
from sklearn.utils.validation import validate_data

from minicnn.sklearn.estimator import CNNEstimator


class CNNRegressor(RegressorMixin, CNNEstimator):
    """Regressor with a convolutional network, or a plain one for rows of features.

    The targets are scaled to mean 0 and standard deviation 1 for the training, and predictions
    scaled back. Scale the inputs to about 0…1 or to mean 0 and standard deviation 1 first.

    Parameters
    ----------
    network, image_shape, epochs, batch_size, optimizer, learning_rate, early_stopping, \
validation_fraction, n_iter_no_change, random_state, verbose, callbacks, warm_start
        As in `CNNClassifier`; but the last layer of a custom network has no activation.

    Attributes
    ----------
    model_, history_, n_iter_, n_features_in_, feature_names_in_
        As in `CNNClassifier`; the network predicts the scaled targets.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> X, y = make_regression(200, 5, random_state=0)
    >>> bool(CNNRegressor(learning_rate=0.01, random_state=0).fit(X, y).score(X, y) > 0.9)
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **fit_options: Any) -> "CNNRegressor":
        """Train a new network. Return the estimator.

        Parameters
        ----------
        X : (examples, features), or images as in `CNNClassifier`
        y : (examples,) or (examples, outputs)
            Numbers.
        sample_weight : (examples,), optional
            The weight of each example.
        **fit_options
            Further arguments of `Sequential.fit`, such as ``epochs``.

        Raises
        ------
        ValueError
            If the data do not fit together or to the network.
        """
        if self.class_weight is not None:
            raise ValueError("class_weight is for CNNClassifier: a regressor has no classes.")
        x, y = validate_data(self, X, y, allow_nd=True, multi_output=True, y_numeric=True)
        self._one_number = y.ndim == 1
        targets = y.reshape(len(y), -1).astype(np.float64)
        weight = self._weights(sample_weight, x)
        self._mean = np.average(targets, axis=0, weights=weight)
        deviation = np.sqrt(np.average((targets - self._mean) ** 2, axis=0, weights=weight))
        self._deviation = np.where(deviation > 0, deviation, 1.0)
        scaled = (targets - self._mean) / self._deviation
        outputs = targets.shape[1]
        self._train(
            x, scaled, weight, outputs, "linear", "mean_squared_error", again=self.warm_start,
            **fit_options,
        )  # fmt: skip
        return self

    def predict(self, X: Any) -> ndarray:
        """Return the predicted numbers, float64, in the shape of `y`; `X` as for `fit`."""
        numbers = self._outputs(X) * self._deviation + self._mean
        return numbers[:, 0] if self._one_number else numbers

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that several outputs are possible."""
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
