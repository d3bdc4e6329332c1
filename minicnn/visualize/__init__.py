"""Pictures of what a model learns and how well: each returns a matplotlib `Figure`.

In a notebook a figure shows itself; with ``path`` it is also written to a file.
"""

from minicnn.visualize.confusion import plot_confusion_matrix
from minicnn.visualize.history import plot_history

__all__ = ["plot_confusion_matrix", "plot_history"]
