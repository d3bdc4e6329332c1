"""Grad-CAM: which parts of an image raise the score of a class."""

import os
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.graph import Graph, Run
from minicnn.layers import Layer
from minicnn.layers.shapes import shape_text
from minicnn.models import Model
from minicnn.ops.windows import effective_size, padding_amounts
from minicnn.visualize.arguments import as_batch, class_or_likeliest, layer_index, subject
from minicnn.visualize.cells import bare, draw_cells, draw_image, show_whole
from minicnn.visualize.colours import HEAT, Shade
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DIMMED, MOST_COVERED = 0.45, 0.75  # opacity over the image of no heat and of the most


def grad_cam(
    model: Model,
    image: Any,
    class_index: int | None = None,
    layer: Layer | str | int | None = None,
    pooled: bool = True,
) -> ndarray:
    """Compute how much each part of an image raises the score of a class.

    The weight of a feature map A_k is the mean of the gradient of the score over its cells. The heat
    map is the weighted sum of the maps, where it is positive::

        α_k = mean over i, j of ∂score/∂A_k[i, j],    heat = max(Σ_k α_k · A_k, 0)

    The score is the output before softmax or sigmoid.

    The mean suits networks that average the maps (`GlobalAveragePooling2D`). If a `Dense` layer
    has a weight for every cell, as in the lecture's network, the gradients of a map cancel in the
    mean. With ``pooled=False`` each cell keeps its gradient (HiResCAM)::

        heat = max(Σ_k ∂score/∂A_k · A_k, 0)    (cell by cell)

    Parameters
    ----------
    model : Model
        Returns one number per class.
    image : array of numbers, (height, width, channels)
        Or (height, width) if it is grey; in the range of the training data.
    class_index : int, optional
        By default the class that is most probable.
    layer : Layer, str or int, optional
        The layer with the feature maps, its name or its index; by default the last convolution.
    pooled : bool
        Whether each map has one weight, as in Grad-CAM, or each cell.

    Returns
    -------
    (rows, columns)
        The size of the layer's feature maps, in units of the score. All 0 if nothing raises the
        score.

    Raises
    ------
    ShapeError
        If the image does not fit the model, the model does not return classes, or the layer does not
        return feature maps.
    ValueError
        If there is no such class or layer, or no convolution.

    References
    ----------
    Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
    Localization", ICCV, arXiv:1610.02391, equations 1 and 2.
    Draelos & Carin 2020, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional
    neural networks", arXiv:2011.08891, section 3.

    Examples
    --------
    >>> from minicnn import Sequential
    >>> from minicnn.layers import Conv2D, Dense, Flatten
    >>> model = Sequential([Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)), Flatten(),
    ...                     Dense(10, activation="softmax")])
    >>> grad_cam(model, np.eye(28), class_index=7).shape
    (26, 26)
    """
    batch = as_batch(model, image, "grad_cam")
    node = _node_of_maps(model, layer)
    scores = class_scores(model, batch)
    chosen = class_or_likeliest(class_index, scores.of_classes)
    gradient = scores.gradient(chosen, node)  # (1, rows, columns, maps)
    if pooled:
        gradient = gradient.mean(axis=(1, 2), keepdims=True)  # (1, 1, 1, maps): α
    return np.maximum((gradient * scores.output(node))[0].sum(axis=-1), 0)


