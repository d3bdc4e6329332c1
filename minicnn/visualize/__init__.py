"""Pictures of models, of training and of predictions: each returns a matplotlib `Figure`.

Notebooks show the figure; with ``path`` it is also written to a file. `grad_cam` and `occlusion`
return their numbers.
"""

from minicnn.visualize.feature_maps import plot_feature_maps
from minicnn.visualize.filters import plot_filters
from minicnn.visualize.grad_cam import grad_cam, plot_grad_cam
from minicnn.visualize.occlusion import occlusion, plot_occlusion
from minicnn.visualize.prepared_digit import plot_prepared_digit
from minicnn.visualize.results import plot_confusion_matrix, plot_history, plot_most_wrong
from minicnn.visualize.walks import animate_walk, plot_step

__all__ = [
    "animate_walk",
    "grad_cam",
    "occlusion",
    "plot_confusion_matrix",
    "plot_feature_maps",
    "plot_filters",
    "plot_grad_cam",
    "plot_history",
    "plot_most_wrong",
    "plot_occlusion",
    "plot_prepared_digit",
    "plot_step",
]
