"""The callback that logs for TensorBoard."""

import os
import time
from numbers import Real
from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import checks
from minicnn.callbacks.callback import Callback, Logs, check_frequency
from minicnn.callbacks.tensorboard.events import EventFile, buckets, image_parts
from minicnn.callbacks.tensorboard.pictures import filter_sheet, map_sheet
from minicnn.errors import missing_package


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
        owner = "TensorBoard"
        try:
            import tensorboard  # noqa: F401 (only whether it is installed)
        except ModuleNotFoundError as error:
            raise missing_package(
                "The TensorBoard callback", "tensorboard", "tensorboard"
            ) from error
        folder = checks.path(owner, "log_dir", log_dir)
        self.log_dir = folder if os.sep == "\\" else folder.replace("\\", "/")
        self.histogram_freq = checks.integer(owner, "histogram_freq", histogram_freq, minimum=0)
        self.write_graph = bool(write_graph)
        self.write_images = bool(write_images)
        self.write_steps_per_second = bool(write_steps_per_second)
        frequency = check_frequency(owner, "update_freq", update_freq, "epoch", "batch")
        self.update_freq = 1 if frequency == "batch" else frequency
        self.write_grads = bool(write_grads)
        self._files: dict[str, EventFile] = {}
        self._training = False
        self._batches = 0  # since the training began
        self._example: list[ndarray] = []  # for the feature maps: (1, ...) for each input

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Log the graph."""
        self._training = True
        self._batches = 0
        self._example = []
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
        if self.write_images and not self._example:
            x = self.model.last_batch.x
            self._example = [array[:1].copy() for array in (x if isinstance(x, list) else [x])]
        if self.update_freq == "epoch" or self._batches % self.update_freq:
            return
        values = _numbers(logs)
        if self.write_steps_per_second:
            values["steps_per_second"] = 1 / (time.perf_counter() - self._batch_began)
        self._scalars("train", "batch_{}", values, self._batches)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Log the metrics, and histograms and images if they are due."""
        values = _numbers(logs)
        validation = {name[4:]: values.pop(name) for name in list(values) if name[:4] == "val_"}
        values["learning_rate"] = self.model.optimizer.learning_rate
        if self.write_steps_per_second:
            seconds = time.perf_counter() - self._epoch_began
            values["steps_per_second"] = (self._batches - self._batches_before) / seconds
        self._scalars("train", "epoch_{}", values, epoch)
        self._scalars("validation", "epoch_{}", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)
        if self.write_images and epoch % (self.histogram_freq or 1) == 0:
            self._write_images(epoch)
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
        self._example = []
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
            self._run(run).write("scalar", tag.format(name), np.float32(value), step)

    def _write_histograms(self, epoch: int) -> None:
        file, model = self._run("train"), self.model
        gradients = model.gradients(model.last_batch) if self.write_grads else []
        for index, layer in enumerate(model.graph.layers):
            for name, weight in zip(layer.weight_names, layer.weights, strict=True):
                tag = f"{model.name}/{layer.name}/{name}"
                file.write("histogram", f"{tag}/histogram", buckets(weight), epoch)
                if self.write_grads and name in gradients[index]:
                    content = buckets(gradients[index][name])
                    file.write("histogram", f"{tag}/gradient/histogram", content, epoch)

    def _write_images(self, epoch: int) -> None:
        """Draw the weights, the example, and the output of each layer."""
        file, graph = self._run("train"), self.model.graph
        sheets = {
            f"{layer.name}/{name}": filter_sheet(weight)
            for layer in graph.layers
            for name, weight in zip(layer.weight_names, layer.weights, strict=True)
        }
        if self._example:
            run = graph.forward(self._example, caches=False, values=True)
            names = [f"input_{index}" if index else "input" for index in range(graph.inputs)]
            names += [f"{node.layer.name}/output" for node in graph.nodes]
            sheets |= {name: map_sheet(run.values[i]) for i, name in enumerate(names)}
        for name, sheet in sheets.items():
            if sheet is not None:
                file.write("image", f"{self.model.name}/{name}/image", image_parts(sheet), epoch)


def _numbers(logs: Logs | None) -> dict[str, float]:
    """Return the numbers in the logs; other callbacks may add anything."""
    return {name: float(value) for name, value in (logs or {}).items() if isinstance(value, Real)}
