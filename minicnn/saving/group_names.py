"""Under which names Keras 3 files the layers' weights.

Not the layer's own name decides but its class, for names that were made up when the layer was are
not the same twice: ``conv2d``, ``conv2d_1`` are the first and second `Conv2D` of the *model*,
however many the process had made before.
"""

from collections import Counter
from collections.abc import Iterable

from minicnn.naming import snake_case


def group_names(class_names: Iterable[str]) -> list[str]:
    """Return the HDF5 group of each layer of a model."""
    seen: Counter[str] = Counter()
    names = []
    for name in map(snake_case, class_names):
        names.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names
