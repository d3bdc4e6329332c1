"""Every example runs from top to bottom, in an empty folder, as a learner would run it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import minicnn

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(
    path.relative_to(EXAMPLES).as_posix()
    for path in EXAMPLES.rglob("*.py")
    if path.name not in ("conftest.py", "search_on_a_cluster.py")  # which has its own test
    and path.parent.name != "exercises"  # which are unsolved
)
IN_SHORT = {"lecture.py": ["--images", "300", "--epochs", "1"]}
LEAVES = {
    "lecture.py": {
        "first_image.png",
        "history.png",
        "confusion_matrix.png",
        "seven.png",
        "mnist_model.keras",
    }
}
NEED_MNIST = {"lecture.py"}


def environment():
    variables = {
        **os.environ,
        "PYTHONPATH": str(Path(minicnn.__file__).parent.parent),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "error::UserWarning,ignore::DeprecationWarning",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
    }
    if "MINICNN_DATA" in os.environ:
        variables["MINICNN_DATA"] = os.path.abspath(os.environ["MINICNN_DATA"])
    return variables


def run(name, folder):
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *IN_SHORT.get(name, [])],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_they_are_there():
    assert {"lecture.py", "own_layer.py", "digits.py", "slides/convolution.py"} <= set(NAMES)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.mnist if name in NEED_MNIST else ()) for name in NAMES],
)
def test_runs(name, tmp_path, request):
    if name in NEED_MNIST:
        request.getfixturevalue("mnist_folder")
    done = run(name, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert {file.name for file in tmp_path.iterdir()} == LEAVES.get(name, set())


def test_the_lecture_differs_from_keras_in_its_imports_only():
    """The example contains the lines of the lecture's slides unchanged."""
    text = (EXAMPLES / "lecture.py").read_text(encoding="utf-8").replace('"', "'")
    for line in (
        "(X_train, y_train), (X_test, y_test) = mnist.load_data()",
        "plt.imshow(X_train[0])",
        "y_train = to_categorical(y_train)",
        "model = Sequential()",
        "model.add(Conv2D(64, kernel_size=3, activation='relu', input_shape=(28, 28, 1)))",
        "model.add(Conv2D(32, kernel_size=3, activation='relu'))",
        "model.add(Flatten())",
        "model.add(Dense(10, activation='softmax'))",
        "model.summary()",
        "model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])",
        "print(model.metrics_names[1], score[1])",
        "y_pred = np.argmax(model.predict(X_test), axis=1)",
        "plt.plot(history.history['val_accuracy'], label='test')",
        "np.argmax(model.predict(X_test[:4]), axis=1)",
        "seven = Image.open('seven.png').convert('L')",
        "test_data = np.asarray(seven).reshape(1, 28, 28, 1)",
        "pred = np.argmax(new_model.predict(X_test), axis=1)",
    ):
        assert line in text
