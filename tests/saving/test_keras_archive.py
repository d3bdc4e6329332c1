"""The `.keras` format, against files that real Keras wrote (see make_keras_files.py)."""

import copy
import json
import os
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from minicnn.errors import FileFormatError, ShapeError
from minicnn.saving import LayerRecord, read_model, write_model
from minicnn.saving.json_files import MAX_DEPTH, parse_json

FILES = Path(__file__).parent / "files"
NAMES = ["trained", "momentum", "plain"]


@pytest.fixture
def saved():
    return read_model(FILES / "trained.keras")


@pytest.mark.parametrize("name", NAMES)
def test_every_array_of_keras_is_found_in_its_place(name):
    saved = read_model(FILES / f"{name}.keras")
    with np.load(FILES / f"{name}.npz") as said:
        layers = [layer for layer in saved.layers if layer.class_name != "InputLayer"]
        found = {
            f"layer{i}_weight{j}" for i, one in enumerate(layers) for j in range(len(one.weights))
        }
        assert found == {key for key in said if key.startswith("layer")}
        for i, layer in enumerate(layers):
            for j, weight in enumerate(layer.weights):
                np.testing.assert_array_equal(weight, said[f"layer{i}_weight{j}"], strict=True)
        if not any(key.startswith("optimizer") for key in said):
            assert saved.optimizer is None
            return
        assert len(saved.optimizer.variables) == sum(key.startswith("optimizer") for key in said)
        for i, variable in enumerate(saved.optimizer.variables):
            np.testing.assert_array_equal(variable, said[f"optimizer{i}"], strict=True)


def test_records_stand_in_the_config_s_order(saved):
    described = saved.config["config"]["layers"]
    assert [one.class_name for one in saved.layers] == [one["class_name"] for one in described]
    assert [one.name for one in saved.layers][:4] == [
        "input_layer",
        "rescaling",
        "conv2d",
        "batch_normalization",
    ]
    assert saved.optimizer.variables[0] == 4  # two epochs of two batches


@pytest.mark.parametrize("name", NAMES)
def test_the_tree_written_is_the_tree_that_keras_wrote(name, tmp_path):
    """Compare group by group: shapes, dtypes, values and names."""
    ours = tmp_path / "ours.keras"
    write_model(ours, *read_model(FILES / f"{name}.keras"))
    expected = tree_of(FILES / f"{name}.keras")
    found = tree_of(ours)
    expected.pop("optimizer/vars", None)  # its attribute names the optimizer's class
    found.pop("optimizer/vars", None)
    assert found == expected


def tree_of(path):
    tree = {}

    def note(name, member):
        if isinstance(member, h5py.Dataset):
            tree[name] = (member.shape, member.dtype.str, member[()].tobytes())
        else:
            tree[name] = dict(member.attrs)

    with (
        zipfile.ZipFile(path) as archive,
        archive.open("model.weights.h5") as member,
        h5py.File(member, "r") as file,
    ):
        file.visititems(note)
    return tree


def test_what_is_written_is_read_again(tmp_path, saved):
    path = tmp_path / "again.keras"
    state = {"seed_generator": [np.array([7, 3], dtype="uint32")]}
    layers = [
        layer._replace(state=state) if layer.class_name == "Dropout" else layer
        for layer in saved.layers
    ]
    write_model(path, saved.config, layers, saved.optimizer)
    again = read_model(path)
    assert again.config == saved.config
    for before, after in zip(layers, again.layers, strict=True):
        assert before[:2] == after[:2]
        assert_equal_arrays(before.weights, after.weights)
        assert before.state.keys() == after.state.keys()
        for name in before.state:
            assert_equal_arrays(before.state[name], after.state[name])
    assert_equal_arrays(saved.optimizer.variables, again.optimizer.variables)


def assert_equal_arrays(some, others):
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other, strict=True)


def test_the_same_model_gives_the_same_bytes(tmp_path, saved):
    write_model(tmp_path / "a.keras", *saved)
    write_model(tmp_path / "b.keras", *saved)
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


