import os

import pytest

from minicnn.callbacks.model_checkpoint import CheckpointPath
from minicnn.errors import UnknownNameError

LOGS = {"loss": 0.5, "val_accuracy": 0.98765}


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("best.keras", "best.keras"),
        ("{epoch}.h5", "3.h5"),
        ("w{epoch:02d}-{val_accuracy:.4f}.hdf5", "w03-0.9877.hdf5"),
        ("runs/{epoch:03d}/{loss:.2e}.keras", "runs/003/5.00e-01.keras"),
        ("{{1}}{epoch}.keras", "{1}3.keras"),
    ],
)
def test_fields_are_filled(template, path):
    assert CheckpointPath(template).format(2, LOGS) == path


def test_the_batch_counts_from_one_too():
    assert CheckpointPath("{epoch}-{batch:02d}.keras").format(0, LOGS, batch=9) == "1-10.keras"


@pytest.mark.parametrize("name", ["w.h5", "w.hdf5", "w.weights.h5"])
def test_keras_2_names_of_weights(name):
    assert CheckpointPath(name, weights_only=True).format(0, {}) == name


@pytest.mark.parametrize(
    ("name", "weights_only", "said"),
    [
        ("best", False, "models to files ending in .keras or .h5 or .hdf5, got 'best'"),
        ("cp.ckpt", True, "Write for example 'best.weights.h5'"),
        ("best.keras", True, "weights to files ending in .h5 or .hdf5"),
    ],
)
def test_an_ending_that_says_nothing(name, weights_only, said):
    with pytest.raises(ValueError, match=said):
        CheckpointPath(name, weights_only)


@pytest.mark.parametrize(
    "template",
    [
        "{epoch.keras",
        "{}.keras",
        "{loss:d}.keras",
        "{epoch:q}.h5",
        "{loss.real}.h5",
        "{loss[0]}.h5",
    ],
)
def test_fields_that_cannot_be_read(template):
    with pytest.raises(ValueError, match=r"cannot be read: .*Write \{epoch:02d\}"):
        CheckpointPath(template)


def test_a_field_under_its_name_in_keras_2():
    with pytest.warns(DeprecationWarning, match="val_acc is now called val_accuracy"):
        assert CheckpointPath("{val_acc:.2f}.keras").format(0, LOGS) == "0.99.keras"


@pytest.mark.parametrize("field", ["val_los", "batch"])
def test_a_field_that_is_not_there(field):
    with pytest.raises(UnknownNameError, match="There are: 'epoch', 'loss', 'val_accuracy'"):
        CheckpointPath(f"{{{field}}}.keras").format(0, LOGS)


def test_existing_checkpoints(tmp_path):
    template = f"{tmp_path}/[a]{{{{1}}}}-{{epoch:02d}}-{{loss:.1f}}.keras"
    for name in ("[a]{1}-01-0.5.keras", "[a]{1}-02-0.4.keras", "a{1}-03-0.3.keras", "[a]{1}.keras"):
        (tmp_path / name).touch()
    found = sorted(os.path.basename(path) for path in CheckpointPath(template).existing())
    assert found == ["[a]{1}-01-0.5.keras", "[a]{1}-02-0.4.keras"]


@pytest.mark.parametrize("name", ["w.HDF5", "w.H5", "W.Keras"])
def test_endings_in_capitals(name):
    assert CheckpointPath(name).format(0, {}) == name
