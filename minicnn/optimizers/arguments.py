"""Arguments of optimizers that only some versions of Keras have."""

import warnings
from collections.abc import Mapping
from typing import Any

from minicnn import checks
from minicnn.errors import unknown_name, warn_renamed
from minicnn.optimizers.schedules import InverseTimeDecay
from minicnn.serialization import argument_names, known_arguments

UNSUPPORTED: dict[str, tuple[Any, ...]] = {
    "use_ema": (False, None),
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
}
"""Switches of Keras that minicnn does not have, and their values for "off"."""

WITHOUT_EFFECT = ("ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer")


def keras_2_decay(owner: str, unknown: dict[str, Any]) -> float:
    """Return the argument ``decay`` of Keras 2, and remove it."""
    decay = unknown.pop("decay", None)
    if not decay:
        return 0.0
    decay = checks.finite_number(owner, "decay", decay, ge=0)
    warn_renamed(owner, "decay", "learning_rate=schedules.InverseTimeDecay(rate, 1, decay)")
    return decay


def refuse_unknown(cls: type, unknown: Mapping[str, Any]) -> None:
    """Raise for an argument that does not exist; Keras' switches may be off."""
    for name, value in unknown.items():
        if name in UNSUPPORTED and value not in UNSUPPORTED[name]:
            raise TypeError(f"{cls.__name__}: {name}={value!r} is not supported. Leave it out.")
        if name not in UNSUPPORTED and name not in WITHOUT_EFFECT:
            raise unknown_name(f"argument of {cls.__name__}", name, argument_names(cls))


def from_keras(cls: type, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments in a config of Keras 2 or 3 or minicnn."""
    options = dict(config)
    if "lr" in options:
        options.setdefault("learning_rate", options["lr"])
    decay = options.get("decay")
    if decay and not isinstance(options.get("learning_rate", 0.001), Mapping):
        options["learning_rate"] = InverseTimeDecay(options.get("learning_rate", 0.001), 1, decay)
    for name, off in UNSUPPORTED.items():
        if options.get(name) not in (*off, None):
            warnings.warn(
                f"the saved {cls.__name__} has {name}={options[name]!r}, which minicnn ignores: "
                "further training will differ.",
                UserWarning,
                stacklevel=4,
            )
    return known_arguments(cls, options)
