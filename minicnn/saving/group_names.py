"""Under which names Keras 3 files the layers' weights.

Not the layer's own name decides but its class, for names that were made up when the layer was are
not the same twice: ``conv2d``, ``conv2d_1`` are the first and second `Conv2D` of the *model*,
however many the process had made before.
"""

from collections import Counter
from collections.abc import Iterable

from minicnn.naming import snake_case


def group_names(class_names: Iterable[str]) -> list[str]:
    """Return the HDF5 group of each layer of a model.

    Parameters
    ----------
    class_names : iterable of str
        The layers' classes, from the first layer to the last.

    Returns
    -------
    list of str
        As many names, of word characters only, whatever came: each may be put into a path.

    Examples
    --------
    >>> group_names(["Conv2D", "Dense", "Conv2D", "Conv2D"])
    ['conv2d', 'dense', 'conv2d_1', 'conv2d_2']
    >>> group_names(["../LeakyReLU"])
    ['leaky_re_lu']
    """
    seen: Counter[str] = Counter()
    names = []
    for name in map(snake_case, class_names):
        names.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names
