"""Every layer: output, declared shape, number of parameters, gradients."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .layer_tables import TABLE
from .recording import Case, distinct, random

# Inputs where it matters which rule Keras takes at a tie or a kink.
KINKS: list[tuple[str, str, dict[str, Any], np.ndarray]] = [
    ("max pooling ties", "MaxPooling2D", {}, np.ones((1, 4, 4, 1))),
    (
        "max pooling ties overlapping same",
        "MaxPooling2D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        np.zeros((1, 4, 5, 1)),
    ),
    (
        "max pooling negative same",
        "MaxPooling2D",
        {"pool_size": 3, "strides": 2, "padding": "same"},
        -1 - distinct(1, (1, 4, 5, 1)) ** 2,
    ),
    (
        "global max pooling ties",
        "GlobalMaxPooling2D",
        {},
        np.array([[1.0, 3, 3], [3, 2, 0]]).reshape(1, 2, 3, 1),
    ),
    ("relu at zero", "ReLU", {}, np.array([[-1.0, 0, 1]])),
    (
        # Not at 1 and 6: TensorFlow's gradient there depends on how Keras writes the function.
        "relu about its corners",
        "ReLU",
        {"max_value": 6.0, "negative_slope": 0.1, "threshold": 1.0},
        np.array([[-1.0, 0, 0.99, 1.01, 5.99, 6.01]]),
    ),
    ("relu at its maximum", "ReLU", {"max_value": 6.0}, np.array([[-1.0, 0, 1, 6, 7]])),
    ("leaky relu at zero", "LeakyReLU", {}, np.array([[-1.0, 0, 1]])),
]


# Random changes with equal limits are not random.
SMALL: list[tuple[str, str, dict[str, Any], tuple[int, ...]]] = [
    ("spatial dropout 1d at inference", "SpatialDropout1D", {"rate": 0.4}, (2, 3, 4)),
    ("spatial dropout 2d at inference", "SpatialDropout2D", {"rate": 0.4}, (2, 3, 2, 4)),
    ("gaussian noise at inference", "GaussianNoise", {"stddev": 0.4}, (2, 3, 4)),
    ("gaussian dropout at inference", "GaussianDropout", {"rate": 0.4}, (2, 3, 4)),
    ("elu", "ELU", {}, (2, 4, 3)),
    ("elu alpha", "ELU", {"alpha": 0.5}, (2, 4, 3)),
    ("prelu", "PReLU", {}, (2, 4, 3)),
    ("prelu shared axes", "PReLU", {"shared_axes": [1, 2]}, (2, 4, 3, 2)),
    ("normalization", "Normalization", {}, (2, 4, 3)),
    ("normalization axis 1", "Normalization", {"axis": 1}, (2, 4, 3)),
    ("normalization two axes", "Normalization", {"axis": [1, -1]}, (2, 4, 3, 2)),
    (
        "normalization no axis",
        "Normalization",
        {"axis": None, "mean": 1.5, "variance": 4.0},
        (2, 4),
    ),
    (
        "normalization given",
        "Normalization",
        {"mean": [1.0, -1.0], "variance": [4.0, 0.25], "invert": True},
        (2, 3, 2),
    ),
    ("resizing larger", "Resizing", {"height": 7, "width": 9}, (2, 4, 3, 2)),
    ("resizing smaller", "Resizing", {"height": 3, "width": 2}, (2, 7, 8, 2)),
    (
        "resizing nearest",
        "Resizing",
        {"height": 5, "width": 3, "interpolation": "nearest"},
        (2, 4, 7, 2),
    ),
    (
        "resizing cropped",
        "Resizing",
        {"height": 5, "width": 5, "crop_to_aspect_ratio": True},
        (2, 4, 7, 2),
    ),
    (
        "resizing padded",
        "Resizing",
        {"height": 6, "width": 6, "pad_to_aspect_ratio": True, "fill_value": 0.5},
        (2, 4, 8, 2),
    ),
    ("center crop", "CenterCrop", {"height": 3, "width": 4}, (2, 6, 7, 2)),
    ("center crop of small images", "CenterCrop", {"height": 6, "width": 5}, (2, 3, 7, 2)),
]
FIXED: list[tuple[str, str, dict[str, Any], tuple[int, ...]]] = [
    ("rotation", "RandomRotation", {"factor": [0.1, 0.1]}, (2, 6, 5, 2)),
    ("rotation by a quarter", "RandomRotation", {"factor": [0.25, 0.25]}, (2, 5, 5, 1)),
    *(
        (
            f"rotation {fill_mode} {interpolation}",
            "RandomRotation",
            {
                "factor": [-0.07, -0.07],
                "fill_mode": fill_mode,
                "interpolation": interpolation,
                "fill_value": 0.5,
            },
            (2, 6, 5, 2),
        )
        for fill_mode in ("reflect", "wrap", "constant", "nearest")
        for interpolation in ("bilinear", "nearest")
    ),
    ("zoom in", "RandomZoom", {"height_factor": [-0.3, -0.3]}, (2, 6, 5, 2)),
    (
        "zoom out",
        "RandomZoom",
        {"height_factor": [0.4, 0.4], "width_factor": [0.2, 0.2], "fill_mode": "constant"},
        (2, 6, 5, 2),
    ),
    *(
        (
            f"translation {fill_mode}",
            "RandomTranslation",
            {
                "height_factor": [0.3, 0.3],
                "width_factor": [-0.45, -0.45],
                "fill_mode": fill_mode,
                "fill_value": 0.5,
            },
            (2, 6, 5, 2),
        )
        for fill_mode in ("reflect", "wrap", "constant", "nearest")
    ),
    ("contrast", "RandomContrast", {"factor": [0.0, 0.0], "value_range": [-1, 1]}, (2, 4, 5, 2)),
]


def small_cases() -> Iterator[Case]:
    """Yield the layers for noise, learnt slopes, and sizes and positions of images."""
    for seed, (name, class_name, config, shape) in enumerate(SMALL):
        yield record(name, class_name, config, distinct(seed, shape), seed)
    for seed, (name, class_name, config, shape) in enumerate(FIXED):
        yield record(name, class_name, config, distinct(seed, shape), seed, training=True)


def cases() -> Iterator[Case]:
    """Yield every layer of the tables, and batch normalization as it behaves in training too."""
    for seed, (name, class_name, config, shape) in enumerate(TABLE):
        yield record(name, class_name, config, distinct(seed, shape), seed)
        if class_name == "BatchNormalization":
            training_name = name.replace("batch normalization", "batch normalization in training,")
            x = distinct(seed, shape)
            yield record(training_name.strip(" ,"), class_name, config, x, seed, training=True)
    for seed, (name, class_name, config, x) in enumerate(KINKS):
        yield record(name, class_name, config, x.astype("float32"), seed)


def record(
    name: str,
    class_name: str,
    config: dict[str, Any],
    x: np.ndarray,
    seed: int,
    training: bool = False,
) -> Case:
    """Run one layer forward and, with a random upstream gradient, backward."""
    layer = getattr(keras.layers, class_name)(**config)
    layer.build(x.shape)
    weights = [random(1000 + seed + k, weight.shape) for k, weight in enumerate(layer.weights)]
    for k, variable in enumerate(layer.weights):
        if variable.name in ("moving_variance", "variance"):
            weights[k] = np.abs(weights[k]) + 0.5
    layer.set_weights(weights)
    if hasattr(layer, "finalize_state"):  # of Normalization, as after adapt
        layer.finalize_state()

    y, dy, gradients = forward_and_gradients(layer, x, seed, training)
    variables = layer.trainable_variables
    settings = {
        "name": name,
        "layer": class_name,
        "config": config,
        "training": training,
        "weight_names": [variable.name for variable in layer.weights],
        "output_shape": layer.compute_output_shape((None, *x.shape[1:])),
        "parameters": layer.count_params(),
    }
    arrays = {"x": x, "y": y, "dy": dy, "dx": gradients[0]}
    arrays |= {variable.name: array for variable, array in zip(layer.weights, weights, strict=True)}
    arrays |= {
        f"d{variable.name}": gradient
        for variable, gradient in zip(variables, gradients[1:], strict=True)
    }
    return settings, arrays


def forward_and_gradients(
    layer: keras.Layer, x: np.ndarray, seed: int, training: bool
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return y, the upstream gradient dy, and the gradients of the input and each weight."""
    values = [variable.value for variable in layer.trainable_variables]

    def both(x: tf.Tensor, dy: tf.Tensor | None) -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=training) if training else layer(x)
        return y, [] if dy is None else tape.gradient(y, [x, *values], output_gradients=dy)

    # TensorFlow has the gradient of a grouped convolution on the CPU only through its compiler.
    run = tf.function(both, jit_compile=True) if getattr(layer, "groups", 1) > 1 else both
    x = tf.constant(x)
    y, _ = run(x, None)
    dy = random(2000 + seed, tuple(y.shape))
    _, gradients = run(x, tf.constant(dy))
    return y.numpy(), dy, [gradient.numpy() for gradient in gradients]
