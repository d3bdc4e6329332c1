"""Compare ONNX Runtime on an exported file with the model's predictions."""

import numpy as np
import pytest
from hypothesis import given, note, settings

import minicnn
from minicnn import Model, Sequential, activations, layers
from tests.exporting import branched
from tests.exporting.architectures import models
from tests.layers.table import TABLE

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")


def run(path, x):
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["output"], {"input": x.astype(np.float32)})[0]


def operators(path):
    return [node.op_type for node in onnx.load(path).graph.node]


def images(model, batch=3, size=None):
    shape = [n or size for n in model.input_shape[1:]]
    return np.random.default_rng(1).normal(size=(batch, *shape)).astype(np.float32)


def assert_same(model, path, x):
    minicnn.export(model, path)
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(run(path, x), expected, rtol=1e-5, atol=1e-5)


@settings(max_examples=100)
@given(model=models())
def test_random_models_predict_the_same(model, tmp_path_factory):
    note("\n".join(str(layer.get_config()) for layer in model.layers))
    assert_same(model, tmp_path_factory.mktemp("onnx") / "model.onnx", images(model))


def test_lecture(tmp_path):
    model = Sequential(
        [
            layers.Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)),
            layers.Conv2D(32, kernel_size=3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    path = tmp_path / "model.onnx"
    assert_same(model, path, images(model))
    # Transposed once before and once after the convolutions.
    assert operators(path) == [
        "Transpose", "Conv", "Relu", "Conv", "Relu", "Transpose", "Flatten", "Gemm", "Softmax",
    ]  # fmt: skip


def test_batch_of_any_size(tmp_path):
    model = Sequential([layers.Conv2D(2, 3, input_shape=(5, 5, 1)), layers.Reshape((-1, 2))])
    minicnn.export(model, tmp_path / "m.onnx")
    assert onnx.load(tmp_path / "m.onnx").graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for batch in (1, 2, 17):
        assert run(tmp_path / "m.onnx", images(model, batch)).shape == (batch, 9, 2)


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("size", [5, 6, 9])
def test_images_of_any_size(tmp_path, strides, size):
    model = Sequential(
        [
            layers.Input((None, None, 2)),
            layers.Conv2D(3, 4, strides=strides, padding="same", activation="tanh"),
            layers.AveragePooling2D(3, strides=strides, padding="same"),
            layers.GlobalMaxPooling2D(),
        ]
    )
    assert_same(model, tmp_path / "m.onnx", images(model, size=size))


def test_no_transposes_where_none_are_needed(tmp_path):
    model = Sequential(
        [
            layers.Rescaling([0.5, 2.0], offset=[1.0, 0.0], input_shape=(4, 5, 2)),
            layers.BatchNormalization(),
            layers.ZeroPadding2D(((1, 0), (2, 3))),
            layers.ReLU(max_value=6.0),
            layers.GlobalAveragePooling2D(),
        ]
    )
    assert_same(model, tmp_path / "m.onnx", images(model))
    assert "Transpose" not in operators(tmp_path / "m.onnx")


@pytest.mark.parametrize("name", sorted(activations.KNOWN))
def test_every_activation_far_from_zero(tmp_path, name):
    model = Sequential([layers.Activation(name, input_shape=(7,))])
    x = np.array([[-100, -5, -1, 0, 1, 5, 100]], np.float32)
    assert_same(model, tmp_path / "m.onnx", x)


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_every_layer_with_its_own_operators_and_by_its_family(row, tmp_path, monkeypatch):
    layer = row.make()
    if layer.family == "custom" or isinstance(layer, layers.InputLayer):
        return
    model = Sequential([layers.Input(row.input_shape), layer])
    assert_same(model, tmp_path / "m.onnx", images(model))
    for cls in type(layer).__mro__:
        if "onnx" in vars(cls):
            monkeypatch.delattr(cls, "onnx")
    assert_same(model, tmp_path / "m.onnx", images(model))


def test_a_custom_layer_with_a_method_onnx(tmp_path):
    class Swapped(layers.Layer):
        def forward(self, x, training=False):
            return x.swapaxes(1, 2), None

        def onnx(self, builder, x):
            return builder.add("Transpose", x, perm=(0, 2, 1))

    class Wrong(Swapped):  # computes something else than the operator that it inherits
        def forward(self, x, training=False):
            return 2 * x.swapaxes(1, 2), None

    model = Sequential([Swapped(input_shape=(3, 3))])
    assert_same(model, tmp_path / "m.onnx", images(model))
    with pytest.raises(ValueError, match="does not know Wrong"):
        minicnn.export(Sequential([Wrong(input_shape=(3, 3))]), tmp_path / "m.onnx")


def test_model_that_does_nothing(tmp_path):
    model = Sequential([layers.Dropout(0.5, input_shape=(3,))])
    assert_same(model, tmp_path / "m.onnx", images(model))


def test_float64_is_rounded(tmp_path):
    model = Sequential([layers.Dense(3, dtype="float64", input_shape=(4,))])
    assert_same(model, tmp_path / "m.onnx", images(model))


def test_names_of_layers_that_are_taken(tmp_path):
    names = ["input", "output", "Gemm"]
    model = Sequential([layers.Dense(3, name=name) for name in names])
    model.add(layers.Dense(3, name="dense", activation="relu"))
    model.build((None, 3))
    assert_same(model, tmp_path / "m.onnx", images(model))


def test_own_layer_is_named(tmp_path):
    class Twice(layers.Layer):
        def forward(self, x, training=False):
            return 2 * x, None

    model = Sequential([Twice(name="double", input_shape=(3,))])
    with pytest.raises(ValueError, match=r'does not know Twice "double", a custom layer'):
        minicnn.export(model, tmp_path / "m.onnx")
    assert not any(tmp_path.iterdir())


def test_a_subclass_is_known_while_it_computes_the_same(tmp_path):
    class Small(layers.Dense):
        def __init__(self, **options):
            super().__init__(2, **options)

    class Odd(Small):
        def forward(self, x, training=False):
            y, cache = super().forward(x, training)
            return y + 1, cache

    model = Sequential([Small(input_shape=(3,))])
    assert_same(model, tmp_path / "m.onnx", images(model))
    with pytest.raises(ValueError, match='Odd "odd"'):
        minicnn.export(Sequential([Odd(input_shape=(3,))]), tmp_path / "m.onnx")


def test_own_activation_is_named(tmp_path):
    def cube(x):
        return x**3

    model = Sequential([layers.Dense(2, activation=cube, name="last", input_shape=(3,))])
    with pytest.raises(ValueError, match=r'activation of Dense "last".*cube'):
        minicnn.export(model, tmp_path / "m.onnx")


def test_own_activation_with_a_known_name(tmp_path):
    def relu(x):
        return x + 1

    model = Sequential([layers.Dense(2, activation=relu, input_shape=(3,))])
    with pytest.raises(ValueError, match="a custom function"):
        minicnn.export(model, tmp_path / "m.onnx")


def test_old_file_stays_when_the_export_fails(tmp_path, monkeypatch):
    model = Sequential([layers.Dense(2, input_shape=(3,))])
    path = tmp_path / "m.onnx"
    path.write_bytes(b"old")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fails)
    with pytest.raises(OSError, match=r"m\.onnx"):
        minicnn.export(model, path)
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["m.onnx"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((Sequential([layers.Dense(2)]), "m.onnx"), minicnn.errors.NotReadyError, "no weights"),
        ((Sequential(), "m.h5"), ValueError, r"export writes \.onnx files, got 'm\.h5'"),
        (("m.onnx", Sequential()), TypeError, "a model and a path, got str and Sequential"),
    ],
)
def test_mistakes(arguments, error, message):
    with pytest.raises(error, match=message):
        minicnn.export(*arguments)


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    model = Sequential([layers.Dense(2, input_shape=(3,))])
    with pytest.raises(ModuleNotFoundError, match=r'pip install "minicnn\[onnx\]"'):
        minicnn.export(model, tmp_path / "m.onnx")


