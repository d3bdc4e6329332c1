"""The callback that writes for TensorBoard."""

import os
import time
from numbers import Real
from typing import Any

from numpy import ndarray

from minicnn.callbacks.callback import Callback, Logs
from minicnn.callbacks.tensorboard.events import EventFile, require_tensorboard
from minicnn.callbacks.tensorboard.pictures import filter_sheet, map_sheet


class TensorBoard(Callback):
    r"""Writes what TensorBoard shows: look at it with ``tensorboard --logdir logs``.

    Runs, tags, steps and values are those of Keras. In the run ``train``: ``epoch_loss``,
    ``epoch_accuracy``, …, ``epoch_learning_rate`` and the model's graph; in the run ``validation``
    the same metrics, and ``evaluation_loss_vs_iterations``, …, also by `evaluate`. Beyond Keras, the
    histograms include gradients, and the images every filter and feature map.

    Parameters
    ----------
    log_dir : path-like
        A folder of its own for each training, such as ``"logs/{}".format(time())``, lets TensorBoard
        compare them. ``"logs\\1"``, as written on Windows, means ``logs/1`` everywhere.
    histogram_freq : int
        Every how many epochs histograms of the weights, ``<model>/<layer>/<weight>/histogram``, and
        gradients, ``…/gradient/histogram``, are written; 0 for never. The gradients are those of
        the epoch's last batch at the epoch's end.
    write_graph : bool
        Whether the model is shown under Graphs.
    write_images : bool
        Whether the filters, ``…/kernel/image``, and the feature maps that the first example of the
        training makes, ``<model>/<layer>/output/image``, are written: with each histogram, or every
        epoch where there are none.
    write_steps_per_second : bool
        Whether the training's pace is written.
    update_freq : "epoch", "batch" or int
        Whether the metrics' running means are also written after every batch, or every so many, as
        ``batch_loss``, …
    profile_batch, embeddings_freq : 0
        For Keras' signature only: anything else is an error.
    embeddings_metadata : None
    write_grads : bool
        As in Keras 2: whether the histograms include gradients.

    Raises
    ------
    ModuleNotFoundError
        If the package ``tensorboard`` is not installed.
    ValueError
        If an argument is none of these.

    Notes
    -----
    With a number as `update_freq`, Keras 3.15 forgets the metrics of every epoch whose last batch
    it does not write; here they are all written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from minicnn import Sequential, layers
    >>> folder = tempfile.mkdtemp()
    >>> model = Sequential([layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> watch = TensorBoard(folder, histogram_freq=1)
    >>> history = model.fit(np.eye(2), np.ones(2), verbose=0, callbacks=[watch])
    >>> os.listdir(folder)
    ['train']
    """

    state_attributes = ("_batches",)  # a resumed training's steps go on where they were

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
        _refuse("profile_batch", profile_batch, "minicnn does not profile; use python -m cProfile")
        _refuse("embeddings_freq", embeddings_freq, "minicnn has no Embedding layer to show")
        _refuse(
            "embeddings_metadata", embeddings_metadata, "minicnn has no Embedding layer to show"
        )
        self.log_dir = _folder(log_dir)
        self.histogram_freq = _whole("histogram_freq", histogram_freq, least=0)
        self.write_graph = bool(write_graph)
        self.write_images = bool(write_images)
        self.write_steps_per_second = bool(write_steps_per_second)
        self.update_freq = _update_freq(update_freq)
        self.write_grads = bool(write_grads)
        self._files: dict[str, EventFile] = {}
        self._training = False
        self._batches = 0  # since the training began
        self._example: ndarray | None = None  # (1, ...): whose feature maps are drawn

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Write the graph."""
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
        """Write the running means, if it is this batch's turn."""
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
        """Write the epoch's metrics, and histograms and images if it is this epoch's turn."""
        values = _numbers(logs)
        ours = {name: value for name, value in values.items() if not name.startswith("val_")}
        theirs = {name[4:]: value for name, value in values.items() if name.startswith("val_")}
        ours["learning_rate"] = self.model.optimizer.learning_rate
        if self.write_steps_per_second:
            seconds = time.perf_counter() - self._epoch_began
            ours["steps_per_second"] = (self._batches - self._batches_before) / seconds
        self._scalars("train", "epoch_{}", ours, epoch)
        self._scalars("validation", "epoch_{}", theirs, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)
        if self.write_images and epoch % (self.histogram_freq or 1) == 0:
            self._write_filters(epoch)
            self._write_feature_maps(epoch)
        for file in self._files.values():
            file.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the metrics of a validation or of `evaluate` over the steps trained so far."""
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
        """Return the event file of a run, made when it is first needed."""
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
        for place, layer in enumerate(model.layers):
            for name, weight in zip(layer.weight_names, layer.weights, strict=True):
                tag = f"{model.name}/{layer.name}/{name}"
                file.histogram(f"{tag}/histogram", weight, epoch)
                if self.write_grads and name in gradients[place]:
                    file.histogram(f"{tag}/gradient/histogram", gradients[place][name], epoch)

    def _write_filters(self, epoch: int) -> None:
        for layer in self.model.layers:
            for name, weight in zip(layer.weight_names, layer.weights, strict=True):
                self._picture(f"{layer.name}/{name}", filter_sheet(weight), epoch)

    def _write_feature_maps(self, epoch: int) -> None:
        """Draw the example, and what each layer makes of it."""
        if self._example is None:
            return
        x = self._example
        self._picture("input", map_sheet(x), epoch)
        for layer in self.model.layers:
            x, _ = layer.forward(x.astype(layer.dtype, copy=False))
            self._picture(f"{layer.name}/output", map_sheet(x), epoch)

    def _picture(self, what: str, picture: ndarray | None, epoch: int) -> None:
        if picture is not None:
            self._run("train").image(f"{self.model.name}/{what}/image", picture, epoch)


def _numbers(logs: Logs | None) -> dict[str, float]:
    """Return what a curve can show; other callbacks may add to the logs what they like."""
    return {name: float(value) for name, value in (logs or {}).items() if isinstance(value, Real)}


def _folder(log_dir: str | os.PathLike[str]) -> str:
    """Return the folder's name, a Windows one also where backslashes separate nothing."""
    folder = os.fspath(log_dir)
    return folder if os.sep == "\\" else folder.replace("\\", "/")


def _update_freq(update_freq: Any) -> Any:
    if update_freq == "epoch":
        return "epoch"
    if update_freq == "batch":
        return 1
    if isinstance(update_freq, int) and not isinstance(update_freq, bool) and update_freq >= 1:
        return update_freq
    raise ValueError(
        "TensorBoard takes update_freq as 'epoch', 'batch' or a whole number of batches from 1 on, "
        f"got {update_freq!r}."
    )


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, int) and value >= least:
        return int(value)
    raise ValueError(f"TensorBoard takes {name} as a whole number from {least} on, got {value!r}.")


def _refuse(name: str, value: Any, reason: str) -> None:
    """Refuse what Keras has and minicnn has not."""
    if value:
        raise ValueError(f"TensorBoard got {name}={value!r}: {reason}. Leave {name} out.")
