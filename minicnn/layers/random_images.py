"""Random changes of images in training, which enlarge a small data set."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn.checks import choice, data_format_name, finite_number
from minicnn.layers.description import Elementwise, IndexMap, moves
from minicnn.layers.layer import Gradients
from minicnn.layers.random_layer import RandomLayer
from minicnn.layers.resampling import (
    FILL_MODES,
    INTERPOLATIONS,
    Resampling,
    Samples,
    affine_positions,
    locate,
)
from minicnn.layers.shapes import Shape, check_image_shape, known_sizes

__all__ = ["RandomContrast", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom"]

Factor = float | Sequence[float]


class RandomTransform(RandomLayer, Resampling):
    """Move the pixels of each image in training; inference passes images unchanged. Base class."""

    fill_mode, interpolation = "nearest", "nearest"

    def __init__(
        self, seed: int | None = None, data_format: str | None = None, **options: Any
    ) -> None:
        super().__init__(seed, **options)
        self.data_format = data_format_name(type(self).__name__, data_format)

    def _set_filling(self, fill_mode: str, interpolation: str, fill_value: float) -> None:
        kind = type(self).__name__
        self.fill_mode = choice(kind, "fill_mode", fill_mode, FILL_MODES)
        self.interpolation = choice(kind, "interpolation", interpolation, INTERPOLATIONS)
        self.fill_value = finite_number(kind, "fill_value", fill_value)

    def _matrices(self, batch: int, height: int, width: int) -> tuple[Any, ...]:
        """Return random matrices for `minicnn.layers.resampling.affine_positions`."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_image_shape(self.describe(), input_shape)
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return super().forward(x) if training else (x, None)

    def index_map(self, input_shape: Shape, training: bool = False) -> IndexMap:
        """Return which pixels each output reads, in training for the first image of the batch."""
        if training:
            return super().index_map(input_shape)
        height, width, channels = known_sizes(self.compute_output_shape(input_shape))
        return moves(np.arange(height * width), channels)

    def _samples(self, shape: tuple[int, ...]) -> Samples:
        batch, height, width = shape[:3]
        positions = affine_positions(self._matrices(batch, height, width), (height, width))
        return locate(*positions, (height, width), self.interpolation, self.fill_mode)

    def _uniform(self, factor: Any, batch: int, random: np.random.Generator) -> ndarray:
        low, high = limits(type(self).__name__, "factor", factor)
        return random.uniform(low, high, batch)


def limits(
    owner: str, name: str, factor: Any, low: float = -1.0, high: float = 1.0
) -> tuple[float, float]:
    """Return the limits of a random factor: a pair of them, or ±factor for one number."""
    if isinstance(factor, (tuple, list)):
        if len(factor) != 2:
            raise ValueError(f"{owner}: {name} must be a number or a pair, got {factor!r}.")
        lower, upper = sorted(finite_number(owner, name, item, ge=low, le=high) for item in factor)
        return lower, upper
    size = abs(finite_number(owner, name, factor, ge=low, le=high))
    return -size, size


class RandomFlip(RandomTransform):
    """Mirror a random half of the images in training.

    Parameters
    ----------
    mode : "horizontal", "vertical" or "horizontal_and_vertical"
        Swap left and right, top and bottom, or each of both independently.
    seed, **options : as in `Dropout`

    Examples
    --------
    >>> x = np.tile(np.array([1.0, 2.0]).reshape(1, 1, 2, 1), (100, 1, 1, 1))
    >>> y = RandomFlip("horizontal", seed=1)(x, training=True)
    >>> np.unique(y.reshape(-1, 2), axis=0).tolist()
    [[1.0, 2.0], [2.0, 1.0]]
    """

    def __init__(
        self, mode: str = "horizontal_and_vertical", seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, **options)
        modes = ("horizontal", "vertical", "horizontal_and_vertical")
        self.mode = choice("RandomFlip", "mode", mode, modes)

    def _matrices(self, batch: int, height: int, width: int) -> tuple[Any, ...]:
        across, down = np.where(self._generator().random((2, batch)) < 0.5, -1.0, 1.0)
        across = across if "horizontal" in self.mode else np.ones(1)
        down = down if "vertical" in self.mode else np.ones(1)
        return across, 0, (width - 1) * (across < 0), 0, down, (height - 1) * (down < 0)


