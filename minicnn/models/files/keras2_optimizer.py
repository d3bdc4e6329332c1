"""An optimizer as Keras 2 reads it from an ``.h5`` file.

Keras 2 has two of each. By the plain name, "Adam", it makes those of before 2.11: with `Adam` and `SGD`
they compute the same as today's, and Keras 3 understands their configs too. `RMSprop` does not, and
there is no weight decay: for these the file says "Custom>RMSprop", today's. Keras 3 then forgets the
arguments; but it cannot go on with an optimizer from any ``.h5`` file anyway.
"""

from typing import Any

import numpy as np

from minicnn import optimizers
from minicnn.models.files.optimizer_state import built_optimizer, without_rate
from minicnn.optimizers import SGD, Adam, Optimizer
from minicnn.saving import OptimizerRecord

LATER_ARGUMENTS = ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm")


def keras2_config(optimizer: Optimizer) -> dict[str, Any]:
    """Return the optimizer's entry in ``training_config``."""
    described = optimizers.serialize(optimizer)
    config = described["config"]
    if _same_as_before(optimizer):
        kept = {
            name: value
            for name, value in config.items()
            if value is not None or name not in LATER_ARGUMENTS
        }
        return {"class_name": described["class_name"], "config": kept}
    if described["registered_name"]:  # the user's own
        return described
    name = described["class_name"]  # by which Keras 3 finds at least the class
    return {"class_name": f"Custom>{name}", "config": {**config, "name": name}}


def keras2_state(model: Any) -> OptimizerRecord:
    """Return what the optimizer of a compiled model remembers, with names and in Keras 2's order."""
    optimizer = built_optimizer(model)
    variables, kind = without_rate(optimizer), type(optimizer).__name__
    weights = [f"{layer.name}/{name}" for layer in model.layers for name in layer.trainable_names]
    groups = optimizer.slot_groups
    if _same_as_before(optimizer):
        slots = [slot for group in groups for slot in group]
        arrays = [array for slot in slots for array in optimizer.slots[slot]]
        names = [f"{kind}/{weight}/{slot}:0" for slot in slots for weight in weights]
        return OptimizerRecord([variables[0], *arrays], [f"{kind}/iter:0", *names])
    if isinstance(optimizer, SGD) and not groups:  # there, it has slots also without momentum
        variables += [np.zeros_like(weight) for weight in model.trainable_weights]
        groups = (("momentum",),)
    names = [
        f"{kind}/{slot}/{weight}:0" for group in groups for weight in weights for slot in group
    ]
    return OptimizerRecord(variables, ["iteration:0", *names])


def _same_as_before(optimizer: Optimizer) -> bool:
    """Whether Keras 2's optimizer of before 2.11 computes the same."""
    return type(optimizer) in (Adam, SGD) and optimizer.weight_decay is None
