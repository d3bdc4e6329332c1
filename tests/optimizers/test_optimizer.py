"""Common features of optimizers: clipping, decay, learning rate, state, configs, mistakes."""

import json

import numpy as np
import pytest

from minicnn import optimizers
from minicnn.errors import NotReadyError, ShapeError, UnknownNameError
from minicnn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Nadam,
    RMSprop,
    schedules,
)

MAKERS = {
    "sgd": SGD,
    "momentum": lambda **options: SGD(momentum=0.9, **options),
    "nesterov": lambda **options: SGD(momentum=0.9, nesterov=True, **options),
    "rmsprop": RMSprop,
    "rmsprop, all": lambda **options: RMSprop(momentum=0.5, centered=True, **options),
    "adam": Adam,
    "amsgrad": lambda **options: Adam(amsgrad=True, **options),
    "adamw": AdamW,
    "adagrad": lambda **options: Adagrad(**{"learning_rate": 0.5, **options}),
    "adadelta": Adadelta,
    "nadam": Nadam,
    "adamax": Adamax,
}
every_optimizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def step(optimizer, weights, count=3, seed=0):
    random = np.random.default_rng(seed)
    for _ in range(count):
        gradients = [random.normal(size=weight.shape).astype(weight.dtype) for weight in weights]
        optimizer.apply(gradients, weights)


def some_weights(dtype="float64"):
    random = np.random.default_rng(1)
    return [random.normal(size=shape).astype(dtype) for shape in [(3, 2), (2,)]]


@every_optimizer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_change_in_place_and_keep_their_dtype(make, dtype):
    weights = some_weights(dtype)
    same, before = list(weights), [weight.copy() for weight in weights]
    optimizer = make()
    step(optimizer, weights)
    assert all(a is b for a, b in zip(weights, same, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(weights, before, strict=True))
    for slots in optimizer.slots.values():
        assert [slot.dtype for slot in slots] == [dtype, dtype]
    assert optimizer.iterations == 3


@every_optimizer
def test_a_valley_is_descended(make):
    weights = [np.array([3.0, -2.0])]
    optimizer = make(learning_rate=0.05)
    if isinstance(optimizer, (Adagrad, Adadelta)):
        optimizer.learning_rate = 1.0
    for _ in range(4000 if isinstance(optimizer, Adadelta) else 300):
        optimizer.apply([2 * weights[0]], weights)
    assert np.abs(weights[0]).max() < 0.1


@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_adam_counts_its_steps_from_1(kind):
    weights = [np.array([1.0])]
    optimizer = kind(learning_rate=0.1, weight_decay=0.0)
    for count in (1, 2, 3):  # a constant gradient: corrected, m / √v is 1
        optimizer.apply([np.array([7.0])], weights)
        assert weights[0][0] == pytest.approx(1 - 0.1 * count, abs=1e-6)


@every_optimizer
def test_state_carries_over_to_the_last_bit(make):
    weights = some_weights("float32")
    first = make()
    step(first, weights)
    copies, second = [weight.copy() for weight in weights], make(learning_rate=0.7)
    second.build(copies)
    second.set_state([variable.copy() for variable in first.variables])

    step(first, weights, seed=5)
    step(second, copies, seed=5)

    for weight, copy in zip(weights, copies, strict=True):
        np.testing.assert_array_equal(weight, copy)
    assert second.iterations == 6
    assert second.learning_rate == first.learning_rate


@every_optimizer
def test_configs_make_the_same_optimizer(make):
    optimizer = make(learning_rate=0.03, clipnorm=1.5, name="mine")
    config = json.loads(json.dumps(optimizers.serialize(optimizer)))
    again = optimizers.get(config)
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config()
    weights = some_weights()
    copies = [weight.copy() for weight in weights]
    step(optimizer, weights)
    step(again, copies)
    np.testing.assert_array_equal(weights[0], copies[0])


def names_and_shapes(optimizer):
    weights = [np.zeros((3, 2), "float32"), np.zeros(2, "float32")]
    optimizer.build(weights)
    names = optimizer.variable_names(["kernel", "bias"])
    return list(zip(names, [v.shape for v in optimizer.variables], strict=True))


def test_variables_lie_in_keras_order():
    head = [("iteration", ()), ("learning_rate", ())]
    assert names_and_shapes(SGD()) == head
    assert names_and_shapes(Adam(amsgrad=True)) == [
        *head,
        ("kernel_momentum", (3, 2)),
        ("kernel_velocity", (3, 2)),
        ("bias_momentum", (2,)),
        ("bias_velocity", (2,)),
        ("kernel_velocity_hat", (3, 2)),
        ("bias_velocity_hat", (2,)),
    ]
    assert [name for name, _ in names_and_shapes(RMSprop(momentum=0.5, centered=True))] == [
        "iteration",
        "learning_rate",
        "kernel_velocity",
        "bias_velocity",
        "kernel_momentum",
        "bias_momentum",
        "kernel_average_gradient",
        "bias_average_gradient",
    ]
    following = Adam(schedules.ExponentialDecay(0.1, 10, 0.5))
    assert [name for name, _ in names_and_shapes(following)][:2] == ["iteration", "kernel_momentum"]
    assert [v.dtype for v in Adam().variables] == ["int64", "float32"]


def test_clipping_then_decay_then_update():
    weights = [np.array([3.0, 4.0]), np.array([1.0])]
    optimizer = SGD(learning_rate=0.1, clipnorm=1.0, weight_decay=0.5)

    optimizer.apply([np.array([30.0, 40.0]), np.array([0.5])], weights)

    # w·(1 − 0.1·0.5) − 0.1·clipped gradient: the decay is not clipped, nor is it taken after
    np.testing.assert_allclose(weights[0], [3 * 0.95 - 0.06, 4 * 0.95 - 0.08])
    np.testing.assert_allclose(weights[1], [0.95 - 0.05])


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ({"clipnorm": 1.0}, [0.6, 0.8, 1.0]),
        ({"clipvalue": 3.5}, [3.0, 3.5, 3.5]),
        ({"global_clipnorm": 6.5}, [1.5, 2.0, 6.0]),
    ],
)
def test_clipping(option, expected):
    weights = [np.zeros(2), np.zeros(1)]
    SGD(learning_rate=1, **option).apply([np.array([3.0, 4.0]), np.array([12.0])], weights)
    np.testing.assert_allclose(np.concatenate(weights), -np.array(expected))


