"""A colour for every kind of layer: the same in all pictures of models."""

from collections.abc import Iterable

from minicnn import layers

# Okabe & Ito 2008, "Color Universal Design": one colour a family, its lighter shades for the rest.
# Where two look alike to someone, the names that every picture shows tell them apart.
_COLOURS = {
    "InputLayer": "#FFFFFF",
    "Rescaling": "#595959",
    "ZeroPadding2D": "#E4E4E4",
    "Conv2D": "#0072B2",
    "BatchNormalization": "#F0E442",
    "Activation": "#56B4E9",
    "ReLU": "#8CCBF0",
    "LeakyReLU": "#BFE1F6",
    "Softmax": "#7FCEB4",
    "MaxPooling2D": "#D55E00",
    "GlobalMaxPooling2D": "#F2A679",
    "AveragePooling2D": "#E69F00",
    "GlobalAveragePooling2D": "#F7D186",
    "Dropout": "#CC79A7",
    "Flatten": "#999999",
    "Reshape": "#C2C2C2",
    "Dense": "#009E73",
}
# Tol 2021, "Colour schemes", from the muted one; for layers of your own.
_FURTHER = ("#882255", "#332288", "#999933", "#CC6677", "#117733", "#AA4499")


def colours_of_kinds(kinds: Iterable[type]) -> dict[type, str]:
    """Choose a colour for every kind of layer."""
    chosen: dict[type, str] = {}
    others = 0
    for kind in kinds:
        if kind in chosen:
            continue
        if getattr(layers, kind.__name__, None) is kind and kind.__name__ in _COLOURS:
            chosen[kind] = _COLOURS[kind.__name__]
        else:
            chosen[kind] = _FURTHER[others % len(_FURTHER)]
            others += 1
    return chosen
