"""Train MNIST by the recipe with minicnn and one seed: ``python -m workers.recipe_minicnn 0``."""

import json
import sys
import time

import minicnn
import numpy as np
from minicnn.losses import CategoricalCrossentropy
from minicnn.optimizers import Adam
from minicnn.optimizers.schedules import LearningRateSchedule
from minicnn.utils import set_random_seed

from common import data, networks, recipe
from workers.fit_and_predict import build


class OneCycle(LearningRateSchedule):
    """Learning rate of the recipe."""

    def __call__(self, step: int) -> float:
        return recipe.learning_rate(step)


def main(seed: int) -> None:
    """Train, evaluate, and print one line of JSON."""
    x, digits = (array[: recipe.IMAGES] for array in data.images_and_labels())
    x, y = x.astype(np.float32) / 255, np.eye(10, dtype=np.float32)[digits]
    set_random_seed(seed)
    networks.NETWORKS["recipe"] = recipe.NETWORK
    model = build(minicnn, "recipe")
    loss = CategoricalCrossentropy(label_smoothing=recipe.SMOOTHING)
    model.compile(Adam(OneCycle()), loss, metrics=["accuracy"])
    start = time.perf_counter()
    model.fit(x, y, batch_size=recipe.BATCH, epochs=recipe.EPOCHS, verbose=0)
    facts = {"training": time.perf_counter() - start, "ended": time.time()}
    test, test_digits = data.images_and_labels("t10k")
    predicted = model.predict(test.astype(np.float32) / 255, verbose=0).argmax(axis=1)
    print(json.dumps(facts | {"accuracy": float((predicted == test_digits).mean())}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
