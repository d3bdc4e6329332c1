"""How a picture file becomes an array of a given size."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral

import numpy as np

from minicnn.errors import unknown_name
from minicnn.preprocessing.picture import MODES, read_picture
from minicnn.preprocessing.resize import INTERPOLATIONS, resize


@dataclass(frozen=True)
class PictureReader:
    """A function of a path: reads the picture there in given colours and size."""

    color_mode: str
    image_size: tuple[int, int]
    interpolation: str = "bilinear"
    fit: Callable[[np.ndarray, tuple[int, int], str], np.ndarray] = resize

    def __post_init__(self) -> None:
        if self.color_mode not in MODES:
            raise unknown_name("color_mode", self.color_mode, MODES)
        if self.interpolation not in INTERPOLATIONS:
            raise unknown_name("interpolation", self.interpolation, INTERPOLATIONS)
        size = self.image_size
        whole = len(size) == 2 and all(isinstance(one, Integral) and one >= 1 for one in size)
        if not whole:
            raise ValueError(
                "image_size must be the height and width in pixels, such as (28, 28), "
                f"got {size!r}."
            )

    def __call__(self, path: str) -> np.ndarray:
        """Read a picture."""
        return self.fit(read_picture(path, self.color_mode), self.image_size, self.interpolation)
