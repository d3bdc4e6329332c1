"""Whole models in `.h5` files as Keras 2.1 to 2.3 wrote them, made with h5py.

The order and the names of the optimizer's variables are those of these versions' sources
(keras/optimizers.py, `self.weights`).
"""

import json

import h5py
import numpy as np

SHAPES = [(3, 2), (2,), (2, 2), (2,)]  # kernels and biases of two Dense(2) on 3 numbers
NAMES = ["kernel:0", "bias:0"]
STEPS = np.array(7, "int64")
ADAM = {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": 1e-07}
SGD = {"lr": 0.01, "momentum": 0.9, "decay": 0.0, "nesterov": False}
RMSPROP = {"lr": 0.01, "rho": 0.9, "decay": 0.0, "epsilon": 1e-07}


def slots(first):
    """One array a weight: filled with first, first + 1, …"""
    return [np.full(shape, first + index, "float32") for index, shape in enumerate(SHAPES)]


def variables(optimizer, count):
    return [f"training/{optimizer}/Variable{f'_{n}' if n else ''}:0" for n in range(count)]


M, V, W = slots(10), slots(20), slots(30)
UNUSED = [np.zeros(1, "float32") for _ in SHAPES]
STEP_NAME = "Adam/iterations:0"

# name: optimizer, its config, names and arrays of its state
STATES = {
    "adam 2.1.2": ("Adam", ADAM, [STEP_NAME, *variables("Adam", 8)], [STEPS, *M, *V]),
    "adam 2.2.4": (
        *("Adam", {**ADAM, "amsgrad": False}),
        *([STEP_NAME, *variables("Adam", 12)], [STEPS, *M, *V, *UNUSED]),
    ),
    "adam 2.3.1": (
        *("Adam", {**ADAM, "amsgrad": False}),
        [STEP_NAME, *[f"{slot}_{n}:0" for slot in ("m", "v", "vhat") for n in range(4)]],
        [STEPS, *M, *V, *UNUSED],
    ),
    "amsgrad 2.2.4": (
        *("Adam", {**ADAM, "amsgrad": True}),
        *([STEP_NAME, *variables("Adam", 12)], [STEPS, *M, *V, *W]),
    ),
    "adam tf 2.0": (
        *("Adam", {**ADAM, "amsgrad": False}),
        [
            "training/Adam/iter:0",
            *[f"training/Adam/d/{name}/{s}:0" for s in "mv" for name in ("a", "b", "c", "d")],
        ],
        [STEPS, *M, *V],
    ),
    "nadam of before 2.11": (
        *("Nadam", ADAM),
        [
            *("Nadam/iter:0", "Nadam/momentum_cache:0"),
            *[f"Nadam/d/{name}/{s}:0" for s in "mv" for name in ("a", "b", "c", "d")],
        ],
        [STEPS, np.float32(0.5), *M, *V],
    ),
    "sgd 2.2.4": (
        *("SGD", {**SGD, "momentum": 0.0}),
        *(["SGD/iterations:0", *variables("SGD", 4)], [STEPS, *M]),
    ),
    "momentum 2.2.4": ("SGD", SGD, ["SGD/iterations:0", *variables("SGD", 4)], [STEPS, *M]),
    "rmsprop 2.2.4": ("RMSprop", RMSPROP, variables("RMSprop", 4), M),
    "rmsprop 2.3.1": (
        *("RMSprop", RMSPROP),
        ["RMSprop/iterations:0", *[f"accumulator_{n}:0" for n in range(4)]],
        [STEPS, *M],
    ),
}


def write_model(path, optimizer, config, names, arrays):
    """Write two Dense layers that were trained, with the state of their optimizer."""
    layers = [{"class_name": "Dense", "config": {"name": f"dense_{n}", "units": 2}} for n in (1, 2)]
    layers[0]["config"]["batch_input_shape"] = [None, 3]
    training = {
        "optimizer_config": {"class_name": optimizer, "config": config},
        "loss": "mse",
        "metrics": ["accuracy"],
        "sample_weight_mode": None,
        "loss_weights": None,
    }
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.2.4"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
        file.attrs["training_config"] = json.dumps(training)
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [b"dense_1", b"dense_2"]
        for layer, shapes in (("dense_1", SHAPES[:2]), ("dense_2", SHAPES[2:])):
            group = weights.create_group(layer)
            full = [f"{layer}/{name}" for name in NAMES]
            group.attrs["weight_names"] = [name.encode() for name in full]
            for name, shape in zip(full, shapes, strict=True):
                group[name] = np.full(shape, 0.5, "float32")
        state = file.create_group("optimizer_weights")
        state.attrs["weight_names"] = [name.encode() for name in names]
        for name, array in zip(names, arrays, strict=True):
            state[name] = array


def keras_1(**options):
    """A convolutional model as Keras 1 described it; `options` of the convolution."""
    none = dict.fromkeys(
        ["W_regularizer", "b_regularizer", "activity_regularizer", "W_constraint", "b_constraint"]
    )
    convolution = {
        "name": "convolution2d_1",
        "batch_input_shape": [None, 8, 8, 1],
        "trainable": True,
        "input_dtype": "float32",
        "nb_filter": 4,
        "nb_row": 3,
        "nb_col": 5,
        "bias": False,
        "border_mode": "same",
        "subsample": [2, 2],
        "dim_ordering": "tf",
        "init": "he_normal",
        "activation": "relu",
        **none,
        "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.25},
    }
    dense = {
        "name": "dense_1",
        "trainable": True,
        "output_dim": 2,
        "input_dim": None,
        "init": "glorot_uniform",
        "activation": "softmax",
        "bias": True,
        **none,
    }
    return {
        "class_name": "Sequential",
        "keras_version": "1.2.2",
        "config": [
            {"class_name": "Convolution2D", "config": {**convolution, **options}},
            {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.25}},
            {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": True}},
            {"class_name": "Dense", "config": dense},
        ],
    }


KERAS_0 = {
    "name": "Sequential",
    "class_mode": "categorical",
    "layers": [
        {
            "name": "Convolution2D",
            "input_shape": [8, 8, 1],
            "nb_filter": 4,
            "nb_row": 3,
            "nb_col": 3,
            "border_mode": "valid",
            "subsample": [1, 1],
            "dim_ordering": "tf",
            "activation": "linear",
            "init": "glorot_uniform",
            "cache_enabled": True,
        },
        {"name": "Activation", "activation": "relu", "beta": 0.1, "target": 0},
        {"name": "MaxPooling2D", "pool_size": [2, 2], "ignore_border": True, "stride": [2, 2]},
        {"name": "Flatten", "custom_name": "flat"},
        {"name": "Dense", "output_dim": 2, "init": "uniform", "activation": "softmax"},
    ],
}
