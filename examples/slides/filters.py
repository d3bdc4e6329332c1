"""Filter: each filter detects a small pattern, of 3×3.

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
FILTER_1 = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])  # a line falling to the right
FILTER_2 = np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]])  # a line straight down


def show(title, cells):
    """Print a table of numbers under a title."""
    print(title)
    print(np.array2string(np.asarray(cells), formatter={"all": "{:5g}".format}), end="\n\n")


if __name__ == "__main__":
    show("the image", IMAGE)
    show("filter 1", FILTER_1)
    show("filter 2", FILTER_2)

    # Of all pictures of 3×3 zeros and ones, a filter answers most to its own pattern.
    every = np.array(list(np.ndindex((2,) * 9))).reshape(-1, 3, 3)
    for number, weights in ((1, FILTER_1), (2, FILTER_2)):
        answers = (every * weights).sum(axis=(1, 2))
        best = every[answers.argmax()]
        assert answers.max() == 3
        assert (best == (weights == 1)).all()
        show(f"filter {number} answers 3, its most, to", best)
