"""Models with branches: merged inputs, arrays that two layers read, two inputs and outputs."""

import numpy as np

from minicnn import layers
from minicnn.models import Model


def residual():
    """Branches that are added, concatenated, multiplied with themselves."""
    image = layers.Input((6, 6, 4))
    first = layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(image)
    second = layers.Conv2D(4, 1, name="second")(image)
    joined = layers.Concatenate(name="join")([layers.Add(name="add")([first, second]), first])
    features = layers.Flatten(name="flatten")(layers.Multiply(name="square")([joined, joined]))
    model = Model(image, layers.Dense(3, activation="softmax", name="dense")(features))
    model.compile("sgd", "categorical_crossentropy")
    return model


def merging(layer):
    """One layer that merges two convolutions."""
    image = layers.Input((6, 6, 4))
    one, other = layers.Conv2D(2, 3, padding="same")(image), layers.Conv2D(2, 1)(image)
    return Model(image, layers.GlobalAveragePooling2D()(layer([one, other])))


def two_of_each():
    """Two inputs and two outputs."""
    image, numbers = layers.Input((6, 6, 4)), layers.Input((3,))
    features = layers.Dense(3)(layers.Flatten()(image))
    added = layers.Add()([features, numbers])
    return Model([image, numbers], [added, layers.Dense(2)(added)])


def images(batch):
    """Images for these models."""
    return np.random.default_rng(5).normal(size=(batch, 6, 6, 4)).astype(np.float32)
