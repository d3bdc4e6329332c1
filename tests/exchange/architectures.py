"""Random models, described so that minicnn, Keras 3 and Keras 2 can all build them.

A layer is ``(class name, positional arguments, keyword arguments)``; so is an optimizer. Where a model
branches, `Branches` is in the list of its layers.
"""

from typing import Any, NamedTuple

import numpy as np

# Only linear layers without a bias are before a BatchNormalization: a bias there has no effect, so its
# gradient is only rounding, which Adam turns into steps of full length.

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class Branches(NamedTuple):
    """Chains of layers on the same input, and the layer that merges their outputs."""

    merge: str
    chains: list[list[Call]]


CLASSES = 3
BATCH = 6
DROPOUT_RATE = 0.3

OPTIMIZERS: list[Call] = [
    ("Adam", (), {"learning_rate": 0.003}),
    ("Adam", (), {"amsgrad": True, "clipnorm": 1.0}),
    ("AdamW", (), {"learning_rate": 0.002, "weight_decay": 0.01}),
    ("SGD", (), {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    ("SGD", (), {"learning_rate": 0.03}),
    ("RMSprop", (), {"momentum": 0.5, "centered": True, "global_clipnorm": 2.0}),
    ("Adagrad", (), {"learning_rate": 0.05}),
    ("Adadelta", (), {"learning_rate": 0.1, "epsilon": 1e-3}),  # noise must not make full steps
    ("Nadam", (), {"learning_rate": 0.003}),
    ("Adamax", (), {"learning_rate": 0.003}),
    ("Adam", (), {"learning_rate": ("ExponentialDecay", (0.004, 2, 0.5), {})}),
    ("SGD", (), {"learning_rate": ("PiecewiseConstantDecay", ([1, 3], [0.1, 0.05, 0.02]), {})}),
]
LOSSES = ["categorical_crossentropy", "sparse_categorical_crossentropy", "mse"]


class Architecture(NamedTuple):
    """A model, and how to train it."""

    input_shape: tuple[int, int, int]
    layers: list[Call | Branches]
    optimizer: Call
    loss: str
    x: np.ndarray
    y: np.ndarray

    @property
    def class_names(self) -> set[str]:
        """The layers' classes."""
        return set(self.names)

    @property
    def names(self) -> list[str]:
        """The class of each layer, the branches' before the layer that merges them."""
        names = []
        for layer in self.layers:
            if isinstance(layer, Branches):
                names += [name for chain in layer.chains for name, _, _ in chain] + [layer.merge]
            else:
                names.append(layer[0])
        return names


def architecture(seed: int) -> Architecture:
    """Return the architecture of this number: always the same."""
    draw = np.random.default_rng(seed)
    size, channels = int(draw.integers(9, 13)), int(draw.integers(1, 4))
    layers: list[Call | Branches] = [("Rescaling", (1 / 255,), {"offset": -0.5})]
    layers += _body(draw)
    if seed % 12 >= 12 - len(MERGING):  # 12 architectures contain every merging layer
        layers.append(_branches(MERGING[seed % len(MERGING)]))
    layers.append(QUIET[seed % len(QUIET)])
    layers += _head(draw, seed)
    loss = LOSSES[seed % len(LOSSES)]
    x = draw.integers(0, 256, (BATCH, size, size, channels)).astype("float32")
    labels = draw.integers(0, CLASSES, BATCH)
    y = labels if loss.startswith("sparse") else np.eye(CLASSES, dtype="float32")[labels]
    optimizer = OPTIMIZERS[seed % len(OPTIMIZERS)]
    return Architecture((size, size, channels), layers, optimizer, loss, x, y)


def _body(draw: np.random.Generator) -> list[Call]:
    """Return layers that take images and give images of at least 2 × 2 cells."""
    filters = int(draw.integers(2, 4)) * 2
    layers: list[Call] = []
    if draw.random() < 0.5:
        layers.append(("ZeroPadding2D", (((1, 0), (2, 1)),), {}))
    normalized = draw.random() < 0.6
    layers.append(("Conv2D", (filters, 3), {**_convolution(draw), "use_bias": not normalized}))
    if normalized:
        options = {"momentum": 0.9, "scale": bool(draw.random() < 0.5)}
        layers.append(("BatchNormalization", (), options))
    layers.append(_activation(draw))
    if draw.random() < 0.7:
        kind = str(draw.choice(["MaxPooling2D", "AveragePooling2D"]))
        layers.append((kind, (2,), {"padding": str(draw.choice(["same", "valid"]))}))
    if draw.random() < 0.5:
        layers.append(("Dropout", (DROPOUT_RATE,), {}))
    if draw.random() < 0.3:
        layers.append(
            ("UpSampling2D", (2,), {"interpolation": str(draw.choice(["nearest", "bilinear"]))})
        )
        layers.append(("Cropping2D", (((2, 0), (1, 1)),), {}))
    if draw.random() < 0.2:
        layers.append(("Permute", ((2, 1, 3),), {}))
    layers += _more_convolutions(draw, filters)
    more = {"groups": 2} if draw.random() < 0.5 else {"dilation_rate": 2}
    layers.append(("Conv2D", (4, 2), {"padding": "same", "use_bias": False, **more}))
    return layers


# Their random numbers are none, so that both sides train alike; each architecture has one of them.
QUIET: list[Call] = [
    ("GaussianNoise", (0.0,), {}),
    ("GaussianDropout", (0.0,), {}),
    ("SpatialDropout2D", (0.0,), {}),
    ("RandomTranslation", ((0.0, 0.0), (0.0, 0.0)), {}),
    ("RandomRotation", ((0.0, 0.0),), {}),
    ("RandomZoom", ((0.0, 0.0),), {}),
    ("Resizing", (7, 6), {}),
    ("CenterCrop", (2, 2), {}),
    ("Normalization", (), {"mean": 0.5, "variance": 0.25}),
    ("PReLU", (), {"shared_axes": [1, 2]}),
    ("ELU", (), {}),
]


MERGING = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")


def _branches(merge: str) -> Branches:
    """Return two branches that map images of 4 channels to images of the same shape."""
    filters = 2 if merge == "Concatenate" else 4
    options = {"padding": "same", "use_bias": False}
    long: list[Call] = [
        ("Conv2D", (filters, 3), {**options, "activation": "tanh"}),
        ("Conv2D", (filters, 1), options),
    ]
    # A residual connection, whose short branch has no layer, where the channels allow it.
    short: list[Call] = [("Conv2D", (filters, 1), options)] if merge == "Concatenate" else []
    return Branches(merge, [long, short])


def _more_convolutions(draw: np.random.Generator, filters: int) -> list[Call]:
    """Return some relatives of Conv2D; the linear ones without a bias."""
    layers: list[Call] = []
    if draw.random() < 0.4:
        layers.append(("DepthwiseConv2D", (2,), {"depth_multiplier": 2, "activation": "tanh"}))
    if draw.random() < 0.3:
        options = {"padding": "same", "depth_multiplier": 2, "use_bias": False}
        layers.append(("SeparableConv2D", (filters, 2), options))
    if draw.random() < 0.3:
        options = {"strides": 2, "padding": "same", "use_bias": False}
        layers.append(("Conv2DTranspose", (filters, 3), options))
        axis = [1, 3] if draw.random() < 0.5 else -1
        layers.append(("LayerNormalization", (), {"axis": axis, "center": False}))
    return layers


def _convolution(draw: np.random.Generator) -> dict[str, Any]:
    options: dict[str, Any] = {"padding": str(draw.choice(["same", "valid"]))}
    if draw.random() < 0.3:
        options["strides"] = (2, 1)
    if draw.random() < 0.5:
        options["kernel_regularizer"] = "l2"
    if draw.random() < 0.5:
        options["kernel_initializer"] = str(draw.choice(["he_normal", "lecun_uniform"]))
    if draw.random() < 0.5:
        options["activation"] = str(draw.choice(["relu", "tanh", "elu"]))
    return options


def _activation(draw: np.random.Generator) -> Call:
    choice: list[Call] = [
        ("ReLU", (), {"max_value": 6.0}),
        ("LeakyReLU", (0.2,), {}),
        ("Activation", ("sigmoid",), {}),
        ("Activation", ("gelu",), {}),
        ("Activation", ("softplus",), {}),
    ]
    return choice[int(draw.integers(len(choice)))]


def _head(draw: np.random.Generator, seed: int) -> list[Call]:
    """Return layers that take images of 4 channels and give a probability for each class."""
    layers: list[Call] = [
        [("Flatten", (), {})],
        [("GlobalAveragePooling2D", (), {})],
        [("GlobalMaxPooling2D", (), {})],
        [("GlobalAveragePooling2D", (), {}), ("Reshape", ((2, 2, 1),), {}), ("Flatten", (), {})],
        [
            ("Reshape", ((-1, 4),), {}),
            ("Conv1D", (4, 2), {"padding": "causal", "activation": "tanh"}),
            ("MaxPooling1D", (2,), {"padding": "same"}),
            ("AveragePooling1D", (2,), {"padding": "same"}),
            [("GlobalAveragePooling1D", (), {}), ("GlobalMaxPooling1D", (), {})][seed % 2],
        ],
    ][seed % 5]
    activation = str(draw.choice(["swish", "relu", "linear"]))
    layers.append(("Dense", (8,), {"activation": activation, "use_bias": False}))
    layers.append(("BatchNormalization", (), {"center": False}))
    if draw.random() < 0.5:
        return [*layers, ("Dense", (CLASSES,), {"activation": "softmax"})]
    return [*layers, ("Dense", (CLASSES,), {"bias_regularizer": "l1"}), ("Softmax", (), {})]
