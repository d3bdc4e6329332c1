"""Keras 2's format: files can be read again, and untrusted files do no harm."""

import sys

import h5py
import numpy as np
import pytest

from minicnn.errors import FileFormatError
from minicnn.saving import (
    FileType,
    LayerRecord,
    OptimizerRecord,
    file_type,
    read_legacy_model,
    read_legacy_weights,
    write_legacy_model,
    write_legacy_weights,
    write_weights,
)
from minicnn.saving.legacy_h5 import write_arrays

resource = pytest.importorskip("resource", reason="memory is not measured there")

KERNEL, BIAS = np.arange(6, dtype="float32").reshape(3, 2), np.array([0.5, -1])
LAYERS = [
    LayerRecord("InputLayer", "input", []),
    LayerRecord("Dense", "dense", [KERNEL, BIAS], weight_names=["kernel", "bias"]),
    LayerRecord("Dropout", "drop", [], {"seed_generator": [np.array([7, 3], "uint32")]}),
]
CONFIG = {
    "class_name": "Sequential",
    "config": {"name": "small", "layers": []},
    "training_config": {"loss": "mse"},
}
STATE = OptimizerRecord([np.array(4), KERNEL * 2], ["iteration:0", "SGD/m/dense/kernel:0"])


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "model.h5"
    write_legacy_model(path, CONFIG, LAYERS, STATE, {"note": 1})
    return path


def assert_layers_are_read(saved):
    dense, drop = saved.layers
    assert (dense.name, list(dense.weight_names)) == (
        "dense",
        ["small/dense/kernel", "small/dense/bias"],
    )
    np.testing.assert_array_equal(dense.weights[0], KERNEL, strict=True)
    np.testing.assert_array_equal(dense.weights[1], BIAS, strict=True)
    assert drop.state["seed_generator"][0].tolist() == [7, 3]


def test_a_whole_model_is_read_again(whole):
    saved = read_legacy_model(whole)
    assert saved.config == CONFIG
    assert saved.metadata == {"note": 1}
    assert list(saved.optimizer.names) == STATE.names
    for one, other in zip(saved.optimizer.variables, STATE.variables, strict=True):
        np.testing.assert_array_equal(one, other, strict=True)
    assert_layers_are_read(saved)
    assert_layers_are_read(read_legacy_weights(whole))


def test_weights_alone_are_read_again(tmp_path):
    write_legacy_weights(tmp_path / "w.h5", LAYERS, "small")
    assert_layers_are_read(read_legacy_weights(tmp_path / "w.h5"))


def test_the_type_is_found_in_the_content(whole, tmp_path):
    write_legacy_weights(tmp_path / "w", LAYERS)
    write_weights(tmp_path / "v", LAYERS)
    types = [file_type(tmp_path / name) for name in ("model.h5", "w", "v")]
    assert types == [FileType.LEGACY_MODEL, FileType.LEGACY_WEIGHTS, FileType.WEIGHTS]
    for content in (b"", b"hello", b"\x89HDF\r\n\x1a\n" + bytes(100)):
        (tmp_path / "junk").write_bytes(content)
        with pytest.raises(FileFormatError, match="junk: its"):
            file_type(tmp_path / "junk")
    with h5py.File(tmp_path / "data.h5", "w") as tree:
        tree["numbers"] = KERNEL
    with pytest.raises(FileFormatError, match=r"neither a model nor weights, but \['numbers'\]"):
        file_type(tmp_path / "data.h5")


def test_long_lists_of_names_are_cut_as_keras_cuts_them(tmp_path):
    names = [f"layer_{number:050}" for number in range(3000)]  # 168,000 bytes
    path = tmp_path / "many.h5"
    write_legacy_weights(path, [LayerRecord("Dense", name, []) for name in names])
    with h5py.File(path) as tree:
        parts = sorted(name for name in tree.attrs if name.startswith("layer_names"))
        assert parts == ["layer_names0", "layer_names1", "layer_names2"]
        assert all(tree.attrs[part].nbytes <= 64_512 for part in parts)
        joined = [name for part in parts for name in tree.attrs[part].tolist()]
    assert joined == [name.encode() for name in names]
    assert [layer.name for layer in read_legacy_weights(path).layers] == names
    assert file_type(path) is FileType.LEGACY_WEIGHTS
    with pytest.raises(ValueError, match="too long"):
        write_legacy_weights(path, [LayerRecord("Dense", "x" * 70_000, [])])
    assert len(read_legacy_weights(path).layers) == 3000


def test_names_with_slashes_and_of_other_alphabets(tmp_path):
    record = LayerRecord("Dense", "블록/conv", [KERNEL], weight_names=["kernel"])
    write_legacy_weights(tmp_path / "w.h5", [record])
    (layer,) = read_legacy_weights(tmp_path / "w.h5").layers
    assert layer.name == "블록/conv"


# A stranger's


MOST_CALLS = 500_000  # of functions, Python's and C's


