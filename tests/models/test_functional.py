"""Models as graphs: built as in Keras, with the order, the shapes and the numbers of Keras."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

from minicnn import Input, Sequential, layers
from minicnn.errors import NotReadyError, ShapeError, UnknownNameError
from minicnn.layers import Add, Concatenate, Conv2D, Dense, Flatten, Softmax
from minicnn.models import Model, load_model
from minicnn.training.batches import Batch

X = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
Z = np.random.default_rng(1).normal(size=(6, 3)).astype("float32")
CLASSES, NUMBERS = np.array([0, 1, 0, 1, 1, 0]), np.arange(6.0)[:, None]


def two_by_two():
    """Two inputs, two outputs, joined in the middle."""
    a, b = Input((4,), name="a"), Input((3,), name="b")
    joined = Add(name="add")([Dense(5, "tanh", name="d")(a), Dense(5, name="e")(b)])
    classes = Dense(2, activation="softmax", name="classes")(joined)
    return Model([a, b], [classes, Dense(1, name="number")(joined)])


def compiled(**options):
    model = two_by_two()
    arguments = {"loss": ["sparse_categorical_crossentropy", "mse"], **options}
    model.compile("sgd", **arguments)
    return model


def test_shapes_names_and_layers_are_those_of_keras():
    model = two_by_two()
    assert [layer.name for layer in model.layers] == [
        "a",
        "b",
        "d",
        "e",
        "add",
        "classes",
        "number",
    ]
    assert model.input_shape == [(None, 4), (None, 3)]
    assert model.output_shape == [(None, 2), (None, 1)]
    assert (model.input_names, model.output_names) == (["a", "b"], ["classes", "number"])
    assert model.count_params() == 63
    assert [tensor.shape for tensor in model.outputs] == model.output_shape
    assert model.built


def test_values_are_those_of_the_layers():
    model = two_by_two()
    d, e, classes, number = (model.get_layer(name) for name in ("d", "e", "classes", "number"))
    joined = d(X) + e(Z)
    both = [classes(joined), number(joined)]
    for found, expected in zip(model.predict([X, Z], verbose=0), both, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    for same in (
        model.predict({"b": Z, "a": X}, verbose=0),
        model([X, Z]),
        model.predict_on_batch([X, Z]),
    ):
        np.testing.assert_allclose(same[1], number(joined), rtol=1e-6)
    np.testing.assert_allclose(
        model.predict([X, Z], batch_size=4, verbose=0)[0], classes(joined), rtol=1e-6
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"loss_weights": [1.0, 0.5]},
        {"loss": {"number": "mse", "classes": "sparse_categorical_crossentropy"}},
        {"metrics": [["accuracy"], ["mae"]]},
        {"metrics": {"classes": "accuracy", "number": ["mae", "mse"]}},
    ],
)
def test_losses_and_metrics_are_named_and_ordered_as_in_keras(options):
    model = compiled(**options)
    history = model.fit([X, Z], [CLASSES, NUMBERS], epochs=2, verbose=0,
                        validation_data=([X, Z], [CLASSES, NUMBERS]))  # fmt: skip
    values = model.evaluate([X, Z], [CLASSES, NUMBERS], verbose=0, return_dict=True)
    weight = 0.5 if "loss_weights" in options else 1
    assert values["loss"] == pytest.approx(values["classes_loss"] + weight * values["number_loss"])
    names = ["loss", "classes_loss", "number_loss"]
    if "metrics" in options:
        names += ["classes_accuracy", "number_mae"]
    assert model.metrics_names[: len(names)] == names
    assert list(values) == sorted(model.metrics_names)
    assert set(history.history) == {prefix + name for name in values for prefix in ("", "val_")}
    by_name = model.evaluate({"a": X, "b": Z}, {"number": NUMBERS, "classes": CLASSES}, verbose=0)
    assert by_name == [values[name] for name in model.metrics_names]


def test_gradients_of_several_outputs_against_differences():
    for dtype in ["float64"]:
        a, b = Input((4,), dtype=dtype), Input((3,), dtype=dtype)
        shared = Dense(3, "tanh", dtype=dtype)
        first, second = shared(Dense(3, dtype=dtype)(a)), shared(b)
        joined = layers.Multiply(dtype=dtype)([first, second])
        model = Model(
            [a, b],
            [
                Dense(2, "softmax", dtype=dtype)(joined),
                layers.Maximum(dtype=dtype)([first, second]),
            ],
        )
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"], loss_weights=[1, 0.3])
    data = [X.astype(float), Z.astype(float)], [CLASSES, np.ones((6, 3))]
    gradients = model.gradients(Batch(*data))
    for layer, found in zip(model.graph.layers, gradients, strict=True):
        for name, gradient in found.items():
            weight = getattr(layer, name)
            for index in list(np.ndindex(weight.shape))[:4]:
                kept, values = weight[index], []
                for moved in (kept + 1e-6, kept - 1e-6):
                    weight[index] = moved
                    values.append(model.evaluate(*data, verbose=0)[0])
                weight[index] = kept
                assert gradient[index] == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-6)


def test_an_output_without_a_loss_is_not_trained():
    model = compiled(loss={"classes": "sparse_categorical_crossentropy"})
    before = model.get_layer("number").get_weights()
    model.fit([X, Z], {"classes": CLASSES, "number": NUMBERS}, verbose=0)
    np.testing.assert_array_equal(before[0], model.get_layer("number").get_weights()[0])


def test_weights_by_output_and_batches_from_an_iterable():
    model = compiled()
    weight = np.array([1.0, 0, 0, 0, 0, 0])
    whole = model.evaluate([X, Z], [CLASSES, NUMBERS], verbose=0, sample_weight=[weight, weight])
    one = model.evaluate([X[:1], Z[:1]], [CLASSES[:1], NUMBERS[:1]], verbose=0)
    assert whole[0] == pytest.approx(one[0] / 6, rel=1e-5)
    batches = [
        ([X[:3], Z[:3]], [CLASSES[:3], NUMBERS[:3]]),
        ([X[3:], Z[3:]], [CLASSES[3:], NUMBERS[3:]]),
    ]
    together = model.evaluate([X, Z], [CLASSES, NUMBERS], verbose=0)
    assert model.evaluate(iter(batches), verbose=0) == pytest.approx(together, rel=1e-5)
    model.fit(iter(batches), verbose=0)


def test_models_in_models():
    x = Input((4,))
    encoder = Model(x, Dense(2, name="code")(x), name="encoder")
    decoder = Sequential([Dense(4, input_shape=(2,))], name="decoder")
    both = Model(x, decoder(encoder(x)))
    assert [layer.name for layer in both.layers][1:] == ["encoder", "decoder"]
    np.testing.assert_allclose(both(X), decoder(encoder(X)), rtol=1e-6)
    assert [layer.name for layer in both.graph.layers] == ["code", decoder.layers[0].name]
    both.compile("adam", "mse")
    before = encoder.get_weights()[0]
    both.fit(X, X, verbose=0)
    assert not np.array_equal(before, encoder.get_weights()[0])
    stacked = Sequential([encoder, decoder, Softmax()])
    assert stacked.input_shape == (None, 4)
    np.testing.assert_allclose(stacked(X), Softmax()(both(X)), rtol=1e-6)
    decoder.add(Dense(1))  # a model in models may change
    with pytest.raises(ShapeError):
        Sequential([decoder, encoder])


def test_feature_maps_of_a_sequential_model():
    model = Sequential(
        [Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)), Flatten(), Dense(2)]
    )
    images = np.random.default_rng(0).normal(size=(2, 6, 6, 1)).astype("float32")
    maps = Model(inputs=model.inputs, outputs=[layer.output for layer in model.layers])
    found = maps.predict(images, verbose=0)
    x = images
    for layer, one in zip(model.layers, found, strict=True):
        x = layer(x)
        np.testing.assert_allclose(one, x, rtol=1e-5, atol=1e-6)
    first = Sequential(model.layers[:1])
    np.testing.assert_array_equal(first.predict(images, verbose=0), found[0])
    tail = Model(model.layers[1].output, model.output)  # starts in the middle
    np.testing.assert_allclose(tail(found[1]), found[2], rtol=1e-5)
    assert model.layers[1].input is model.layers[0].output


def test_a_layer_outside_any_model_has_no_output():
    layer = Dense(1)
    assert not hasattr(layer, "output")
    with pytest.raises(AttributeError, match=r"Input\(\(28, 28, 1\)\)"):
        layer.input  # noqa: B018


def gan():
    """A generator and a discriminator that was frozen after it was compiled, as tutorials write it."""
    discriminator = Sequential([Dense(4, "tanh", input_shape=(4,)), Dense(1, "sigmoid")])
    discriminator.compile("adam", "binary_crossentropy")
    discriminator.trainable = False
    generator = Sequential([Dense(4, input_shape=(2,))])
    combined = Sequential([generator, discriminator])
    combined.compile("adam", "binary_crossentropy")
    return generator, discriminator, combined


def changed(model, train):
    before = model.get_weights()
    train()
    return any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


def test_a_gan_trains_its_parts_in_turn():
    generator, discriminator, combined = gan()
    noise = np.random.default_rng(0).normal(size=(5, 2))
    assert changed(discriminator, lambda: discriminator.train_on_batch(X[:5], np.ones(5)))
    assert not changed(discriminator, lambda: combined.train_on_batch(noise, np.ones((5, 1))))
    assert changed(generator, lambda: combined.train_on_batch(noise, np.ones((5, 1))))
    assert combined.trainable_weights[0].shape == (2, 4)
    assert len(combined.trainable_weights) == 2
    assert changed(discriminator, lambda: discriminator.train_on_batch(X[:5], np.zeros(5)))


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_files(tmp_path, name):
    model = compiled(metrics=[["accuracy"], ["mae"]], loss_weights=[1.0, 0.5])
    model.fit([X, Z], [CLASSES, NUMBERS], verbose=0)
    model.save(tmp_path / name)
    loaded = load_model(tmp_path / name)
    assert type(loaded) is Model
    assert loaded.metrics_names == model.metrics_names
    expected = model.predict([X, Z], verbose=0)
    for one, other in zip(expected, loaded.predict([X, Z], verbose=0), strict=True):
        np.testing.assert_array_equal(one, other)
    for m in (model, loaded):
        m.fit([X, Z], [CLASSES, NUMBERS], verbose=0, shuffle=False)
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_configs_copies_and_pickles():
    model = two_by_two()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(model([X, Z])[0], other([X, Z])[0])
        assert [tensor.name for tensor in other.outputs] == ["classes", "number"]
        assert other.get_layer("d").output.shape == (None, 5)
        assert not np.shares_memory(other.get_layer("d").kernel, model.get_layer("d").kernel)
    again = Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(model([X, Z])[1], again([X, Z])[1])


class Classifier(Model):
    """A subclass with ``call``, as TensorFlow's tutorial for experts writes it."""

    def __init__(self):
        super().__init__()
        self.flatten = Flatten()
        self.hidden = [Dense(3, activation="relu")]
        self.out = Dense(2, activation="softmax")
        self.drop = layers.Dropout(0.2)

    def call(self, x, training=None):
        x = self.flatten(x)
        for layer in self.hidden:
            x = self.drop(layer(x), training=training)
        return self.out(x)


