"""Activation functions: values and gradients, at zero and far out too."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from .recording import Case, random

POINTS = np.array(
    [
        [-1e4, -100, -20, -10, -6, -3.5, -2, -1, -0.5, -0.1, -1e-3, -1e-6, 0],
        [1e-6, 1e-3, 0.1, 0.2, 0.5, 1, 2, 3.5, 6, 10, 20, 100, 1e4],
    ],
    dtype="float32",
)
ROWS = np.array(
    [[0, 0, 0, 0], [1, 2, 3, 4], [-200, 200, 0, 1], [-1e4, -1e4, 5, 6], [0.1, -0.2, 0.3, -50]],
    dtype="float32",
)
TABLE = [
    ("linear", "linear", {}, POINTS),
    ("relu", "relu", {}, POINTS),
    ("leaky relu", "leaky_relu", {}, POINTS),
    ("elu", "elu", {}, POINTS),
    ("gelu", "gelu", {}, POINTS),
    ("silu", "silu", {}, POINTS),
    ("silu as swish", "swish", {}, POINTS),
    ("sigmoid", "sigmoid", {}, POINTS),
    ("tanh", "tanh", {}, POINTS),
    ("softplus", "softplus", {}, POINTS),
    ("gelu approximate", "gelu", {"approximate": True}, POINTS),
    ("gelu exact", "gelu", {"approximate": False}, POINTS),
    ("softmax", "softmax", {}, ROWS),
    ("selu", "selu", {}, POINTS),
    ("relu6", "relu6", {}, POINTS),
    ("hard sigmoid", "hard_sigmoid", {}, POINTS),
    ("hard silu", "hard_silu", {}, POINTS),
    ("hard silu as hard swish", "hard_swish", {}, POINTS),
    ("mish", "mish", {}, POINTS),
    ("exponential", "exponential", {}, np.minimum(POINTS, 20)),
    ("softsign", "softsign", {}, POINTS),
    ("log softmax", "log_softmax", {}, ROWS),
]


def cases() -> Iterator[Case]:
    """Yield y and dz for each function."""
    for seed, (name, function_name, config, z) in enumerate(TABLE):
        function = keras.activations.get(function_name)
        dy = random(seed, z.shape)
        tensor = tf.constant(z)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            y = function(tensor, **config)
        dz = tape.gradient(y, tensor, output_gradients=tf.constant(dy))
        arrays = {"z": z, "y": y.numpy(), "dy": dy, "dz": dz.numpy()}
        yield {"name": name, "function": function_name, "config": config}, arrays
