"""The state of a training survives a file; a damaged file is an error."""

import io
import json
import math
import zipfile

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from minicnn.errors import FileFormatError
from minicnn.saving import read_state, write_state
from minicnn.saving.state_file import FORMAT

arrays = npst.arrays(
    st.sampled_from(["f2", "f4", "f8", ">f8", "i8", "u1", "u4", "?"]),
    npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
plain = st.none() | st.booleans() | st.integers(-(2**127), 2**127) | st.floats() | st.text()
states = st.dictionaries(
    st.text(),
    st.recursive(plain | arrays, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)),
).filter(lambda state: set(state) != {"ndarray"})


def same(one, other):
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape) == (other.dtype, other.shape) and (
            one.tobytes() == other.tobytes()
        )
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


@settings(max_examples=40)
@given(states)
@example({"zero": -0.0, "rate": 0.1 + 0.2, "large": [2**128]})
def test_what_goes_in_comes_out(tmp_path_factory, state):
    path = tmp_path_factory.mktemp("state") / "latest.state"
    try:
        write_state(path, state)
    except TypeError as error:  # a dict inside that looks like an array's place
        assert "'ndarray'" in str(error)  # noqa: PT017
        return
    assert same(read_state(path), state)


def test_numpys_numbers_and_tuples_come_out_as_pythons(tmp_path):
    write_state(tmp_path / "s", {"a": np.float64(0.1), "b": (1, np.int64(2)), "c": np.bool_(True)})
    assert same(read_state(tmp_path / "s"), {"a": 0.1, "b": [1, 2], "c": True})


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, {"ndarray": 1}, np.array(["a"]), np.array([None]), b"a", {1}, 1j]
)
def test_anything_else_is_refused_with_its_place(value, tmp_path):
    with pytest.raises(TypeError, match=r"^state\['callback'\]\[1\] is "):
        write_state(tmp_path / "s", {"callback": [0, value]})
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    with pytest.raises(TypeError, match="Store long lists of numbers as arrays"):
        write_state(tmp_path / "s", {"numbers": [0.1] * 1_000_000})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("state") / "s"
    write_state(path, {"epoch": 3, "weights": [np.arange(50.0), np.arange(7)], "name": "x" * 30})
    return path.read_bytes()


@given(st.data())
def test_damage_is_named_or_does_no_harm(tmp_path_factory, whole, data):
    path = tmp_path_factory.mktemp("damaged") / "latest.state"
    place = data.draw(st.integers(0, len(whole) - 1))
    kind = data.draw(st.sampled_from(["cut", "flipped", "zeroed"]))
    damaged = bytearray(whole)
    if kind == "cut":
        damaged = damaged[:place]
    elif kind == "flipped":
        damaged[place] ^= data.draw(st.integers(1, 255))
    else:
        damaged[place : place + 64] = bytes(len(damaged[place : place + 64]))
    path.write_bytes(damaged)
    try:
        state = read_state(path)
    except FileFormatError as error:
        assert "latest.state" in str(error)  # noqa: PT017
    else:  # a date, or another byte that means nothing
        assert state["epoch"] == 3
        np.testing.assert_array_equal(state["weights"][0], np.arange(50.0))


def made_by_hand(path, state, **members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("state.json", json.dumps(state))
        for name, content in members.items():
            archive.writestr(name.replace("_", "/"), content)
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ([], "does not hold a"),
        ({"format": "minicnn state 99", "state": {}}, "does not hold a"),
        ({"format": FORMAT, "state": []}, "does not hold a"),
        ({"format": FORMAT, "state": {"a": {"ndarray": [1, "<f4", [2]]}}}, "instead of array 0"),
        ({"format": FORMAT, "state": {"a": {"ndarray": [0, "|O", [1]]}}}, "dtype '|O'"),
        ({"format": FORMAT, "state": {"a": {"ndarray": [0, "<f4", [10**12]]}}}, "8 bytes for"),
        ({"format": FORMAT, "state": {"a": {"ndarray": [0, "<f4", [-2, -1]]}}}, "not a shape"),
        (
            {"format": FORMAT, "state": {"a": [{"ndarray": [0, "<f4", [2]]}] * 2}},
            "instead of array 1",
        ),
    ],
)
def test_what_a_stranger_may_have_written(state, said, tmp_path):
    path = made_by_hand(tmp_path / "s", state, arrays_0=bytes(8))
    with pytest.raises(FileFormatError) as caught:
        read_state(path)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_not_called_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_state(tmp_path / "none")
