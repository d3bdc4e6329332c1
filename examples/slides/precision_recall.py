"""Compute precision, recall, accuracy and F1 from the confusion matrix.

python precision_recall.py
"""

import numpy as np
from sklearn.metrics import confusion_matrix

from minicnn.metrics import Precision, Recall

# Of ten people four are ill (1). The test finds three of them, and two false positives.
actual = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
predicted = np.array([1, 1, 1, 0, 1, 1, 0, 0, 0, 0])

table = confusion_matrix(actual, predicted)  # rows: actual, columns: predicted
print(table)
(true_negative, false_positive), (false_negative, true_positive) = table
assert (true_negative, false_positive, false_negative, true_positive) == (4, 2, 1, 3)

precision = true_positive / (
    true_positive + false_positive
)  # of the predicted positives, how many are ill
recall = true_positive / (true_positive + false_negative)  # of the ill, how many were found
f1 = 2 * precision * recall / (precision + recall)
accuracy = (true_positive + true_negative) / len(actual)
print(f"precision = 3 / (3 + 2) = {precision}")
print(f"recall    = 3 / (3 + 1) = {recall}")
print(f"F1        = 2 · 0.6 · 0.75 / (0.6 + 0.75) = {f1:.4f}")
print(f"accuracy  = (3 + 4) / 10 = {accuracy}")
assert (precision, recall, accuracy) == (0.6, 0.75, 0.7)
assert np.isclose(f1, 2 / 3)
assert np.isclose(Precision()(actual, predicted), precision)
assert np.isclose(Recall()(actual, predicted), recall)
