"""Whole training: history, weights, evaluation and prediction of small networks."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from .recording import Case, distinct, one_hot

SAMPLES, VALIDATION_SAMPLES, CLASSES = 22, 9, 4
IMAGE = (8, 8, 1)
NETWORK = [
    ["Conv2D", {"filters": 3, "kernel_size": 3, "activation": "relu"}],
    ["MaxPooling2D", {"pool_size": 2}],
    ["BatchNormalization", {"momentum": 0.9}],
    ["Flatten", {}],
    ["Dense", {"units": CLASSES, "activation": "softmax"}],
]
SGD = {"class": "SGD", "config": {"learning_rate": 0.05}}
ADAM = {"class": "Adam", "config": {"learning_rate": 0.01}}
DEFAULTS: dict[str, Any] = {
    "layers": NETWORK,
    "frozen": [],
    "optimizer": SGD,
    "loss": {"class": "CategoricalCrossentropy", "config": {}},
    "metrics": ["accuracy"],
    "targets": "one-hot",
    "fit": {"batch_size": 8, "epochs": 3},
    "validation": False,
    "sample_weight": False,
    "as": "float32",
}


def network(last: list[Any], **changed: dict[str, Any]) -> list[Any]:
    """Return NETWORK with other arguments for some classes, and another last layer."""
    return [[kind, {**config, **changed.get(kind, {})}] for kind, config in NETWORK[:-1]] + [last]


def regularized(name: str, of_convolution: Any, of_dense: Any) -> dict[str, Any]:
    """Return a case with regularizers, each [class, arguments] or a name."""
    softmax = {"units": CLASSES, "activation": "softmax", "kernel_regularizer": of_dense}
    layers = network(["Dense", softmax], Conv2D={"kernel_regularizer": of_convolution})
    return {"name": name, "layers": layers}


TABLE: list[dict[str, Any]] = [
    {"name": "sgd"},
    {"name": "adam", "optimizer": ADAM},
    {
        "name": "sgd momentum",
        "optimizer": {"class": "SGD", "config": {"learning_rate": 0.05, "momentum": 0.9}},
    },
    {"name": "rmsprop", "optimizer": {"class": "RMSprop", "config": {"learning_rate": 0.002}}},
    {
        "name": "adamw with clipping",
        "optimizer": {"class": "AdamW", "config": {"learning_rate": 0.01, "clipnorm": 0.5}},
    },
    {
        "name": "global clipnorm",
        "optimizer": {"class": "SGD", "config": {"learning_rate": 0.1, "global_clipnorm": 0.5}},
    },
    {
        "name": "decaying learning rate",
        "optimizer": {
            "class": "SGD",
            "config": {
                "learning_rate": {
                    "schedule": "ExponentialDecay",
                    "config": {
                        "initial_learning_rate": 0.1,
                        "decay_steps": 3,
                        "decay_rate": 0.5,
                        "staircase": True,
                    },
                }
            },
        },
    },
    {"name": "one batch", "fit": {"batch_size": 32, "epochs": 3}},
    {"name": "batches of one", "fit": {"batch_size": 1, "epochs": 1}},
    {"name": "default batch size", "fit": {"epochs": 2}},
    {"name": "initial epoch", "fit": {"batch_size": 8, "epochs": 4, "initial_epoch": 2}},
    {"name": "validation data", "validation": True},
    {"name": "validation split", "fit": {"batch_size": 8, "epochs": 3, "validation_split": 0.3}},
    {
        "name": "class weight",
        "fit": {
            "batch_size": 8,
            "epochs": 3,
            "class_weight": {"0": 1.0, "1": 3.0, "2": 0.5, "3": 0},
        },
    },
    {
        "name": "class weight of labels, with validation",
        "loss": {"class": "SparseCategoricalCrossentropy", "config": {}},
        "targets": "labels",
        "validation": True,
        "fit": {"batch_size": 8, "epochs": 3, "class_weight": {"0": 1, "1": 3, "2": 0.5, "3": 2}},
    },
    {"name": "sample weight", "sample_weight": True},
    {
        "name": "sample weight and validation split",
        "sample_weight": True,
        "fit": {"batch_size": 8, "epochs": 3, "validation_split": 0.3},
    },
    {
        "name": "sparse labels",
        "loss": {"class": "SparseCategoricalCrossentropy", "config": {}},
        "targets": "labels",
        "metrics": ["acc"],
    },
    {
        "name": "logits",
        "layers": network(["Dense", {"units": CLASSES}]),
        "loss": {"class": "SparseCategoricalCrossentropy", "config": {"from_logits": True}},
        "targets": "labels",
    },
    {
        "name": "label smoothing",
        "loss": {"class": "CategoricalCrossentropy", "config": {"label_smoothing": 0.1}},
    },
    {
        "name": "softmax as a layer of its own",
        "layers": [*network(["Dense", {"units": CLASSES}]), ["Softmax", {}]],
    },
    {
        "name": "softmax as an activation layer",
        "layers": [
            *network(["Dense", {"units": CLASSES}]),
            ["Activation", {"activation": "softmax"}],
        ],
    },
    {
        "name": "several metrics",
        "metrics": ["accuracy", "mae", "Precision", "Recall", "categorical_crossentropy"],
        "validation": True,
    },
    {
        "name": "binary",
        "layers": network(["Dense", {"units": 1, "activation": "sigmoid"}]),
        "loss": {"class": "BinaryCrossentropy", "config": {}},
        "targets": "bits",
        "metrics": ["accuracy", "Precision", "Recall"],
    },
    {
        "name": "regression",
        "layers": network(["Dense", {"units": 2}]),
        "loss": {"class": "MeanSquaredError", "config": {}},
        "targets": "numbers",
        "metrics": ["mae"],
        "optimizer": ADAM,
    },
    {
        "name": "regression absolute",
        "layers": network(["Dense", {"units": 2, "activation": "tanh"}]),
        "loss": {"class": "MeanAbsoluteError", "config": {}},
        "targets": "numbers",
        "metrics": ["mse"],
    },
    regularized("l2", ["L2", {"l2": 0.02}], "l2"),
    regularized("l1", ["L1", {"l1": 0.02}], "l1"),
    regularized("l1 and l2", ["L1L2", {"l1": 0.01, "l2": 0.02}], "l1l2"),
    regularized("l2 of a partial batch with validation", "l2", "l2")
    | {"validation": True, "sample_weight": True},
    {
        "name": "regularized frozen layer",
        "layers": network(
            ["Dense", {"units": CLASSES, "activation": "softmax"}],
            Conv2D={"kernel_regularizer": ["L2", {"l2": 0.1}]},
        ),
        "frozen": [0],
    },
    {"name": "frozen convolution", "frozen": [0]},
    {"name": "frozen batch normalization", "frozen": [2]},
    {"name": "frozen dense, adam", "frozen": [4], "optimizer": ADAM},
    {
        "name": "average pooling, padding, strides",
        "layers": [
            ["ZeroPadding2D", {"padding": 1}],
            ["Conv2D", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"}],
            ["LeakyReLU", {}],
            ["AveragePooling2D", {"pool_size": 2, "padding": "same"}],
            ["GlobalAveragePooling2D", {}],
            ["Dense", {"units": 5, "activation": "gelu"}],
            ["Dense", {"units": CLASSES, "activation": "softmax"}],
        ],
        "optimizer": ADAM,
    },
    {
        "name": "bytes, rescaled in the network",
        "layers": [["Rescaling", {"scale": 1 / 255}], *NETWORK],
        "as": "uint8",
    },
    {"name": "float64 images", "as": "float64"},
    {"name": "a generator of batches", "fit": {"epochs": 1}, "as": "generator"},
]


def data(seed: int, samples: int) -> dict[str, np.ndarray]:
    """Return images of every dtype and targets of every kind, all by the names in the cases."""
    shape = (samples, *IMAGE)
    labels = np.random.RandomState(seed + 1).randint(0, CLASSES, samples)
    return {
        "float32": distinct(seed, shape),
        "uint8": np.random.RandomState(seed).randint(0, 256, shape).astype("uint8"),
        "labels": labels,
        "one-hot": one_hot(labels, CLASSES),
        "bits": (labels % 2).astype("float32"),
        "numbers": distinct(seed + 2, (samples, 2)),
        "sample_weight": (np.arange(samples) % 5 / 4).astype("float32"),
    }


DATA, VALIDATION = data(1, SAMPLES), data(2, VALIDATION_SAMPLES)


def images(case: dict[str, Any], source: dict[str, np.ndarray]) -> np.ndarray:
    """Return the images as the case wants them."""
    if case["as"] == "uint8":
        return source["uint8"]
    return source["float32"].astype("float64" if case["as"] == "float64" else "float32")


def build(case: dict[str, Any]) -> keras.Sequential:
    """Build and compile the case's network, its weights from a fixed seed."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    layers = [getattr(keras.layers, kind)(**arguments(config)) for kind, config in case["layers"]]
    model = keras.Sequential([keras.Input(IMAGE), *layers])
    for index in case["frozen"]:
        model.layers[index].trainable = False
    model.set_weights([rounded(weight) for weight in model.get_weights()])
    optimizer = dict(case["optimizer"]["config"])
    if isinstance(rate := optimizer["learning_rate"], dict):
        schedule = getattr(keras.optimizers.schedules, rate["schedule"])
        optimizer["learning_rate"] = schedule(**rate["config"])
    model.compile(
        getattr(keras.optimizers, case["optimizer"]["class"])(**optimizer),
        getattr(keras.losses, case["loss"]["class"])(**case["loss"]["config"]),
        metrics=case["metrics"],
        run_eagerly=True,
    )
    return model


