"""A network that tells classes apart, as a scikit-learn estimator."""

from typing import Any

import numpy as np
from numpy import ndarray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d, validate_data

from minicnn.models import Sequential
from minicnn.sklearn.estimator import CNNEstimator


class CNNClassifier(ClassifierMixin, CNNEstimator):
    """Tells classes apart with a convolutional network, or a plain one for rows of features.

    Bring the inputs to about 0…1 or mean 0 and deviation 1 first, as for every network.

    Parameters
    ----------
    network : "auto", "lecture" or callable
        "auto" is a small network that suits the data, "lecture" the lecture's two convolutions. A
        function of ``(input_shape, outputs)`` returns a new `Sequential` whose last layer has
        `outputs` units and softmax; to be used in several processes, it must stand in a module.
    image_shape : tuple of int, optional
        ``(height, width, channels)`` of the images that come as rows, such as scikit-learn's digits.
        Arrays (examples, height, width) and (examples, height, width, channels) need none.
    epochs : int
        How often to go through the examples.
    batch_size : int
        Examples a step.
    optimizer : str or Optimizer
    learning_rate : float, optional
        The optimizer's own where left out.
    early_stopping : bool
        Whether to end when the loss on examples kept aside has not improved for `n_iter_no_change`
        epochs, with the weights of the best one.
    validation_fraction : float
        The share of the examples kept aside for that.
    n_iter_no_change : int
    random_state : int, RandomState or None
        With a number, the same bits each time; minicnn's own stream is neither used nor changed.
    verbose : "auto", 0, 1 or 2
        As in `Sequential.fit`.

    Attributes
    ----------
    classes_ : (classes,)
        The labels, sorted.
    model_ : Sequential
        The trained network.
    history_ : dict of str to list of float
        Losses of every epoch.
    n_iter_ : int
        Epochs trained.
    n_features_in_ : int
        Length of the second axis of X.
    feature_names_in_ : (features,)
        Names of the columns, where X had some.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> X, y = load_digits(n_class=3, return_X_y=True)
    >>> network = CNNClassifier(image_shape=(8, 8, 1), epochs=3, random_state=0)
    >>> cross_val_score(make_pipeline(MinMaxScaler(), network), X, y, cv=3).min() > 0.9
    np.True_
    """

    classes_: ndarray

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "CNNClassifier":
        """Train a new network.

        Parameters
        ----------
        X : (examples, features), or images as the class says
        y : (examples,)
            Labels of any kind: numbers or text.
        sample_weight : (examples,), optional
            How much each example counts. To count twice is as good as to come twice where one batch
            holds all examples, and nearly so where there are several.

        Returns
        -------
        CNNClassifier
            Itself.

        Raises
        ------
        ValueError
            If the data do not fit each other or the network, or there is only one class.
        """
        x, y = validate_data(self, X, y, allow_nd=True)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        count = len(self.classes_)
        if count < 2:
            raise ValueError(f"CNNClassifier needs 2 classes at least, got 1 class: {y[0]!r}.")
        weight = self._weights(sample_weight, x)
        self._train(
            x, numbers, weight, count, "softmax", "sparse_categorical_crossentropy", numbers
        )
        return self

    def predict_proba(self, X: Any) -> ndarray:
        """Return the probability of every class.

        Parameters
        ----------
        X : as for `fit`

        Returns
        -------
        (examples, classes) float64
            In the order of `classes_`; each row adds up to 1.
        """
        probabilities = self._outputs(X)
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> ndarray:
        """Return the most probable label of every example.

        Parameters
        ----------
        X : as for `fit`

        Returns
        -------
        (examples,)
            Labels as in `classes_`.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _check_network(self, model: Sequential) -> None:
        activation = getattr(model.layers[-1], "activation", None)
        if activation is not None and activation.name != "softmax":
            raise ValueError(
                "a network for CNNClassifier gives probabilities, and this one's last layer has the "
                f'activation {activation.name!r}. End it with Dense(outputs, activation="softmax").'
            )
