"""Pooling, reshaping, padding, rescaling and dropout, step by step.

Each function returns an `IndexMapWalk`; of an image, its output has as many axes as the image.
"""

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from minicnn import layers
from minicnn.layers import Layer
from minicnn.naming import snake_case
from minicnn.steps.checks import as_image, with_channels
from minicnn.steps.index_map import IndexMapWalk, walk_of


def _image_walk(operation: type[Layer], image: ArrayLike, **arguments: Any) -> IndexMapWalk:
    """Return the walk of a layer on an image, which may lack the channel axis."""
    name = f"steps.{snake_case(operation.__name__)}"
    example, layer = as_image(name, image), operation(**arguments, name=name)
    return walk_of(layer, example, whole=with_channels(example))


def max_pooling2d(
    image: ArrayLike, pool_size: Any = 2, strides: Any = None, padding: str = "valid"
) -> IndexMapWalk:
    """Keep the largest cell of every window, step by step.

    ``output[r, c, k] = maxᵢⱼ input[r·s + i, c·s + j, k]``, as
    `minicnn.ops.pooling.max_pool2d_forward` computes it.

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
        One image. Integers stay integers.
    pool_size : int or (int, int)
        Height and width of the window.
    strides : int or (int, int), optional
        Distance from one window to the next; the window's size by default.
    padding : "valid" or "same"
        With "same" windows reach beyond the border; padding never wins.

    Raises
    ------
    ShapeError
        If `image` is not an image, or the window does not fit.
    ValueError
        If an argument is misspelt or not an integer.

    Examples
    --------
    >>> walk = max_pooling2d([[1, 2, 5, 6], [3, 4, 8, 7]])
    >>> walk.output
    array([[4, 8]])
    >>> print(walk[0, 0])
    output[0, 0]: rows 0 to 1, columns 0 to 1, won by input[1, 1]
    <BLANKLINE>
      window
       1  2
       3 [4]
    <BLANKLINE>
    max(1, 2, 3, 4) = 4
    >>> walk.backward([[10, 20]]).input[1, 1]
    <dinput[1, 1]: 10·1 = 10>
    """
    return _image_walk(
        layers.MaxPooling2D, image, pool_size=pool_size, strides=strides, padding=padding
    )


def average_pooling2d(
    image: ArrayLike, pool_size: Any = 2, strides: Any = None, padding: str = "valid"
) -> IndexMapWalk:
    """Average every window, step by step.

    ``output[r, c, k] = Σᵢⱼ input[r·s + i, c·s + j, k] / cells``, as
    `minicnn.ops.pooling.average_pool2d_forward` computes it.

    Parameters
    ----------
    image, pool_size, strides
        As in `max_pooling2d`.
    padding : "valid" or "same"
        With "same" windows reach beyond the border; only the cells on the image count.

    Raises
    ------
    ShapeError, ValueError
        As in `max_pooling2d`.

    Examples
    --------
    >>> walk = average_pooling2d([[1, 2, 5], [3, 4, 8]], padding="same")
    >>> walk[0, 0].equation, walk[0, 1].equation
    ('(1 + 2 + 3 + 4)/4 = 2.5', '(5 + 8)/2 = 6.5')
    >>> print(walk[0, 1])
    output[0, 1]: rows 0 to 1, columns 2 to 3
    <BLANKLINE>
      window
       5 (0)
       8 (0)
    <BLANKLINE>
    (5 + 8)/2 = 6.5
    """
    return _image_walk(
        layers.AveragePooling2D, image, pool_size=pool_size, strides=strides, padding=padding
    )


def global_average_pooling2d(image: ArrayLike, keepdims: bool = False) -> IndexMapWalk:
    """Average every feature map, step by step.

    ``output[k] = Σᵢⱼ input[i, j, k] / cells``

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
    keepdims : bool
        Whether the output is (1, 1, channels) instead of (channels,).

    Examples
    --------
    >>> walk = global_average_pooling2d([[1, 2], [3, 6]])
    >>> walk[0].equation, walk.backward([8]).input[1, 1].equation
    ('(1 + 2 + 3 + 6)/4 = 3', '8·0.25 = 2')
    """
    return _image_walk(layers.GlobalAveragePooling2D, image, keepdims=keepdims)


