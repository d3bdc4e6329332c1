"""Change single pictures at random and standardize them."""

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy import ndarray
from numpy.random import RandomState

from minicnn import checks
from minicnn.errors import ShapeError, unknown_name, warn
from minicnn.preprocessing.pictures import array_to_img, img_to_array, require_channels_last
from minicnn.random import fresh_seed

FILL_MODES = ("constant", "nearest", "reflect", "wrap")
GEOMETRY = ("theta", "tx", "ty", "shear", "zx", "zy")
EPSILON = 1e-6


class PictureTransformer:
    """The part of `ImageDataGenerator` that works on single pictures, and the statistics it needs."""

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: float | Sequence[float] = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[ndarray], ndarray] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: str | None = None,
        **unknown: Any,
    ) -> None:
        owner = "ImageDataGenerator"
        if unknown:
            known = list(signature(PictureTransformer).parameters)[:-1]
            raise unknown_name(f"argument of {owner}", next(iter(unknown)), known)
        require_channels_last(owner, data_format)
        self.featurewise_center = (
            featurewise_center or zca_whitening or featurewise_std_normalization
        )
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range = checks.finite_number(owner, "rotation_range", rotation_range)
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.brightness_range = _range(owner, "brightness_range", brightness_range)
        self.shear_range = checks.finite_number(owner, "shear_range", shear_range)
        if np.ndim(zoom_range) == 0:
            zoom = checks.finite_number(owner, "zoom_range", zoom_range)
            zoom_range = (1 - zoom, 1 + zoom)
        self.zoom_range = _range(owner, "zoom_range", zoom_range) or (1.0, 1.0)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = checks.choice(owner, "fill_mode", fill_mode, FILL_MODES)
        self.cval, self.rescale = cval, rescale
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.preprocessing_function = preprocessing_function
        self.data_format = "channels_last"
        self.validation_split = checks.fraction(
            owner, "validation_split", validation_split or 0, below_one=True
        )
        self.interpolation_order = interpolation_order
        self.dtype = dtype or "float32"
        self.mean: ndarray | None = None
        self.std: ndarray | None = None
        self.zca_whitening_matrix: ndarray | None = None

    def get_random_transform(
        self, img_shape: tuple[int, ...], seed: int | None = None
    ) -> dict[str, Any]:
        """Draw a random change of a picture (height, width, channels), for `apply_transform`.

        Returns
        -------
        dict
            The arguments theta, tx, ty, shear, zx and zy of `apply_affine_transform`, and
            flip_horizontal, flip_vertical, channel_shift_intensity and brightness.
        """
        return self.draw_transform(img_shape, RandomState(fresh_seed() if seed is None else seed))

    def draw_transform(self, img_shape: tuple[int, ...], random: RandomState) -> dict[str, Any]:
        """Draw a random change, in Keras' order, from a stream."""

        def up_to(limit: float) -> float:
            return random.uniform(-limit, limit) if limit else 0

        theta = up_to(self.rotation_range)
        tx = _shift(self.height_shift_range, img_shape[0], random)
        ty = _shift(self.width_shift_range, img_shape[1], random)
        shear = up_to(self.shear_range)
        zx, zy = (1, 1) if self.zoom_range == (1, 1) else random.uniform(*self.zoom_range, 2)
        return {
            "theta": theta, "tx": tx, "ty": ty, "shear": shear, "zx": zx, "zy": zy,
            "flip_horizontal": (random.random_sample() < 0.5) and self.horizontal_flip,
            "flip_vertical": (random.random_sample() < 0.5) and self.vertical_flip,
            "channel_shift_intensity": up_to(self.channel_shift_range) or None,
            "brightness": random.uniform(*self.brightness_range) if self.brightness_range else None,
        }  # fmt: skip

    def apply_transform(self, x: ndarray, transform_parameters: dict[str, Any]) -> ndarray:
        """Change a picture (height, width, channels) as `get_random_transform` says."""
        options = transform_parameters
        geometry = {name: options[name] for name in GEOMETRY if name in options}
        x = apply_affine_transform(
            x, **geometry, row_axis=0, col_axis=1, channel_axis=2,
            fill_mode=self.fill_mode, cval=self.cval, order=self.interpolation_order,
        )  # fmt: skip
        if options.get("channel_shift_intensity") is not None:
            shift = np.asarray(options["channel_shift_intensity"], x.dtype)
            x = np.clip(x + shift, x.min(), x.max())
        if options.get("flip_horizontal"):
            x = x[:, ::-1]
        if options.get("flip_vertical"):
            x = x[::-1]
        if options.get("brightness") is not None:
            x = apply_brightness_shift(x, options["brightness"])
        return x

    def random_transform(self, x: ndarray, seed: int | None = None) -> ndarray:
        """Return a picture (height, width, channels), changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def standardize(self, x: ndarray) -> ndarray:
        """Return a picture, or a batch, rescaled and normalized; a float array is changed in place.

        Parameters
        ----------
        x : ndarray, shape (height, width, channels) or (images, height, width, channels)

        Returns
        -------
        ndarray

        Warns
        -----
        DataWarning
            If `fit` has not computed what is needed.
        """
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if x.dtype.kind != "f":
            x = x.astype(self.dtype)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= x.mean(keepdims=True)
        if self.samplewise_std_normalization:
            x /= x.std(keepdims=True) + EPSILON
        for name, statistics in (
            ("featurewise_center", self.mean),
            ("featurewise_std_normalization", self.std),
            ("zca_whitening", self.zca_whitening_matrix),
        ):
            if getattr(self, name) and statistics is None:
                warn(f"{name} needs statistics of the images: call generator.fit(x_train) first.")
        if self.featurewise_center and self.mean is not None:
            x -= self.mean
        if self.featurewise_std_normalization and self.std is not None:
            x /= self.std + EPSILON
        if self.zca_whitening and self.zca_whitening_matrix is not None:
            flat = x.reshape(-1, len(self.zca_whitening_matrix))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def fit(
        self, x: npt.ArrayLike, augment: bool = False, rounds: int = 1, seed: int | None = None
    ) -> None:
        """Compute the statistics that featurewise normalization and whitening need.

        Parameters
        ----------
        x : array_like, shape (images, height, width, channels)
        augment : bool
            Whether to compute them on randomly changed images.
        rounds : int
            How often each image is changed then.
        seed : int, optional

        Raises
        ------
        ShapeError
            If `x` has another number of axes.
        """
        images = np.array(x, self.dtype)
        if images.ndim != 4:
            raise ShapeError(
                f"fit takes images of shape (images, height, width, channels), got {images.shape}."
            )
        if self.rescale:
            images *= self.rescale
        if augment:
            random = RandomState(fresh_seed() if seed is None else seed)
            changed = [
                self.apply_transform(image, self.draw_transform(image.shape, random))
                for _ in range(rounds)
                for image in images
            ]
            images = np.array(changed, self.dtype)
        if self.featurewise_center:
            self.mean = images.mean(axis=(0, 1, 2)).reshape(1, 1, -1)
            images -= self.mean
        if self.featurewise_std_normalization:
            self.std = images.std(axis=(0, 1, 2)).reshape(1, 1, -1)
            images /= self.std + EPSILON
        if self.zca_whitening:
            flat = images.reshape(len(images), -1)
            u, s, _ = np.linalg.svd(flat.T, full_matrices=False)
            self.zca_whitening_matrix = (u * (np.sqrt(len(images)) / (s + self.zca_epsilon))) @ u.T


def _range(owner: str, name: str, value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(f"{owner}: {name} must be two numbers, got {value!r}.")
    low, high = (checks.finite_number(owner, name, number) for number in value)
    return low, high


def _shift(limit: Any, length: int, random: RandomState) -> float:
    """Draw a shift in pixels: below 1 the limit is a fraction; a sequence lists the choices."""
    if np.ndim(limit) == 0 and not limit:
        return 0
    if np.ndim(limit) or isinstance(limit, (int, np.integer)):
        shift = random.choice(limit) * random.choice([-1, 1])
    else:
        shift = random.uniform(-limit, limit)
    return shift * length if np.max(limit) < 1 else shift


def apply_affine_transform(
    x: ndarray,
    theta: float = 0,
    tx: float = 0,
    ty: float = 0,
    shear: float = 0,
    zx: float = 1,
    zy: float = 1,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
    order: int = 1,
) -> ndarray:
    """Rotate, shift, shear and zoom a picture around its centre.

    Keras (3.15) has rows and columns exchanged: `tx` shifts columns, and a picture that is not square
    turns around another point than its centre. That is not copied.

    Parameters
    ----------
    x : ndarray of three axes
    theta, shear : float
        In degrees.
    tx, ty : float
        Shift along the rows' and the columns' axis, in pixels.
    zx, zy : float
        Zoom of the width and of the height; 0.5 doubles the size.
    row_axis, col_axis, channel_axis : int
        For a picture (height, width, channels): 0, 1, 2.
    fill_mode : {"nearest", "constant", "reflect", "wrap"}
        How to fill pixels from outside the picture.
    cval : float
        Their value with "constant".
    order : int
        Of the spline interpolation.

    Returns
    -------
    ndarray of x's shape and dtype

    Examples
    --------
    >>> image = np.arange(9.0).reshape(3, 3, 1)
    >>> axes = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    >>> apply_affine_transform(image, tx=1, **axes)[:, :, 0]
    array([[3., 4., 5.],
           [6., 7., 8.],
           [6., 7., 8.]])
    """
    from scipy.ndimage import affine_transform

    if x.ndim != 3 or {row_axis, col_axis, channel_axis} != {0, 1, 2}:
        raise ShapeError(
            f"a picture (height, width, channels) has three axes, got shape {x.shape} and the axes "
            f"{row_axis}, {col_axis} and {channel_axis}."
        )
    picture = np.moveaxis(x, (channel_axis, row_axis, col_axis), (0, 1, 2))
    angle, slant = np.deg2rad(theta), np.deg2rad(shear)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = rotation @ np.array([[np.cos(slant), 0], [-np.sin(slant), 1]]) @ np.diag([zy, zx])
    if (matrix == np.eye(2)).all() and tx == ty == 0:
        return x
    centre = np.array(picture.shape[1:]) / 2 - 0.5
    offset = centre + rotation @ np.array([tx, ty]) - matrix @ centre
    channels = [
        affine_transform(channel, matrix, offset, order=order, mode=fill_mode, cval=cval)
        for channel in picture
    ]
    return np.moveaxis(np.stack(channels), (0, 1, 2), (channel_axis, row_axis, col_axis))


def apply_brightness_shift(x: ndarray, brightness: float) -> ndarray:
    """Multiply the brightness of a picture (height, width, channels) as Pillow does.

    Values outside of 0…255 are stretched to that range first, and then back.
    """
    from PIL import ImageEnhance

    low, high = x.min(), x.max()
    outside = bool(low < 0 or high > 255)
    image = array_to_img(x, scale=outside)
    changed = img_to_array(ImageEnhance.Brightness(image).enhance(brightness))
    return changed / 255 * (high - low) + low if outside else changed