def plot_grad_cam(
    model: Model,
    image: Any,
    class_index: int | None = None,
    layer: Layer | str | int | None = None,
    pooled: bool = True,
    class_names: Sequence[object] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw an image, its heat map as `grad_cam` computes it, and the two on top of each other.

    Each cell of the heat map is drawn on its window of the image.

    Parameters
    ----------
    model, image, class_index, layer, pooled
        As in `grad_cam`.
    class_names : sequence, optional
        Names of the classes; by default their indices.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, ValueError
        As `grad_cam`, and if the model's outputs are not probabilities.

    Examples
    --------
    >>> from minicnn import Sequential
    >>> from minicnn.layers import Conv2D, Dense, Flatten
    >>> model = Sequential([Conv2D(8, 3, name="edges", input_shape=(28, 28, 1)), Flatten(),
    ...                     Dense(10, activation="softmax")])
    >>> figure = plot_grad_cam(model, np.eye(28))
    >>> figure.axes[1].get_title()
    'Grad-CAM of edges, 26×26'
    """
    import matplotlib as mpl

    shown = subject(model, image, "plot_grad_cam", class_index, class_names)
    node = _node_of_maps(model, layer)
    maps = model.graph.nodes[node].layer
    heat = grad_cam(model, shown.batch, shown.class_index, maps, pooled)
    hottest = float(heat.max()) or 1.0
    # Over the image, what is hotter is less transparent.
    colours = np.asarray(mpl.colormaps[HEAT](heat / hottest))
    colours[..., 3] = DIMMED + (MOST_COVERED - DIMMED) * heat / hottest
    where: Any = {"extent": map_extent(layers_to(model.graph, node))}
    figure = new_figure(9.4, 3.1)
    before, alone, over = figure.subplots(1, 3)
    draw_image(before, shown.picture, shown.title, shown.black_white)
    drawn = draw_cells(alone, heat, Shade(HEAT, 0, hottest), **where)
    alone.set_facecolor("black")
    title = f"{'Grad-CAM' if pooled else 'HiResCAM'} of {maps.name}"
    bare(alone, f"{title}, {heat.shape[0]}×{heat.shape[1]}")
    figure.colorbar(drawn, ax=alone, shrink=0.8, label="of the score")
    draw_image(over, shown.picture, f"evidence for {shown.name}", shown.black_white)
    over.imshow(colours, interpolation="bilinear", **where)
    for axes in (alone, over):
        show_whole(axes, shown.picture.shape)
    if not heat.any():
        hint = "\nin the mean of each map;\ntry pooled=False" if pooled else ""
        centred = {"ha": "center", "va": "center", "transform": alone.transAxes}
        alone.text(0.5, 0.5, f"nothing raises the score{hint}", color="white", **centred)
    return finish(figure, path)


def _node_of_maps(model: Model, layer: Layer | str | int | None) -> int:
    """Return the node of the model's graph whose feature maps are meant."""
    layers = [node.layer for node in model.graph.nodes]
    if layer is not None:
        inside = [one for one in layers if one is layer]  # of a model in the model, perhaps
        chosen: Any = inside[0] if inside else model.layers[layer_index(model, layer)]
        while hasattr(chosen, "graph"):  # a model in the model: its last layer
            chosen = chosen.graph.nodes[-1].layer
        if chosen not in layers:
            raise ValueError(f"{chosen.describe()} has no feature maps: it is the input.")
        if len(chosen.output_shape) != 4:
            raise ShapeError(
                f"Grad-CAM looks at feature maps (batch, rows, columns, maps), and "
                f"{chosen.describe()} returns {shape_text(chosen.output_shape)}. Use a Conv2D."
            )
        return layers.index(chosen)
    for node, candidate in reversed(list(enumerate(layers))):
        if candidate.family == "convolution" and len(candidate.output_shape) == 4:
            return node
    raise ValueError(
        "Grad-CAM looks at the feature maps of the last Conv2D, and this model has none. Name a layer "
        "that returns images: layer=model.layers[0] for example."
    )


class Scores(NamedTuple):
    """A forward pass up to the scores: the outputs before softmax or sigmoid, if there is one."""

    model: Model
    run: Run

    @property
    def of_classes(self) -> ndarray:
        """One score per class, (classes,): z of a single sigmoid for class 1, −z for class 0."""
        scores = self.run.outputs[0][0]
        return np.array([-scores[0], scores[0]]) if len(scores) == 1 else scores

    def output(self, node: int) -> ndarray:
        """Return the output of a node of the model's graph."""
        return self.run.values[self.model.graph.inputs + node]

    def gradient(self, class_index: int, node: int) -> ndarray:
        """Return ∂score/∂output of a node: how much the score rises with each of its cells."""
        dy = np.zeros_like(self.run.outputs[0])
        if dy.shape[1] == 1:
            dy[0, 0] = 1 if class_index else -1
        else:
            dy[0, class_index] = 1
        graph = self.model.graph
        gradient = graph.backward(self.run, dy, values=True).values[graph.inputs + node]
        return np.zeros_like(self.output(node)) if gradient is None else gradient


def class_scores(model: Model, batch: ndarray) -> Scores:
    """Compute the score of every class for a batch of one."""
    run = model.graph.forward(batch, logits=True, values=True)
    if len(run.outputs) != 1 or run.outputs[0].ndim != 2:
        raise ShapeError(
            "the model must return one number per class, (batch, classes). This one returns "
            f"{run.outputs[0].shape}: end it with Flatten() and Dense(classes, activation='softmax')."
        )
    return Scores(model, run)


def layers_to(graph: Graph, node: int) -> list[Layer]:
    """Return the layers from the input of a graph to a node, by the first input of each."""
    path = []
    value = graph.inputs + node
    while value >= graph.inputs:
        layer, inputs = graph.nodes[value - graph.inputs]
        path.append(layer)
        value = inputs[0]
    return path[::-1]


def map_extent(layers: Sequence[Layer]) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of the last layer's feature maps, in pixels of the image."""
    top, bottom = _ends(layers, axis=0)
    left, right = _ends(layers, axis=1)
    return left, right, bottom, top


def _ends(layers: Sequence[Layer], axis: int) -> tuple[float, float]:
    """Return the two ends of the maps along an axis."""
    middle, width, cells = 0.0, 1.0, 1  # of the first cell, in pixels of the image
    for layer in layers:
        if len(layer.output_shape) != 4 or len(layer.input_shape) != 4:
            continue
        size, cells = layer.input_shape[1 + axis] or 1, layer.output_shape[1 + axis] or 1
        shift, step = _shift_and_step(layer, axis, size, cells)
        middle += shift * width
        width *= step
    return middle - width / 2, middle + cells * width - width / 2


def _shift_and_step(layer: Layer, axis: int, size: int, cells: int) -> tuple[float, float]:
    """Return the middle of what the first output cell sees, and the distance to the next, in cells."""
    if layer.family == "convolution":
        filters: Any = layer.convolution()
        window = effective_size(filters.kernel.shape[axis], filters.dilation_rate[axis])
        stride = filters.strides[axis]
        before, _ = padding_amounts(size, window, stride, filters.padding, 1)
        return (window - 1) / 2 - before, stride
    if layer.family in ("index_map", "maximum") and None not in layer.input_shape[1:]:
        sources = layer.index_map(layer.input_shape).sources
        count = prod(size or 1 for size in layer.output_shape[1:3])
        if len(sources) == count and (cells < size or sources.min() < 0):
            return _measured(layer, sources, axis, size / cells)
    return (size / cells - 1) / 2, size / cells  # the cells are spread evenly


def _measured(layer: Layer, sources: np.ndarray, axis: int, even: float) -> tuple[float, float]:
    """Return shift and step by the sources of the output cells that see no padding."""
    columns = layer.input_shape[2]
    cells = np.divmod(np.arange(len(sources)), layer.output_shape[2] or 1)  # rows, columns
    inside = (sources >= 0).all(axis=1)
    seen = sources[inside] // columns if axis == 0 else sources[inside] % columns
    middles, numbers = seen.mean(axis=1), cells[axis][inside]
    first, last = numbers.argmin(), numbers.argmax()
    count = numbers[last] - numbers[first]
    step = (middles[last] - middles[first]) / count if count else even
    return middles[first] - step * numbers[first], step
