"""Learning rates that change during training, under Keras' names.

>>> from minicnn.optimizers import SGD, schedules
>>> optimizer = SGD(learning_rate=schedules.ExponentialDecay(0.1, 1000, 0.9))
>>> optimizer.learning_rate
0.1
"""

from collections.abc import Mapping
from typing import Any

from minicnn.errors import unknown_name
from minicnn.optimizers.schedules.cosine_decay import CosineDecay
from minicnn.optimizers.schedules.exponential_decay import ExponentialDecay
from minicnn.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from minicnn.optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from minicnn.optimizers.schedules.schedule import LearningRateSchedule

NAMES: dict[str, type[LearningRateSchedule]] = {
    "CosineDecay": CosineDecay,
    "ExponentialDecay": ExponentialDecay,
    "InverseTimeDecay": InverseTimeDecay,
    "PiecewiseConstantDecay": PiecewiseConstantDecay,
}

__all__ = [
    "CosineDecay",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "deserialize",
    "serialize",
]


def serialize(schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return the config that Keras writes for a schedule: plain, ready for JSON.

    Examples
    --------
    >>> serialize(PiecewiseConstantDecay([10], [0.1, 0.01]))["config"]
    {'boundaries': [10], 'values': [0.1, 0.01], 'name': 'PiecewiseConstant'}
    """
    name = type(schedule).__name__
    return {
        "module": "keras.optimizers.schedules" if name in NAMES else None,
        "class_name": name,
        "config": schedule.get_config(),
        "registered_name": None if name in NAMES else name,
    }


def deserialize(
    config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None
) -> LearningRateSchedule:
    """Return the schedule that a config from `serialize` or Keras describes.

    Parameters
    ----------
    config : dict
    custom_objects : dict, optional
        Your own schedules by their names.

    Raises
    ------
    UnknownNameError
        If the class is neither the library's nor among `custom_objects`.

    Examples
    --------
    >>> deserialize(serialize(ExponentialDecay(0.1, 100, 0.5)))(100)
    0.05
    """
    known = {**NAMES, **(custom_objects or {})}
    name = config.get("class_name", "").rpartition(">")[2]
    if name not in known:
        raise unknown_name("learning-rate schedule", name, known)
    return known[name].from_config(config.get("config", {}))