def test_gradients_are_only_read():
    for option in ({}, {"clipnorm": 0.1}, {"clipvalue": 0.1}, {"global_clipnorm": 0.1}):
        gradient = np.array([3.0])
        Adam(weight_decay=0.1, **option).apply([gradient], [np.array([1.0])])
        assert gradient[0] == 3.0


def test_apply_gradients_takes_pairs():
    weight = np.array([1.0])
    SGD(0.1).apply_gradients(zip([np.array([1.0])], [weight], strict=True))
    assert weight[0] == 0.9


def test_the_learning_rate_can_be_set():
    optimizer = SGD(1)
    optimizer.learning_rate = np.float32(0.5)
    assert optimizer.learning_rate == 0.5
    optimizer.learning_rate = lambda: 0.25
    assert optimizer.learning_rate == 0.25
    assert optimizer.get_config()["learning_rate"] == 0.25
    optimizer.learning_rate = schedules.PiecewiseConstantDecay([0], [0.1, 0.2])
    assert optimizer.learning_rate == 0.1
    optimizer.apply([np.array([1.0])], [np.array([1.0])])
    assert optimizer.learning_rate == 0.2
    with pytest.raises(TypeError, match=r"follows a schedule.*SGD\(learning_rate=0.3\)"):
        optimizer.learning_rate = 0.3


def test_the_momentum_product_of_nadam_follows_from_the_steps():
    weights = some_weights("float32")
    first, second = Nadam(), Nadam()
    step(first, weights, count=40)
    second.iterations = first.iterations
    assert second.u_product == pytest.approx(first.u_product, rel=1e-5)
    second.iterations = 10**9
    assert second.u_product == pytest.approx(0, abs=1e-37)


def test_gradients_that_do_not_fit():
    with pytest.raises(ShapeError, match="one gradient for each weight"):
        SGD().apply([np.zeros(2)], [np.zeros(3)])
    with pytest.raises(ShapeError, match="one gradient for each weight"):
        SGD().apply([], [np.zeros(3)])


def test_weights_of_another_model():
    optimizer = SGD()
    optimizer.apply([np.zeros(3)], [np.zeros(3)])
    with pytest.raises(ShapeError, match="new optimizer"):
        optimizer.apply([np.zeros(2)], [np.zeros(2)])


def test_state_that_does_not_fit_changes_nothing():
    optimizer = Adam()
    with pytest.raises(NotReadyError, match="build"):
        optimizer.set_state([])
    step(optimizer, some_weights())
    before = [variable.copy() for variable in optimizer.variables]
    with pytest.raises(ShapeError, match="another optimizer or model"):
        optimizer.set_state([*before[:-1], np.zeros(7)])
    for now, then in zip(optimizer.variables, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_an_optimizer_of_ones_own():
    class Own(optimizers.Optimizer):
        slot_groups = (("count",),)

        def update_step(self, index, weight, gradient, learning_rate):
            self.slots["count"][index] += 1
            weight -= learning_rate * np.sign(gradient)

    own, weights = Own(0.5), [np.array([1.0])]
    own.apply([np.array([9.0])], weights)
    assert weights[0][0] == 0.5
    assert own.variables[-1][0] == 1
    config = optimizers.serialize(own)
    assert type(optimizers.deserialize(config, custom_objects={"Own": Own})) is Own
    with pytest.raises(UnknownNameError, match="'Own'"):
        optimizers.deserialize(config)
    with pytest.raises(NotImplementedError, match="update_step"):
        optimizers.Optimizer().apply([np.zeros(1)], [np.zeros(1)])
