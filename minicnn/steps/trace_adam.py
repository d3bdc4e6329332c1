"""Adam's next step for one weight of a model: its moments, and its gradient."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError, unknown_name
from minicnn.models import Model
from minicnn.optimizers import Adam
from minicnn.steps.adam import AdamWalk
from minicnn.steps.notation import name_of, number_text
from minicnn.steps.record import LayerTrace
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.walk import checked_index


def adam_of(
    model: Model,
    layers: Sequence[LayerTrace],
    position: int,
    weight: str,
    index: Any,
    optimizer: Any = None,
) -> AdamWalk:
    """Return the walk of `Trace.adam`; see there."""
    adam = optimizer or model.optimizer or Adam()
    if not isinstance(adam, Adam):
        raise TypeError(
            f"trace.adam shows a step of Adam, got {type(adam).__name__}. To see the step of Adam, "
            "write trace.adam(layer, weight, index, optimizer=minicnn.optimizers.Adam())."
        )
    seen = layers[position]
    if weight not in seen.layer.trainable_names:
        kind = f"weight to train of {seen.layer.describe()}"
        raise unknown_name(kind, weight, seen.layer.trainable_names)
    array = getattr(seen.layer, weight)
    cell = checked_index(index, array.shape, f"{seen.name}.{weight}")
    pairs = [(trace, name) for trace in layers for name in trace.layer.trainable_names]
    number = pairs.index((seen, weight))
    gradients = [trace.weight_gradients[name] for trace, name in pairs]
    before = [_gradient_step(seen, weight, cell), *_clipped(adam, gradients, number, weight, cell)]
    given = {
        "weight": array[cell],
        "gradient": np.asarray(before[-1].value, array.dtype),
        **_moments(adam, [getattr(trace.layer, name) for trace, name in pairs], number, cell),
    }
    settings = {
        name: getattr(adam, name) or 0.0
        for name in ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")
    }
    return AdamWalk(
        {name: np.reshape(value, 1) for name, value in given.items()},
        adam.iterations + 1, settings, name_of(f"{seen.name}.{weight}", cell), before,
    )  # fmt: skip


def _moments(
    adam: Adam, weights: Sequence[ndarray], number: int, cell: Index
) -> dict[str, ndarray]:
    """Return m and v, and the largest v with AMSGrad; all are 0 before the first step."""
    names = {"m": "momentum", "v": "velocity"}
    if adam.amsgrad:
        names["v_max"] = "velocity_hat"
    if not adam.built:
        return {name: np.zeros((), weights[number].dtype) for name in names}
    if [slot.shape for slot in adam.slots["momentum"]] != [weight.shape for weight in weights]:
        raise ShapeError(
            "the optimizer belongs to other weights than this model's. If layers were added, removed "
            "or frozen since, compile the model again with a new optimizer."
        )
    return {name: adam.slots[slot][number][cell] for name, slot in names.items()}


def _gradient_step(seen: LayerTrace, weight: str, cell: Index) -> Step:
    """Make the step of the gradient: from the loss, and from the regularizer if there is one."""
    total = seen.weight_gradients[weight][cell].item()
    penalty = seen.layer.penalties.get(weight)
    if penalty is None:
        equation = f"{name_of(f'd{weight}', cell)} = {number_text(total)}"
        return Step(
            "gradient", (), total, [Term((Factor(f"d{weight}", cell, total),))], None, equation
        )
    added = penalty.gradient(getattr(seen.layer, weight))[cell].item()
    parts = (Factor(f"d{weight}", cell, total - added), Factor("from the penalty", (), added))
    return Step("gradient", (), total, [Term((part,)) for part in parts])


def _clipped(
    adam: Adam, gradients: Sequence[ndarray], number: int, weight: str, cell: Index
) -> Iterator[Step]:
    """Yield the step of a gradient that is clipped by value, or by the length of gradients."""
    total = gradients[number][cell].item()
    if adam.clipvalue is not None:
        limit = adam.clipvalue
        value = float(np.clip(total, -limit, limit))
        allowed = f"{number_text(-limit)} … {number_text(limit)}"
        equation = f"{number_text(total)} cut to {allowed} = {number_text(value)}"
        yield Step("clipped", (), value, equation=equation)
    longest = adam.clipnorm or adam.global_clipnorm
    if longest:
        together = gradients if adam.global_clipnorm else [gradients[number]]
        length = sum(float(np.square(one, dtype=np.float64).sum()) for one in together) ** 0.5
        factor = min(1.0, longest / length) if length else 1.0
        term = Term((Factor("gradient", (), total), Factor("limit/length", (), factor)))
        whose = "all gradients" if adam.global_clipnorm else f"d{weight}"
        note = f"{whose} together, {number_text(length)} long, to {number_text(longest)}"
        yield Step("clipped", (), term.product, [term], note=note)
