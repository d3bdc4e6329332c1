"""The table for notebooks has the content of the printed one."""

from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential

from ..test_html_table import read


def lecture():
    return Sequential(
        [
            Conv2D(64, kernel_size=3, activation="relu", input_shape=(28, 28, 1)),
            Conv2D(32, kernel_size=3, activation="relu"),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


def test_the_lectures_numbers():
    html = lecture()._repr_html_()
    assert read(html) == [
        ["Layer (type)", "Output Shape", "Param #"],
        ["conv2d (Conv2D)", "(None, 26, 26, 64)", "640"],
        ["conv2d_1 (Conv2D)", "(None, 24, 24, 32)", "18,464"],
        ["flatten (Flatten)", "(None, 18432)", "0"],
        ["dense (Dense)", "(None, 10)", "184,330"],
    ]
    assert "Model: sequential<" in html
    assert "Total params: 203,434 (794.66 KB)<br>Trainable params: 203,434 (794.66 KB)" in html


def test_the_same_numbers_as_in_the_printed_table():
    model, printed = lecture(), []
    model.summary(line_length=120, print_fn=printed.append)
    for row in read(model._repr_html_()):
        assert any(all(cell in line for cell in row) for line in printed[0].splitlines())


def test_a_model_without_shapes_and_names_that_look_like_html():
    model = Sequential([Dense(3, name="<b>bold")], name="<i>model")
    html = model._repr_html_()
    assert read(html)[1] == ["<b>bold (Dense)", "?", "0 (unbuilt)"]
    assert "Model: &lt;i&gt;model" in html
