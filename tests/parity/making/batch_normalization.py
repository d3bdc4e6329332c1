"""Batch normalization over several training steps: outputs and moving averages."""

from collections.abc import Iterator

import keras
import numpy as np

from .recording import Case, distinct

STEPS = 4
TABLE = [
    ("default", {}, (4, 3, 2, 3)),
    ("vectors", {}, (5, 3)),
    ("momentum 0.9", {"momentum": 0.9}, (4, 3, 2, 3)),
    ("momentum 0.5, epsilon 0.1", {"momentum": 0.5, "epsilon": 0.1}, (4, 3, 2, 3)),
    ("axis 1", {"axis": 1, "momentum": 0.7}, (4, 3, 2, 3)),
    ("no center", {"center": False, "momentum": 0.7}, (4, 3, 2, 3)),
    ("no scale", {"scale": False, "momentum": 0.7}, (4, 3, 2, 3)),
    ("batch of one vector", {"momentum": 0.7}, (1, 3)),
]


def cases() -> Iterator[Case]:
    """Yield each setting, with x, y and the moving averages after every step."""
    for seed, (name, config, shape) in enumerate(TABLE):
        layer = keras.layers.BatchNormalization(**config)
        x = np.stack([distinct(100 * seed + k, shape) * (k + 1) + k for k in range(STEPS)])
        y, means, variances = [], [], []
        for batch in x:
            y.append(layer(batch, training=True).numpy())
            means.append(layer.moving_mean.numpy())
            variances.append(layer.moving_variance.numpy())
        settings = {"name": name, "config": config}
        arrays = {
            "x": x,
            "y": np.stack(y),
            "moving_mean": np.stack(means),
            "moving_variance": np.stack(variances),
            "y_inference": layer(x[0], training=False).numpy(),
        }
        yield settings, arrays