class Connected(Model):
    """A subclass that gives inputs and outputs."""

    def __init__(self, units):
        x = Input((4,))
        super().__init__(inputs=x, outputs=Dense(units)(x))


def test_subclasses():
    model = Classifier()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert not model.built
    with pytest.raises(NotReadyError):
        model.set_weights([np.ones(1)])
    history = model.fit(X.reshape(6, 2, 2), CLASSES, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert model.count_params() == 23
    assert [type(layer).__name__ for layer in model.layers] == [
        "Flatten",
        "Dense",
        "Dense",
        "Dropout",
    ]
    assert Connected(3).predict(X, verbose=0).shape == (6, 3)
    with pytest.raises(NotImplementedError, match=r"inputs=\.\.\., outputs="):
        Model().build((None, 4))

    class Wrong(Model):
        def call(self, x):
            return 3

    with pytest.raises(TypeError, match="call of Wrong returned int"):
        Wrong().build((None, 4))


def test_outputs_and_weights_have_the_methods_of_tensors():
    model = Sequential([Dense(1, input_shape=(4,))])
    y = model(X).numpy()
    assert type(y) is np.ndarray
    kernel, bias = model.trainable_variables
    assert (kernel.name, bias.path.split("/")[1]) == ("kernel", "bias")
    kernel.assign(np.zeros((4, 1)))
    bias.assign_add([2.0])
    np.testing.assert_array_equal(model(X), np.full((6, 1), model.layers[0].bias[0]))
    assert model.non_trainable_variables == []


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: Model(Input((4,)), Dense(1)(Input((4,)))), ValueError, "not among the inputs"),
        (lambda: Model(X, X), TypeError, r"inputs must be what Input\(\.\.\.\)"),
        (lambda: two_by_two().predict(X, verbose=0), ShapeError, r"list of 2 arrays \(a, b\), got 1"),
        (lambda: two_by_two().predict({"a": X}, verbose=0), ValueError, "dict without 'b'"),
        (lambda: two_by_two().predict([X, X], verbose=0), ShapeError, 'input "b" takes'),
        (lambda: two_by_two().predict([X, Z[:2]], verbose=0), ShapeError, "must be equal"),
        (lambda: compiled(loss=["mse"]), ValueError, r"2 outputs \(classes, number\), got 1"),
        (lambda: compiled(loss={"c": "mse"}), ValueError, "'classes', 'number', got 'c'"),
        (lambda: compiled(metrics=[["mae"]]), ValueError, "metrics must have one item for each"),
        (lambda: Dense(1)([Input((4,)), X]), ShapeError, "symbolic tensors and ndarray together"),
        (lambda: two_by_two()(Input((4,))), ShapeError, "takes 2 inputs, got 1"),
        (lambda: two_by_two().get_layer("ad"), UnknownNameError, "Did you mean"),
        (lambda: two_by_two().get_layer("d", 0), ValueError, "only one of them"),
        (lambda: Concatenate()([Input((4,)), Input((3, 2))]), ShapeError, "must be equal"),
    ],
)  # fmt: skip
def test_mistakes(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


def test_a_wrong_validation_label_is_named_before_training():
    model = Sequential([Dense(2, "softmax", input_shape=(4,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = model.get_weights()[0]
    with pytest.raises(ValueError, match=r"^validation_y: "):
        model.fit(X, CLASSES, validation_data=(X, CLASSES + 5), verbose=0)
    with pytest.raises(ShapeError, match="got"):
        model.fit(X, CLASSES, validation_data=(Z, CLASSES), verbose=0)
    np.testing.assert_array_equal(before, model.get_weights()[0])


def test_the_order_of_layers_is_that_of_keras():
    """Recorded with Keras 3.15: by distance from the outputs; unused inputs first among the last."""
    a, b, unused = (Input((4,), name=name) for name in ("a", "b", "unused"))
    shared = Dense(4, name="shared")
    late = Dense(4, name="late")(b)
    early = Dense(4, name="early")(shared(a))
    joined = Add(name="joined")([shared(late), early])
    model = Model([a, b, unused], [Dense(1, name="end")(joined), shared.output])
    assert [layer.name for layer in model.layers] == [
        "b", "late", "a", "shared", "early", "joined", "unused", "end",
    ]  # fmt: skip


def test_deleted_models_free_their_memory_at_once():
    def last_layer(make):
        model = make()
        model.compile("sgd", "mse")
        model.fit(X, X[:, :1], verbose=0)
        assert model.history.model is model
        return weakref.ref(model.layers[-1])

    def graph():
        x = Input((4,))
        return Model(x, Dense(1)(x))

    gc.disable()
    try:
        chain, other = (
            last_layer(lambda: Sequential([Dense(1, input_shape=(4,))])),
            last_layer(graph),
        )
        assert (chain(), other()) == (None, None)
    finally:
        gc.enable()


def test_layers_may_be_added_and_removed_in_any_order():
    model = Sequential([Dense(3, input_shape=(4,), name="a"), Dense(2, name="b")])
    model.pop()
    model.add(Dense(5, name="c"))
    model.add(Dense(1, name="d"))
    assert [call.layer.name for call in model._structure.calls][1:] == ["a", "c", "d"]
    np.testing.assert_array_equal(model(X), model.layers[2](model.layers[1](model.layers[0](X))))
