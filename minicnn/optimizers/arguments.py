"""Checks of the optimizers' arguments, and what other versions of Keras call them."""

import warnings
from collections.abc import Mapping
from typing import Any

from minicnn.errors import unknown_name
from minicnn.optimizers.schedules import InverseTimeDecay, serialize

# switches of Keras' that are not here, and what means "off"
MISSING: dict[str, tuple[Any, ...]] = {
    "use_ema": (False, None),
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
}
WITHOUT_EFFECT = ("ema_momentum", "ema_overwrite_frequency", "jit_compile", "is_legacy_optimizer")


def refuse_unknown(kind: type, unknown: Mapping[str, Any]) -> None:
    """Raise for an argument that is not known, saying what to write instead."""
    name = kind.__name__
    for key, value in unknown.items():
        if key == "lr":
            raise TypeError(
                f"{name} calls it learning_rate, not lr. Write {name}(learning_rate={value!r})."
            )
        if key == "decay":
            raise TypeError(
                f"{name} has no argument decay any more. For the same effect write {name}("
                "learning_rate=minicnn.optimizers.schedules.InverseTimeDecay("
                f"0.001, decay_steps=1, decay_rate={value!r})), with your rate for 0.001."
            )
        if key in MISSING and value not in MISSING[key]:
            raise TypeError(f"{name} cannot do {key}={value!r} here: leave it out.")
        if key not in MISSING and key not in WITHOUT_EFFECT:
            from inspect import signature

            known = [one for one in signature(kind).parameters if one != "unknown"]
            raise unknown_name(f"argument of {name}", key, known)


def check_clipping(
    clipnorm: float | None, clipvalue: float | None, global_clipnorm: float | None
) -> None:
    """Raise if more than one way to clip is given, or one that is no limit."""
    limits = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    if len(given) > 1:
        listed = ", ".join(f"{name}={limit}" for name, limit in given.items())
        raise ValueError(f"give only one of clipnorm, clipvalue and global_clipnorm, got {listed}.")
    for name, limit in given.items():
        if not limit > 0:
            raise ValueError(f"{name} takes a number above 0, or None, got {limit!r}.")


def check_range(name: str, value: float, at_least: float, below: float = float("inf")) -> float:
    """Return `value` if it is a number in the range."""
    if isinstance(value, (bool, str)) or value is None or not at_least <= value < below:
        upper = "on" if below == float("inf") else f"to below {below:g}"
        raise ValueError(f"{name} takes a number from {at_least:g} {upper}, got {value!r}.")
    return value


def from_keras(kind: type, config: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a saved config, of Keras 2 or 3 or this library, into arguments of today."""
    from inspect import signature

    given = dict(config)
    if "lr" in given:
        given.setdefault("learning_rate", given["lr"])
    decay = given.get("decay")
    if decay and not isinstance(given.get("learning_rate", 0.001), Mapping):
        given["learning_rate"] = serialize(
            InverseTimeDecay(given.get("learning_rate", 0.001), decay_steps=1, decay_rate=decay)
        )
    for name, off in MISSING.items():
        if given.get(name) not in (*off, None):
            warnings.warn(
                f"the saved {kind.__name__} had {name}={given[name]!r}, which is left out here: "
                "further training will differ.",
                UserWarning,
                stacklevel=4,
            )
    taken = signature(kind).parameters
    return {name: value for name, value in given.items() if name in taken}
