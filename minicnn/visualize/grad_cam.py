"""Grad-CAM: which parts of an image speak for a class."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.layers import Conv2D, Layer
from minicnn.layers.shapes import shape_text
from minicnn.models import Sequential
from minicnn.visualize.arguments import (
    as_batch,
    as_probabilities,
    class_labels,
    class_or_likeliest,
    layer_index,
    percent,
    shown_range,
)
from minicnn.visualize.cells import bare, draw_image
from minicnn.visualize.class_score import class_score_gradient, class_scores
from minicnn.visualize.colours import HEAT
from minicnn.visualize.figure import finish, new_figure
from minicnn.visualize.places import map_corners

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIMMED, MOST_COVERED = 0.45, 0.75  # opacity over the image: where nothing speaks for it, and most


def grad_cam(
    model: Sequential,
    image: Any,
    class_index: int | None = None,
    layer: Layer | str | int | None = None,
    pooled: bool = True,
) -> ndarray:
    """Compute how much each part of an image speaks for a class.

    The gradient of the class's score says how much each feature map A_k matters, as the mean over
    its cells; the heat map is the sum of the maps, so weighted, where it is positive::

        α_k = mean over i, j of ∂score/∂A_k[i, j],    heat = max(Σ_k α_k · A_k, 0)

    The score is what the last layer has before softmax or sigmoid.

    The mean suits networks whose maps are averaged too (`GlobalAveragePooling2D`). Where a `Dense`
    layer looks at every cell with a weight of its own, as in the lecture's network, the gradients of
    a map cancel each other in the mean. With ``pooled=False`` each cell keeps its own (HiResCAM)::

        heat = max(Σ_k ∂score/∂A_k · A_k, 0)    (cell by cell)

    Parameters
    ----------
    model : Sequential
        Returns one number a class.
    image : array of numbers, (height, width, channels)
        Or (height, width) where it is grey; scaled as in training.
    class_index : int, optional
        The number of the class; by default the one that the model holds for the likeliest.
    layer : Layer, str or int, optional
        Whose feature maps to look at, itself, its name or its place; by default the last `Conv2D`.
    pooled : bool
        Whether each map has one weight, as in Grad-CAM, or each of its cells.

    Returns
    -------
    (rows, columns)
        As large as the layer's feature maps, in units of the score. All 0 where nothing speaks for
        the class.

    Raises
    ------
    ShapeError
        If the model cannot take the image or is not about classes; if the layer returns no image.
    ValueError
        If there is no such class or layer, or no `Conv2D`.

    References
    ----------
    Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
    Localization", ICCV, arXiv:1610.02391, equations 1 and 2.
    Draelos & Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional
    neural networks", arXiv:2011.08891, section 3.

    Examples
    --------
    >>> from minicnn.layers import Dense, Flatten
    >>> model = Sequential([Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)), Flatten(),
    ...                     Dense(10, activation="softmax")])
    >>> grad_cam(model, np.eye(28), class_index=7).shape
    (26, 26)
    """
    batch = as_batch(model, image, "grad_cam")
    place = _place_of_maps(model, layer)
    scores = class_scores(model.layers, batch)
    chosen = class_or_likeliest(class_index, scores.of_classes)
    gradient = class_score_gradient(model.layers, scores, chosen, place)  # (1, rows, columns, maps)
    if pooled:
        gradient = gradient.mean(axis=(1, 2), keepdims=True)  # (1, 1, 1, maps): α
    return np.maximum((gradient * scores.outputs[place])[0].sum(axis=-1), 0)


def plot_grad_cam(
    model: Sequential,
    image: Any,
    class_index: int | None = None,
    layer: Layer | str | int | None = None,
    pooled: bool = True,
    class_names: Sequence[object] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw an image, its heat map as `grad_cam` computes it, and the two on top of each other.

    Each cell of the heat map is drawn where on the image its window lies.

    Parameters
    ----------
    model, image, class_index, layer, pooled
        As in `grad_cam`.
    class_names : sequence, optional
        What to call the classes; by default their numbers.
    path : str or PathLike, optional
        Where to write the picture as well; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, ValueError
        As `grad_cam`, and if the model's outputs are no probabilities.

    Examples
    --------
    >>> from minicnn.layers import Dense, Flatten
    >>> model = Sequential([Conv2D(8, 3, name="edges", input_shape=(28, 28, 1)), Flatten(),
    ...                     Dense(10, activation="softmax")])
    >>> figure = plot_grad_cam(model, np.eye(28))
    >>> figure.axes[1].get_title()
    'Grad-CAM of edges, 26×26'
    """
    batch = as_batch(model, image, "plot_grad_cam")
    probabilities = as_probabilities(model.outputs(batch))[0]
    chosen = class_or_likeliest(class_index, probabilities)
    name = class_labels(class_names, len(probabilities))[chosen]
    place = _place_of_maps(model, layer)
    heat = grad_cam(model, batch, chosen, place, pooled)
    corners = map_corners(model.layers[: place + 1])
    title = f"{'Grad-CAM' if pooled else 'HiResCAM'} of {model.layers[place].name}"
    figure = new_figure(9.4, 3.1)
    panels = figure.subplots(1, 3)
    black_white = shown_range(model, batch)
    draw_image(panels[0], batch[0], f"{name}: {percent(probabilities[chosen])}", black_white)
    drawn = _draw_heat(panels[1], heat, corners, batch.shape[1:3])
    bare(panels[1], f"{title}, {heat.shape[0]}×{heat.shape[1]}")
    figure.colorbar(drawn, ax=panels[1], shrink=0.8, label="of the score")
    draw_image(panels[2], batch[0], f"evidence for {name}", black_white)
    _lay_over(panels[2], heat, corners, batch.shape[1:3])
    if not heat.any():
        _say_nothing_found(panels[1], pooled)
    return finish(figure, path)