@pytest.mark.parametrize("dtype", ["float64", ">f4", "float16", "int64", "uint32", "bool"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_dtypes_and_shapes_come_back(dtype, shape, tmp_path):
    array = np.ones(shape, dtype)[..., ::-1] if shape else np.ones(shape, dtype)
    path = tmp_path / "model.keras"
    write_model(path, config_of(("Dense", "out")), [LayerRecord("Dense", "out", [array])])
    (read,) = read_model(path).layers[0].weights
    np.testing.assert_array_equal(read, array.astype(array.dtype.newbyteorder("=")), strict=True)
    assert read.flags.writeable


def config_of(*layers):
    described = [{"class_name": kind, "config": {"name": name}} for kind, name in layers]
    return {"class_name": "Sequential", "config": {"name": "model", "layers": described}}


def test_repeated_classes_are_numbered(tmp_path):
    kinds = ["Dense", "LeakyReLU", "Dense", "Dense"]
    layers = [LayerRecord(kind, f"l{i}", [np.array([i])]) for i, kind in enumerate(kinds)]
    write_model(tmp_path / "m.keras", config_of(*[one[:2] for one in layers]), layers)
    tree = tree_of(tmp_path / "m.keras")
    assert "layers/dense_2/vars/0" in tree
    assert "layers/leaky_re_lu/vars/0" in tree
    assert [one.weights[0][0] for one in read_model(tmp_path / "m.keras").layers] == [0, 1, 2, 3]


def test_check_sees_the_shapes_and_may_refuse():
    seen = []

    def note(config, layers):
        seen.extend((weight.shape, weight.dtype) for weight in layers[2].weights)

    read_model(FILES / "trained.keras", note)
    assert seen == [((3, 3, 1, 3), np.dtype("float32")), ((3,), np.dtype("float32"))]

    def refuse(config, layers):
        raise ShapeError("of another model")

    with pytest.raises(ShapeError, match=r"^of another model$"):
        read_model(FILES / "trained.keras", check=refuse)


def test_a_file_packed_anew_is_read(tmp_path, saved):
    packed = tmp_path / "packed.keras"
    rewrite(FILES / "trained.keras", packed, compression=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size < (FILES / "trained.keras").stat().st_size
    assert_equal_arrays(read_model(packed).optimizer.variables, saved.optimizer.variables)


def test_zeros_that_shrink_to_nothing_are_no_bomb(tmp_path, saved):
    zeros = np.zeros((300, 300), "float32")
    layers = [one._replace(weights=[zeros for _ in one.weights]) for one in saved.layers]
    write_model(tmp_path / "zeros.keras", saved.config, layers)
    packed = tmp_path / "packed.keras"
    rewrite(tmp_path / "zeros.keras", packed, compression=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size * 20 < zeros.nbytes
    for layer in read_model(packed).layers:
        assert_equal_arrays(layer.weights, [zeros for _ in layer.weights])


def rewrite(source, target, compression=zipfile.ZIP_STORED, **changes):
    """Copy an archive with some members' contents changed, added, or (None) left out."""
    with zipfile.ZipFile(source) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()} | changes
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)


def test_members_besides_are_left_alone(tmp_path):
    """A path that leads out of the archive stays a name: nothing is ever unpacked."""
    inner = tmp_path / "inner"
    inner.mkdir()
    path = inner / "evil.keras"
    rewrite(FILES / "plain.keras", path, **{"../escaped.txt": b"out", "assets/x.pkl": b"cos\n"})
    read_model(path)
    assert [one.name for one in tmp_path.rglob("*")] == ["inner", "evil.keras"]


def change_config(change):
    with zipfile.ZipFile(FILES / "plain.keras") as archive:
        config = json.loads(archive.read("config.json"))
    change(config)
    return json.dumps(config).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "0 members"),
        (b"", "Expecting value"),
        (b"\xff\xfe", "utf-8"),
        (b"[" * 100_000, "nested|recursion"),
        (b'{"a":' * 90 + b"1" + b"}" * 90, "nested"),
        (b'{"class_name": 1, "class_name": 2}', "twice"),
        (b'"' + b"a" * 5_000_000 + b'"', "bytes"),
        (b"1" * 5000, "digit"),
        (b"[]", "list of layers"),
        (change_config(lambda c: c.pop("class_name")), "list of layers"),
        (change_config(lambda c: c["config"].update(layers={})), "list of layers"),
        (change_config(lambda c: c["config"]["layers"][2].pop("config")), "layer 2"),
        (change_config(lambda c: c["config"]["layers"][0]["config"].update(name=3)), "layer 0"),
    ],
)
def test_a_config_that_is_none_is_named(content, reason, tmp_path):
    path = tmp_path / "bad.keras"
    rewrite(FILES / "plain.keras", path, **{"config.json": content})
    with pytest.raises(FileFormatError, match=rf"bad\.keras: config\.json .*({reason})"):
        read_model(path)


def test_a_config_may_be_nested_as_deep_as_the_limit():
    text = b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH
    assert parse_json(text, "m.keras", "config.json") == json.loads(text)
    with pytest.raises(FileFormatError, match="nested more than 64 deep"):
        parse_json(b"[" + text + b"]", "m.keras", "config.json")


def test_weights_of_a_layer_that_the_config_lacks_are_not_lost_silently(tmp_path, saved):
    config = copy.deepcopy(saved.config)
    del config["config"]["layers"][-1]
    path = tmp_path / "short.keras"
    write_model(path, config, saved.layers)
    with pytest.raises(FileFormatError, match=r"short\.keras: .*/layers/dense has weights"):
        read_model(path)


def test_other_kinds_of_files_are_refused(tmp_path):
    path = tmp_path / "model.keras"
    for content in (b"", b"\x89HDF\r\n\x1a\n", b"PK\x05\x06" + bytes(18), os.urandom(1000)):
        path.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"model\.keras"):
            read_model(path)
    with pytest.raises(FileNotFoundError):
        read_model(tmp_path / "nowhere.keras")
