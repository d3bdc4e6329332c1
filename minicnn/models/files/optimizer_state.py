"""The state of an optimizer, in the order in which each version of Keras writes it.

minicnn and Keras 3
    the number of steps, the learning rate (unless it follows a schedule), then the slots: those of
    a group in turn for each weight, ``m₁ v₁ m₂ v₂``
Keras 2.11 and later
    the same without the learning rate; `SGD` has slots even without momentum
Keras before 2.11
    without the learning rate, and slot by slot, ``m₁ m₂ v₁ v₂``; the number of steps comes first
    under a name that ends in ``iter:0`` or ``iterations:0``, except that `RMSprop`, `Adagrad` and
    `Adadelta` have none before 2.3. From 2.1.3 to 2.3, `Adam` without amsgrad appends an array of
    shape (1,) for each weight, and `SGD` has slots even without momentum. `Nadam` has its
    ``momentum_cache`` second, which follows from the number of steps.

With `use_ema`, a mean of each weight stands before the slots; it is not read.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.models.files.keras2 import computes_as_before
from minicnn.optimizers import SGD, Optimizer
from minicnn.saving import OptimizerRecord


def saved_state(model: Any) -> OptimizerRecord | None:
    """Return the state of a compiled model's optimizer as Keras 3 writes it; None if it is outdated."""
    optimizer = _built_optimizer(model)
    return None if optimizer is None else OptimizerRecord(optimizer.variables)


def keras2_state(model: Any) -> OptimizerRecord | None:
    """Return the state with names and in Keras 2's order; None if it is outdated."""
    optimizer = _built_optimizer(model)
    if optimizer is None:
        return None
    variables, class_name = _steps_and_slots(optimizer), type(optimizer).__name__
    owners = model.weight_owners()
    weights = [f"{layer.name}/{name}" for layer, name in owners if name in layer.trainable_names]
    groups = optimizer.slot_groups
    if computes_as_before(optimizer):
        slots = [slot for group in groups for slot in group]
        arrays = [array for slot in slots for array in optimizer.slots[slot]]
        names = [f"{class_name}/{weight}/{slot}:0" for slot in slots for weight in weights]
        return OptimizerRecord([variables[0], *arrays], [f"{class_name}/iter:0", *names])
    if isinstance(optimizer, SGD) and not groups:  # in Keras 2 it has slots even without momentum
        variables += [np.zeros_like(weight) for weight in model.trainable_weights]
        groups = (("momentum",),)
    names = [
        f"{class_name}/{slot}/{weight}:0"
        for group in groups
        for weight in weights
        for slot in group
    ]
    return OptimizerRecord(variables, ["iteration:0", *names])


def fitting_state(
    optimizer: Optimizer, weights: Sequence[ndarray], record: OptimizerRecord
) -> list[ndarray] | None:
    """Return a file's state in the order of `optimizer.variables`; None if it does not fit."""
    like_it = type(optimizer).from_config(optimizer.get_config())
    like_it.build(weights)
    try:
        variables = _in_own_order(like_it, weights, record)
        with np.errstate(all="ignore"):
            like_it.set_state(variables)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return None
    return variables


def _built_optimizer(model: Any) -> Optimizer | None:
    """Return a model's optimizer, or before its first step, one like it that knows the weights.

    None if layers were added, removed or frozen since: its state belongs to other weights.
    """
    optimizer, weights = model.optimizer, model.trainable_weights
    if optimizer is None:
        return None
    if optimizer.built:
        shapes = _shapes(weights)
        fits = all(_shapes(arrays) == shapes for arrays in optimizer.slots.values())
        return optimizer if fits else None
    fresh = type(optimizer).from_config(optimizer.get_config())
    fresh.iterations = optimizer.iterations
    fresh.build(weights)
    return fresh


def _in_own_order(
    optimizer: Optimizer, weights: Sequence[ndarray], record: OptimizerRecord
) -> list[ndarray]:
    found, own = _without_averages(optimizer, weights, record), optimizer.variables
    bare = _steps_and_slots(optimizer)
    further = own[len(own) - len(optimizer.state_names) :]
    rate = own[1 : len(own) - len(further) - len(bare) + 1]
    if record.names and not record.names[0].endswith(("iteration", "iteration:0")):
        has_steps = record.names[0].endswith(("iter:0", "iterations:0")) or not found[0].shape
        steps = found[:1] if has_steps else own[:1]
        slots = _interleaved(optimizer, weights, found[int(has_steps) :])
        return [*steps, *rate, *slots, *further]
    if _shapes(found) == _shapes(own):
        return found
    # Keras 2.11's SGD, which has a slot for each weight even without momentum
    plain = not optimizer.slot_groups and _shapes(found[1:]) == _shapes(weights)
    if plain or _shapes(found) == _shapes(bare):
        return [*found[:1], *rate, *found[1 : len(bare)], *further]
    return found


def _without_averages(
    optimizer: Optimizer, weights: Sequence[ndarray], record: OptimizerRecord
) -> list[ndarray]:
    """Return the state without the means of the weights (`use_ema`) and Nadam's ``momentum_cache``."""
    found, names = list(record.variables), record.names
    if names:
        in_keras_2 = names[0].startswith("iteration")
        return [
            array
            for name, array in zip(names, found, strict=True)
            if not name.endswith(("_average", "momentum_cache:0"))
            and not (in_keras_2 and name.split("/")[1:2] == ["average"])
        ]
    with_rate = len(optimizer.variable_names([])) - len(optimizer.state_names)
    for first, own in ((with_rate, optimizer.variables), (1, _steps_and_slots(optimizer))):
        without = found[:first] + found[first + len(weights) :]
        means = found[first : first + len(weights)]
        if _shapes(without) == _shapes(own) and _shapes(means) == _shapes(weights):
            return without
    return found


def _interleaved(
    optimizer: Optimizer, weights: Sequence[ndarray], arrays: list[ndarray]
) -> list[ndarray]:
    """Turn m₁ m₂ v₁ v₂ into m₁ v₁ m₂ v₂, for every group of slots; drop what Keras adds."""
    slots = [name for group in optimizer.slot_groups for name in group]
    count = len(weights)
    extra = arrays[count * len(slots) :]
    unused = [[(1,)] * count, _shapes(weights) if not slots else []]
    if extra and _shapes(extra) not in unused:
        raise ValueError("the state of another optimizer")
    of_slot = {name: arrays[n * count : (n + 1) * count] for n, name in enumerate(slots)}
    return [
        array
        for group in optimizer.slot_groups
        for of_one_weight in zip(*(of_slot[name] for name in group), strict=True)
        for array in of_one_weight
    ]


def _steps_and_slots(optimizer: Optimizer) -> list[ndarray]:
    """Return the part of an optimizer's variables that Keras 2 has too."""
    has_rate = "learning_rate" in optimizer.variable_names([])
    variables = optimizer.variables
    stop = len(variables) - len(optimizer.state_names)
    return [*variables[:1], *variables[2 if has_rate else 1 : stop]]


def _shapes(arrays: Sequence[ndarray]) -> list[tuple[int, ...]]:
    return [array.shape for array in arrays]
