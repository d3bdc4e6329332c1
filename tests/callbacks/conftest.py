"""A model that records the calls of its methods, and a training with fixed values."""

from types import SimpleNamespace

import pytest

collect_ignore = ["check_with_keras.py"]  # it imports Keras


class RecordingModel:
    """Has one weight, the number of the epoch, and records what is saved."""

    def __init__(self, learning_rate=0.5):
        self.optimizer = SimpleNamespace(learning_rate=learning_rate, iterations=0)
        self.stop_training = False
        self.weights = [0]
        self.saved = []

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)

    def save(self, path):
        self.saved.append(("save", path))

    def save_weights(self, path):
        self.saved.append(("save_weights", path))


@pytest.fixture
def model():
    return RecordingModel()


@pytest.fixture
def train(model):
    """Return a function that calls a callback's hooks for epochs with these logs and returns them."""

    def train(callback, epochs, batches=0):
        callback.set_model(model)
        callback.on_train_begin()
        seen = []
        for epoch, logs in enumerate(epochs):
            model.weights = [epoch]
            seen.append(dict(logs))
            callback.on_epoch_begin(epoch)
            for batch in range(batches):
                callback.on_train_batch_end(batch, seen[-1])
            callback.on_epoch_end(epoch, seen[-1])
            if model.stop_training:
                break
        callback.on_train_end()
        return seen

    return train


def validated(*losses):
    """Return the logs of epochs with these validation losses, and accuracies 1 − loss."""
    return [
        {"accuracy": 0.5, "loss": 1.0, "val_accuracy": 1 - loss, "val_loss": loss}
        for loss in losses
    ]


@pytest.fixture
def losses():
    return validated
