"""What an optimizer remembers, in the order in which each Keras writes it.

minicnn and Keras 3
    the number of steps, the learning rate (unless it follows a schedule), then the slots: those of
    a group in turn for each weight, ``m₁ v₁ m₂ v₂``
Keras 2.11 and later
    the same without the learning rate; and `SGD` has slots also without momentum
Keras 2 before, whose first name ends in ``iter:0``
    without the learning rate, and slot by slot, ``m₁ m₂ v₁ v₂``
"""

from typing import Any

from numpy import ndarray

from minicnn.optimizers import Optimizer
from minicnn.saving import OptimizerRecord


def saved_state(model: Any) -> OptimizerRecord:
    """Return what the optimizer of a compiled model remembers, as Keras 3 writes it."""
    return OptimizerRecord(built_optimizer(model).variables)


def restored(
    optimizer: Optimizer, weights: list[ndarray], record: OptimizerRecord
) -> list[ndarray]:
    """Return what a file remembers, in the order of `optimizer.variables`."""
    found, own = list(record.variables), optimizer.variables
    bare = without_rate(optimizer)
    rate = own[1 : len(own) - len(bare) + 1]
    if record.names and record.names[0].endswith(("iter:0", "iterations:0")):
        return [*found[:1], *rate, *_interleaved(optimizer, found[1:])]
    if _shapes(found) == _shapes(own):
        return found
    # Keras 2's SGD, which keeps the last step of each weight also where it has no momentum
    plain = not optimizer.slot_groups and _shapes(found[1:]) == _shapes(weights)
    if plain or _shapes(found) == _shapes(bare):
        return [*found[:1], *rate, *found[1 : len(bare)]]
    return found


def built_optimizer(model: Any) -> Optimizer:
    """Return a model's optimizer; before its first step, one like it that knows the weights."""
    optimizer: Optimizer = model.optimizer
    if optimizer.built:
        return optimizer
    fresh = type(optimizer).from_config(optimizer.get_config())
    fresh.iterations = optimizer.iterations
    fresh.build(model.trainable_weights)
    return fresh


def without_rate(optimizer: Optimizer) -> list[ndarray]:
    """Return an optimizer's variables without the learning rate."""
    has_rate = "learning_rate" in optimizer.variable_names([])
    variables = optimizer.variables
    return [*variables[:1], *variables[2 if has_rate else 1 :]]


def _interleaved(optimizer: Optimizer, arrays: list[ndarray]) -> list[ndarray]:
    """Turn m₁ m₂ v₁ v₂ into m₁ v₁ m₂ v₂, for every group of slots."""
    slots = [name for group in optimizer.slot_groups for name in group]
    count = len(arrays) // len(slots) if slots else 0
    if count * len(slots) != len(arrays):
        return arrays  # of another optimizer: the shapes will tell
    of_slot = {name: arrays[n * count : (n + 1) * count] for n, name in enumerate(slots)}
    return [
        array
        for group in optimizer.slot_groups
        for of_one_weight in zip(*(of_slot[name] for name in group), strict=True)
        for array in of_one_weight
    ]


def _shapes(arrays: list[ndarray]) -> list[tuple[int, ...]]:
    return [array.shape for array in arrays]