class RandomRotation(RandomTransform):
    """Rotate each image by a random angle in training.

    Parameters
    ----------
    factor : float or (float, float)
        Limits of the angle as fractions of a full turn; one number f means (−f, f). Positive angles
        rotate counter-clockwise.
    fill_mode : "reflect", "wrap", "constant" or "nearest"
        Pixels outside of the image.
    interpolation : "bilinear" or "nearest"
    seed : int, optional
        For the same angles in every run.
    fill_value : float
        Value of the pixels outside, with "constant".
    **options : `name`, `dtype`, `input_shape` as in `Layer`

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    >>> RandomRotation((0.25, 0.25))(x, training=True)[0, :, :, 0].round(4)
    array([[2., 4.],
           [1., 3.]], dtype=float32)
    """

    def __init__(
        self,
        factor: Factor,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        limits("RandomRotation", "factor", factor)
        self.factor = factor
        self._set_filling(fill_mode, interpolation, fill_value)

    def _matrices(self, batch: int, height: int, width: int) -> tuple[Any, ...]:
        angle = 2 * np.pi * self._uniform(self.factor, batch, self._generator())
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = (width - 1) / 2, (height - 1) / 2  # the centre stays where it is
        return cos, -sin, x - x * cos + y * sin, sin, cos, y - x * sin - y * cos


class TwoFactors(RandomTransform):
    """Base class of transforms with a factor for each axis; parameters as in `RandomZoom`."""

    width_is_optional = False

    def __init__(
        self,
        height_factor: Factor,
        width_factor: Factor | None = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        kind = type(self).__name__
        limits(kind, "height_factor", height_factor)
        if width_factor is not None or not self.width_is_optional:
            limits(kind, "width_factor", width_factor)
        self.height_factor, self.width_factor = height_factor, width_factor
        self._set_filling(fill_mode, interpolation, fill_value)


class RandomZoom(TwoFactors):
    """Enlarge or shrink each image by a random factor in training.

    Parameters
    ----------
    height_factor, width_factor : float or (float, float)
        Limits of the change of the size; one number f means (−f, f), and −0.3 enlarges by 30 %.
        Without `width_factor` the aspect ratio is kept.
    fill_mode, interpolation, seed, fill_value, **options : as in `RandomRotation`

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> RandomZoom((-0.5, -0.5))(x, training=True).ravel()
    array([0.75, 1.25, 1.75, 2.25], dtype=float32)
    """

    width_is_optional = True

    def _matrices(self, batch: int, height: int, width: int) -> tuple[Any, ...]:
        random = self._generator()
        down = across = 1 + self._uniform(self.height_factor, batch, random)
        if self.width_factor is not None:
            across = 1 + self._uniform(self.width_factor, batch, random)
        x, y = (width - 1) / 2, (height - 1) / 2
        return across, 0, x * (1 - across), 0, down, y * (1 - down)


class RandomTranslation(TwoFactors):
    """Shift each image by a random distance in training.

    Parameters
    ----------
    height_factor, width_factor : float or (float, float)
        Limits of the distance downwards and to the right, as fractions of the height and width; one
        number f means (−f, f).
    fill_mode, interpolation, seed, fill_value, **options : as in `RandomRotation`

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 1, 4, 1)
    >>> RandomTranslation(0, (0.25, 0.25), "constant")(x, training=True).ravel()
    array([0., 0., 1., 2.], dtype=float32)
    """

    def _matrices(self, batch: int, height: int, width: int) -> tuple[Any, ...]:
        random = self._generator()
        down = height * self._uniform(self.height_factor, batch, random)
        across = width * self._uniform(self.width_factor, batch, random)
        return 1, 0, -across, 0, 1, -down


class RandomContrast(RandomLayer):
    """Change the contrast of each image by a random factor c in training: ``(x − mean)·c + mean``.

    The mean is that of each channel; the result is clipped to the range of the pixels.

    Parameters
    ----------
    factor : float or (float, float)
        One number f means 1 − f ≤ c ≤ 1 + f, and a pair (l, u) means 1 − l ≤ c ≤ 1 + u. For a number,
        Keras 3.15 only increases the contrast.
    value_range : (float, float)
        Range of the pixels.
    seed, **options : as in `Dropout`

    Examples
    --------
    >>> x = np.array([100.0, 120.0]).reshape(1, 1, 2, 1)
    >>> RandomContrast((0.0, 0.0))(x, training=True).ravel()
    array([100., 120.], dtype=float32)
    """

    family = "elementwise"

    def __init__(
        self,
        factor: Factor,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(seed, **options)
        limits("RandomContrast", "factor", factor, low=0.0)
        self.factor = factor
        self.value_range = limits(
            "RandomContrast", "value_range", list(np.atleast_1d(value_range)), -np.inf, np.inf
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        check_image_shape(self.describe(), input_shape)
        return tuple(input_shape)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        if not training:
            return x, None
        lower, upper = np.broadcast_to(self.factor, 2)
        shape = (len(x), 1, 1, 1)
        contrast = self._generator().uniform(1 - lower, 1 + upper, shape).astype(x.dtype)
        mean = x.mean(axis=(1, 2), keepdims=True)
        y = (x - mean) * contrast + mean
        low, high = self.value_range
        return np.clip(y, x.dtype.type(low), x.dtype.type(high)), (contrast, (y > low) & (y < high))

    def backward(self, dy: ndarray, cache: Any) -> tuple[ndarray, Gradients]:
        """Pass the gradient where the result is not clipped; each pixel has a share in the mean."""
        if cache is None:
            return dy, {}
        contrast, inside = cache
        dy = dy * inside
        return dy * contrast + (1 - contrast) * dy.mean(axis=(1, 2), keepdims=True), {}

    def elementwise(self, input_shape: Shape, training: bool = False) -> Elementwise:
        """Return the identity; in training each number depends on the mean of its channel."""
        return super().elementwise(input_shape) if training else Elementwise()

    def onnx(self, builder: Any, x: Any) -> Any:
        """Return x: the layer does nothing in inference."""
        return x
