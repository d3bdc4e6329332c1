"""Filters: each detects a small pattern of 3×3 pixels.

python filters.py
"""

import numpy as np

IMAGE = np.array([
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
])  # fmt: skip
FILTER_1 = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])  # a diagonal
FILTER_2 = np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]])  # a vertical line


def show(title, values):
    """Print an array under a title."""
    print(title)
    print(np.array2string(np.asarray(values), formatter={"all": "{:5g}".format}), end="\n\n")


if __name__ == "__main__":
    show("the image", IMAGE)
    show("filter 1", FILTER_1)
    show("filter 2", FILTER_2)

    # Of all 3×3 images of zeros and ones, a filter responds most to its own pattern.
    images = np.array(list(np.ndindex((2,) * 9))).reshape(-1, 3, 3)
    for number, weights in ((1, FILTER_1), (2, FILTER_2)):
        responses = (images * weights).sum(axis=(1, 2))
        best = images[responses.argmax()]
        assert responses.max() == 3
        assert (best == (weights == 1)).all()
        show(f"the largest response of filter {number} is 3, to", best)
