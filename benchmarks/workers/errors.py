"""Compare the compiled kernels with NumPy in float64 on random cases, and the loss curves of both.

python -m workers.errors 200 60
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from minicnn import layers, models, ops
from minicnn.ops import reference
from numpy import ndarray

from common import data

Case = dict[str, Any]
F32 = np.float32


def main(cases: int, steps: int) -> None:
    """Print one line of JSON."""
    rng = np.random.default_rng(0)
    measured: dict[str, Any] = {
        name: worst(measure, rng, cases)
        for name, measure in (("conv2d", convolution), ("conv2d 3×3", winograd), ("dense", dense))
    }
    measured["loss curves"] = loss_curves(steps)
    print(json.dumps(measured))


def worst(
    measure: Callable[[np.random.Generator], dict[str, float]],
    rng: np.random.Generator,
    cases: int,
) -> dict[str, float]:
    """Return the largest relative error of each result over random cases."""
    errors = [measure(rng) for _ in range(cases)]
    return {name: max(error[name] for error in errors) for name in errors[0]}


def relative_error(got: ndarray, exact: ndarray) -> float:
    """Return the largest difference divided by the largest absolute value."""
    scale = np.abs(exact).max()
    return float(np.abs(got - exact).max() / scale) if scale else 0.0


def convolution(rng: np.random.Generator) -> dict[str, float]:
    """Return errors for random kernel sizes, strides, padding, dilation and groups."""
    groups = int(rng.choice([1, 1, 2]))
    kernel_size = rng.integers(1, 6, 2)
    dilation = int(rng.choice([1, 1, 2]))
    strides = (1, 1) if dilation > 1 else tuple(rng.integers(1, 3, 2).tolist())
    case = {
        "strides": strides, "padding": str(rng.choice(["valid", "same"])),
        "dilation_rate": (dilation, dilation), "groups": groups,
        "activation": str(rng.choice(["linear", "relu"])),
    }  # fmt: skip
    return _convolution(rng, kernel_size, int(rng.integers(10, 30)), groups, case)


def winograd(rng: np.random.Generator) -> dict[str, float]:
    """Return errors for 3×3 kernels with stride 1, which may use Winograd's algorithm."""
    case = {
        "padding": str(rng.choice(["valid", "same"])),
        "activation": str(rng.choice(["linear", "relu"])),
    }
    return _convolution(rng, np.array([3, 3]), int(rng.integers(4, 40)), 1, case)


def _convolution(
    rng: np.random.Generator, kernel_size: ndarray, size: int, groups: int, case: Case
) -> dict[str, float]:
    channels, filters = groups * int(rng.integers(1, 40)), groups * int(rng.integers(1, 40))
    x = rng.standard_normal((int(rng.integers(1, 9)), size, size + 1, channels), F32)
    scale = F32(1 / np.sqrt(kernel_size.prod() * channels / groups))
    kernel = scale * rng.standard_normal((*kernel_size, channels // groups, filters), F32)
    bias = rng.standard_normal(filters, F32)
    y, cache = ops.conv2d_forward(x, kernel, bias, **case)
    x64, kernel64, bias64 = (array.astype(np.float64) for array in (x, kernel, bias))
    exact, exact_cache = reference.conv2d_forward(x64, kernel64, bias64, **case)
    dy = rng.standard_normal(y.shape, F32)
    if case["activation"] == "relu":  # at the kink the gradient is discontinuous
        dy *= np.sign(y) == np.sign(exact)
    names = ("dx", "dkernel", "dbias")
    gradients = ops.conv2d_backward(dy, cache)
    exact_gradients = reference.conv2d_backward(dy.astype(np.float64), exact_cache)
    errors = {
        name: relative_error(*pair)
        for name, *pair in zip(names, gradients, exact_gradients, strict=True)
    }
    return {"y": relative_error(y, exact)} | errors


def dense(rng: np.random.Generator) -> dict[str, float]:
    """Return errors for up to 20,000 features."""
    features, units = int(10 ** rng.uniform(0, 4.3)), int(rng.integers(1, 200))
    x = rng.standard_normal((int(rng.integers(1, 65)), features), F32)
    kernel = F32(1 / np.sqrt(features)) * rng.standard_normal((features, units), F32)
    y, cache = ops.dense_forward(x, kernel, np.ones(units, F32))
    exact, exact_cache = reference.dense_forward(
        x.astype(np.float64), kernel.astype(np.float64), np.ones(units)
    )
    dy = rng.standard_normal(y.shape, F32)
    gradients = ops.dense_backward(dy, cache)
    exact_gradients = reference.dense_backward(dy.astype(np.float64), exact_cache)
    names = ("dx", "dkernel", "dbias")
    errors = {
        name: relative_error(*pair)
        for name, *pair in zip(names, gradients, exact_gradients, strict=True)
    }
    return {"y": relative_error(y, exact)} | errors


def loss_curves(steps: int) -> dict[str, list[float]]:
    """Train the lecture network in float32 and float64, from the same weights on the same images."""
    images, labels = data.images_and_labels()
    curves = {}
    weights = lecture("float32").get_weights()
    for dtype in ("float32", "float64"):
        model = lecture(dtype)
        model.set_weights(weights)
        model.compile("adam", "sparse_categorical_crossentropy")
        curves[dtype] = [
            float(
                model.train_on_batch(images[start : start + 32] / 255, labels[start : start + 32])
            )
            for start in range(0, 32 * steps, 32)
        ]
    return curves


def lecture(dtype: str) -> Any:
    """Return the lecture network."""
    model = models.Sequential([
        layers.Input(shape=(28, 28, 1)),
        layers.Conv2D(64, 3, activation="relu", dtype=dtype),
        layers.Conv2D(32, 3, activation="relu", dtype=dtype),
        layers.Flatten(dtype=dtype),
        layers.Dense(10, activation="softmax", dtype=dtype),
    ])  # fmt: skip
    return model


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
