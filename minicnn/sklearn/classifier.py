"""A network that classifies, as a scikit-learn estimator."""

from typing import Any

import numpy as np
from numpy import ndarray
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d, validate_data

from minicnn import losses
from minicnn.models import Sequential
from minicnn.sklearn.estimator import CNNEstimator


class CNNClassifier(ClassifierMixin, CNNEstimator):
    """Classifier with a convolutional network, or a plain one for rows of features.

    Scale the inputs to about 0…1 or to mean 0 and standard deviation 1 first, as for every network.

    Parameters
    ----------
    network : "auto", "lecture", callable or Sequential
        "auto" is a small network for the data, "lecture" the lecture's two convolutions. A function
        of ``(input_shape, outputs)``, or without arguments, returns a new `Sequential` whose last
        layer has `outputs` units and softmax; for several processes it must be in a module. A
        `Sequential` is a template: it is not trained itself. A compiled network keeps its loss, and
        its optimizer unless `optimizer` is set.
    image_shape : tuple of int, optional
        ``(height, width, channels)`` of images that are given as rows, such as scikit-learn's digits.
        Not necessary for arrays (examples, height, width) and (examples, height, width, channels).
    epochs : int
        Passes through the examples.
    batch_size : int
        Examples per step.
    optimizer : str or Optimizer, optional
        By default Adam.
    learning_rate : float, optional
        By default that of the optimizer.
    early_stopping : bool
        Whether to stop when the loss on a part of the examples has not improved for
        `n_iter_no_change` epochs, with the weights of the best epoch.
    validation_fraction : float
        The fraction of the examples in that part.
    n_iter_no_change : int
    random_state : int, RandomState or None
        With an integer, the same bits each time. The library's random stream is not used.
    verbose : "auto", 0, 1 or 2
        As in `Sequential.fit`.
    class_weight : "balanced" or dict, optional
        Weight of each label; "balanced" makes all classes count the same.
    callbacks : list of Callback, optional
    warm_start : bool
        Whether `fit` continues with the present network instead of a new one.

    Attributes
    ----------
    classes_ : (classes,)
        The labels, sorted.
    model_ : Sequential
        The trained network.
    history_ : dict of str to list of float
        Loss and metrics of every epoch.
    n_iter_ : int
        Epochs trained.
    n_features_in_ : int
        Length of the second axis of X.
    feature_names_in_ : (features,)
        Names of the columns, if X has any.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import MinMaxScaler
    >>> X, y = load_digits(n_class=3, return_X_y=True)
    >>> network = CNNClassifier(image_shape=(8, 8, 1), epochs=3, random_state=0)
    >>> bool(cross_val_score(make_pipeline(MinMaxScaler(), network), X, y, cv=3).min() > 0.9)
    True
    """

    classes_: ndarray

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **fit_options: Any) -> "CNNClassifier":
        """Train a new network. Return the estimator.

        Parameters
        ----------
        X : (examples, features), or images as described for `image_shape`
        y : (examples,)
            Labels of any type: numbers or text. Or one-hot rows, (examples, classes).
        sample_weight : (examples,), optional
            The weight of each example. A weight of 2 counts like two equal examples in a batch.
        **fit_options
            Further arguments of `Sequential.fit`, such as ``epochs`` or ``validation_data``.

        Raises
        ------
        ValueError
            If the data do not fit together or to the network, or there is only one class.
        """
        x, y = validate_data(self, X, from_one_hot(y), allow_nd=True)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        classes = np.unique(y)
        if len(classes) < 2:
            raise ValueError(f"CNNClassifier needs at least 2 classes, got 1 class: {y[0]!r}.")
        fitted = self.warm_start and hasattr(self, "classes_")
        again = fitted and np.array_equal(self.classes_, classes)
        self.classes_ = classes
        return self._learn(x, y, sample_weight, again, **fit_options)

    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> "CNNClassifier":
        """Train the present network for one epoch; the first call makes it. Return the estimator.

        Parameters
        ----------
        X, y, sample_weight
            As for `fit`.
        classes : (classes,), optional
            All labels; necessary in the first call.

        Raises
        ------
        ValueError
            If `classes` is missing in the first call, or `y` has others.
        """
        first = not hasattr(self, "classes_")
        x, y = validate_data(self, X, from_one_hot(y), reset=first, allow_nd=True)
        if first:
            if classes is None:
                raise ValueError("the first call of partial_fit needs classes=np.unique(y).")
            self.classes_ = np.unique(classes)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y has labels that are not in classes: {unknown[:3].tolist()}.")
        return self._learn(x, y, sample_weight, True, epochs=1)

    def predict_proba(self, X: Any) -> ndarray:
        """Return the probability of every class, (examples, classes); `X` as for `fit`.

        The classes are in the order of `classes_`; each row adds up to 1.
        """
        probabilities = self._outputs(X)
        return probabilities / probabilities.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> ndarray:
        """Return the most probable of `classes_` for every example; `X` as for `fit`."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _learn(
        self, x: ndarray, y: ndarray, sample_weight: Any, again: bool, **fit_options: Any
    ) -> "CNNClassifier":
        """Train on labels that are among `classes_`."""
        indices = np.searchsorted(self.classes_, y)
        weight = self._weights(sample_weight, x)
        weight = with_class_weight(weight, self.class_weight, y)
        targets = indices
        loss = getattr(self.network, "loss", None)  # of a template
        if isinstance(loss, losses.CategoricalCrossentropy):
            targets = np.eye(len(self.classes_), dtype="float32")[indices]
        self._train(
            x, targets, weight, len(self.classes_), "softmax", "sparse_categorical_crossentropy",
            indices, again, **fit_options,
        )  # fmt: skip
        return self

    def _check_network(self, model: Sequential) -> None:
        activation = getattr(model.layers[-1], "activation", None)
        if activation is not None and activation.name != "softmax":
            raise ValueError(
                "the network of CNNClassifier must return probabilities, and its last layer has the "
                f'activation {activation.name!r}. End it with Dense(outputs, activation="softmax").'
            )


def from_one_hot(y: Any) -> Any:
    """Return the class of each one-hot row; other labels as they are."""
    rows = y if isinstance(y, ndarray) else None
    if rows is None or rows.ndim != 2 or rows.shape[1] < 2 or rows.dtype.kind not in "biuf":
        return y
    one_hot = np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all()
    return rows.argmax(axis=1) if one_hot else y


def with_class_weight(weight: Any, class_weight: Any, labels: ndarray) -> Any:
    """Return the weight of each example, multiplied by that of its class; None if there is none."""
    if class_weight is None:
        return weight
    by_class = compute_sample_weight(class_weight, labels)
    return by_class if weight is None else weight * by_class