def _place_of_maps(model: Sequential, layer: Layer | str | int | None) -> int:
    """Return which layer's feature maps are meant."""
    if layer is not None:
        place = layer_index(model, layer)
        shape = model.layers[place].output_shape
        if len(shape) != 4:
            raise ShapeError(
                f"Grad-CAM looks at feature maps (batch, rows, columns, maps), and "
                f"{model.layers[place].describe()} returns {shape_text(shape)}. Take a Conv2D."
            )
        return place
    for place, one in reversed(list(enumerate(model.layers))):
        if isinstance(one, Conv2D):
            return place
    raise ValueError(
        "Grad-CAM looks at the feature maps of the last Conv2D, and this model has none. Name a layer "
        "that returns images: layer=model.layers[0] for example."
    )


def _draw_heat(axes: "Axes", heat: ndarray, corners: Any, size: Sequence[int]) -> Any:
    """Draw the cells where on the image they lie."""
    drawn = axes.imshow(
        heat, cmap=HEAT, vmin=0, vmax=float(heat.max()) or 1.0, extent=corners,
        interpolation="nearest",
    )  # fmt: skip
    axes.set_facecolor("black")
    _frame(axes, size)
    return drawn


def _lay_over(axes: "Axes", heat: ndarray, corners: Any, size: Sequence[int]) -> None:
    """Draw the heat over an image: the more of it, the less of the image is seen."""
    import matplotlib as mpl

    share = heat / (heat.max() or 1.0)
    layer = np.asarray(mpl.colormaps[HEAT](share))
    layer[..., 3] = DIMMED + (MOST_COVERED - DIMMED) * share
    axes.imshow(layer, extent=corners, interpolation="bilinear")
    _frame(axes, size)


def _say_nothing_found(axes: "Axes", pooled: bool) -> None:
    hint = "\nin the mean of each map;\ntry pooled=False" if pooled else ""
    axes.text(
        0.5, 0.5, f"nothing speaks for it{hint}", color="white", ha="center", va="center",
        transform=axes.transAxes,
    )  # fmt: skip


def _frame(axes: "Axes", size: Sequence[int]) -> None:
    """Show the whole image and nothing else."""
    height, width = size
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(height - 0.5, -0.5)
