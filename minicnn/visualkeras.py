"""The name of the package visualkeras: `layered_view`, the picture of a model as a row of boxes.

>>> from minicnn import visualkeras
>>> from minicnn.layers import Conv2D
>>> from minicnn.models import Sequential
>>> model = Sequential([Conv2D(64, kernel_size=3, input_shape=(28, 28, 1))])
>>> picture = visualkeras.layered_view(model, legend=True)  # a notebook shows it
"""

from typing import Any

from minicnn.visualize.layered_view import layered_view

__all__ = ["layered_view"]


def __getattr__(name: str) -> Any:
    """Name the alternative to visualkeras' other functions."""
    raise AttributeError(
        f"minicnn.visualkeras has layered_view, not {name!r}. minicnn.utils.plot_model draws the "
        "layers as boxes joined by arrows."
    )