def arguments(config: dict[str, Any]) -> dict[str, Any]:
    """Make the regularizer that is described as [class, arguments]."""
    return {
        key: getattr(keras.regularizers, value[0])(**value[1])
        if key.endswith("regularizer") and isinstance(value, list)
        else value
        for key, value in config.items()
    }


def rounded(weight: np.ndarray) -> np.ndarray:
    """Keep 10 bits behind the point: small files."""
    return np.round(weight * 1024) / 1024


def cases() -> Iterator[Case]:
    """Yield the data, the data for validation, and each training with all that came of it."""
    yield {"name": "data"}, DATA
    yield {"name": "validation"}, VALIDATION
    for changes in TABLE:
        yield train({"name": changes["name"], **DEFAULTS, **changes})


def train(case: dict[str, Any]) -> Case:
    """Fit, evaluate and predict one case."""
    model = build(case)
    x, y = images(case, DATA), DATA[case["targets"]]
    arrays = {f"initial{k}": weight for k, weight in enumerate(model.get_weights())}
    fit = dict(case["fit"])
    if "class_weight" in fit:
        fit["class_weight"] = {int(label): weight for label, weight in fit["class_weight"].items()}
    if case["sample_weight"]:
        fit["sample_weight"] = DATA["sample_weight"]
    if case["validation"]:
        fit["validation_data"] = (images(case, VALIDATION), VALIDATION[case["targets"]])
    if case["as"] == "generator":
        batches = ((x[k : k + 6], y[k : k + 6]) for k in range(0, SAMPLES, 6))
        history = model.fit(batches, verbose=0, **fit)
    else:
        history = model.fit(x, y, shuffle=False, verbose=0, **fit)

    evaluation = model.evaluate(x, y, batch_size=8, verbose=0)
    sample_weight = DATA["sample_weight"]
    weighted = model.evaluate(
        x, y, batch_size=8, verbose=0, sample_weight=sample_weight, return_dict=True
    )
    arrays |= {f"final{k}": weight for k, weight in enumerate(model.get_weights())}
    arrays["prediction"] = model.predict(x, batch_size=5, verbose=0)
    return {
        **case,
        "history": history.history,
        "epochs": history.epoch,
        "evaluate": evaluation,
        "evaluate_weighted": weighted,
    }, arrays


