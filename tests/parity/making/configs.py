"""`get_config()` of every layer, optimizer, schedule, loss, metric and initializer."""

from collections.abc import Iterator
from typing import Any

import keras

from .layers import TABLE as LAYERS
from .losses import TABLE as LOSSES
from .metrics import TABLE as METRICS
from .optimizers import TABLE as OPTIMIZERS
from .recording import Case
from .schedules import TABLE as SCHEDULES

# Not in minicnn: constraints, mixed precision, quantization, averaged weights. Names are counted,
# and compared elsewhere; Keras 3 writes dtype as a policy.
LEFT_OUT = {
    "activity_regularizer",
    "beta_constraint",
    "bias_constraint",
    "depthwise_constraint",
    "dtype",
    "ema_momentum",
    "ema_overwrite_frequency",
    "gamma_constraint",
    "gradient_accumulation_steps",
    "ignore_class",
    "kernel_constraint",
    "lora_rank",
    "loss_scale_factor",
    "name",
    "noise_shape",
    "pointwise_constraint",
    "quantization_config",
    "renorm",
    "renorm_clipping",
    "renorm_momentum",
    "rms_scaling",
    "seed",
    "synchronized",
    "use_ema",
}
EXTRA: list[tuple[str, str, dict[str, Any]]] = [
    (
        "regularized, initialized convolution",
        "Conv2D",
        {
            "filters": 2,
            "kernel_size": 3,
            "activation": "relu",
            "kernel_initializer": "he_normal",
            "kernel_regularizer": "l2",
            "bias_initializer": "ones",
            "bias_regularizer": "l1",
        },
    ),
    ("regularized dense", "Dense", {"units": 2, "kernel_regularizer": "l1l2"}),
    ("max pooling defaults", "MaxPooling2D", {}),
    ("not trainable", "Dense", {"units": 2, "trainable": False}),
]


def cases() -> Iterator[Case]:
    """Yield one case for every different thing that can be built."""
    table = [(f"layer {name}", "layers", kind, config) for name, kind, config, _ in LAYERS]
    table += [(f"layer {name}", "layers", kind, config) for name, kind, config in EXTRA]
    table += [(f"loss {name}", "losses", kind, config) for name, kind, config, *_ in LOSSES]
    table += [
        (f"metric {kind} {config} of {data}", "metrics", kind, config)
        for kind, config, data in METRICS
    ]
    table += [
        (f"optimizer {name}", "optimizers", kind, config)
        for name, kind, config in OPTIMIZERS
        if not isinstance(config.get("learning_rate"), dict)
    ]
    table += [
        (f"schedule {name}", "optimizers.schedules", kind, config)
        for name, kind, config in SCHEDULES
    ]
    seen = set()
    for name, module, kind, config in table:
        if (key := f"{module} {kind} {config}") not in seen:
            seen.add(key)
            yield record(name, module, kind, config)


def record(name: str, module: str, kind: str, config: dict[str, Any]) -> Case:
    """Build an object and record its `get_config`, with serialized objects reduced to the core."""
    place = keras
    for part in module.split("."):
        place = getattr(place, part)
    built = getattr(place, kind)(**config).get_config()
    kept = {key: core(value) for key, value in built.items() if key not in LEFT_OUT}
    return {"name": name, "module": module, "class": kind, "config": config, "get_config": kept}, {}


def core(value: Any) -> Any:
    """Return {"class_name", "config"} of a serialized object, other values as they are."""
    if isinstance(value, dict) and "class_name" in value:
        return {"class_name": value["class_name"], "config": core(value["config"])}
    if isinstance(value, dict):
        return {key: core(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value
