"""Files that were cut, overwritten or filled with junk: an error that names them, and nothing else."""

import copy
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minicnn import Input, Model, Sequential, layers
from minicnn.errors import FileFormatError
from minicnn.models import load_model, model_from_json

NAMES = ["model.keras", "model.h5", "only.weights.h5", "only.h5"]
FUZZ = settings(
    max_examples=60, deadline=4000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def made(seed=1):
    model = Sequential(
        [
            Input((5, 5, 1)),
            layers.Conv2D(2, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5, seed=seed),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.train_on_batch(np.ones((2, 5, 5, 1)), np.array([0, 2]))
    return model


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the content of a file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    model = made()
    for name in NAMES:
        (model.save_weights if name.startswith("only") else model.save)(folder / name)
    return {name: (folder / name).read_bytes() for name in NAMES}


@st.composite
def damages(draw):
    """Return a function that damages content: cuts, overwrites, zeroes, or cuts out of the middle."""
    at = st.floats(0, 1, exclude_max=True)
    patches = draw(
        st.lists(
            st.tuples(at, st.binary(min_size=1, max_size=8) | st.integers(1, 600).map(bytes)),
            min_size=1,
            max_size=6,
        )
    )
    kind, place = draw(st.sampled_from(["patch", "cut", "gap"])), draw(at)

    def damage(content):
        changed = bytearray(content)
        if kind == "cut":
            return bytes(changed[: int(place * len(changed))])
        if kind == "gap":
            start = int(place * len(changed))
            return bytes(changed[:start] + changed[start + len(patches[0][1]) :])
        for where, patch in patches:
            start = int(where * len(changed))
            changed[start : start + len(patch)] = patch
        return bytes(changed[: len(content)])

    return damage


def attempt(act, path):
    """Return whether loading succeeded; otherwise the error must name the file."""
    try:
        act(path)
    except FileFormatError as error:
        message = str(error)
    else:
        return True
    assert message.startswith(f"{path}: ")
    return False


def state_of(model):
    return [*model.get_weights(), *(np.array(one) for one in model.optimizer.variables)]


@pytest.mark.filterwarnings("ignore::minicnn.errors.DataWarning")  # loaded, but not compiled
@pytest.mark.filterwarnings("ignore:the saved:UserWarning")
@pytest.mark.parametrize("name", NAMES)
@FUZZ
@given(damage=damages())
def test_a_damaged_file_is_read_whole_or_not_at_all(damage, name, whole, tmp_path):
    """HDF5 has no checksums: a flipped weight is a weight. But no model is left half changed."""
    path = tmp_path / name
    path.write_bytes(damage(whole[name]))
    model = made(seed=2)
    before = state_of(model)
    attempt(load_model, path)
    if not attempt(model.load_weights, path):
        for one, other in zip(before, state_of(model), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", NAMES)
@given(junk=st.binary(max_size=200))
def test_junk_behind_a_right_beginning(junk, name, whole, tmp_path_factory):
    path = tmp_path_factory.mktemp("junk") / name
    path.write_bytes(whole[name][:100] + junk)
    for act in (load_model, made().load_weights):
        with pytest.raises(FileFormatError, match=name):
            act(path)


OTHER = (
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.sampled_from([10**9, 10**40, -1, 0.5, 1e308, float("nan"), float("inf")])
    | st.sampled_from(["", "relu", "Conv2D", "function", "same", "Sequential", "../x"])
    | st.lists(st.integers(-1, 3), max_size=4)
    | st.just({})
    | st.just({"class_name": "Dense", "config": {"units": 3}})
)


@pytest.mark.filterwarnings("ignore")
@FUZZ
@given(data=st.data())
def test_a_config_of_other_values_is_a_model_or_an_error(data, whole, tmp_path):
    with zipfile.ZipFile(_written(tmp_path / "whole.keras", whole["model.keras"])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["config.json"])
    ways = [way for way in _all_places(document) if way]
    for _ in range(data.draw(st.integers(1, 3))):
        _put(document, data.draw(st.sampled_from(ways)), copy.deepcopy(data.draw(OTHER)))
    path = tmp_path / "changed.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {"config.json": json.dumps(document).encode()}).items():
            archive.writestr(name, content)
    loaded = []
    if attempt(lambda path: loaded.append(load_model(path)), path):
        assert isinstance(loaded[0], Model)


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _all_places(document):
    yield ()
    if isinstance(document, dict):
        for key, value in document.items():
            yield from ((key, *way) for way in _all_places(value))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from ((index, *way) for way in _all_places(value))


def _put(document, way, value):
    for key in way[:-1]:
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):  # an earlier change took it away
            return
    if isinstance(document, dict) or (
        isinstance(document, list) and way[-1] in range(len(document))
    ):
        document[way[-1]] = value


@given(text=st.text(max_size=100))
def test_text_is_no_model(text):
    with pytest.raises(FileFormatError, match="the JSON text"):
        model_from_json(text)
