"""Mistakes of learners, with the words that each message must contain, in this order."""

from typing import NamedTuple

import numpy as np

from minicnn import Input, Sequential
from minicnn.callbacks import History
from minicnn.layers import Conv2D, Dense, Flatten

IMAGES = np.zeros((6, 28, 28, 1))
NUMBERS = np.arange(6)
ONE_HOT = np.eye(10)[NUMBERS]
SPARSE = "sparse_categorical_crossentropy"
CATEGORICAL = "categorical_crossentropy"


def lecture(loss=CATEGORICAL, metrics=("accuracy",)):
    """Return a small network like the lecture's, with a named first layer."""
    model = Sequential(
        [
            Conv2D(2, 3, activation="relu", input_shape=(28, 28, 1), name="eyes"),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", loss, metrics=list(metrics))
    return model


def colour():
    model = Sequential([Input((32, 32, 3)), Conv2D(2, 3), Flatten(), Dense(10)])
    model.compile("adam", "mse")
    return model


def perceptron(loss=SPARSE):
    model = Sequential([Input((784,)), Dense(10, activation="softmax", name="out")])
    model.compile("adam", loss)
    return model


def shapeless(*stack, loss=SPARSE):
    model = Sequential(list(stack))
    model.compile("adam", loss)
    return model


def fit(x=IMAGES, y=ONE_HOT, model=None, **options):
    return (model or lecture()).fit(x, y, verbose=0, **options)


def predict(x, model=None, **options):
    return (model or lecture()).predict(x, verbose=0, **options)


def with_one(value, at=(1, 2, 3, 0)):
    images = IMAGES.copy()
    images[at] = value
    return images


def twice():
    layer = Dense(3)
    return Sequential([layer, layer])


class KerasHistory:
    """Stands in for a callback of Keras, which is recognized by its module."""


KerasHistory.__module__ = "keras.src.callbacks.history"
KerasHistory.__name__ = "History"


class Mistake(NamedTuple):
    code: object
    words: tuple
    error: type = ValueError


def mistake(code, *words, error=ValueError):
    return Mistake(code, words, error)


SHAPES = {
    "no batch axis": mistake(
        lambda: predict(IMAGES[0]),
        'Conv2D "eyes"', r"\(batch, 28, 28, 1\)", r"got \(28, 28, 1\)", "one image without its batch",
        r"model\.predict\(x\[np\.newaxis\]\)",
    ),
    "neither": mistake(
        lambda: predict(IMAGES[0, ..., 0]),
        r"got \(28, 28\)", "batch and channel",
        r"model\.predict\(x\[np\.newaxis, \.\.\., np\.newaxis\]\)",
    ),
    "evaluate": mistake(
        lambda: lecture().evaluate(IMAGES[0], ONE_HOT[0], verbose=0), "28 examples and y has 10"
    ),
    "call": mistake(lambda: lecture()(IMAGES[0]), "batch axis", r"Write model\(x\[np\.newaxis\]\)"),
    "predict_on_batch": mistake(
        lambda: lecture().predict_on_batch(IMAGES[0]), r"model\.predict_on_batch\(x\[np\.newaxis\]\)"
    ),
    "27×27": mistake(
        lambda: fit(IMAGES[:, :27, :27]),
        'Conv2D "eyes"', r"got \(6, 27, 27, 1\)", "27×27", "Resize them to 28×28",
    ),
    "27×27 without channels": mistake(
        lambda: fit(IMAGES[:, :27, :27, 0]), r"got \(6, 27, 27\)", "3 axes instead of 4"
    ),
    "RGB for grey": mistake(
        lambda: fit(np.zeros((6, 28, 28, 3))), r"got \(6, 28, 28, 3\)", "3 channels", r"convert\('L'\)"
    ),
    "grey for RGB": mistake(
        lambda: predict(np.zeros((6, 32, 32, 1)), colour()), "1 channels", r"convert\('RGB'\)"
    ),
    "channels first": mistake(
        lambda: predict(np.zeros((6, 3, 32, 32)), colour()),
        "channels come first", r"np\.moveaxis\(x, 1, -1\)",
    ),
    "flat for images": mistake(
        lambda: fit(np.zeros((6, 784))), r"got \(6, 784\)", r"x\.reshape\(-1, 28, 28, 1\)"
    ),
    "one flat image": mistake(
        lambda: predict(np.zeros(784)), r"got \(784,\)", r"x\.reshape\(-1, 28, 28, 1\)"
    ),
    "images for flat": mistake(
        lambda: fit(IMAGES[..., 0], NUMBERS, perceptron()),
        'Dense "out"', r"\(batch, 784\)", r"got \(6, 28, 28\)", r"x\.reshape\(-1, 784\)",
    ),
    "one flat example": mistake(
        lambda: predict(np.zeros(784), perceptron()), "one example without its batch", "newaxis"
    ),
    "other features": mistake(
        lambda: predict(np.zeros((3, 100)), perceptron()), "100 numbers instead of 784"
    ),
    "no channel axis, shape not known": mistake(
        lambda: fit(IMAGES[..., 0], NUMBERS, shapeless(Conv2D(2, 3, name="eyes"), Flatten())),
        'Conv2D "eyes"', r"\(batch, height, width, channels\)", r"np\.newaxis",
    ),
    "no batch axis, shape not known": mistake(
        lambda: predict(np.zeros(5), shapeless(Dense(2, name="out"))), 'Dense "out"', "newaxis"
    ),
    "an image that is no array": mistake(
        lambda: predict(3), "axis for the examples", "got 3"
    ),
}  # fmt: skip

LABELS = {
    "class numbers for categorical": mistake(
        lambda: fit(IMAGES, NUMBERS),
        CATEGORICAL, "one-hot", r"\(6, 10\)", r"\(6,\)", r"to_categorical\(y, 10\)", SPARSE,
    ),
    "one-hot for sparse": mistake(
        lambda: fit(IMAGES, ONE_HOT, lecture(SPARSE)),
        SPARSE, "one-hot", r"\(6, 10\)", r"argmax\(axis=-1\)", CATEGORICAL,
    ),
    "a class too many": mistake(
        lambda: fit(IMAGES, NUMBERS + 5, lecture(SPARSE)), SPARSE, "from 0 to 9", "got 10"
    ),
    "negative": mistake(
        lambda: fit(IMAGES, NUMBERS - 1, lecture(SPARSE)), "from 0 to 9", "got -1"
    ),
    "fractional": mistake(
        lambda: fit(IMAGES, NUMBERS + 0.5, lecture(SPARSE)), "integers", r"got \d\.5"
    ),
    "other number of classes": mistake(
        lambda: fit(IMAGES, np.eye(5)[[0] * 6]), r"\(6, 10\)", r"\(6, 5\)", "10 outputs"
    ),
    "unequal lengths": mistake(
        lambda: fit(IMAGES, ONE_HOT[:5]), "x has 6 examples", "y has 5", "must be equal"
    ),
    "unequal lengths in validation": mistake(
        lambda: fit(validation_data=(IMAGES, ONE_HOT[:5])), "validation_x has 6", "validation_y has 5"
    ),
    "unequal lengths in an iterable": mistake(
        lambda: lecture().fit(iter([(IMAGES, ONE_HOT[:5])]), verbose=0), "x has 6", "y has 5"
    ),
    "too few sample weights": mistake(
        lambda: fit(sample_weight=np.ones(5)), "x has 6 examples", "sample_weight has 5"
    ),
    "sample weights of every class": mistake(
        lambda: fit(sample_weight=np.ones((6, 10))), "one weight per sample", r"\(6,\)", r"\(6, 10\)"
    ),
    "no labels": mistake(lambda: lecture().fit(IMAGES), "needs labels", r"model\.fit\(x, y\)"),
    "no labels to evaluate": mistake(
        lambda: lecture().evaluate(IMAGES), "needs labels", r"model\.evaluate\(x, y\)"
    ),
    "an iterable without labels": mistake(
        lambda: lecture().fit(iter([IMAGES]), verbose=0), "labels", r"yield \(x, y\)"
    ),
    "names as labels": mistake(
        lambda: fit(IMAGES, list("abcdef")), "y must be", r"np\.unique\(y, return_inverse=True\)",
        error=TypeError,
    ),
    "class_weight as a list": mistake(
        lambda: fit(class_weight=[1, 2]), "class_weight must be a dict", r"\{0: 1\.0", r"\[1, 2\]",
        error=TypeError,
    ),
}  # fmt: skip

NUMBERS_IN_DATA = {
    "NaN": mistake(
        lambda: fit(with_one(np.nan)), "x has 1 number", r"x\[1, 2, 3, 0\] = nan", "nan_to_num"
    ),
    "infinite": mistake(lambda: predict(with_one(-np.inf)), r"x\[1, 2, 3, 0\] = -inf", "finite"),
    "NaN to evaluate": mistake(
        lambda: lecture().evaluate(with_one(np.nan), ONE_HOT, verbose=0), r"x\[1, 2, 3, 0\]"
    ),
    "NaN on a batch": mistake(
        lambda: lecture().train_on_batch(with_one(np.nan), ONE_HOT), r"x\[1, 2, 3, 0\]"
    ),
    "NaN in an iterable": mistake(
        lambda: lecture().fit([(IMAGES, ONE_HOT), (with_one(np.nan), ONE_HOT)], verbose=0), "x has 1"
    ),
    "infinite in an iterable": mistake(lambda: predict(iter([with_one(np.inf)])), "x has 1 number"),
    "NaN to validate": mistake(
        lambda: fit(validation_data=(with_one(np.nan), ONE_HOT)), r"x\[1, 2, 3, 0\]"
    ),
    "NaN in labels": mistake(
        lambda: fit(IMAGES, ONE_HOT * np.nan, lecture("mse")), "y has 60 numbers", r"nan_to_num\(y\)"
    ),
    "NaN in an iterable's labels": mistake(
        lambda: lecture("mse").fit([(IMAGES, ONE_HOT * np.nan)], verbose=0), "y has 60 numbers"
    ),
    "NaN in sample weights": mistake(
        lambda: fit(sample_weight=np.full(6, np.nan)), "sample_weight has 6"
    ),
    "empty": mistake(
        lambda: fit(IMAGES[:0], ONE_HOT[:0]), "x is empty", r"\(0, 28, 28, 1\)"
    ),
    "empty list": mistake(lambda: fit([], []), "x is empty"),
    "nothing to predict": mistake(lambda: predict(IMAGES[:0]), "x is empty"),
    "empty iterable": mistake(lambda: lecture().fit(iter([]), verbose=0), "no batches"),
    "empty iterable to evaluate": mistake(
        lambda: lecture().evaluate(iter([]), verbose=0), "no batches"
    ),
    "empty iterable to predict": mistake(lambda: predict(iter([])), "no batches"),
    "empty batch": mistake(
        lambda: lecture().fit([(IMAGES[:0], ONE_HOT[:0])], verbose=0), "x is empty"
    ),
    "a file's name": mistake(
        lambda: predict("digit.png"), "x must be an array of numbers", "digit.png", "Image.open",
        error=TypeError,
    ),
    "texts": mistake(
        lambda: predict(np.array(["1", "2"])), "array of numbers", "text", "float", error=TypeError
    ),
    "None": mistake(lambda: predict(None), "x must be an array of numbers", "None", error=TypeError),
    "None to fit": mistake(lambda: lecture().fit(None, None), "x must be", "None", error=TypeError),
    "complex numbers": mistake(
        lambda: predict(IMAGES + 1j), "array of numbers", "complex128", error=TypeError
    ),
    "images of unequal sizes": mistake(
        lambda: fit([np.zeros((28, 28, 1)), np.zeros((27, 27, 1))], ONE_HOT[:2]),
        "different shapes", "one size",
    ),
    "an array of objects": mistake(
        lambda: predict(IMAGES.astype(object)), "Python objects", r"astype\(float\)", error=TypeError
    ),
    "a batch of four parts": mistake(
        lambda: lecture().fit([(IMAGES, ONE_HOT, None, None)], verbose=0), r"\(x, y\)", "4 parts"
    ),
}  # fmt: skip

ARGUMENTS = {
    "batch_size 0": mistake(lambda: fit(batch_size=0), "batch_size", "integer >= 1", "got 0"),
    "batch_size 2.5": mistake(lambda: fit(batch_size=2.5), "batch_size", "integer", r"got 2\.5"),
    "batch_size True": mistake(lambda: fit(batch_size=True), "batch_size", "got True"),
    "batch_size -1": mistake(lambda: predict(IMAGES, batch_size=-1), "batch_size", "got -1"),
    "batch_size of batches": mistake(
        lambda: lecture().fit(iter([(IMAGES, ONE_HOT)]), batch_size=3, verbose=0),
        "batch_size", "in batches already", "Leave it out",
    ),
    "validation_batch_size 0": mistake(
        lambda: fit(validation_data=(IMAGES, ONE_HOT), validation_batch_size=0),
        "validation_batch_size", "got 0",
    ),
    "epochs 1.5": mistake(lambda: fit(epochs=1.5), "epochs", "an integer", r"got 1\.5"),
    "epochs '3'": mistake(lambda: fit(epochs="3"), "epochs", "got '3'"),
    "initial_epoch -1": mistake(lambda: fit(initial_epoch=-1), "initial_epoch", "integer >= 0"),
    "steps_per_epoch 0": mistake(lambda: fit(steps_per_epoch=0), "steps_per_epoch", "got 0"),
    "validation_steps 0": mistake(lambda: fit(validation_steps=0), "validation_steps", "got 0"),
    "validation_freq 0": mistake(lambda: fit(validation_freq=0), "validation_freq", "got 0"),
    "validation_split 1.0": mistake(
        lambda: fit(validation_split=1.0), "validation_split", ">= 0 and < 1", r"got 1\.0"
    ),
    "validation_split 1.5": mistake(
        lambda: fit(validation_split=1.5), "validation_split", ">= 0 and < 1", r"got 1\.5"
    ),
    "validation_split 20": mistake(lambda: fit(validation_split=20), ">= 0 and < 1", "got 20"),
    "validation_split '0.2'": mistake(lambda: fit(validation_split="0.2"), ">= 0 and < 1", r"'0\.2'"),
    "validation_split that leaves nothing": mistake(
        lambda: fit(validation_split=0.99), "of 6 examples", "none to train"
    ),
    "validation_split of batches": mistake(
        lambda: lecture().fit(iter([(IMAGES, ONE_HOT)]), validation_split=0.2, verbose=0),
        "validation_split needs arrays", "validation_data",
    ),
    "validation_data without labels": mistake(
        lambda: fit(validation_data=IMAGES), "validation_data", r"\(x, y\)", "ndarray"
    ),
    "labels beside batches": mistake(
        lambda: lecture().fit(iter([(IMAGES, ONE_HOT)]), ONE_HOT, verbose=0), "y must be part"
    ),
    "labels beside batches to evaluate": mistake(
        lambda: lecture().evaluate(iter([(IMAGES, ONE_HOT)]), ONE_HOT, verbose=0), "y must be part"
    ),
    "verbose 3": mistake(
        lambda: lecture().fit(IMAGES, ONE_HOT, verbose=3), "verbose must be 0", "got 3"
    ),
    "a callback's class": mistake(
        lambda: fit(callbacks=[History]), "History is a class", r"History\(\)", error=TypeError
    ),
    "a callback of Keras": mistake(
        lambda: fit(callbacks=[KerasHistory()]),
        "got History of Keras", "from minicnn.callbacks import History", error=TypeError,
    ),
    "a function as callback": mistake(
        lambda: fit(callbacks=[print]), r"LambdaCallback\(on_epoch_end=print\)", error=TypeError
    ),
    "metrics that are no list": mistake(
        lambda: lecture().compile("adam", "mse", metrics=7), "metrics must be a list", error=TypeError
    ),
}  # fmt: skip
