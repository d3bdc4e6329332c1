"""Any number of ranks ends with the weights, losses and metrics of one process."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicnn import Model, Sequential
from minicnn.callbacks import Callback, EarlyStopping
from minicnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    SpatialDropout2D,
)
from minicnn.losses import CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy
from minicnn.metrics import AUC, F1Score, Metric
from minicnn.random import private_stream
from tests.distributed.together import together

REDUCTIONS = ["sum_over_batch_size", "mean_with_sample_weight", "sum", "none"]


class Worst(Metric):
    """No sum of batches: only whole batches give the right value."""

    worst = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.worst = max(self.worst, float(np.max(np.std(y_pred, axis=0))))

    def result(self):
        return self.worst

    def reset_state(self):
        self.worst = 0.0


def network():
    return Sequential(
        [
            Input((5, 5, 2)),
            Conv2D(3, 2, activation="relu", kernel_regularizer="l2", dtype="float64"),
            BatchNormalization(synchronized=True, gamma_regularizer="l1", dtype="float64"),
            SpatialDropout2D(0.3, dtype="float64"),
            Dropout(0.2, noise_shape=(1, None, None, None), dtype="float64"),
            Flatten(dtype="float64"),
            Dense(4, activation="tanh", activity_regularizer="l2", dtype="float64"),
            Dropout(0.3, dtype="float64"),
            Dense(3, activation="softmax", kernel_constraint="max_norm", dtype="float64"),
        ]
    )


def train(ranks, make, compile_options, fit_options):
    with private_stream(5):
        model = make()
        model.compile(**{"optimizer": "adam", **compile_options})
        model.optimizer.distributed = ranks
        history = model.fit(**{"verbose": 0, "epochs": 2, **fit_options})
        return model.get_weights(), history.history


def assert_same(size, make, compile_options, **fit_options):
    weights, history = train(None, make, compile_options, fit_options)
    found = together(size, lambda ranks: train(ranks, make, compile_options, fit_options))
    for other, values in found:
        for got, expected in zip(other, weights, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-11)
        assert list(values) == list(history)
        for name, expected in history.items():
            np.testing.assert_allclose(values[name], expected, rtol=1e-9, err_msg=name)


def data(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 5, 5, 2)), rng.integers(0, 3, count)


@settings(max_examples=25)
@given(
    size=st.integers(2, 4),
    count=st.integers(2, 13),
    batch_size=st.integers(1, 9),
    reduction=st.sampled_from(REDUCTIONS),
    weighted=st.booleans(),
    ignored=st.booleans(),
)
def test_uneven_batches(size, count, batch_size, reduction, weighted, ignored):
    x, y = data(count)
    options = {"reduction": reduction, **({"ignore_class": 1} if ignored else {})}
    assert_same(
        size,
        network,
        {
            "loss": SparseCategoricalCrossentropy(**options),
            "metrics": ["accuracy"],
            "weighted_metrics": ["accuracy"],
        },
        x=x,
        y=y,
        batch_size=batch_size,
        sample_weight=np.arange(count) % 4 if weighted else None,
        validation_data=data(count // 2 + 1, 1),
    )


@pytest.mark.parametrize("size", [2, 3, 4])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_metrics_that_are_no_sums(size, optimizer):
    x, y = data(14)

    def options():
        metrics = ["accuracy", AUC(), F1Score("macro"), Worst()]
        return {"optimizer": optimizer, "loss": CategoricalCrossentropy(), "metrics": metrics}

    weights, history = train(None, network, options(), {"x": x, "y": np.eye(3)[y], "batch_size": 5})
    found = together(
        size,
        lambda ranks: train(
            ranks, network, options(), {"x": x, "y": np.eye(3)[y], "batch_size": 5}
        ),
    )
    for other, values in found:
        for name in history:
            np.testing.assert_allclose(values[name], history[name], rtol=1e-9, err_msg=name)
        np.testing.assert_allclose(other[0], weights[0], rtol=1e-9)


def two_outputs():
    x = Input((5, 5, 2))
    flat = Flatten(dtype="float64")(x)
    first = Dense(3, activation="softmax", name="kind", dtype="float64")(flat)
    return Model(x, [first, Dense(1, name="height", dtype="float64")(flat)])


@pytest.mark.parametrize("size", [2, 3])
def test_several_outputs_with_losses_of_their_own(size):
    x, y = data(11)
    loss = [
        SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"),
        MeanSquaredError(reduction="sum"),
    ]
    assert_same(
        size,
        two_outputs,
        {"loss": loss, "loss_weights": [2.0, 0.1], "metrics": [["accuracy"], ["mae"]]},
        x=x,
        y=[y, x.sum(axis=(1, 2, 3))],
        sample_weight=[np.arange(11) % 3, np.ones(11)],
        batch_size=4,
    )


def test_batches_of_an_iterable():
    batches = [(x, y) for x, y in (data(5), data(2), data(1))]
    assert_same(3, network, {"loss": "sparse_categorical_crossentropy"}, x=batches)


def test_a_model_that_the_first_batch_builds():
    def make():
        return Sequential(
            [Flatten(), Dense(4, "relu", dtype="float64"), Dropout(0.5), Dense(3, "softmax")]
        )

    batches = [(x, y) for x, y in (data(5), data(2), data(4))]
    x, y = data(9)
    for options in ({"x": batches}, {"x": x, "y": y, "batch_size": 4}):
        compiled = {"loss": "sparse_categorical_crossentropy"}
        weights, _ = train(None, make, compiled, options)
        for other, _ in together(2, lambda ranks: train(ranks, make, compiled, options)):  # noqa: B023
            for got, expected in zip(other, weights, strict=True):
                np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-6)


def test_train_on_batch_is_shared():
    x, y = data(7)

    def work(ranks):
        with private_stream(1):
            model = network()
            model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
            model.optimizer.distributed = ranks
            found = [model.train_on_batch(x, y) for _ in range(3)]
            return model.get_weights()[0], found

    weights, found = work(None)
    for other, values in together(3, work):
        np.testing.assert_allclose(other, weights, rtol=1e-9)
        np.testing.assert_allclose(values, found, rtol=1e-9)


def test_steps_per_epoch_continue():
    x, y = data(11)
    assert_same(
        2, network, {"loss": "sparse_categorical_crossentropy"},
        x=x, y=y, batch_size=3, steps_per_epoch=2, epochs=5,
    )  # fmt: skip


def test_statistics_of_each_rank():
    """Without `synchronized`, the moving mean is still that of the whole batch."""

    def make():
        return Sequential(
            [Input((5, 5, 2)), BatchNormalization(dtype="float64"), Flatten(), Dense(3)]
        )

    x, y = data(12)
    options = {"loss": "mse"}, {"x": x, "y": np.eye(3)[y], "batch_size": 4}
    one, _ = train(None, make, *options)
    (first, _), (second, _) = together(2, lambda ranks: train(ranks, make, *options))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(first[2], one[2])  # the moving mean
    assert np.abs(first[3] - one[3]).max() > 1e-6  # the moving variance is of half batches


def test_random_layers_of_the_ranks_differ():
    def noise(ranks):
        model = Sequential([Input((4,)), GaussianNoise(1.0, seed=1), Dense(4)])
        seen = []
        forward = model.layers[0].forward
        model.layers[0].forward = lambda x, training=False: (
            seen.append(forward(x, True)[0]),
            (x, None),
        )[1]
        model.compile("sgd", "mse")
        model.optimizer.distributed = ranks
        model.fit(np.zeros((4, 4)), np.zeros((4, 4)), verbose=0)
        return seen[0]

    first, second = together(2, noise)
    assert np.abs(first - second).min() > 0


def test_the_first_weights_are_those_of_rank_0():
    def work(ranks):
        with private_stream(ranks.processes.rank):
            model = network()
            model.compile("sgd", "sparse_categorical_crossentropy")
            model.optimizer.distributed = ranks
            before = model.get_weights()
            model.fit(*data(8), epochs=1, verbose=0)
            return before[0], model.get_weights()

    (first, weights), (other, others) = together(2, work)
    assert np.abs(first - other).max() > 0.01
    for a, b in zip(weights, others, strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_rank_that_stops_stops_all():
    class Stop(Callback):
        def __init__(self, ranks):
            self.ranks, self.steps = ranks, 0

        def on_train_batch_end(self, batch, logs=None):
            self.steps += 1
            self.model.stop_training = self.ranks.processes.rank == 1 and self.steps == 4

    def work(ranks):
        model, stop = network(), Stop(ranks)
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.optimizer.distributed = ranks
        model.fit(*data(9), batch_size=3, epochs=9, verbose=0, callbacks=[stop])
        return stop.steps

    assert together(3, work) == [4, 4, 4]


def test_callbacks_see_the_numbers_of_the_whole_batch():
    x, y = data(12)

    def options():
        return {
            "x": x, "y": y, "batch_size": 5, "epochs": 9, "validation_data": data(7, 3),
            "callbacks": [EarlyStopping(patience=1, restore_best_weights=True)],
        }  # fmt: skip

    compiled = {"optimizer": "sgd", "loss": "sparse_categorical_crossentropy"}
    weights, history = train(None, network, compiled, options())
    for other, values in together(3, lambda ranks: train(ranks, network, compiled, options())):
        assert len(values["loss"]) == len(history["loss"])
        np.testing.assert_allclose(other[0], weights[0], rtol=1e-9)


def test_other_data_on_a_rank_is_an_error():
    def work(ranks):
        x, y = data(8, seed=ranks.processes.rank)
        train(ranks, network, {"loss": "sparse_categorical_crossentropy"}, {"x": x, "y": y})

    with pytest.raises(ValueError, match=r"same data.*the ranks \[1\]"):
        together(2, work)
