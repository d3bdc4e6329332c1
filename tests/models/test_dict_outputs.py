"""Models whose outputs are a dict."""

import numpy as np

from minicnn import Input, Model
from minicnn.layers import Dense
from minicnn.models import clone_model, load_model


def test_outputs_of_a_dict_are_a_dict_as_in_keras(tmp_path):
    x = Input((4,))
    hidden = Dense(3, activation="relu")(x)
    ends = {"a": Dense(2, name="first")(hidden), "b": Dense(1, name="second")(hidden)}
    model = Model(x, ends)
    batch = np.arange(20, dtype="float32").reshape(5, 4)
    listed = Model(x, list(ends.values())).predict(batch, verbose=0)
    model.save(tmp_path / "m.keras")
    models = [model, load_model(tmp_path / "m.keras")]
    made = [one.predict(batch, verbose=0) for one in models]
    for outputs in (*made, model.predict_on_batch(batch), model(batch)):
        assert list(outputs) == ["a", "b"]
        np.testing.assert_allclose(outputs["a"], listed[0], rtol=1e-6)
        np.testing.assert_allclose(outputs["b"], listed[1], rtol=1e-6)
    assert isinstance(clone_model(model).predict(batch, verbose=0), dict)
    called = model(Input((4,)))  # and a model inside a model
    outer = Model(again := Input((4,)), model(again)["b"])
    assert called["a"].shape == (None, 2)
    np.testing.assert_allclose(outer.predict(batch, verbose=0), listed[1], rtol=1e-6)
    assert list(Model(x, {"a": ends["a"]}).predict(batch, verbose=0)) == ["a"]
