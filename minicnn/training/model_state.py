"""All that training changes in a model: weights, the dropout's streams, the optimizer."""

from typing import Any

from minicnn.errors import NotReadyError

State = dict[str, Any]
"""Names, with numbers, texts, None, arrays, and lists and dicts of these."""


def get_model_state(model: Any) -> State:
    """Return what a training step changes, to the last bit."""
    optimizer = _built_optimizer(model)
    return {
        "layers": _description(model),
        "weights": model.get_weights() if model.built else [],
        "seed_states": [getattr(layer, "seed_state", None) for layer in model.layers],
        "optimizer": type(optimizer).__name__,
        "optimizer_variables": optimizer.variables,
        # Among the variables it is float32, as Keras has it: too coarse for the same bits.
        "learning_rate": optimizer.learning_rate if _has_own_rate(optimizer) else None,
    }


def set_model_state(model: Any, state: State) -> None:
    """Put a model into the state that `get_model_state` returned."""
    optimizer = _built_optimizer(model)
    for what, here in (("layers", _description(model)), ("optimizer", type(optimizer).__name__)):
        if state[what] != here:
            raise ValueError(f"it is of a model with {what} {state[what]}, this one has {here}.")
    if not model.built:
        if state["weights"]:
            raise NotReadyError(
                "the model has no weights yet: call model.build((None, 28, 28, 1)) with the shape of "
                "its input before fit."
            )
        return
    model.set_weights(state["weights"])
    for layer, seed_state in zip(model.layers, state["seed_states"], strict=True):
        if seed_state is not None:
            layer.seed_state[...] = seed_state
    optimizer.set_state(state["optimizer_variables"])
    if state["learning_rate"] is not None:
        optimizer.learning_rate = state["learning_rate"]


def _built_optimizer(model: Any) -> Any:
    optimizer = model.require_compiled("fit").optimizer
    if model.built and not optimizer.built:
        optimizer.build(model.trainable_weights)
    return optimizer


def _description(model: Any) -> list[Any]:
    """Return class and shapes of every layer; names may differ, they are counted up."""
    return [
        [type(layer).__name__, [list(weight.shape) for weight in layer.weights]]
        for layer in model.layers
    ]


def _has_own_rate(optimizer: Any) -> bool:
    """Whether the learning rate is a number of its own, and follows no schedule or function."""
    return "learning_rate" in optimizer.variable_names([])