def test_export_is_a_function_even_after_its_package_is_imported():
    import minicnn.exporting

    assert callable(minicnn.export)
    assert minicnn.export is minicnn.exporting.export


MERGES = [
    layers.Add, layers.Average, layers.Subtract, layers.Multiply, layers.Maximum, layers.Minimum,
    layers.Concatenate,
]  # fmt: skip


@pytest.mark.parametrize("merge", [None, *MERGES])
def test_branches(tmp_path, merge):
    model = branched.residual() if merge is None else branched.merging(merge())
    minicnn.export(model, tmp_path / "m.onnx")
    x = branched.images(3)
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(run(tmp_path / "m.onnx", x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("axes", "normalize"), [(1, False), (-1, True)])
def test_dot(tmp_path, axes, normalize):
    x = layers.Input((4, 3))
    both = [layers.Dense(3)(x), layers.Dense(3)(x)]
    model = Model(x, layers.Dot(axes, normalize)(both))
    minicnn.export(model, tmp_path / "m.onnx")
    values = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    expected = model.predict(values, verbose=0)
    np.testing.assert_allclose(run(tmp_path / "m.onnx", values), expected, rtol=1e-5, atol=1e-5)


def test_several_inputs_and_outputs(tmp_path):
    model = branched.two_of_each()
    minicnn.export(model, tmp_path / "m.onnx")
    x, numbers = branched.images(2), np.ones((2, 3), np.float32)
    session = runtime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    found = session.run(["output_1", "output_2"], {"input_1": x, "input_2": numbers})
    for one, other in zip(found, model.predict([x, numbers], verbose=0), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
