"""Logs for TensorBoard: curves, histograms, images and the graph, as Keras' callback writes them.

`callback` decides what is written and when, `events` writes it, `pictures` makes the images. The
package `tensorboard` (extra ``tensorboard``) is imported when the callback is made; TensorFlow is
not needed.
"""

from minicnn.callbacks.tensorboard.callback import TensorBoard

__all__ = ["TensorBoard"]
