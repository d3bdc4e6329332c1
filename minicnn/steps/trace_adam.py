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
    adam = _chosen(model, optimizer)
    seen = layers[position]
    if weight not in seen.layer.trainable_names:
        kind = f"weight to train of {seen.layer.describe()}"
        raise unknown_name(kind, weight, seen.layer.trainable_names)
    array = getattr(seen.layer, weight)
    cell = checked_index(index, array.shape, f"{seen.name}.{weight}")
    pairs = [(one, name) for one in layers for name in one.layer.trainable_names]
    number = pairs.index((seen, weight))
    gradients = [one.weight_gradients[name] for one, name in pairs]
    before = tuple(_gradient_steps(adam, seen, weight, cell, gradients, number))
    given = {
        "weight": array[cell],
        "gradient": np.asarray(before[-1].value, array.dtype),
        **_moments(adam, [getattr(one.layer, name) for one, name in pairs], number, cell),
    }
    settings = {
        "learning_rate": adam.learning_rate,
        "beta_1": adam.beta_1,
        "beta_2": adam.beta_2,
        "epsilon": adam.epsilon,
        "weight_decay": adam.weight_decay or 0.0,
    }
    return AdamWalk(
        {name: np.reshape(value, 1) for name, value in given.items()},
        adam.iterations + 1, settings, name_of(f"{seen.name}.{weight}", cell), before,
    )  # fmt: skip


def _chosen(model: Model, optimizer: Any) -> Adam:
    chosen = optimizer or model.optimizer or Adam()
    if not isinstance(chosen, Adam):
        raise TypeError(
            f"trace.adam shows a step of Adam, got {type(chosen).__name__}. To see the step of Adam, "
            "write trace.adam(layer, weight, index, optimizer=minicnn.optimizers.Adam())."
        )
    return chosen


def _moments(
    adam: Adam, weights: Sequence[ndarray], number: int, cell: Index
) -> dict[str, ndarray]:
    """Return m and v, and the largest v with AMSGrad; all are 0 before the first step."""
    names = {"m": "momentum", "v": "velocity"}
    if adam.amsgrad:
        names["v_max"] = "velocity_hat"
    if not adam.built:
        return {name: np.zeros((), weights[number].dtype) for name in names}
    slots = adam.slots["momentum"]
    if [slot.shape for slot in slots] != [weight.shape for weight in weights]:
        raise ShapeError(
            "the optimizer belongs to other weights than this model's. If layers were added, removed "
            "or frozen since, compile the model again with a new optimizer."
        )
    return {name: adam.slots[slot][number][cell] for name, slot in names.items()}


def _gradient_steps(
    adam: Adam,
    seen: LayerTrace,
    weight: str,
    cell: Index,
    gradients: Sequence[ndarray],
    number: int,
) -> Iterator[Step]:
    """Yield the steps of the gradient: from the loss, the regularizer, and clipping."""
    total = gradients[number][cell].item()
    penalty = seen.layer.penalties.get(weight)
    added = penalty.gradient(getattr(seen.layer, weight))[cell].item() if penalty else 0.0
    terms = [Term((Factor(f"d{weight}", cell, total - added),))]
    if penalty:
        terms.append(Term((Factor("from the penalty", (), added),)))
    equation = None if penalty else f"{name_of(f'd{weight}', cell)} = {number_text(total)}"
    yield Step("gradient", (), total, terms, equation=equation)
    if adam.clipvalue is not None:
        limit = adam.clipvalue
        value = float(np.clip(total, -limit, limit))
        equation = (
            f"{number_text(total)} cut to {number_text(-limit)} … {number_text(limit)} = "
            f"{number_text(value)}"
        )
        yield Step("clipped", (), value, equation=equation)
    longest = adam.clipnorm or adam.global_clipnorm
    if longest:
        together = gradients if adam.global_clipnorm else gradients[number : number + 1]
        squares = sum(float(np.square(one, dtype=np.float64).sum()) for one in together)
        factor = min(1.0, longest / squares**0.5) if squares else 1.0
        term = Term((Factor("gradient", (), total), Factor("limit/length", (), factor)))
        whose = "all gradients" if adam.global_clipnorm else f"d{weight}"
        note = f"{whose} together, {number_text(squares**0.5)} long, to {number_text(longest)}"
        yield Step("clipped", (), term.product, [term], note=note)
