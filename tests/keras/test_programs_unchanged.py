"""Keras programs run as they are, and other packages notice nothing."""

import builtins
import csv
import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

import minicnn
from minicnn import keras, layers
from minicnn.keras import install, uninstall
from minicnn.keras.__main__ import main

SPELLINGS = {
    "import keras; value = keras.layers.Dense": "layers.Dense",
    "import keras.layers; value = keras.models.Sequential": "models.Sequential",
    "import tensorflow as tf; value = tf.keras.layers.Dense": "layers.Dense",
    "import tensorflow.keras.layers as L; value = L.Conv2D": "layers.Conv2D",
    "from tensorflow import keras; value = keras.Sequential": "models.Sequential",
    "from tensorflow.keras import Input as value": "layers.Input",
    "from tf_keras.optimizers import Adam as value": "optimizers.Adam",
    "from keras.layers.core import Dense as value": "layers.Dense",
    "from keras.layers.convolutional import Conv2D as value": "layers.Conv2D",
    "from keras.layers.normalization import BatchNormalization as value": "layers.BatchNormalization",
    "from keras.layers.advanced_activations import LeakyReLU as value": "layers.LeakyReLU",
    "from keras.utils.np_utils import to_categorical as value": "utils.to_categorical",
    "from keras.utils import np_utils; value = np_utils.to_categorical": "utils.to_categorical",
    "from tensorflow.python.keras.models import Sequential as value": "models.Sequential",
    "import tensorflow.python.keras as k; value = k.layers.Dense": "layers.Dense",
    "import importlib; value = importlib.import_module('keras').Sequential": "models.Sequential",
    "from importlib import import_module as load; value = load('tensorflow.keras.layers').Dense": (
        "layers.Dense"
    ),
    "from scikeras.wrappers import KerasClassifier as value": "sklearn.KerasClassifier",
    "from keras.engine.topology import Layer as value": "layers.Layer",
    "from keras.optimizers.schedules import ExponentialDecay as value": (
        "optimizers.schedules.ExponentialDecay"
    ),
    "from keras.callbacks import *; value = EarlyStopping": "callbacks.EarlyStopping",
}


@pytest.fixture
def program():
    """Return a function that runs a text as a program, and returns its variables."""

    def run(text, **names):
        names = {"__name__": "__main__", **names}
        install()
        try:
            exec(compile(text, "<program>", "exec"), names)
        finally:
            uninstall()
        return names

    return run


@pytest.mark.parametrize("text", SPELLINGS)
def test_import_spellings(program, text):
    path = SPELLINGS[text].split(".")
    expected = minicnn
    for name in path:
        expected = getattr(expected, name)
    assert program(text)["value"] is expected


def test_other_packages_import_as_before(program, tmp_path, monkeypatch):
    before = builtins.__import__
    text = "import tensorflow as tf, importlib.util\nfound = importlib.util.find_spec('tensorflow')"
    assert program(text)["found"] is importlib.util.find_spec("tensorflow")
    assert program("import importlib; found = importlib.import_module('csv')")["found"] is csv
    assert builtins.__import__ is before
    assert "tensorflow" not in sys.modules
    installed = os.path.join(os.path.dirname(np.__file__), "probe.py")
    if importlib.util.find_spec("tensorflow") is None:
        with pytest.raises(ModuleNotFoundError, match="No module named 'tensorflow'"):
            program("import tensorflow", __file__=installed)
    assert program("import tensorflow", __file__=str(tmp_path / "own_module.py"))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (
            "from keras import backend; backend.gradients",
            AttributeError,
            "minicnn has no keras.backend",
        ),
        ("import tensorflow as tf; tf.GradientTape", AttributeError, "own_layer.md"),
        ("import tensorflow as tf; tf.lite", AttributeError, "minicnn has no tensorflow.lite"),
        (
            "from keras.layers import Conv2d",
            ImportError,
            "keras.layers.Conv2d. Did you mean 'Conv2D'",
        ),
        ("import keras; keras.layers.Dence", AttributeError, "Did you mean 'Dense'"),
        ("from keras.applications import VGG16", ImportError, "no pretrained models"),
        ("import keras.applications.vgg16", ImportError, "no pretrained models"),
        ("import tensorflow as tf; tf.saved_model.save", AttributeError, "no TensorFlow graphs"),
        ("import tensorflow.lite.python", ImportError, "minicnn has no tensorflow.lite"),
        ("from keras.layers import LSTM; LSTM(3)", NotImplementedError, "no keras.layers.LSTM"),
    ],
)
def test_absent_names_are_named(program, text, error, message):
    with pytest.raises(error, match=message):
        program(text)


def test_an_absent_layer_may_be_imported_unused(program):
    assert isinstance(program("from tensorflow.keras.layers import Dense, LSTM")["LSTM"], type)


def test_as_a_module():
    assert keras.layers.Dense is layers.Dense
    with pytest.raises(AttributeError, match=r"minicnn has no minicnn\.keras\.Modell\. Did you"):
        _ = keras.Modell


def run(*arguments, cwd):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    return subprocess.run(
        [sys.executable, "-m", "minicnn.keras", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command(tmp_path):
    (tmp_path / "part.py").write_text("from tensorflow.keras.layers import Dense as Layer\n")
    (tmp_path / "program.py").write_text(
        "import sys\nimport part\nimport keras\n"
        "print(__name__, part.Layer is keras.layers.Dense, sys.argv)\n"
    )
    done = run("program.py", "--epochs", "3", cwd=tmp_path)
    assert done.stdout == "__main__ True ['program.py', '--epochs', '3']\n", done.stderr
    done = run("-m", "program", "x", cwd=tmp_path)
    assert done.stdout.startswith("__main__ True ["), done.stderr
    done = run("-c", "import keras, sys; print(sys.argv)", "x", cwd=tmp_path)
    assert done.stdout == "['-c', 'x']\n", done.stderr


def test_mistakes_on_the_command_line(capsys):
    assert main([]) == 2
    assert main(["-m"]) == 2
    assert main(["nothing.py"]) == 2
    assert main(["--help"]) == 0
    assert "there is no file 'nothing.py'" in capsys.readouterr().err


def test_a_notebook(program):
    class Shell:
        """Stands in for IPython's shell, which is passed to an extension."""

    before = builtins.__import__
    keras.load_ipython_extension(Shell())
    try:
        names = {"__name__": "__main__"}
        exec("from tensorflow.keras.models import Sequential", names)
    finally:
        keras.unload_ipython_extension(Shell())
    assert names["Sequential"] is minicnn.Sequential
    assert builtins.__import__ is before
