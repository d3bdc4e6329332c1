"""Pictures brought to one size without stretching: by cutting off, or by padding."""

import numpy as np

from minicnn.preprocessing.resize import resize


def crop_to_size(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """Cut the largest window of the right proportions from the middle, then resize it."""
    height, width = image.shape[:2]
    window_height = max(min(height, width * size[0] // size[1]), 1)
    window_width = max(min(width, height * size[1] // size[0]), 1)
    top, left = (height - window_height) // 2, (width - window_width) // 2
    window = image[top : top + window_height, left : left + window_width]
    return resize(window, size, interpolation)


def pad_to_size(image: np.ndarray, size: tuple[int, int], interpolation: str) -> np.ndarray:
    """Resize the whole picture until it just fits, and put black (0) on both sides of it."""
    height, width = image.shape[:2]
    if height * size[1] >= width * size[0]:  # the height decides
        inner = size[0], max(width * size[0] // height, 1)
        top, left = 0, (size[1] * height - width * size[0]) // (2 * height)
    else:
        inner = max(height * size[1] // width, 1), size[1]
        top, left = (size[0] * width - height * size[1]) // (2 * width), 0
    padded = np.zeros((*size, image.shape[2]), np.float32)
    padded[top : top + inner[0], left : left + inner[1]] = resize(image, inner, interpolation)
    return padded
