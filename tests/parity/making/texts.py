"""Texts for users: `summary()`, the progress bar, automatic names of layers."""

import contextlib
import io
import os
import re
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .recording import Case, one_hot

LECTURE = [
    ["Conv2D", {"filters": 64, "kernel_size": 3, "activation": "relu"}],
    ["Conv2D", {"filters": 32, "kernel_size": 3, "activation": "relu"}],
    ["Flatten", {}],
    ["Dense", {"units": 10, "activation": "softmax"}],
]
POOLED = [
    ["Conv2D", {"filters": 64, "kernel_size": 3, "activation": "relu"}],
    ["MaxPooling2D", {"pool_size": 2}],
    ["Conv2D", {"filters": 32, "kernel_size": 3, "activation": "relu"}],
    ["MaxPooling2D", {"pool_size": 2}],
    ["Flatten", {}],
    ["Dense", {"units": 128, "activation": "relu"}],
    ["Dense", {"units": 10, "activation": "softmax"}],
]
LAYERS = {
    "Conv2D": {"filters": 1, "kernel_size": 1},
    "Conv1D": {"filters": 1, "kernel_size": 1},
    "DepthwiseConv2D": {"kernel_size": 1},
    "SeparableConv2D": {"filters": 1, "kernel_size": 1},
    "Conv2DTranspose": {"filters": 1, "kernel_size": 1},
    "MaxPooling1D": {},
    "AveragePooling1D": {"pool_size": 2},
    "GlobalAveragePooling1D": {},
    "GlobalMaxPooling1D": {},
    "LayerNormalization": {},
    "MaxPooling2D": {},
    "AveragePooling2D": {"pool_size": 2},
    "GlobalAveragePooling2D": {},
    "GlobalMaxPooling2D": {},
    "ZeroPadding2D": {},
    "Cropping2D": {},
    "UpSampling2D": {},
    "Permute": {"dims": [1]},
    "ELU": {},
    "PReLU": {},
    "SpatialDropout1D": {"rate": 0.5},
    "SpatialDropout2D": {"rate": 0.5},
    "GaussianNoise": {"stddev": 0.5},
    "GaussianDropout": {"rate": 0.5},
    "Normalization": {},
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.1},
    "RandomZoom": {"height_factor": 0.1},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomContrast": {"factor": 0.1},
    "Resizing": {"height": 2, "width": 2},
    "CenterCrop": {"height": 2, "width": 2},
    "Flatten": {},
    "Reshape": {"target_shape": [-1]},
    "Dense": {"units": 1},
    "Dropout": {"rate": 0.5},
    "BatchNormalization": {},
    "Activation": {"activation": "relu"},
    "ReLU": {},
    "LeakyReLU": {},
    "Softmax": {},
    "Rescaling": {"scale": 1.0},
    "InputLayer": {"shape": [2]},
}
SUMMARIES: list[dict[str, Any]] = [
    {"name": "the lecture's network", "input_shape": [28, 28, 1], "layers": LECTURE},
    {"name": "two of a kind", "input_shape": [28, 28, 1], "layers": POOLED},
    {
        "name": "weights that are not trained",
        "input_shape": [12, 12, 3],
        "layers": [
            ["Conv2D", {"filters": 4, "kernel_size": 3, "name": "edges"}],
            ["BatchNormalization", {}],
            ["ReLU", {}],
            ["GlobalAveragePooling2D", {}],
            ["Dropout", {"rate": 0.5}],
            ["Dense", {"units": 2}],
        ],
        "frozen": [0],
        "model_name": "small",
    },
    {"name": "no input shape yet", "layers": [["Flatten", {}], ["Dense", {"units": 3}]]},
    {
        "name": "long names",
        "input_shape": [64, 64, 3],
        "layers": [
            ["Conv2D", {"filters": 8, "kernel_size": 3, "name": "the_first_of_many_convolutions"}],
            ["GlobalAveragePooling2D", {}],
            ["Dense", {"units": 1000, "name": "decision"}],
        ],
    },
    {
        "name": "large",
        "input_shape": [100, 100, 3],
        "layers": [["Flatten", {}], ["Dense", {"units": 100}], ["Dense", {"units": 1}]],
    },
    {
        "name": "trained with adam",
        "input_shape": [6],
        "layers": [["Dense", {"units": 3}]],
        "train": "adam",
    },
]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
TIMES = re.compile(r"\d+(:\d\d)*s \d+(ms|us|s)/step|- \d+s - \d+(ms|us|s)/step")


