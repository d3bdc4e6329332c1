"""The page's small examples: the lecture's numbers, output sizes, and invalid sizes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minicnn.explaining.model_data import model_data
from minicnn.ops.reference import conv2d_backward, conv2d_forward
from minicnn.ops.windows import output_size, padding_amounts, window_indices
from tests.explaining.random_models import models
from tests.test_lecture_arithmetic import FILTER_1, FILTER_2, IMAGE, MAP_1, MAP_2


def plain(values):
    values = np.asarray(values, np.float64)
    return {"shape": list(values.shape), "data": values.ravel().tolist()}


def array(tensor):
    return np.array(tensor["data"]).reshape(tensor["shape"])


@pytest.mark.parametrize(("kernel", "expected"), [(FILTER_1, MAP_1), (FILTER_2, MAP_2)])
def test_the_lectures_convolution(kernel, expected, ask):
    dy = plain(np.ones((4, 4, 1)))
    slide = {"image": plain(IMAGE), "kernel": plain(kernel), "dy": dy, "options": {}}
    said = ask({"slide": slide})
    assert array(said["output"])[:, :, 0].tolist() == expected
    assert said["corner"]["sum"] == expected[0][0]
    products = [term["product"] for term in said["corner"]["terms"]]
    assert products == (np.array(IMAGE)[:3, :3] * np.array(kernel)).ravel().tolist()


def test_the_lectures_convolution_with_stride_2(ask):
    slide = {
        "image": plain(IMAGE),
        "kernel": plain(FILTER_1),
        "dy": plain(np.ones((2, 2, 1))),
        "options": {"strides": [2, 2]},
    }
    assert array(ask({"slide": slide})["output"])[:, :, 0].tolist() == [[3, -3], [-3, 0]]


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_convolution_without_a_loss_goes_back(padding, ask):
    random = np.random.default_rng(3)
    x, kernel, bias = (random.normal(size=shape) for shape in ((1, 6, 5, 2), (3, 2, 2, 4), (4,)))
    y, cache = conv2d_forward(x, kernel, bias, (2, 1), padding, activation="relu")
    dy = random.normal(size=y.shape)
    dx, dkernel, dbias = conv2d_backward(dy, cache)
    options = {"strides": [2, 1], "padding": padding, "activation": "relu"}
    slide = {"image": plain(x[0]), "kernel": plain(kernel), "bias": plain(bias), "dy": plain(dy[0])}
    said = ask({"slide": slide | {"options": options}})
    assert np.allclose(array(said["output"]), y[0])
    assert np.allclose(array(said["input"]), dx[0])
    assert np.allclose(array(said["weights"]["kernel"]), dkernel)
    assert np.allclose(array(said["weights"]["bias"]), dbias)


@given(
    size=st.integers(1, 30),
    window=st.integers(1, 6),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    padding=st.sampled_from(["valid", "same"]),
)
def test_output_sizes(size, window, stride, dilation, padding, ask):
    given_to_both = [size, window, stride, padding, dilation]
    said = ask({"call": "outputSize", "with": given_to_both})["returned"]
    assert said["size"] == output_size(*given_to_both)
    assert (said["before"], said["after"]) == padding_amounts(*given_to_both)
    assert said["padded"] == size + said["before"] + said["after"]
    assert said["text"].endswith(f"= {said['size']}")
    cells = ask({"call": "coveredCells", "with": [1, *given_to_both]})["returned"]
    assert cells == window_indices(1, *given_to_both)


def test_the_formula_as_a_text(ask):
    said = ask({"call": "outputSize", "with": [6, 3, 1, "valid"]})["returned"]
    assert said["text"] == "⌊(6 + 0 + 0 − 3) / 1⌋ + 1 = 4"


@given(data=st.data())
def test_what_does_not_fit_is_said(data, ask):
    model = data.draw(models(kind="Dense"))
    asked = {"model": model_data(model), "learningRate": 0.01, "picks": [], "label": 0}
    image = plain(np.zeros((3, 2, 1, 1)))
    with pytest.raises(RuntimeError, match=r"takes an input of shape .* got \[3,2,1,1\]"):
        ask(asked | {"image": image})
    image = plain(np.zeros(model.input_shape[1:]))
    with pytest.raises(RuntimeError, match="takes a class from 0 to 3"):
        ask(asked | {"image": image, "label": 4})
    with pytest.raises(RuntimeError, match="format 4; this page reads 3"):
        ask(asked | {"image": image, "model": asked["model"] | {"format": 4}})


def test_a_misspelt_padding_is_said(ask):
    with pytest.raises(RuntimeError, match='Padding is "valid", "same" or "causal", got "full"'):
        ask({"call": "outputSize", "with": [6, 3, 1, "full"]})
