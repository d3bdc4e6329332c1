"""What a model learns by, as the page reads it: loss, optimizer, regularizers."""

from typing import Any

from minicnn import losses, optimizers, regularizers
from minicnn.layers import Layer

_LOSSES = {
    losses.BinaryCrossentropy: "binary_crossentropy",
    losses.CategoricalCrossentropy: "categorical_crossentropy",
    losses.MeanAbsoluteError: "mean_absolute_error",
    losses.MeanSquaredError: "mean_squared_error",
    losses.SparseCategoricalCrossentropy: "sparse_categorical_crossentropy",
}
_LOSS_OF_ACTIVATION = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}
_STEP = 0.01  # Keras' learning rate of SGD


def loss_data(model: Any) -> dict[str, Any]:
    """Return the model's loss; where it is not compiled, the one that suits its last activation."""
    loss = model.loss
    if loss is None:
        activation = getattr(getattr(model.layers[-1], "activation", None), "name", "linear")
        name = _LOSS_OF_ACTIVATION.get(activation, "mean_squared_error")
    elif type(loss) in _LOSSES:
        name = _LOSSES[type(loss)]
    else:
        raise ValueError(
            f"the page does not know the loss {loss.name}, which is your own: its gradient would have "
            f"to be written in JavaScript too. Compile with one of: {', '.join(_LOSSES.values())}."
        )
    return {
        "name": name,
        "fromLogits": getattr(loss, "from_logits", False),
        "labelSmoothing": getattr(loss, "label_smoothing", 0.0),
    }


def optimizer_data(model: Any) -> dict[str, Any]:
    """Return what the page's training steps begin with: Adam as compiled, else plain SGD."""
    optimizer = model.optimizer
    if isinstance(optimizer, optimizers.Adam):
        return {
            "name": "adam",
            "learningRate": optimizer.learning_rate,
            "beta1": optimizer.beta_1,
            "beta2": optimizer.beta_2,
            "epsilon": optimizer.epsilon,
        }
    is_sgd = isinstance(optimizer, optimizers.SGD)
    return {"name": "sgd", "learningRate": optimizer.learning_rate if is_sgd else _STEP}


def penalty_data(layer: Layer) -> dict[str, dict[str, float]]:
    """Return both factors of the regularizers, by name of the weight they are on."""
    for name, penalty in layer.penalties.items():
        if type(penalty) not in regularizers.REGISTRY.classes.values():
            raise ValueError(
                f"the page does not know the regularizer {type(penalty).__name__} of the weight {name} "
                f"of {layer.describe()}, which is your own. It knows: L1, L2, L1L2."
            )
    return {
        name: {"l1": getattr(penalty, "l1", 0.0), "l2": getattr(penalty, "l2", 0.0)}
        for name, penalty in layer.penalties.items()
    }
