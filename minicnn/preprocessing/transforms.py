"""Rotate, shift, shear and zoom single pictures, and change their brightness."""

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.preprocessing.pictures import array_to_img, img_to_array


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
