"""The part of `keras.ops`, `keras.backend` and `keras.utils` that programs use, in NumPy."""

from collections.abc import Callable
from typing import Any

import numpy as np

from minicnn import losses
from minicnn.errors import warn_renamed
from minicnn.keras import random
from minicnn.keras import tensorflow as tf
from minicnn.keras.tensor import as_tensor, converted, returns_tensor
from minicnn.layers import Conv2D
from minicnn.layers.operation import FUNCTIONS, operation
from minicnn.layers.symbolic import is_symbolic
from minicnn.models import Model
from minicnn.naming import snake_case

_OF_NUMPY = (
    "arange", "array", "bincount", "eye", "full", "identity", "linspace", "nonzero", "ones", "split",
    "zeros",
)  # fmt: skip


def _op(name: str) -> Any:
    def call(*arguments: Any, **options: Any) -> Any:
        first = [one if is_symbolic(one) else converted(one) for one in arguments[:1]]
        made = operation(name, *first, *arguments[1:], **options)
        return made if is_symbolic(made) else as_tensor(made)

    return call


def _binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """Return the loss of each number; the loss of that name is the mean along the last axis."""
    numbers = [one if is_symbolic(one) else np.asarray(one) for one in (target, output)]
    return losses.binary_crossentropy(*(one[..., None] for one in numbers), from_logits)


OPS: dict[str, Any] = {
    **{name: returns_tensor(getattr(np, name)) for name in _OF_NUMPY},
    **{name: _op(name) for name in FUNCTIONS if name != "get_item"},
    **tf.ACTIVATIONS,
    "binary_crossentropy": _binary_crossentropy,
    "convert_to_numpy": np.asarray,
    "convert_to_tensor": tf.constant,
    "gelu": lambda x, approximate=True: tf.activation("gelu")(x, approximate=approximate),
    "is_tensor": tf.NAMES["is_tensor"],
    "shape": lambda x: tuple(x.shape),
    "stop_gradient": as_tensor,
    "top_k": tf.top_k,
}
"""The names in ``keras.ops``; on symbolic tensors each makes a layer."""


class Progbar:
    """Show how far a loop of the program is: ``Progbar(target)``, then `update` or `add`."""

    def __init__(self, target: int | None = None, *_: Any, verbose: int = 1, **__: Any) -> None:
        self.target, self._verbose, self._seen = target, verbose, 0

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:
        """Show a number of steps, and values such as ``[("loss", 0.5)]``."""
        self._seen = current
        done = current == self.target if finalize is None else finalize
        if self._verbose:
            parts = [f"{current}/{self.target or 'Unknown'}"]
            parts += [f"{name}: {float(value):.4f}" for name, value in values or ()]
            print("\r" + " - ".join(parts), end="\n" if done else "", flush=True)

    def add(self, n: int, values: Any = None) -> None:
        """Show `n` more steps."""
        self.update(self._seen + n, values)


def function(inputs: Any, outputs: Any, **_: Any) -> Callable[[Any], Any]:
    """Return a function from lists of inputs to lists of outputs, as Keras 2's ``K.function``.

    A learning phase among the inputs says whether layers such as dropout behave as in training.
    """
    model = Model([one for one in inputs if is_symbolic(one)], outputs)

    def call(values: Any) -> Any:
        pairs = list(zip(inputs, values, strict=True))
        arrays = [np.asarray(value) for one, value in pairs if is_symbolic(one)]
        training = any(value for one, value in pairs if not is_symbolic(one))
        y = model(arrays if len(arrays) > 1 else arrays[0], training=bool(training))
        found = [np.asarray(one) for one in (y if isinstance(y, list) else [y])]
        return found if isinstance(outputs, (list, tuple)) else found[0]

    return call


BACKEND: dict[str, Any] = {
    "batch_flatten": lambda x: np.reshape(x, (len(x), -1)),
    "binary_crossentropy": _binary_crossentropy,
    "categorical_crossentropy": losses.categorical_crossentropy,
    "function": function,
    "greater_equal": np.greater_equal,
    "is_keras_tensor": is_symbolic,
    "l2_normalize": lambda x, axis=None: (
        x / np.sqrt(np.maximum(np.sum(np.square(x), axis=axis, keepdims=True), 1e-12))
    ),
    "learning_phase": lambda: 0,
    "less_equal": np.less_equal,
    "permute_dimensions": np.transpose,
    "random_normal": lambda shape, mean=0.0, stddev=1.0, std=None, **options: random.normal(
        shape, mean, stddev if std is None else std, **options
    ),  # std: Keras 1
    "random_uniform": random.uniform,
    "repeat_elements": np.repeat,
    "set_learning_phase": lambda value: None,
    "shape": OPS["shape"],
    "sparse_categorical_crossentropy": losses.sparse_categorical_crossentropy,
    "tile": np.tile,
}
"""Names of Keras 2's ``keras.backend`` beyond those of `minicnn.backend`."""


def Convolution2D(*args: Any, **options: Any) -> Conv2D:  # noqa: N802 (Keras' name)
    """Return a `Conv2D`; as in Keras 1, three numbers are filters, rows and columns of the kernel."""
    if len(args) > 2 and all(isinstance(size, int) for size in args[1:3]):
        warn_renamed(
            "Convolution2D", "(filters, rows, columns)", "Conv2D(filters, (rows, columns))"
        )
        args = (args[0], args[1:3], *args[3:])
    return Conv2D(*args, **options)


OLD_LOSSES = {
    alias: getattr(losses, snake_case(cls.__name__))
    for name, cls in losses.registry.SHORT_NAMES.items()
    for alias in (name, name.upper())
} | {
    "cosine_proximity": losses.cosine_similarity,
    "kullback_leibler_divergence": losses.kl_divergence,
    "logcosh": losses.log_cosh,
}
"""Functions in ``keras.losses`` and ``keras.metrics`` of Keras 1 and 2."""
