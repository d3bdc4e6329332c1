"""Sparse connections: each output depends on 9 of 36 inputs, and all outputs share the weights.

python connections.py
"""

import numpy as np
from filters import FILTER_1, IMAGE

from minicnn import steps
from minicnn.layers import Conv2D, Dense

# The convolution as a fully connected layer: 36 inputs, 16 outputs, most weights 0.
matrix = np.zeros((36, 16), int)
for row, column in np.ndindex(4, 4):
    under_the_filter = np.zeros((6, 6), int)
    under_the_filter[row : row + 3, column : column + 3] = FILTER_1
    matrix[:, 4 * row + column] = under_the_filter.ravel()

by_matrix = IMAGE.ravel() @ matrix
assert (by_matrix.reshape(4, 4) == steps.conv2d(IMAGE, FILTER_1).output).all()

connected = (matrix != 0).sum(axis=0)
assert set(connected) == {9}
print("inputs of each output:", connected[0], "instead of", len(matrix))

dense, convolution = Dense(16, use_bias=False), Conv2D(1, kernel_size=3, use_bias=False)
dense.build((None, 36))
convolution.build((None, 6, 6, 1))
print("weights of the fully connected layer:", dense.count_params())
print("weights of the convolution:", convolution.count_params())
assert dense.count_params() == 36 * 16 == 576
assert convolution.count_params() == 9  # the same nine at every position
