"""The callback that logs for TensorBoard."""

import os
import time
from numbers import Real
from typing import Any

from numpy import ndarray

from minicnn import checks
from minicnn.callbacks.callback import Callback, Logs, check_frequency
from minicnn.callbacks.tensorboard.events import EventFile, require_tensorboard
from minicnn.callbacks.tensorboard.pictures import filter_sheet, map_sheet


class TensorBoard(Callback):
    r"""Logs metrics, histograms and images for TensorBoard: ``tensorboard --logdir logs``.

    Runs, tags, steps and values are those of Keras. In the run ``train``: ``epoch_loss``,
    ``epoch_accuracy``, …, ``epoch_learning_rate`` and the model's graph; in the run ``validation``
    the same metrics, and ``evaluation_loss_vs_iterations``, …, also by `evaluate`. Beyond Keras, the
    histograms include gradients, and the images every filter and feature map.

    Parameters
    ----------
    log_dir : path-like
        With a different folder for each training, such as ``"logs/{}".format(time())``, TensorBoard
        compares them. ``"logs\\1"``, as written on Windows, means ``logs/1`` on every system.
    histogram_freq : int
        Interval, in epochs, of histograms of the weights, ``<model>/<layer>/<weight>/histogram``, and
        gradients, ``…/gradient/histogram``; 0 for none. The gradients are those of the last batch,
        at the end of the epoch.
    write_graph : bool
        Whether to log the model for the tab Graphs.
    write_images : bool
        Whether to log the filters, ``…/kernel/image``, and the feature maps of the first example,
        ``<model>/<layer>/output/image``, together with the histograms, or every epoch without them.
    write_steps_per_second : bool
        Whether to log the speed of training.
    update_freq : "epoch", "batch" or int
        Whether to also log the running means after every batch, or after this number of batches, as
        ``batch_loss``, …
    profile_batch, embeddings_freq, embeddings_metadata
        Ignored, as they change no result: minicnn does not profile and has no Embedding layer.
    write_grads : bool
        As in Keras 2: whether the histograms include gradients.

    Raises
    ------
    ModuleNotFoundError
        If the package ``tensorboard`` is not installed.
    ValueError
        If an argument is invalid.

    Notes
    -----
    With a number as `update_freq`, Keras 3.15 omits the metrics of every epoch whose last batch is
    not logged; here they are always logged.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from minicnn import Sequential, layers
    >>> folder = tempfile.mkdtemp()
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> tensorboard = TensorBoard(folder, histogram_freq=1)
    >>> history = model.fit(np.eye(2), np.ones(2), verbose=0, callbacks=[tensorboard])
    >>> os.listdir(folder)
    ['train']
    """

    state_attributes = ("_batches",)  # a resumed training continues its steps
    writes_files = True

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Any = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
        write_grads: bool = True,
    ) -> None:
        require_tensorboard()
        self.log_dir = _folder(log_dir)
        self.histogram_freq = checks.integer(
            "TensorBoard", "histogram_freq", histogram_freq, minimum=0
        )
        self.write_graph = bool(write_graph)
        self.write_images = bool(write_images)
        self.write_steps_per_second = bool(write_steps_per_second)
        frequency = check_frequency("TensorBoard", "update_freq", update_freq, "epoch", "batch")
        self.update_freq = 1 if frequency == "batch" else frequency
        self.write_grads = bool(write_grads)
        self._files: dict[str, EventFile] = {}
        self._training = False
        self._batches = 0  # since the training began
        self._example: ndarray | None = None  # (1, ...), for the feature maps

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Log the graph."""
        self._training = True
        self._batches = 0
        self._example = None
        if self.write_graph:
            self._run("train").graph(self.model)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Start the clock."""
        self._batches_before = self._batches
        self._epoch_began = self._batch_began = time.perf_counter()

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Start the batch's clock."""
        self._batch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Log the running means if they are due."""
        self._batches += 1
        if self.write_images and self._example is None:
            self._example = self.model.last_batch.x[:1].copy()
        if self.update_freq == "epoch" or self._batches % self.update_freq:
            return
        values = _numbers(logs)
        if self.write_steps_per_second:
            values["steps_per_second"] = 1 / (time.perf_counter() - self._batch_began)
        self._scalars("train", "batch_{}", values, self._batches)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Log the metrics, and histograms and images if they are due."""
        values = _numbers(logs)
        train = {name: value for name, value in values.items() if not name.startswith("val_")}
        validation = {name[4:]: value for name, value in values.items() if name.startswith("val_")}
        train["learning_rate"] = self.model.optimizer.learning_rate
        if self.write_steps_per_second:
            seconds = time.perf_counter() - self._epoch_began
            train["steps_per_second"] = (self._batches - self._batches_before) / seconds
        self._scalars("train", "epoch_{}", train, epoch)
        self._scalars("validation", "epoch_{}", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)
        if self.write_images and epoch % (self.histogram_freq or 1) == 0:
            self._write_filters(epoch)
            self._write_feature_maps(epoch)
        for file in self._files.values():
            file.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Log the metrics of a validation or of `evaluate` against the number of training steps."""
        values, steps = _numbers(logs), self.model.optimizer.iterations
        self._scalars("validation", "evaluation_{}_vs_iterations", values, steps)
        if not self._training:
            self._close()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        self._training = False
        self._example = None
        self._close()

    def _run(self, name: str) -> EventFile:
        """Return the event file of a run, created on first use."""
        if name not in self._files:
            self._files[name] = EventFile(os.path.join(self.log_dir, name))
        return self._files[name]

    def _close(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _scalars(self, run: str, tag: str, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self._run(run).scalar(tag.format(name), value, step)

    def _write_histograms(self, epoch: int) -> None:
        file, model = self._run("train"), self.model
        gradients = model.gradients(model.last_batch) if self.write_grads else []
        for index, layer in enumerate(model.layers):
            for name, weight in zip(layer.weight_names, layer.weights, strict=True):
                tag = f"{model.name}/{layer.name}/{name}"
                file.histogram(f"{tag}/histogram", weight, epoch)
                if self.write_grads and name in gradients[index]:
                    file.histogram(f"{tag}/gradient/histogram", gradients[index][name], epoch)

    def _write_filters(self, epoch: int) -> None:
        for layer in self.model.layers:
            for name, weight in zip(layer.weight_names, layer.weights, strict=True):
                self._picture(f"{layer.name}/{name}", filter_sheet(weight), epoch)

    def _write_feature_maps(self, epoch: int) -> None:
        """Draw the example and the output of each layer."""
        if self._example is None:
            return
        self._picture("input", map_sheet(self._example), epoch)
        graph = self.model.graph
        run = graph.forward(self._example, caches=False, values=True)
        for node, value in zip(graph.nodes, run.values[graph.inputs :], strict=True):
            self._picture(f"{node.layer.name}/output", map_sheet(value), epoch)

    def _picture(self, name: str, picture: ndarray | None, epoch: int) -> None:
        if picture is not None:
            self._run("train").image(f"{self.model.name}/{name}/image", picture, epoch)


def _numbers(logs: Logs | None) -> dict[str, float]:
    """Return the numbers in the logs; other callbacks may add anything."""
    return {name: float(value) for name, value in (logs or {}).items() if isinstance(value, Real)}


def _folder(log_dir: str | os.PathLike[str]) -> str:
    """Return the name of the folder, with slashes on systems where backslashes do not separate."""
    folder = checks.path("TensorBoard", "log_dir", log_dir)
    return folder if os.sep == "\\" else folder.replace("\\", "/")
