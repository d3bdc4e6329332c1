"""One example and its label, as a model and its loss take them: checked, with a batch's axis."""

from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import losses
from minicnn.errors import NotReadyError, ShapeError
from minicnn.layers import Layer
from minicnn.losses import Loss
from minicnn.steps.labels import distribution
from minicnn.training.checks import as_numbers


def one_example(model: Any, x: ArrayLike) -> ndarray:
    """Return one example as a batch of one.

    Parameters
    ----------
    model : Sequential
    x : array_like
        With or without a batch axis; a grey image also without its channel axis.

    Returns
    -------
    (1, ...)

    Raises
    ------
    NotReadyError
        If the model has no layers, or no weights yet.
    ShapeError
        If there are several examples, or it does not fit the model.
    ValueError
        If it is not finite.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> model = Sequential([layers.Flatten(input_shape=(2, 2, 1))])
    >>> one_example(model, [[1, 2], [3, 4]]).shape
    (1, 2, 2, 1)
    >>> one_example(model, np.zeros((5, 2, 2, 1)))
    Traceback (most recent call last):
        ...
    minicnn.errors.ShapeError: a trace goes through one example, got 5. Take one: x[0], and y[0].
    """
    if not model.layers:
        raise NotReadyError("the model has no layers. Add one: model.add(Dense(10)).")
    if not all(layer.built for layer in model.layers):
        raise NotReadyError(
            "the model has no weights yet, so there is nothing to trace. Begin it with "
            "Input((28, 28, 1)), or call model.build((None, 28, 28, 1)), and train it."
        )
    array, expected = as_numbers("x", x), model.input_shape
    if array.ndim == len(expected) and len(array) > 1:
        raise ShapeError(
            f"a trace goes through one example, got {len(array)}. Take one: x[0], and y[0]."
        )
    if array.ndim == len(expected) - 1:
        array = array[np.newaxis]
    elif array.ndim == len(expected) - 2 and expected[-1] == 1:
        array = array[np.newaxis, ..., np.newaxis]
    model.check_input(array, "predict", seen=True)
    return array


def loss_for(model: Any) -> Loss:
    """Return the loss that a model was compiled with, else what goes with its last activation.

    Softmax goes with cross-entropy, sigmoid with binary cross-entropy, everything else with the
    mean squared error.

    Examples
    --------
    >>> from minicnn import Sequential, layers
    >>> loss_for(Sequential([layers.Dense(3, activation="softmax")])).name
    'categorical_crossentropy'
    """
    if model.loss is not None:
        return model.loss
    named = {
        "softmax": losses.CategoricalCrossentropy(),
        "sigmoid": losses.BinaryCrossentropy(),
    }
    return named.get(_last_activation(model.layers[-1]), losses.MeanSquaredError())


def one_label(loss: Loss, y: ArrayLike, shape: tuple[int, ...]) -> ndarray:
    """Return one example's label as a batch of one, in the form that the loss takes.

    Parameters
    ----------
    loss : Loss
        For the cross-entropies of classes, class numbers and one-hot labels are both understood.
    y : array_like
        With or without a batch axis.
    shape : tuple of int
        Of the model's output, without the batch axis.

    Returns
    -------
    (1, ...)

    Raises
    ------
    ShapeError, ValueError
        If the label does not fit, or there is no such class.

    Examples
    --------
    >>> one_label(losses.CategoricalCrossentropy(), 2, (3,))
    array([[0., 0., 1.]])
    >>> one_label(losses.SparseCategoricalCrossentropy(), [0, 0, 1], (3,))
    array([2])
    """
    if isinstance(loss, losses.CategoricalCrossentropy):
        return distribution(y, shape)[np.newaxis]
    if isinstance(loss, losses.SparseCategoricalCrossentropy):
        if loss.ignore_class is not None and np.all(np.asarray(y) == loss.ignore_class):
            return np.full((1, *shape[:-1]), loss.ignore_class)
        return distribution(y, shape).argmax(axis=-1)[np.newaxis]
    array = np.asarray(y)
    if array.shape[:1] == (1,) and array.shape[1:] in (shape, shape[:-1]):
        return array
    if array.ndim == 0 and shape == (1,):
        array = array[np.newaxis]
    return array[np.newaxis]


def _last_activation(layer: Layer) -> str:
    return getattr(getattr(layer, "activation", None), "name", "linear")
