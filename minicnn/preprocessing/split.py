"""A part to train with and a part to validate with."""

import numpy as np

from minicnn.errors import unknown_name

SUBSETS = ("training", "validation", "both")


def check_split(
    validation_split: float | None, subset: str | None, shuffle: bool, seed: int | None
) -> None:
    """Raise an error for arguments that do not make a split."""
    if subset is not None and subset not in SUBSETS:
        raise unknown_name("subset", subset, SUBSETS)
    if validation_split is None and subset is None:
        return
    if validation_split is None or subset is None:
        raise ValueError(
            "validation_split and subset go together: "
            'write validation_split=0.2, subset="both", for instance.'
        )
    if not 0 < validation_split < 1:
        raise ValueError(f"validation_split must lie between 0 and 1, got {validation_split!r}.")
    if shuffle and seed is None:
        raise ValueError(
            "validation_split with shuffle=True needs a seed, or the two parts would overlap: "
            "write seed=1, the same for both."
        )


def split(
    order: np.ndarray, validation_split: float | None, subset: str | None
) -> list[np.ndarray]:
    """Cut off the last ones to validate with: floor(samples · validation_split) of them."""
    if validation_split is None or subset is None:
        return [order]
    cut = len(order) - int(validation_split * len(order))
    parts = {"training": order[:cut], "validation": order[cut:]}
    asked = list(parts) if subset == "both" else [subset]
    for name in asked:
        if not len(parts[name]):
            raise ValueError(
                f"validation_split={validation_split} of {len(order)} pictures leaves none for "
                f"{name}: choose another share, or add pictures."
            )
    return [parts[name] for name in asked]
