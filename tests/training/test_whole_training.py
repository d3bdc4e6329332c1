"""A whole training against a program that knows nothing of the library: loops over numbers."""

import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
from minicnn.optimizers import SGD, Adam

IMAGES, SIZE, FILTERS, CLASSES = 10, 6, 2, 3
BATCH, EPOCHS = 4, 3  # the last batch has two images
RATE = 0.05


def forward(image, kernel, bias, matrix, offset):
    """One image through convolution with ReLU, 2×2 maxima, and softmax."""
    edge = SIZE - 2
    maps = np.zeros((edge, edge, FILTERS))
    for row in range(edge):
        for column in range(edge):
            for f in range(FILTERS):
                total = bias[f]
                for i in range(3):
                    for j in range(3):
                        total += image[row + i, column + j] * kernel[i, j, 0, f]
                maps[row, column, f] = max(total, 0.0)
    pooled = np.zeros((edge // 2, edge // 2, FILTERS))
    origin = {}
    for row in range(edge // 2):
        for column in range(edge // 2):
            for f in range(FILTERS):
                cells = [(2 * row + i, 2 * column + j) for i in (0, 1) for j in (0, 1)]
                best = max(cells, key=lambda cell, f=f: maps[cell[0], cell[1], f])
                origin[row, column, f] = best
                pooled[row, column, f] = maps[best[0], best[1], f]
    features = pooled.ravel()
    scores = np.exp(features @ matrix + offset)
    return maps, pooled, origin, features, scores / scores.sum()


def gradients(image, label, weights):
    """Loss, hit, and gradients of one image."""
    kernel, _, matrix, _ = weights
    maps, pooled, origin, features, p = forward(image, *weights)
    dscores = p.copy()
    dscores[label] -= 1
    dfeatures = (matrix @ dscores).reshape(pooled.shape)
    dkernel, dbias = np.zeros_like(kernel), np.zeros(FILTERS)
    for (row, column, f), (top, left) in origin.items():
        if maps[top, left, f] > 0:
            dbias[f] += dfeatures[row, column, f]
            for i in range(3):
                for j in range(3):
                    dkernel[i, j, 0, f] += dfeatures[row, column, f] * image[top + i, left + j]
    grads = [dkernel, dbias, np.outer(features, dscores), dscores]
    return -np.log(p[label]), int(p.argmax() == label), grads


def train_naively(images, labels, weights, update):
    """Return the history and the final weights."""
    weights = [weight.astype(np.float64) for weight in weights]
    history = {"accuracy": [], "loss": []}
    for _ in range(EPOCHS):
        total, hits = 0.0, 0
        for low in range(0, IMAGES, BATCH):
            batch = range(low, min(low + BATCH, IMAGES))
            mean = [np.zeros_like(weight) for weight in weights]
            for k in batch:
                loss, hit, grads = gradients(images[k], labels[k], weights)
                total, hits = total + loss, hits + hit
                mean = [m + g / len(batch) for m, g in zip(mean, grads, strict=True)]
            weights = update(weights, mean)
        history["loss"].append(total / IMAGES)
        history["accuracy"].append(hits / IMAGES)
    return history, weights


def descend(weights, grads):
    return [w - RATE * g for w, g in zip(weights, grads, strict=True)]


class AdamByTheBook:
    def __init__(self):
        self.m, self.v, self.t = None, None, 0

    def __call__(self, weights, grads):
        self.m = self.m or [np.zeros_like(w) for w in weights]
        self.v = self.v or [np.zeros_like(w) for w in weights]
        self.t += 1
        self.m = [0.9 * m + 0.1 * g for m, g in zip(self.m, grads, strict=True)]
        self.v = [0.999 * v + 0.001 * g * g for v, g in zip(self.v, grads, strict=True)]
        rate = RATE * np.sqrt(1 - 0.999**self.t) / (1 - 0.9**self.t)
        steps = [rate * m / (np.sqrt(v) + 1e-7) for m, v in zip(self.m, self.v, strict=True)]
        return [w - step for w, step in zip(weights, steps, strict=True)]


@pytest.mark.parametrize(
    ("optimizer", "update"), [(SGD, lambda: descend), (Adam, AdamByTheBook)], ids=["SGD", "Adam"]
)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 2e-4)])
def test_a_whole_training(optimizer, update, dtype, tolerance):
    rng = np.random.default_rng(3)
    images = rng.normal(size=(IMAGES, SIZE, SIZE))
    labels = rng.integers(CLASSES, size=IMAGES)
    model = Sequential(
        [
            Input((SIZE, SIZE, 1)),
            Conv2D(FILTERS, 3, activation="relu", dtype=dtype),
            MaxPooling2D(2, dtype=dtype),
            Flatten(dtype=dtype),
            Dense(CLASSES, activation="softmax", dtype=dtype),
        ]
    )
    expected, weights = train_naively(images, labels, model.get_weights(), update())
    model.compile(optimizer(RATE), "categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(
        images[..., np.newaxis],
        np.eye(CLASSES)[labels],
        batch_size=BATCH,
        epochs=EPOCHS,
        shuffle=False,
        verbose=0,
    )
    for got, wanted in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance)
    assert history.history["loss"] == pytest.approx(expected["loss"], rel=tolerance)
    assert history.history["accuracy"] == pytest.approx(expected["accuracy"])
    probabilities = [forward(image, *weights)[-1] for image in images]
    np.testing.assert_allclose(
        model.predict(images[..., np.newaxis], batch_size=3, verbose=0),
        probabilities,
        rtol=10 * tolerance,
    )
