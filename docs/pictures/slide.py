"""Draw slide.gif: the lecture's filter 1 slides over its image of 6×6 cells.

python docs/pictures/slide.py
"""

from pathlib import Path

import numpy as np

from minicnn import steps
from minicnn.visualize import animate_walk

PATH = Path(__file__).with_suffix(".gif")
IMAGE = np.array([
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
])  # fmt: skip
FILTER_1 = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])

if __name__ == "__main__":
    print("drawn:", animate_walk(steps.conv2d(IMAGE, FILTER_1), PATH))
