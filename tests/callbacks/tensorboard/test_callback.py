"""The callback's additions to Keras, when it writes, and errors."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from minicnn import Input, Model, Sequential, layers
from minicnn.callbacks import BackupAndRestore, Callback, LambdaCallback, TensorBoard
from minicnn.errors import DataWarning
from minicnn.training.batches import Batch
from tests.callbacks.tensorboard.reading import events, named


def tags(folder, plugin):
    return {tag for _, tag, _ in named(folder, plugin)}


def test_gradients_are_those_of_the_last_batch(tmp_path, model, train, keras_values):
    train(TensorBoard(tmp_path, histogram_freq=1), epochs=1)
    written = named(tmp_path, "histograms")
    name = model.layers[0].name
    counted = written["train", f"{model.name}/{name}/kernel/gradient/histogram", 0]
    assert counted[:, 2].sum() == model.layers[0].kernel.size
    # The loss by finite differences, at the greatest gradient: the histogram's last edge.
    last = Batch(keras_values["x"][12:16], keras_values["y"][12:16])
    gradient = model.gradients(last)[0]["kernel"]
    place = np.unravel_index(gradient.argmax(), gradient.shape)
    rise = [loss_at(model, last, place, step) for step in (1e-2, -1e-2)]
    assert (rise[0] - rise[1]) / 2e-2 == pytest.approx(counted[-1, 1], rel=1e-2)


def loss_at(model, batch, place, step):
    kernel = model.layers[0].kernel
    kernel[place] += step
    loss = model.test_on_batch(batch.x, batch.y)[0]
    kernel[place] -= step
    return loss


def test_watching_changes_no_bit(tmp_path, model, train, keras_values):
    """Gradients and feature maps are computed beside the training, dropout's stream included."""
    results = []
    for watch in (
        LambdaCallback(),
        TensorBoard(tmp_path, histogram_freq=1, write_images=True, update_freq="batch"),
    ):
        model = Sequential(
            [
                layers.BatchNormalization(input_shape=(8, 8, 2)),
                layers.Flatten(),
                layers.Dropout(0.5, seed=3),
                layers.Dense(4, activation="softmax", kernel_initializer="ones"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(
            keras_values["x"], keras_values["y"], epochs=2, shuffle=False, verbose=0,
            callbacks=[watch],
        )  # fmt: skip
        results.append(model.get_weights())
    for without, watched in zip(*results, strict=True):
        np.testing.assert_array_equal(without, watched)


def test_without_gradients(tmp_path, train):
    train(TensorBoard(tmp_path, histogram_freq=1, write_grads=False), epochs=1)
    assert not any("gradient" in tag for tag in tags(tmp_path, "histograms"))


def test_images(tmp_path, model, train):
    train(TensorBoard(tmp_path, write_images=True))
    convolution, pooling, _, dense = (f"{model.name}/{layer.name}" for layer in model.layers)
    assert tags(tmp_path, "images") == {
        f"{model.name}/input/image",
        f"{convolution}/kernel/image",
        f"{convolution}/bias/image",
        f"{convolution}/output/image",
        f"{pooling}/output/image",
        f"{dense}/kernel/image",
        f"{dense}/bias/image",
    }
    assert {step for _, _, step in named(tmp_path, "images")} == {0, 1, 2}


def test_images_come_with_the_histograms(tmp_path, train):
    train(TensorBoard(tmp_path, write_images=True, histogram_freq=2))
    assert {step for _, _, step in named(tmp_path, "images")} == {0, 2}


def test_the_same_example_in_every_epoch(tmp_path, model, train):
    train(TensorBoard(tmp_path, write_images=True), shuffle=True)
    inputs = [
        value[2] for _, _, tag, _, value in events(tmp_path) if tag == f"{model.name}/input/image"
    ]
    assert len(inputs) == 3
    assert len(set(inputs)) == 1


def test_the_batch_is_forgotten(tmp_path, model, train):
    train(TensorBoard(tmp_path, write_images=True))
    assert model.last_batch is None


def test_windows_folder(tmp_path, train):
    train(TensorBoard(f"{tmp_path}\\logs\\{1.5}"), epochs=1)
    assert {path.name for path in (tmp_path / "logs" / "1.5").iterdir()} == {"train", "validation"}


def test_default_folder(tmp_path, train, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train(TensorBoard(), epochs=1)
    assert sorted(os.listdir("logs")) == ["train", "validation"]


def test_nothing_is_written_before_training(tmp_path):
    TensorBoard(tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


def test_epochs_are_on_the_disk_before_the_training_ends(tmp_path, train):
    seen = []

    def read(epoch, logs):
        seen.append(sum(tag == "epoch_loss" for _, _, tag, _, _ in events(tmp_path)))

    def both(epoch, logs):
        watch.on_epoch_end(epoch, logs)
        read(epoch, logs)

    watch = TensorBoard(tmp_path)
    after = LambdaCallback(
        on_train_begin=watch.on_train_begin,
        on_epoch_begin=watch.on_epoch_begin,
        on_epoch_end=both,
        on_train_end=watch.on_train_end,
    )
    after.set_model = lambda model: (watch.set_model(model), LambdaCallback.set_model(after, model))
    train(after)
    assert seen == [2, 4, 6]  # a number for each run


def test_logs_of_other_callbacks(tmp_path, train):
    class Adds(LambdaCallback):
        def on_epoch_end(self, epoch, logs=None):
            logs["note"] = "text"
            logs["extra"] = np.float64(epoch + 0.5)

    class Watch(TensorBoard):
        def on_epoch_end(self, epoch, logs=None):
            Adds().on_epoch_end(epoch, logs)
            super().on_epoch_end(epoch, logs)

    train(Watch(tmp_path), epochs=1)
    assert named(tmp_path, "scalars")["train", "epoch_extra", 0] == 0.5
    assert not any("note" in tag for tag in tags(tmp_path, "scalars"))


def test_weights_that_are_not_finite(tmp_path, model, train):
    model.layers[-1].bias[0] = np.nan
    with pytest.warns(DataWarning, match="the training has diverged"):
        train(TensorBoard(tmp_path, histogram_freq=1, write_images=True), epochs=1)
    tag = f"{model.name}/{model.layers[-1].name}/kernel/histogram"
    assert ("train", tag, 0) in named(tmp_path, "histograms")


def test_own_layer_and_function(tmp_path, keras_values):
    class Twice(layers.Layer):
        def forward(self, x, training=False):
            return 2 * x, None

        def backward(self, dy, cache):
            return 2 * dy, {}

    model = Sequential([Twice(), layers.Flatten(), layers.Dense(1, activation=lambda x: x**2)])
    model.compile("sgd", "mse")
    model.fit(
        keras_values["x"], keras_values["y"], verbose=0,
        callbacks=[TensorBoard(tmp_path, histogram_freq=1, write_images=True)],
    )  # fmt: skip
    assert ("train", "keras", 0) in named(tmp_path, "graph_keras_model")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"update_freq": 0}, "number of batches >= 1, got 0"),
        ({"update_freq": "epochs"}, "'epoch', 'batch' or a number of batches"),
        ({"histogram_freq": -1}, ">= 0, got -1"),
    ],
)
def test_mistakes(options, message):
    with pytest.raises(ValueError, match=message):
        TensorBoard(**options)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "minicnn\[tensorboard\]"'):
        TensorBoard()


def test_no_tensorflow_is_needed():
    source = Path(sys.modules[TensorBoard.__module__].__file__).parent
    assert not any("import tensorflow" in file.read_text("utf-8") for file in source.glob("*.py"))
    assert "tensorflow" not in sys.modules


def test_a_resumed_trainings_steps_go_on(tmp_path):
    class StopInTheSecondEpoch(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise InterruptedError

    def training(*callbacks):
        model = Sequential([layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
        x, y = np.ones((8, 2), "float32"), np.ones(8, "float32")
        watch = TensorBoard(tmp_path / "logs", update_freq=1)
        backup = BackupAndRestore(tmp_path / "backup")
        model.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[watch, backup, *callbacks])

    with pytest.raises(InterruptedError):
        training(StopInTheSecondEpoch())
    training()
    steps = [step for _, tag, step in named(tmp_path / "logs", "scalars") if tag == "batch_loss"]
    assert steps == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_graph_with_two_inputs(tmp_path):
    inputs = [Input((4, 4, 1)), Input((4, 4, 1))]
    joined = layers.Concatenate(name="joined")(inputs)
    dense = layers.Dense(1, name="dense", kernel_initializer="zeros")
    model = Model(inputs, dense(layers.Flatten(name="flat")(joined)), name="m")
    model.compile("sgd", "mse")
    x = [np.full((4, 4, 4, 1), value) for value in (1.0, 2.0)]
    watch = TensorBoard(tmp_path, histogram_freq=1, write_images=True)
    model.fit(x, np.ones(4), epochs=1, verbose=0, callbacks=[watch])
    gradient = named(tmp_path, "histograms")["train", "m/dense/kernel/gradient/histogram", 0]
    # The first step gives weights of 0.02 and 0.04 and a bias of 0.02. So y is
    # 16 (1 · 0.02 + 2 · 0.04) + 0.02 = 1.62, and dy = 2 (1.62 - 1) is multiplied by x = 1 and 2.
    assert gradient[0, 0] == pytest.approx(1.24, rel=1e-5)
    assert gradient[-1, 1] == pytest.approx(2.48, rel=1e-5)
    assert {"m/input/image", "m/input_1/image", "m/joined/output/image"} <= tags(tmp_path, "images")
