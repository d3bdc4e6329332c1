"""Argmax: the index of the largest number turns probabilities into an answer.

python argmax.py
"""

import numpy as np

b = np.arange(6)
b[1] = 5
print(b, "→", np.argmax(b))
assert np.argmax(b) == 1  # the first of equal maxima

a = np.arange(6).reshape(2, 3) + 10
print(a, "→", np.argmax(a))
assert np.argmax(a) == 5  # counted row by row, from 0

# Output of the lecture's network for the first four test images, rounded
probabilities = np.array([
    [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
    [0, 0, 0.99999511, 0, 0, 0, 0, 0, 0, 0],
    [0, 0.99785548, 0.00019, 0, 0.00013, 0, 0, 0, 0.00182, 0],
    [0.99999356, 0, 0, 0, 0, 0, 0, 0, 0, 0],
])  # fmt: skip
print("the four answers:", np.argmax(probabilities, axis=1))
assert np.argmax(probabilities, axis=1).tolist() == [7, 2, 1, 0]
