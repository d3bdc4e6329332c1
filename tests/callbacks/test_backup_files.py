"""The files of BackupAndRestore: damaged, of another model, with others in their folder."""

import numpy as np
import pytest

from minicnn import Sequential
from minicnn.callbacks import (
    BackupAndRestore,
    Callback,
    LearningRateScheduler,
)
from minicnn.errors import FileFormatError
from minicnn.layers import Dense

from .test_backup_and_restore import Crash, crash, interrupting, network, resuming, train


def crashed(folder, **options):
    with pytest.raises(Crash):
        train(folder, network(), [interrupting(crash, on_epoch_end=3)], **options)
    return folder / "backup"


def test_only_its_own_files_are_removed_at_the_end(tmp_path):
    backup = crashed(tmp_path)
    assert [path.name for path in backup.iterdir()] == ["latest.state"]
    (backup / "thesis.txt").write_text("mine")
    train(tmp_path, network(), [])
    assert [path.name for path in backup.iterdir()] == ["thesis.txt"]


def test_kept_if_so_wanted(tmp_path):
    train(tmp_path, network(), [], delete_checkpoint=False, double_checkpoint=True)
    names = sorted(path.name for path in (tmp_path / "backup").iterdir())
    assert names == ["latest.state", "previous.state"]


def test_a_damaged_backup_is_named_and_changes_nothing(tmp_path):
    path = crashed(tmp_path) / "latest.state"
    content = bytearray(path.read_bytes())
    content[content.index(b"arrays/0") + 20] ^= 1
    path.write_bytes(content)
    model = network(seed=4)
    before = model.get_weights()
    with pytest.raises(FileFormatError, match=r"latest\.state"):
        train(tmp_path, model, [])
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert model.optimizer.iterations == 0


def other_shapes():
    model = Sequential([Dense(3, activation="softmax", input_shape=(6, 6, 1))])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@pytest.mark.parametrize(
    ("make", "said"),
    [(other_shapes, "of a model with layers"), (resuming.scheduled_network, "of a model with opt")],
)
def test_the_backup_of_another_model(make, said, tmp_path):
    crashed(tmp_path)
    model = make()
    before = model.get_weights()
    with pytest.raises(FileFormatError, match=rf"latest\.state: .*{said}") as caught:
        train(tmp_path, model, [])
    assert "remove the file to start again" in str(caught.value)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_state_of_which_only_a_part_fits_changes_nothing(tmp_path):
    class Proud(Callback):
        def get_state(self):
            return {"mine": 1}

        def set_state(self, state):
            raise ValueError("not mine.")

    crashing = interrupting(crash, on_epoch_end=3)
    with pytest.raises(Crash):
        train(tmp_path, network(), [Proud(), crashing])
    model = network(seed=4)
    before = model.get_weights(), model.layers[3].seed_state.tolist()

    class Proud(Proud):
        def set_state(self, state):
            if model.optimizer.iterations:
                raise ValueError("not mine.")

    with pytest.raises(FileFormatError, match=r"not a state of this training: not mine\."):
        train(tmp_path, model, [Proud()])
    for one, other in zip(before[0], model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (model.optimizer.iterations, model.layers[3].seed_state.tolist()) == (0, before[1])


def test_other_data_in_the_middle_of_an_epoch(tmp_path):
    with pytest.raises(Crash):
        train(tmp_path, network(), [interrupting(crash, on_train_batch_end=8)], save_freq=1)
    with pytest.raises(FileFormatError, match=r"in the middle of data with .*'batch_size': 5"):
        network().fit(
            resuming.X,
            resuming.Y,
            batch_size=4,
            epochs=4,
            callbacks=[BackupAndRestore(tmp_path / "backup")],
            verbose=0,
        )


def test_what_a_callback_cannot_put_into_a_file_is_told(tmp_path):
    class Odd(Callback):
        state_attributes = ("model",)

    with pytest.raises(TypeError, match=r"state\['callbacks'\]\['Odd 0'\]\['model'\] is"):
        train(tmp_path, network(), [Odd()])


@pytest.mark.parametrize("save_freq", [0, True, -1, "batch", 1.5, None])
def test_a_frequency_that_is_none(save_freq):
    with pytest.raises(ValueError, match="save_freq must be 'epoch', False or a number of batches"):
        BackupAndRestore("backup", save_freq=save_freq)


def test_no_folder():
    with pytest.raises(ValueError, match="backup_dir must be a folder"):
        BackupAndRestore("")


def test_a_scheduler_goes_on_with_its_epoch(tmp_path, capsys):
    schedule = {"schedule": lambda epoch, rate: rate * 0.5, "verbose": 1}
    crashing = interrupting(crash, on_train_batch_end=8)
    with pytest.raises(Crash):
        train(tmp_path, network(), [LearningRateScheduler(**schedule), crashing], save_freq=1)
    train(tmp_path, network(), [LearningRateScheduler(**schedule)], save_freq=1)
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [
        "1:",
        "2:",
        "3:",
        "4:",
    ]
