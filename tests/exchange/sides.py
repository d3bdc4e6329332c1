"""One interface to the three libraries, for `exchange`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow
import tf_keras
from architectures import Architecture, Branches, Call

import minicnn.models
import minicnn.training.batches

Arrays = Sequence[np.ndarray]


class Side:
    """A library: makes models, trains them, saves and loads them."""

    def __init__(self, name: str, library: Any) -> None:
        self.name, self.library = name, library

    def make(self, of: Architecture) -> Any:
        """Return a compiled model with new weights."""
        layers = self.library.layers
        if any(isinstance(layer, Branches) for layer in of.layers):
            model = self._functional(of)
        else:
            stack = [layers.InputLayer(of.input_shape)] + [_call(layers, one) for one in of.layers]
            model = self.library.models.Sequential(stack)
        model.compile(self.optimizer(of.optimizer), of.loss, metrics=["accuracy"])
        return self.prepared(model)

    def _functional(self, of: Architecture) -> Any:
        layers = self.library.layers
        x = inputs = layers.Input(of.input_shape)
        for layer in of.layers:
            if isinstance(layer, Branches):
                ends = []
                for chain in layer.chains:
                    end = x
                    for call in chain:
                        end = _call(layers, call)(end)
                    ends.append(end)
                x = getattr(layers, layer.merge)()(ends)
            else:
                x = _call(layers, layer)(x)
        return self.library.models.Model(inputs, x)

    def optimizer(self, described: Call) -> Any:
        """Return an optimizer, which may follow a schedule."""
        name, positional, options = described
        rate = options.get("learning_rate")
        if isinstance(rate, tuple):
            schedule = _call(self.library.optimizers.schedules, rate)
            options = {**options, "learning_rate": schedule}
        return _call(self.library.optimizers, (name, positional, options))

    def load(self, path: Path) -> Any:
        """Return a model from a file."""
        return self.prepared(self.library.models.load_model(path))

    def prepared(self, model: Any) -> Any:
        """Return the model, without the graph compiler: it would take a second for each."""
        model.run_eagerly = True
        return model

    def predict(self, model: Any, x: np.ndarray) -> np.ndarray:
        """Return the outputs for a batch."""
        return np.asarray(model(x, training=False))

    def gradients(self, model: Any, of: Architecture) -> Arrays:
        """Return ∂loss/∂weight of all weights that training changes; no randomness in it."""
        loss = self.library.losses.get(of.loss)
        before = model.get_weights()
        with tensorflow.GradientTape() as tape:
            errors = loss(of.y, model(of.x, training=True))
            value = tensorflow.reduce_mean(errors) + sum(model.losses)
        weights = [_tensor(one) for one in model.trainable_variables]
        gradients = [np.asarray(one) for one in tape.gradient(value, weights)]
        model.set_weights(before)  # the call has moved the averages of BatchNormalization
        return gradients

    def state(self, model: Any) -> Arrays:
        """Return the state of the optimizer without the learning rate, in a fixed order."""
        of_keras_2 = getattr(model.optimizer, "get_weights", None)  # what it had before 2.11
        variables = of_keras_2() if of_keras_2 else list(model.optimizer.variables)
        steps, *slots = [np.asarray(one) for one in variables]
        if (
            getattr(model.optimizer, "momentum", None) == 0
            and "SGD" in type(model.optimizer).__name__
        ):
            slots = []  # Keras 2 keeps the last step there and makes no use of it
        slots = [one for one in slots if one.shape]
        return [steps, *sorted(slots, key=lambda one: (one.shape, one.tobytes()))]


class Minicnn(Side):
    """This library."""

    def prepared(self, model: Any) -> Any:
        """Return the model as it is."""
        return model

    def gradients(self, model: Any, of: Architecture) -> Arrays:
        """As of `Side`."""
        batch = minicnn.training.batches.Batch(of.x, of.y, None)
        by_layer = dict(zip(model.graph.layers, model.gradients(batch), strict=True))
        return [by_layer[layer][name] for layer in model.layers for name in layer.trainable_names]


class Keras2(Side):
    """tf_keras, whose files lack a part of Nadam's state."""

    def load(self, path: Path) -> Any:
        """Return a model from a file; restore Nadam's product, which the file does not contain."""
        model = super().load(path)
        optimizer = model.optimizer
        if type(optimizer).__name__ == "Nadam":
            steps = np.arange(1, int(optimizer.iterations) + 1)
            optimizer._u_product.assign(np.prod(optimizer.beta_1 * (1 - 0.5 * 0.96**steps)))
            optimizer._u_product_counter = len(steps) + 1
        return model


def _tensor(variable: Any) -> Any:
    """Return the TensorFlow variable inside a variable of Keras 3."""
    return variable if isinstance(variable, tensorflow.Variable) else variable.value


def _call(module: Any, described: Call) -> Any:
    name, positional, options = described
    return getattr(module, name)(*positional, **options)


OURS = Minicnn("minicnn", minicnn)
KERAS_3 = Side("Keras 3", keras)
KERAS_2 = Keras2("Keras 2", tf_keras)
