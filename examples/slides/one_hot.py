"""One-hot labels: a vector of zeros with a 1 at the class; class ids give the same loss.

python one_hot.py
"""

import numpy as np

from minicnn.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from minicnn.utils import to_categorical

print("5 becomes", to_categorical([5], 10)[0])
assert to_categorical([5], 10)[0].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
assert np.argmax(to_categorical([7, 2, 1, 0], 10), axis=1).tolist() == [7, 2, 1, 0]  # and back

# Cross-entropy is −ln of the predicted probability of the true class.
probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5]])
labels = np.array([0, 1, 2])
one_hot = to_categorical(labels, 3)
print(one_hot)
by_hand = -np.log([0.7, 0.6, 0.5]).mean()
categorical = float(CategoricalCrossentropy()(one_hot, probabilities))
sparse = float(SparseCategoricalCrossentropy()(labels, probabilities))
print(f"−(ln 0.7 + ln 0.6 + ln 0.5)/3 = {by_hand:.4f}")
print(f"categorical_crossentropy of one-hot labels: {categorical:.4f}")
print(f"sparse_categorical_crossentropy of class ids: {sparse:.4f}")
assert np.allclose([categorical, sparse], by_hand)
