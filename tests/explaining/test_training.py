"""The page's training steps equal the library's: every optimizer, its options, schedules; every loss."""

import inspect
from typing import Any

import numpy as np
import pytest

from minicnn import Sequential, constraints, layers, losses, optimizers
from minicnn.explaining.history import kept_data
from minicnn.explaining.learning import optimizer_data
from minicnn.explaining.model_data import layer_weights, model_data, model_parts
from minicnn.models import Model
from minicnn.optimizers import schedules
from minicnn.random import set_random_seed
from minicnn.training.batches import Batch
from minicnn.training.step import forward_pass
from tests.explaining.tracing import trace

STEPS = 4
OPTIMIZERS = {
    name: made
    for name, made in vars(optimizers).items()
    if inspect.isclass(made)
    and issubclass(made, optimizers.Optimizer)
    and name in optimizers.__all__
    if name != "Optimizer"
}
OPTIONS: dict[str, Any] = {
    "momentum": 0.8, "nesterov": True, "amsgrad": True, "centered": True, "rho": 0.7,
    "beta_1": 0.6, "beta_2": 0.7, "epsilon": 0.1, "initial_accumulator_value": 0.4,
}  # fmt: skip
SCHEDULES = [
    schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True),
    schedules.InverseTimeDecay(0.1, 2, 0.5),
    schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.05, 0.01]),
    schedules.PolynomialDecay(0.1, 3),
    schedules.CosineDecay(0.0, 3, warmup_target=0.1, warmup_steps=2),
    schedules.CosineDecayRestarts(0.1, 2),
]


GENERAL = {"clipnorm": 0.05, "clipvalue": 0.01, "global_clipnorm": 0.05, "weight_decay": 0.3}


def cases() -> list[Any]:
    """Return every optimizer with its defaults, with each option, and with all of its own together."""
    found = []
    for name, made in OPTIMIZERS.items():
        arguments = inspect.signature(made).parameters
        own = {one: value for one, value in OPTIONS.items() if one in arguments}
        singles = [{one: value} for one, value in (own | GENERAL).items()]
        for options in [{}, own | {"weight_decay": 0.3, "global_clipnorm": 0.05}, *singles]:
            if options.keys() != {"nesterov"}:  # without momentum it means nothing
                found.append(pytest.param(made, options, id=f"{name}-{'-'.join(options)}"))
    return found


def shared_model() -> Model:
    """A model in float64 that calls a layer twice, with a frozen layer and a penalty."""
    set_random_seed(4)
    x = layers.Input((4, 4, 1), dtype="float64")
    twice = layers.Dense(3, "tanh", kernel_regularizer="l2", dtype="float64")
    frozen = layers.Conv2D(3, 2, trainable=False, dtype="float64")
    middle = twice(twice(frozen(x)))
    flat = layers.Flatten(dtype="float64")(layers.BatchNormalization(dtype="float64")(middle))
    model = Model(x, layers.Dense(3, "softmax", dtype="float64")(flat))
    for weight in model.weights:
        weight[...] = weight.astype(np.float32)  # as the page reads them
    return model


IMAGE = np.random.default_rng(1).normal(size=(4, 4, 1)).astype(np.float32).astype(np.float64)


def step(model: Model, label: Any) -> None:
    """Take a step as `fit` does, but as in `predict`, with the moving averages."""
    done = forward_pass(
        model.graph, model.loss, Batch(IMAGE[None], np.array([label])), training=False
    )
    found = model.graph.backward(done.run, done.dy).weights
    pairs = [
        (found[one][name], getattr(one, name))
        for one in model.graph.layers
        for name in one.trainable_names
    ]
    model.optimizer.apply_gradients(pairs)


@pytest.mark.parametrize(("made", "options"), cases())
def test_every_optimizer_with_every_option(made, options, ask):
    check(made(0.05, **options), ask)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: type(one).__name__)
def test_every_schedule(schedule, ask):
    check(optimizers.SGD(schedule, momentum=0.5), ask)


