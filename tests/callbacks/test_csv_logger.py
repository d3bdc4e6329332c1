"""Texts and values are those of Keras 3.15; `check_with_keras.py` compares many more."""

import os
import subprocess
import sys

import numpy as np
import pytest

from minicnn.callbacks import CSVLogger


@pytest.fixture
def log(tmp_path, train):
    """Return a function that trains with a `CSVLogger` and returns the file's bytes."""

    def log(epochs, **options):
        path = tmp_path / "log.csv"
        train(CSVLogger(path, **options), epochs)
        return path.read_bytes()

    return log


def test_as_keras(log, losses):
    header = b"epoch,accuracy,loss,val_accuracy,val_loss\r\n"
    once = header + b"0,0.5,1.0,0.5,0.5\r\n1,0.5,1.0,0.75,0.25\r\n"
    assert log(losses(0.5, 0.25)) == once
    assert log(losses(0.5), append=True) == once + b"0,0.5,1.0,0.5,0.5\r\n"
    assert log(losses(0.5, 0.25)) == once


def test_append_to_no_file_writes_the_header(log, losses):
    assert log(losses(0.5), append=True).startswith(b"epoch,accuracy")


def test_a_validation_that_is_still_to_come_has_its_columns(log):
    epochs = [{"loss": 0.5}, {"loss": 0.25, "val_loss": 0.125}]
    assert log(epochs, separator=";") == b"epoch;loss;val_loss\r\n0;0.5;NA\r\n1;0.25;0.125\r\n"


def test_several_numbers_in_a_cell(log):
    epochs = [{"loss": 0.5, "val_p": np.array([0.5, 0.25])}]
    assert log(epochs) == b'epoch,loss,val_p\r\n0,0.5,"""[0.5, 0.25]"""\r\n'


def test_its_folder_is_made(tmp_path, train, losses):
    train(CSVLogger(tmp_path / "runs" / "1" / "log.csv"), losses(0.5))
    assert (tmp_path / "runs" / "1" / "log.csv").read_text().count("\n") == 2


def test_a_place_that_cannot_be_written_is_told_before_the_first_epoch(tmp_path):
    with pytest.raises(IsADirectoryError):
        CSVLogger(tmp_path).on_train_begin()


def test_a_table_from_before_is_there_until_there_is_a_new_line(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("yesterday's")
    CSVLogger(path).on_train_begin()
    assert path.read_text() == "yesterday's"


def test_resumed_it_goes_on_where_its_state_was_kept(tmp_path, train, losses):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    train(logger, losses(0.5))
    state, kept = logger.get_state(), path.read_bytes()
    logger.on_epoch_end(1, losses(0.25)[0])  # after the backup: this epoch will be trained again
    resumed = CSVLogger(path)
    resumed.on_train_begin()
    resumed.set_state(state)
    resumed.on_epoch_end(1, losses(0.125)[0])
    assert path.read_bytes() == kept + b"1,0.5,1.0,0.875,0.125\r\n"


def test_resumed_without_its_file_it_begins_one(tmp_path, train, losses):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    train(logger, losses(0.5))
    path.unlink()
    resumed = CSVLogger(path)
    resumed.on_train_begin()
    resumed.set_state(logger.get_state())
    resumed.on_epoch_end(1, losses(0.25)[0])
    assert path.read_text().splitlines()[1:] == ["1,0.5,1.0,0.75,0.25"]


@pytest.mark.parametrize("separator", ["", "::", None])
def test_a_separator_is_one_character(separator):
    with pytest.raises(ValueError, match="separator must be one character"):
        CSVLogger("log.csv", separator)


def test_appended_rows_start_on_a_new_line(tmp_path, train, losses):
    path = tmp_path / "log.csv"
    path.write_bytes(b"epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.0,0.5,0.5")
    train(CSVLogger(path, append=True), losses(0.25))
    assert path.read_bytes().splitlines()[1:] == [b"0,0.5,1.0,0.5,0.5", b"0,0.5,1.0,0.75,0.25"]


def test_a_name_is_not_a_formula(log):
    assert log([{"=1+1": 0.5, "val_a": 0.5}]).startswith(b"epoch,'=1+1,val_a\r\n")


FULL_DISK = """
import resource, sys
from minicnn.callbacks import CSVLogger
logger = CSVLogger(sys.argv[1])
logger.on_train_begin()
logger.on_epoch_end(0, {"loss": 0.5, "val_loss": 0.25})
resource.setrlimit(resource.RLIMIT_FSIZE, (logger.size + 5, logger.size + 5))
try:
    logger.on_epoch_end(1, {"loss": 0.5, "val_loss": 0.25})
except OSError as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_leaves_complete_rows(tmp_path):
    path = tmp_path / "log.csv"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "OSError\n"
    assert path.read_bytes() == b"epoch,loss,val_loss\r\n0,0.5,0.25\r\n"