def layer_name_cases() -> Iterator[Case]:
    """Yield the names of the first two layers of each class."""
    for class_name, config in LAYERS.items():
        keras.utils.clear_session()
        names = [getattr(keras.layers, class_name)(**config).name for _ in range(2)]
        yield {"name": class_name, "layer": class_name, "config": config, "names": names}, {}
    keras.utils.clear_session()
    names = [keras.Sequential().name for _ in range(2)]
    yield {"name": "Sequential", "layer": "Sequential", "config": {}, "names": names}, {}


def summary_cases() -> Iterator[Case]:
    """Yield the lines that `print_fn` gets, in a terminal of 80 columns."""
    os.environ["COLUMNS"] = "80"
    for case in SUMMARIES:
        keras.utils.clear_session()
        layers = [getattr(keras.layers, kind)(**config) for kind, config in case["layers"]]
        if "input_shape" in case:
            layers.insert(0, keras.Input(case["input_shape"]))
        model = keras.Sequential(layers, name=case.get("model_name"))
        for index in case.get("frozen", []):
            model.layers[index].trainable = False
        if "train" in case:
            model.compile(case["train"], "mse")
            model.fit(np.zeros((2, *case["input_shape"])), np.zeros((2, 3)), verbose=0)
        yield {**case, "text": summary(model)}, {}


def summary(model: keras.Model) -> str:
    """Return the text passed to `print_fn`."""
    parts: list[str] = []
    model.summary(print_fn=lambda line, **_: parts.append(line))
    return "\n".join(parts)


class Terminal(io.StringIO):
    """Records the output and reports to be a terminal, so that Keras redraws its bar."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def progress_cases() -> Iterator[Case]:
    """Yield the last state of each line, without colors and with times replaced by TIME."""
    x = np.linspace(0, 1, 50, dtype="float32").reshape(10, 5)
    y = one_hot(np.arange(10) % 3, 3)
    arrays = {"x": x, "y": y, "weight": np.linspace(-1, 1, 15, dtype="float32").reshape(5, 3)}
    yield {"name": "data"}, arrays
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("fit verbose 1", "fit", {"epochs": 2, "verbose": 1}),
        ("fit verbose 2", "fit", {"epochs": 2, "verbose": 2}),
        ("fit verbose 0", "fit", {"epochs": 2, "verbose": 0}),
        ("fit verbose auto in a terminal", "fit", {"epochs": 2, "verbose": "auto"}),
        ("fit one epoch", "fit", {"epochs": 1, "verbose": 1}),
        ("fit one epoch verbose 2", "fit", {"epochs": 1, "verbose": 2}),
        ("fit with validation", "fit", {"epochs": 2, "verbose": 1, "validation_split": 0.3}),
        (
            "fit with validation verbose 2",
            "fit",
            {"epochs": 2, "verbose": 2, "validation_split": 0.3},
        ),
        ("fit many batches", "fit", {"epochs": 1, "verbose": 1, "batch_size": 1}),
        ("evaluate", "evaluate", {"verbose": 1}),
        ("evaluate verbose 2", "evaluate", {"verbose": 2}),
        ("predict", "predict", {"verbose": 1}),
        ("predict verbose 2", "predict", {"verbose": 2}),
        ("small numbers", "evaluate", {"verbose": 1, "loss_scale": 1e-6}),
    ]
    for name, method, arguments in calls:
        settings = {"name": name, "method": method, "arguments": arguments}
        yield {**settings, "lines": captured(method, dict(arguments), arrays)}, {}


def captured(method: str, arguments: dict[str, Any], arrays: dict[str, np.ndarray]) -> list[str]:
    """Run one method of a small model and return the lines that it leaves."""
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, activation="softmax")])
    model.set_weights([arrays["weight"], np.zeros(3, "float32")])
    scale = arguments.pop("loss_scale", None)
    loss = "categorical_crossentropy" if scale is None else "mse"
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"], run_eagerly=True)
    x, y = arrays["x"], arrays["y"]
    if scale is not None:
        y = np.asarray(model(x)) + np.sqrt(np.float32(scale))
    if method == "fit":
        arguments["shuffle"] = False
    arguments.setdefault("batch_size", 4)
    screen = Terminal()
    with contextlib.redirect_stdout(screen):
        getattr(model, method)(*((x,) if method == "predict" else (x, y)), **arguments)
    return lines(screen.getvalue())


def lines(text: str) -> list[str]:
    """Return the final screen: the text after the last carriage return of each line."""
    plain = ESCAPES.sub("", text).replace("\b", "")
    return [TIMES.sub("TIME", line.rsplit("\r", 1)[-1]).rstrip() for line in plain.split("\n")]
