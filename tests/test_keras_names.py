"""The page of Keras' names, and names that only programs need."""

import importlib.util

import numpy as np
import pytest

from minicnn import Sequential, initializers, layers
from minicnn.models import load_model
from minicnn.utils import custom_object_scope, get_custom_objects, register_keras_serializable

from .pages import ROOT


def test_the_pages_are_what_their_script_writes():
    spec = importlib.util.spec_from_file_location("keras_names", ROOT / "docs" / "keras_names.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for name, language in script.PAGES.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == script.page(language), (
            "run docs/keras_names.py"
        )


@pytest.mark.parametrize(
    "name", ["add", "average", "concatenate", "maximum", "minimum", "multiply", "subtract"]
)
def test_functions_that_merge_are_their_layers(name):
    a, b = np.full((2, 3), 2.0, "float32"), np.full((2, 3), 5.0, "float32")
    layer = getattr(layers, name.capitalize())
    np.testing.assert_array_equal(getattr(layers, name)([a, b]), layer()([a, b]))


def test_initializers_have_both_spellings():
    assert initializers.he_normal is initializers.HeNormal
    assert initializers.glorot_uniform(seed=1).seed == 1


class Double(layers.Layer):
    def forward(self, x, training=False):
        return 2 * x, None

    def backward(self, dy, cache):
        return 2 * dy, {}


def test_registered_classes_are_found_in_files(tmp_path):
    path = tmp_path / "model.keras"
    Sequential([layers.Input((3,)), Double()]).save(path)
    with pytest.raises(Exception, match="Double"):
        load_model(path)
    with custom_object_scope({"Double": Double}):
        assert load_model(path).predict(np.ones((1, 3)), verbose=0).tolist() == [[2, 2, 2]]
    assert "Double" not in get_custom_objects()
    try:
        register_keras_serializable(package="lesson")(Double)
        assert isinstance(load_model(path).layers[0], Double)
    finally:
        get_custom_objects().clear()