@pytest.fixture
def measured():
    """Fail the test if it takes many calls or much memory; libhdf5 would take 4 GB, or for ever."""
    calls = 0

    def count(*_):
        nonlocal calls
        calls += 1
        if calls > MOST_CALLS:
            raise RuntimeError("reading does not end")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    profile = sys.getprofile()
    sys.setprofile(count)
    yield
    sys.setprofile(profile)
    assert 0 < calls <= MOST_CALLS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_one_long_text_many_times_is_refused_before_it_is_read(whole, measured):
    """Every name of the list is the same text of the heap: a small file would fill the memory."""
    with h5py.File(whole, "r+") as tree:
        tree.attrs["long"] = "x" * 2**20
        weights = tree["model_weights"]
        del weights.attrs["layer_names"]
        weights.attrs["layer_names"] = ["a"] * 3000
    content = bytearray(whole.read_bytes())
    long = bytes(content).index((2**20).to_bytes(4, "little"))
    first = bytes(content).index((1).to_bytes(4, "little") + content[long + 4 : long + 6])
    while first >= 0:
        content[first : first + 16] = content[long : long + 16]
        first = bytes(content).find((1).to_bytes(4, "little") + content[long + 4 : long + 6])
    whole.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"model\.h5: "):
        read_legacy_model(whole)


def references(content):
    """Yield the places of all references to texts: length, address of the heap, number in it."""
    heap = content.index(b"GCOL")
    place = content.find(heap.to_bytes(8, "little"))
    while place >= 0:
        yield place - 4
        place = content.find(heap.to_bytes(8, "little"), place + 1)


@pytest.mark.parametrize("field", [slice(0, 4), slice(4, 12), slice(12, 16)])
def test_a_text_longer_than_its_heap(field, whole, measured):
    content = bytearray(whole.read_bytes())
    for place in list(references(content)):
        start = place + field.start
        content[start : place + field.stop] = b"\xf0" * (field.stop - field.start)
    whole.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"model\.h5: "):
        read_legacy_model(whole)


def test_a_heap_that_does_not_end(whole, measured):
    content = bytearray(whole.read_bytes())
    heap = content.index(b"GCOL")
    content[heap + 16 + 8 : heap + 16 + 16] = (3000).to_bytes(8, "little")
    content[heap + 3100 : heap + 4096] = bytes(996)
    whole.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"model\.h5: "):
        read_legacy_model(whole)


def names_twice(weights):
    del weights.attrs["layer_names"]
    weights.attrs["layer_names"] = np.array([b"dense"] * 1000)


def unknown_layer(weights):
    weights.attrs["layer_names"] = np.array([b"nowhere"])


def unknown_weight(weights):
    weights["dense"].attrs["weight_names"] = np.array([b"../../secret"])


def numbers_for_names(weights):
    weights.attrs["layer_names"] = np.arange(3)


def table_of_names(weights):
    weights.attrs["layer_names"] = np.array([[b"dense"]])


def no_names(weights):
    del weights.attrs["layer_names"]


def no_weight_names(weights):
    del weights["dense"].attrs["weight_names"]


def soft_link(weights):
    del weights["dense"]
    weights["dense"] = h5py.SoftLink("/model_weights/drop")


def external_link(weights):
    del weights["dense"]
    weights["dense"] = h5py.ExternalLink("other.h5", "/")


def never_written(weights):
    del weights["dense/small/dense/kernel"]
    weights.create_dataset("dense/small/dense/kernel", (2**20, 2**20), "float32")


def group_for_weight(weights):
    del weights["dense/small/dense/kernel"]
    weights.create_group("dense/small/dense/kernel")


def weights_of_no_layer(weights):
    write_arrays(weights.create_group("top"), ["a"], [KERNEL])
    del weights["top_level_model_weights"]
    weights.move("top", "top_level_model_weights")


SPOILT = {
    names_twice: "its arrays have .* bytes together",
    unknown_layer: "no group 'nowhere'",
    unknown_weight: r"no group '\.\.'",
    numbers_for_names: "layer_names of /model_weights should be text",
    table_of_names: "layer_names of /model_weights is not a list of names",
    no_names: "no attribute layer_names",
    no_weight_names: "/dense has no attribute weight_names",
    soft_link: "a link 'dense' to elsewhere",
    external_link: "a link 'dense' to elsewhere",
    never_written: "kernel declares 4,398,046,511,104 bytes of values and has 0",
    group_for_weight: "kernel should be an array",
    weights_of_no_layer: "weights that belong to no layer",
}


@pytest.mark.parametrize(("spoil", "reason"), SPOILT.items())
def test_what_keras_never_writes(spoil, reason, whole):
    with h5py.File(whole, "r+") as tree:
        spoil(tree["model_weights"])
    for read in (read_legacy_model, read_legacy_weights):
        with pytest.raises(FileFormatError, match=rf"model\.h5: its HDF5 tree .*{reason}"):
            read(whole)


@pytest.mark.parametrize("config", ["", "[]", "{}", '{"class_name": 1, "config": {}}', "[" * 9999])
def test_a_config_that_is_none(config, whole):
    with h5py.File(whole, "r+") as tree:
        tree.attrs["model_config"] = config
    with pytest.raises(FileFormatError, match=r"model\.h5: its "):
        read_legacy_model(whole)
