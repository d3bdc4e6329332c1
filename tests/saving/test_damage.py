"""Files that were cut, overwritten, or filled with junk."""

import io
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minicnn.errors import FileFormatError
from minicnn.saving import read_model, read_weights

FILE = Path(__file__).parent / "files" / "trained.keras"
WHOLE = FILE.read_bytes()
with zipfile.ZipFile(FILE) as archive:
    CONFIG, WEIGHTS = archive.read("config.json"), archive.read("model.weights.h5")
LAYERS = read_model(FILE).layers

FUZZ = settings(
    max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def patches(size):
    """Return a strategy for positions in a file, and the bytes to write there."""
    place = st.integers(0, size - 1)
    content = st.binary(min_size=1, max_size=8) | st.integers(1, 600).map(bytes)
    return st.lists(st.tuples(place, content), min_size=1, max_size=6)


def patched(whole, changes):
    damaged = bytearray(whole)
    for place, content in changes:
        damaged[place : place + len(content)] = content
    return bytes(damaged[: len(whole)])


def attempt(read, path):
    """Return the content, or None if the error names the file as it should."""
    try:
        return read(path)
    except FileFormatError as error:
        message = str(error)
    assert message.startswith(f"{path}: ")
    return None


def weights_of_layers(path):
    return read_weights(path, LAYERS)


def same_members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.read("config.json"), archive.read("model.weights.h5")
    return members == (CONFIG, WEIGHTS)


@FUZZ
@given(changes=patches(len(WHOLE)), length=st.integers(0, len(WHOLE) - 1))
def test_a_damaged_archive_is_named_or_whole_where_it_matters(changes, length, tmp_path):
    path = tmp_path / "damaged.keras"
    for content in (patched(WHOLE, changes), WHOLE[:length]):
        path.write_bytes(content)
        assert attempt(read_model, path) is None or same_members(content)


@FUZZ
@given(changes=patches(len(WEIGHTS)), length=st.integers(0, len(WEIGHTS) - 1))
def test_a_damaged_tree_of_weights_is_read_or_named(changes, length, tmp_path):
    """HDF5 has no checksums: what damage leaves readable is read; the caller knows the shapes."""
    path = tmp_path / "damaged.weights.h5"
    for content in (patched(WEIGHTS, changes), WEIGHTS[:length]):
        path.write_bytes(content)
        saved = attempt(weights_of_layers, path)
        if saved is not None:
            weights = [weight for layer in saved.layers for weight in layer.weights]
            assert sum(weight.nbytes for weight in weights) <= len(content)


@FUZZ
@given(changes=patches(len(CONFIG)))
def test_a_config_full_of_junk_is_read_or_named(changes, tmp_path):
    path = tmp_path / "damaged.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", patched(CONFIG, changes))
        archive.writestr("model.weights.h5", WEIGHTS)
    saved = attempt(read_model, path)
    if saved is not None:
        assert isinstance(saved.config, dict)


@given(content=st.binary(max_size=300))
def test_junk_is_no_model(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("junk") / "junk.keras"
    path.write_bytes(content)
    assert attempt(read_model, path) is None
    assert attempt(weights_of_layers, path) is None
