"""A real TensorBoard serves the events of a training over HTTP."""

import json
import re
import subprocess
import sys
import time
from io import BytesIO
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image

from minicnn.callbacks import TensorBoard
from tests.callbacks.tensorboard.reading import named

SECONDS_TO_START = 60


@pytest.fixture
def server(tmp_path):
    """Start TensorBoard on a free port; yield a function that sends it requests."""
    log = tmp_path / "server.log"
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(tmp_path / "logs")]
    command += ["--host", "127.0.0.1", "--port", "0", "--load_fast", "false"]
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        address = wait_for(lambda: re.search(r"http://127\.0\.0\.1:\d+/", log.read_text("utf-8")))

        def ask(path, **query):
            with urlopen(f"{address.group()}data/{path}?{urlencode(query)}", timeout=20) as answer:
                return answer.read()

        wait_for(lambda: len(json.loads(ask("runs"))) == 2 or None)
        yield ask
    finally:
        process.kill()
        process.wait()


def wait_for(look):
    end = time.monotonic() + SECONDS_TO_START
    while (found := look()) is None:
        assert time.monotonic() < end, "TensorBoard did not start"
        time.sleep(0.2)
    return found


@pytest.fixture
def history(tmp_path, train):
    watch = TensorBoard(f"{tmp_path}\\logs", histogram_freq=1, write_images=True)
    return train(watch).history


def test_all_tabs(tmp_path, history, server, model):
    check_scalars(server, history)
    check_histograms(server, tmp_path)
    check_images(server, model)
    check_graph(server, model)


def check_scalars(server, history):
    found = json.loads(server("plugin/scalars/tags"))
    assert set(found["train"]) == {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}
    assert set(found["validation"]) == {
        "epoch_loss", "epoch_accuracy",
        "evaluation_loss_vs_iterations", "evaluation_accuracy_vs_iterations",
    }  # fmt: skip
    for run, prefix in (("train", ""), ("validation", "val_")):
        for name in ("loss", "accuracy"):
            points = json.loads(server("plugin/scalars/scalars", run=run, tag=f"epoch_{name}"))
            _, steps, values = zip(*points, strict=True)
            assert steps == (0, 1, 2)
            np.testing.assert_allclose(values, history[prefix + name], rtol=1e-6)


def check_histograms(server, tmp_path):
    found = json.loads(server("plugin/histograms/tags"))
    written = named(tmp_path / "logs", "histograms")
    assert set(found["train"]) == {tag for _, tag, _ in written}
    assert sum("gradient" in tag for tag in found["train"]) == 4
    for tag in found["train"]:
        points = json.loads(server("plugin/histograms/histograms", run="train", tag=tag))
        for _, step, buckets in points:
            np.testing.assert_allclose(buckets, written["train", tag, step])


def check_images(server, model):
    found = json.loads(server("plugin/images/tags"))
    tag = f"{model.name}/{model.layers[0].name}/output/image"
    assert tag in found["train"]
    points = json.loads(server("plugin/images/images", run="train", tag=tag, sample=0))
    assert [point["step"] for point in points] == [0, 1, 2]
    query = dict(part.split("=", 1) for part in points[-1]["query"].split("&"))
    picture = Image.open(BytesIO(server("plugin/images/individualImage", **query)))
    # Three maps of 6 × 6, two in a row, each cell enlarged to 21 × 21, lines of 2 between.
    assert picture.size == (2 * 6 * 21 + 2, 2 * 6 * 21 + 2)


def check_graph(server, model):
    found = json.loads(server("plugin/graphs/info"))["train"]
    assert found["run_graph"]
    assert found["tags"]["keras"]["conceptual_graph"]
    names = [f"{model.name}/{layer.name}" for layer in model.layers]
    nodes = server("plugin/graphs/graph", run="train", conceptual="false").decode()
    assert re.findall(r'name: "(.*)"', nodes) == ["input", *(layer.name for layer in model.layers)]
    assert re.findall(r'input: "(.*)"', nodes) == re.findall(r'name: "(.*)"', nodes)[:-1]
    conceptual = server("plugin/graphs/graph", run="train", tag="keras", conceptual="true").decode()
    assert re.findall(r'name: "(.*)"', conceptual)[1:] == names  # the first is Keras' InputLayer
    assert re.findall(r'input: "(.*)"', conceptual)[1:] == names[:-1]
