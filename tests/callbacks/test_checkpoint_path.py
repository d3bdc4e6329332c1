import pytest

from minicnn.callbacks.checkpoint_path import CheckpointPath
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
    assert CheckpointPath(template).of(2, LOGS) == path


def test_the_batch_counts_from_one_too():
    assert CheckpointPath("{epoch}-{batch:02d}.keras").of(0, LOGS, batch=9) == "1-10.keras"


@pytest.mark.parametrize("name", ["w.h5", "w.hdf5", "w.weights.h5"])
def test_keras_2_names_of_weights(name):
    assert CheckpointPath(name, weights_only=True).of(0, {}) == name


@pytest.mark.parametrize(
    ("name", "weights_only", "said"),
    [
        ("best", False, "models in files that end in .keras or .h5 or .hdf5, got 'best'"),
        ("cp.ckpt", True, "Write 'best.weights.h5' for example"),
        ("best.keras", True, "weights in files that end in .h5 or .hdf5"),
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
    with pytest.raises(ValueError, match=r"cannot be read: .*They look like \{epoch:02d\}"):
        CheckpointPath(template)


@pytest.mark.parametrize("field", ["val_acc", "batch"])
def test_a_field_that_is_not_there(field):
    with pytest.raises(UnknownNameError, match="There are: 'epoch', 'loss', 'val_accuracy'"):
        CheckpointPath(f"{{{field}}}.keras").of(0, LOGS)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("best.keras", ".best.keras.score.json"),
        ("runs/{epoch:02d}-{loss}.keras", "runs/.epoch-loss.keras.score.json"),
        ("{epoch}/best.keras", None),
    ],
)
def test_the_file_for_the_score(template, path):
    assert CheckpointPath(template).score_path == path
