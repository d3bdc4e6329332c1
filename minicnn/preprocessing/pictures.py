"""Picture files as arrays, and arrays as picture files."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn import checks
from minicnn.atomic import atomic_write
from minicnn.errors import FileFormatError, ShapeError, warn
from minicnn.preprocessing.resize import window

if TYPE_CHECKING:
    from PIL.Image import Image

ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "WEBP")
COLOR_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
"""Pillow's modes for Keras' colour modes."""

FILTERS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
"""Pillow's resampling filters, as Keras' `load_img` names them."""

MAX_BYTES = 2**28  # no photograph is larger; a sparse file would fill the memory


def load_img(
    path: str | os.PathLike[str],
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Image:
    """Read a picture file.

    Parameters
    ----------
    path : path-like
        A BMP, GIF (its first frame), JPEG or PNG file.
    color_mode : {"rgb", "grayscale", "rgba"}, optional
    target_size : (int, int), optional
        Height and width to resize to.
    interpolation : {"nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"}, optional
        Pillow's filter to resize with.
    keep_aspect_ratio : bool, optional
        Whether to crop the middle of the picture instead of stretching it.

    Returns
    -------
    PIL.Image.Image

    Raises
    ------
    OSError
        If the file is missing or may not be read.
    FileFormatError
        If it is damaged, dangerously large or of another format.
    UnknownNameError
        If a mode or a filter is misspelt.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "grey.png"
    >>> save_img(path, np.arange(12.0).reshape(3, 4, 1), scale=False)
    >>> load_img(path, "grayscale").size, load_img(path, target_size=(28, 28)).size
    ((4, 3), (28, 28))
    """
    from PIL import Image

    mode = COLOR_MODES[checks.choice("load_img", "color_mode", color_mode, COLOR_MODES)]
    resample = checks.choice("load_img", "interpolation", interpolation, FILTERS)
    picture = open_picture(path, lambda image: to_mode(image, mode).copy())
    if target_size is None:
        return picture
    height, width = checks.pair("load_img", "target_size", target_size)
    if picture.size == (width, height):
        return picture
    box = None
    if keep_aspect_ratio:
        top, left, *size = window(picture.size[::-1], (height, width))
        box = (left, top, left + size[1], top + size[0])
    return picture.resize((width, height), Image.Resampling[resample.upper()], box=box)


def img_to_array(img: Any, data_format: str | None = None, dtype: str | None = None) -> np.ndarray:
    """Return a Pillow image as an array.

    Parameters
    ----------
    img : PIL.Image.Image or array_like
        Of shape (height, width) or (height, width, channels).
    data_format : {"channels_last"}, optional
    dtype : str, optional
        "float32" by default.

    Returns
    -------
    ndarray, shape (height, width, channels)

    Raises
    ------
    ShapeError
        If it has another number of axes.

    Examples
    --------
    >>> from PIL import Image
    >>> img_to_array(Image.new("L", (4, 3), 7)).shape
    (3, 4, 1)
    """
    require_channels_last("img_to_array", data_format)
    if isinstance(img, (str, Path)):
        raise TypeError(f"img_to_array takes a picture, got {img!r}. Write load_img({str(img)!r}).")
    array = np.array(img, dtype or "float32")
    if array.ndim not in (2, 3):
        raise ShapeError(
            "img_to_array takes a picture (height, width) or (height, width, channels), got "
            f"{array.shape}."
        )
    return array.reshape(*array.shape[:2], -1)


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: str | None = None
) -> Image:
    """Return an array as a Pillow image.

    Parameters
    ----------
    x : array_like, shape (height, width, 1, 3 or 4)
    data_format : {"channels_last"}, optional
    scale : bool, optional
        Whether to stretch the values so that the smallest becomes 0 and the largest 255.
    dtype : str, optional
        Of the computation, "float32" by default.

    Returns
    -------
    PIL.Image.Image

    Raises
    ------
    ShapeError
        If the array has another shape.

    Examples
    --------
    >>> array_to_img(np.zeros((3, 4, 1))).size
    (4, 3)
    """
    from PIL import Image

    require_channels_last("array_to_img", data_format)
    x = np.array(x, dtype or "float32")
    if x.ndim != 3 or x.shape[2] not in (1, 3, 4):
        raise ShapeError(
            f"array_to_img takes one picture (height, width, 1, 3 or 4 channels), got {x.shape}. "
            "Of a batch, pass x[0]; to a picture without channels, add them: x[:, :, None]."
        )
    if scale:
        x -= x.min()
        x /= x.max() or 1
        x *= 255
    if x.shape[2] == 1:
        return Image.fromarray(x[:, :, 0].astype("int32" if x.max() > 255 else "uint8"))
    return Image.fromarray(x.astype("uint8"))


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array to a picture file; the arguments are those of `array_to_img`.

    Parameters
    ----------
    path : path-like or file object
        Missing folders are made.
    x : array_like, shape (height, width, 1, 3 or 4)
    data_format : {"channels_last"}, optional
    file_format : str, optional
        By default the path's ending.
    scale : bool, optional
    **kwargs
        Passed on to Pillow's `Image.save`.
    """
    image = array_to_img(x, data_format, scale)
    is_path = isinstance(path, (str, os.PathLike))
    name = (file_format or (Path(path).suffix[1:] if is_path else "")).lower()
    name = {"jpg": "jpeg"}.get(name, name)
    if image.mode == "RGBA" and name == "jpeg":
        warn("JPEG files have no transparency: the picture is saved as RGB.")
        image = image.convert("RGB")
    if not is_path:
        image.save(path, format=name or None, **kwargs)
        return
    with atomic_write(path) as file:
        image.save(file, format=name or None, **kwargs)


def require_channels_last(owner: str, data_format: str | None) -> None:
    """Raise for images with another order of axes."""
    if data_format not in (None, "channels_last"):
        raise ValueError(
            f"{owner}: only data_format='channels_last' is supported, images of shape (height, "
            f"width, channels), got {data_format!r}. Convert them: images.transpose(0, 2, 3, 1)."
        )


def open_picture(path: Any, use: Callable[[Image], Any]) -> Any:
    """Open a picture file, and return what a function makes of the image."""
    from PIL import Image, UnidentifiedImageError

    content = path.read() if isinstance(path, BytesIO) else _read_bytes(path)
    problem = f"{path} is not a whole BMP, GIF, JPEG, PNG or WebP picture"
    advice = "Save it again in a picture program, or leave it out."
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return use(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileFormatError(
            f"{path} has too many pixels to be opened safely: {error} "
            "Make it smaller, or leave it out."
        ) from error
    except UnidentifiedImageError as error:
        unknown = "it begins like none of them. Export a HEIC photograph as JPEG"
        raise FileFormatError(f"{problem}: {unknown}. {advice}") from error
    except Exception as error:  # on damaged files Pillow raises nearly anything
        raise FileFormatError(f"{problem}: {error}. {advice}") from error


def _read_bytes(path: str | Path) -> bytes:
    """Return the content of a file: no device, which may never end, and no sparse giant."""
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise FileFormatError(f"{path} is not a picture file, but a device or pipe.")
    if found.st_size > MAX_BYTES:
        raise FileFormatError(
            f"{path} has {found.st_size:,} bytes; pictures of up to {MAX_BYTES:,} are read. "
            "Make it smaller, or leave it out."
        )
    return Path(path).read_bytes()


def to_mode(image: Image, mode: str) -> Image:
    """Convert a picture to 8 bits per channel, in a mode of Pillow."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits of grey, of which Pillow would cut the upper ones off
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")  # else Pillow warns
    return image.convert(mode)