def batchwise_cases() -> Iterator[Case]:
    """Yield `train_on_batch`, `test_on_batch` and `predict_on_batch`, called in turn."""
    case = {"name": "on batches", **DEFAULTS}
    model = build(case)
    x, y = images(case, DATA), DATA[case["targets"]]
    arrays = {"x": x, "y": y}
    arrays |= {f"initial{k}": weight for k, weight in enumerate(model.get_weights())}
    steps = [slice(0, 8), slice(8, 16), slice(16, 22)]
    trained = [numbers(model.train_on_batch(x[step], y[step])) for step in steps]
    as_dict = model.train_on_batch(x[:8], y[:8], return_dict=True)
    tested = [numbers(model.test_on_batch(x[step], y[step])) for step in steps]
    arrays["prediction"] = np.asarray(model.predict_on_batch(x[:5]))
    arrays |= {f"final{k}": weight for k, weight in enumerate(model.get_weights())}
    settings = {
        **case,
        "batches": [[step.start, step.stop] for step in steps],
        "train_on_batch": trained,
        "return_dict": {key: float(value) for key, value in as_dict.items()},
        "test_on_batch": tested,
    }
    yield settings, arrays


def numbers(values: list[Any]) -> list[float]:
    """Return plain floats."""
    return [float(value) for value in values]