def global_max_pooling2d(image: ArrayLike, keepdims: bool = False) -> IndexMapWalk:
    """Keep the largest cell of every feature map, step by step.

    ``output[k] = maxᵢⱼ input[i, j, k]``. On the way back, equal maxima share the gradient.

    Parameters
    ----------
    image, keepdims
        As in `global_average_pooling2d`.

    Examples
    --------
    >>> walk = global_max_pooling2d([[1, 6], [3, 6]])
    >>> walk[0].equation, walk.backward([8]).input[1, 1].equation
    ('max(1, 6, 3, 6) = 6', '8·0.5 = 4')
    """
    return _image_walk(layers.GlobalMaxPooling2D, image, keepdims=keepdims)


def flatten(x: ArrayLike) -> IndexMapWalk:
    """Put all numbers of an example in one row, and show where each went.

    Parameters
    ----------
    x : array_like, any shape
        One example.

    Examples
    --------
    >>> walk = flatten([[[5], [6]], [[7], [8]]])
    >>> walk[2].equation, walk.backward([1, 2, 3, 4]).input[1, 0].equation
    ('input[1, 0, 0] = 7', 'dy[2] = 3')
    """
    return walk_of(layers.Flatten(name="steps.flatten"), x)


def reshape(x: ArrayLike, target_shape: Sequence[int]) -> IndexMapWalk:
    """Give the numbers of an example a new shape, and show where each went.

    Parameters
    ----------
    x : array_like
        One example.
    target_shape : tuple of int
        One size may be −1, for what is left.

    Raises
    ------
    ShapeError
        If the shape does not fit the number of elements.

    Examples
    --------
    >>> reshape([5, 6, 7, 8], (2, 2))[1, 0].equation
    'input[2] = 7'
    """
    return walk_of(layers.Reshape(target_shape, name="steps.reshape"), x)


def zero_padding2d(image: ArrayLike, padding: Any = 1) -> IndexMapWalk:
    """Surround an image with zeros, and show where each pixel went.

    Parameters
    ----------
    image : (height, width) or (height, width, channels)
    padding : int, (int, int) or ((int, int), (int, int))
        As in the layer `ZeroPadding2D`.

    Examples
    --------
    >>> walk = zero_padding2d([[5]], ((1, 0), (0, 2)))
    >>> walk.output
    array([[0, 0, 0],
           [5, 0, 0]])
    >>> walk[1, 0].equation, walk[0, 0].note
    ('input[0, 0] = 5', 'a cell that was added')
    """
    return _image_walk(layers.ZeroPadding2D, image, padding=padding)


def rescaling(x: ArrayLike, scale: ArrayLike, offset: ArrayLike = 0.0) -> IndexMapWalk:
    """Multiply and shift, step by step: ``output = input·scale + offset``.

    Parameters
    ----------
    x : array_like
        One example.
    scale, offset : number, or (channels,)

    Examples
    --------
    >>> rescaling([0, 255], 1 / 255)[1].equation
    '255·0.003922 + 0 = 1'
    """
    return walk_of(layers.Rescaling(scale, offset, name="steps.rescaling"), x)


def dropout(
    x: ArrayLike,
    rate: float,
    seed: int = 0,
    step: int = 0,
    noise_shape: tuple[int, ...] | None = None,
) -> IndexMapWalk:
    """Set a random fraction of the numbers to zero and scale the others up, and show which.

    ``output = input · keep/(1 − rate)``, with keep 0 or 1 as
    `minicnn.ops.dropout.dropout_forward` chooses.

    Parameters
    ----------
    x : array_like
        One example.
    rate : float
        The fraction to drop, 0 ≤ rate < 1.
    seed, step : int
        Of the random choice: ``layer.seed_state`` of the layer `Dropout`.
    noise_shape : tuple of int, optional
        Shape of the random choice, 1 on axes whose cells share one.

    Raises
    ------
    ValueError
        If `rate` is not in this range.

    Examples
    --------
    >>> walk = dropout([1.0, 2.0, 3.0, 4.0], rate=0.5, seed=2)
    >>> [step.equation for step in walk]
    ['1·0 = 0', '2·0 = 0', '3·2 = 6', '4·0 = 0']
    """
    shared = None if noise_shape is None else (None, *noise_shape)
    layer = layers.Dropout(rate, noise_shape=shared, name="steps.dropout")
    layer.seed_state[:] = seed, step
    return walk_of(layer, x, training=True)