@pytest.mark.parametrize("made", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_the_page_goes_on_from_the_state_of_the_optimizer(made, ask):
    """Its first steps are Python's next ones, value by value."""
    own = {
        one: value for one, value in OPTIONS.items() if one in inspect.signature(made).parameters
    }
    check(made(schedules.PolynomialDecay(0.1, 9), **own), ask, before=3)
    check(made(0.05), ask, before=3)


def test_a_state_follows_chains_and_depthwise_kernels(ask):
    set_random_seed(6)
    model = Sequential(
        [
            layers.DepthwiseConv2D(2, depth_multiplier=2, input_shape=(4, 4, 1)),
            layers.SeparableConv2D(2, 2),
            layers.Flatten(),
            layers.Dense(3, "softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    for _ in range(3):
        model.train_on_batch(IMAGE[None], np.array([1]))
    data = model_data(model) | {"kept": kept_data(model)}
    said = ask({"train": {"model": data, "image": plain(IMAGE), "label": 1, "steps": 1}})
    model.train_on_batch(IMAGE[None], np.array([1]))
    for weights, expected in zip(said["weights"], layer_weights(model), strict=True):
        for name, values in weights.items():
            np.testing.assert_allclose(values["data"], expected[name].ravel(), rtol=1e-5, atol=1e-7)


def test_no_state_is_written_where_there_is_none_or_too_much(monkeypatch):
    model = Sequential([layers.Dense(2, input_shape=(3,))])
    assert kept_data(model) is None
    model.compile("adam", "mse")
    assert kept_data(model) is None
    model.train_on_batch(np.ones((1, 3)), np.ones((1, 2)))
    assert kept_data(model)["bytes"] == 2 * 8 * 4
    monkeypatch.setattr("minicnn.explaining.history.MOST_KEPT", 63)
    assert kept_data(model) == {"step": 1, "momentums": 1.0, "bytes": 64, "slots": None}
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((1, 3)), np.ones((1, 2)))
    assert kept_data(model) is None


def check(optimizer: optimizers.Optimizer, ask: Any, before: int = 0) -> None:
    """Compare the weights after some steps, and the account of one weight's last step."""
    model = shared_model()
    model.compile(optimizer, "categorical_crossentropy")
    label = [0.0, 1.0, 0.0]
    for _ in range(before):
        step(model, label)
    for array in [*model.weights, *(one for slot in optimizer.slots.values() for one in slot)]:
        array[...] = array.astype(np.float32)
    data = model_data(model) | {"kept": kept_data(model)}
    question = {"model": data, "image": plain(IMAGE), "label": 1, "steps": STEPS}
    said = ask({"train": question})
    dense = model.layers[-1]
    for number in range(STEPS):
        before = dense.kernel[2, 1]
        step(model, label)
        update = said["updates"][number]
        assert update["before"] == pytest.approx(before, rel=1e-9)
        assert update["after"] == pytest.approx(dense.kernel[2, 1], rel=1e-9)
        total = update["before"] + update["decay"] + update["change"]
        assert total == pytest.approx(update["after"], rel=1e-9)
        for name, slot in zip(update["slots"], slots_of(model, dense.kernel), strict=True):
            assert update["slots"][name] == pytest.approx(slot[2, 1], rel=1e-9), name
    parts = [part.layer for part in model_parts(model)]
    for layer, weights in zip(parts, said["weights"], strict=True):
        for name, values in weights.items():
            expected = getattr(layer, name).ravel()
            np.testing.assert_allclose(values["data"], expected, rtol=1e-9, atol=1e-12)


def slots_of(model: Model, weight: np.ndarray) -> list[np.ndarray]:
    """Return what the optimizer keeps of a weight."""
    trained = [getattr(one, name) for one in model.graph.layers for name in one.trainable_names]
    place = next(i for i, one in enumerate(trained) if one is weight)
    return [
        model.optimizer.slots[name][place]
        for group in model.optimizer.slot_groups
        for name in group
    ]


def plain(values: np.ndarray) -> dict[str, Any]:
    return {"shape": list(values.shape), "data": values.ravel().tolist()}


LOSSES = {
    name: made
    for name, made in vars(losses).items()
    if inspect.isclass(made) and issubclass(made, losses.Loss) and name in losses.__all__
    if name not in ("Loss", "FunctionLoss")
}
LOSS_OPTIONS = {
    "delta": 0.4,
    "label_smoothing": 0.2,
    "from_logits": True,
    "ignore_class": 2,
    "reduction": "sum",
}


@pytest.mark.parametrize("activation", [None, "sigmoid", "softmax", "relu"])
@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_with_every_option(name, activation, ask):
    """Value and gradient, for labels in the data and out of them, far and near."""
    random = np.random.default_rng(3)
    made = LOSSES[name]
    arguments = inspect.signature(made).parameters
    own = {one: value for one, value in LOSS_OPTIONS.items() if one in arguments}
    if activation in ("sigmoid", "softmax"):  # there is a warning
        own.pop("from_logits", None)
    model = Sequential([layers.Dense(3, activation, input_shape=(4,), dtype="float64")])
    for options in [{}, own, *({one: value} for one, value in own.items())]:
        model.compile("sgd", made(**options))
        for _ in range(4):
            model.set_weights([random.normal(size=w.shape).astype("f4") for w in model.weights])
            x = random.normal(size=4)
            classes = "Categorical" in name
            label = int(random.integers(3)) if classes else random.normal(size=3).tolist()
            if name == "Poisson":  # of counts
                x = np.abs(x)
                model.set_weights([np.abs(weight) for weight in model.get_weights()])
            if name in ("KLDivergence", "BinaryCrossentropy"):
                label = random.random(3).tolist()
            if "Hinge" in name and not classes:
                label = random.choice([[0, 1, 1], [-1, 1, 1]]).tolist()
            target = np.eye(3)[label] if classes and not name.startswith("Sparse") else label
            expected = trace(model, x, target)
            said = ask({"model": model_data(model), "image": plain(x), "label": label, "picks": []})
            assert said["loss"] == pytest.approx(expected.loss, rel=1e-9, abs=1e-12), options
            gradient = said["weightGradients"][0]["kernel"]["data"]
            wanted = expected.weight_gradients[0]["kernel"].ravel()
            np.testing.assert_allclose(gradient, wanted, rtol=1e-9, atol=1e-12)


def test_what_is_custom_is_named():
    class Own(optimizers.SGD):
        pass

    class OwnLoss(losses.Huber):
        pass

    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile(Own(), OwnLoss())
    data = model_data(model)
    assert data["unknownOptimizer"] == "Own"
    assert [one["name"] for one in data["optimizers"]] == ["SGD", "Adam"]
    assert (data["outputs"][0]["loss"]["name"], data["unknown"]) == (None, "huber_loss")


def test_only_the_arguments_that_are_not_usual_are_written():
    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile(optimizers.SGD(0.3, momentum=0.9, nesterov=True), "mse")
    written = [one["text"] for one in optimizer_data(model)["optimizers"]]
    assert written == ["SGD(momentum=0.9, nesterov=True)", "SGD", "Adam"]
    model.compile("adam", "mse")
    assert [one["text"] for one in optimizer_data(model)["optimizers"]] == ["Adam", "SGD"]
    model.compile(optimizers.SGD(schedules.PiecewiseConstantDecay([1], [0.2, 0.1])), "mse")
    assert optimizer_data(model)["optimizers"][0]["rates"] == [0.2, 0.2, 0.1]


@pytest.mark.parametrize(
    "constraint",
    [
        constraints.NonNeg(), constraints.MaxNorm(0.5), constraints.UnitNorm(axis=[0, 1, 2]),
        constraints.MinMaxNorm(0.2, 0.3, rate=0.5, axis=-1),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_every_constraint(constraint, ask):
    set_random_seed(5)
    model = Sequential([
        layers.Conv2D(2, 2, kernel_constraint=constraint, input_shape=(4, 4, 1), dtype="float64"),
        layers.Flatten(dtype="float64"),
        layers.Dense(3, "softmax", bias_constraint="non_neg", dtype="float64"),
    ])  # fmt: skip
    model.set_weights([weight.astype("f4") for weight in model.get_weights()])
    model.compile(optimizers.Adam(0.1), "sparse_categorical_crossentropy")
    data = model_data(model)
    assert data["unknownOptimizer"] is None
    said = ask({"train": {"model": data, "image": plain(IMAGE), "label": 1, "steps": STEPS}})
    for _ in range(STEPS):
        model.train_on_batch(IMAGE[None], np.array([1]))
    for layer, weights in zip(model.layers, said["weights"], strict=True):
        for name, values in weights.items():
            np.testing.assert_allclose(values["data"], getattr(layer, name).ravel(), rtol=1e-8)


def test_what_the_steps_leave_out_is_named():
    own = Sequential([layers.Dense(1, kernel_constraint=lambda w: w, input_shape=(2,), name="own")])
    assert model_data(own)["unknownOptimizer"] == 'Dense "own": function'
    parts = layers.SeparableConv2D(2, 2, pointwise_constraint="non_neg", name="parts")
    chain = Sequential([layers.Input((3, 3, 1)), parts, layers.Flatten()])
    assert model_data(chain)["unknownOptimizer"] == 'SeparableConv2D "parts": NonNeg'
    active = Sequential([layers.Dense(1, activity_regularizer="l2", input_shape=(2,))])
    assert model_data(active)["unknown"] == "activity_regularizer"
