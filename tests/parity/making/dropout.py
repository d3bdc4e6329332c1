"""Dropout in training: which values it can give, and how many of them are zero."""

from collections.abc import Iterator

import keras
import numpy as np

from .recording import Case

SHAPE = (1000, 20)


def cases() -> Iterator[Case]:
    """Yield the result for ones: the bits differ, the two values and their fractions do not."""
    for rate in (0.1, 0.25, 0.5, 0.8):
        layer = keras.layers.Dropout(rate, seed=1)
        y = layer(np.ones(SHAPE, "float32"), training=True).numpy()
        settings = {
            "name": f"rate {rate}",
            "rate": rate,
            "shape": SHAPE,
            "values": sorted(float(value) for value in np.unique(y)),
            "share_of_zeros": float((y == 0).mean()),
        }
        yield settings, {}
