"""The small example on the page: the lecture's image and filters, forward, backward, all settings."""

import numpy as np
import pytest

from minicnn.layers import Conv2D

IMAGE = [
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
]
FILTER_1 = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
FILTER_2 = [[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]
MAP_1 = [[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]


def part(page, key):
    """The numbers of a grid; those not yet reached are None."""
    return page.numbers(f"#slider [data-part='{key}'] .cell")


def press(page, step, times=1):
    for _ in range(times):
        page.click(page.one(f"#slider [data-step={step}]"))


def convolution(kernel, stride=1, padding="valid", dilation=1):
    """The real layer, with the image it takes."""
    options = {"padding": padding, "use_bias": False, "dtype": "float64"}
    layer = Conv2D(1, 3, strides=stride, dilation_rate=dilation, **options)
    layer.build((None, 6, 6, 1))
    layer.kernel[:, :, 0, 0] = kernel
    return layer, np.array(IMAGE, np.float64).reshape(1, 6, 6, 1)


def choose(page, number, value):
    """Choose in one of the rows: 0 direction, 1 filter, 2 stride, 3 padding, 4 dilation."""
    (row,) = page.all("#slider .controls")
    fields = row.find_elements("css selector", "fieldset")
    page.pick(fields[number].find_element("css selector", f"input[value='{value}']"))


def test_it_begins_with_the_lectures_first_number(page):
    assert part(page, "sum.window") == [1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert part(page, "sum.filter") == np.ravel(FILTER_1).tolist()
    assert part(page, "slide.output") == [3] + 15 * [None]
    assert page.text("#slide-equation") == (
        "1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 + 0·(−1) + 0·(−1) + 0·(−1) + 1·1 = 3"
    )


def test_step_by_step_to_the_end_and_back(page):
    for step in range(1, 16):
        press(page, "next")
        assert part(page, "slide.output") == np.ravel(MAP_1)[: step + 1].tolist() + (15 - step) * [
            None
        ]
        assert sum(part(page, "sum.products")) == np.ravel(MAP_1)[step]
    press(page, "next")  # there is no further
    assert part(page, "slide.output") == np.ravel(MAP_1).tolist()
    press(page, "previous", 2)
    assert part(page, "slide.output")[-2:] == [None, None]
    press(page, "first")
    assert part(page, "slide.output") == [3] + 15 * [None]


def test_it_plays_by_itself_both_ways(page):
    reached = lambda count: sum(value is not None for value in part(page, "slide.output")) == count  # noqa: E731
    press(page, "play")
    page.wait_for(lambda: reached(3))
    press(page, "play")  # a pause
    press(page, "last")
    press(page, "backwards")
    page.wait_for(lambda: reached(14))
    press(page, "backwards")


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2)])
def test_sizes_and_outputs_are_the_layers(page, stride, padding, dilation):
    choose(page, 1, 2)
    choose(page, *((2, stride) if stride > 1 else (4, dilation)))
    choose(page, 3, padding)
    press(page, "last")
    layer, x = convolution(FILTER_2, stride, padding, dilation)
    output = layer(x)[0, :, :, 0]
    assert part(page, "slide.output") == output.ravel().tolist()
    formula = page.text("#size-formula")
    assert formula.endswith(f"= {len(output)}")
    numbers, stride_text = formula.replace("⌊(", "").split("⌋")[0].split(") / ")
    size, before, after, extent = (int(part) for part in numbers.replace("−", "+").split(" + "))
    assert (size, extent, int(stride_text)) == (6, 2 * dilation + 1, stride)
    assert (size + before + after - extent) // stride + 1 == len(output)
    padded = len(page.all("#slider [data-part='slide.image'] .cell.padding"))
    assert padded == (6 + before + after) ** 2 - 36


def test_stride_or_dilation_but_not_both(page):
    """Conv2D refuses both at once, as Keras does."""
    choose(page, 2, 3)
    choose(page, 4, 2)
    assert page.text("#size-formula") == "⌊(6 + 0 + 0 − 5) / 1⌋ + 1 = 2"
    choose(page, 2, 3)
    assert page.text("#size-formula") == "⌊(6 + 0 + 0 − 3) / 3⌋ + 1 = 2"


def test_the_lectures_stride_2(page):
    choose(page, 2, 2)
    press(page, "last")
    assert part(page, "slide.output") == [3, -3, -3, 0]


@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), [(1, "valid", 1), (2, "same", 1), (1, "same", 2)]
)
def test_backward_equals_the_layer(page, stride, padding, dilation):
    choose(page, 0, "backward")
    choose(page, *((2, stride) if stride > 1 else (4, dilation)))
    choose(page, 3, padding)
    press(page, "last")
    layer, x = convolution(FILTER_1, stride, padding, dilation)
    y, cache = layer.forward(x)
    dy = np.array(part(page, "slide.upstream")).reshape(y.shape)
    assert np.ptp(dy) > 0
    dx, gradients = layer.backward(dy, cache)
    assert part(page, "slide.kernelGradient") == gradients["kernel"].ravel().tolist()
    assert part(page, "slide.imageGradient") == dx.ravel().tolist()


def test_backward_adds_up_step_by_step(page):
    choose(page, 0, "backward")
    (first, *_) = part(page, "slide.upstream")
    window = np.array(IMAGE)[:3, :3]
    assert part(page, "slide.kernelGradient") == (first * window).ravel().tolist()
    assert (
        np.reshape(part(page, "slide.imageGradient"), (6, 6))[:3, :3].tolist()
        == (first * np.array(FILTER_1)).tolist()
    )


def test_a_gradient_tells_its_whole_sum(page):
    choose(page, 0, "backward")
    press(page, "last")
    cells = page.all("#slider [data-part='slide.kernelGradient'] .cell")
    page.click(cells[2])
    text = page.text("#slide-equation").replace("−", "-")
    assert text.startswith("∂loss/∂filter[0, 2] = ")
    total = float(cells[2].get_attribute("data-value"))
    *_, products, result = text.split(" = ")
    terms = [term.replace("(", "").replace(")", "").split("·") for term in products.split(" + ")]
    assert len(terms) == 16
    assert sum(float(a) * float(b) for a, b in terms) == float(result) == total


def test_pixels_and_weights_can_be_changed(page):
    page.click(page.all("#slider [data-part='slide.image'] .cell")[1])
    page.click(page.all("#slider [data-part='sum.filter'] .cell")[1])
    assert part(page, "sum.window")[1] == 1
    assert part(page, "sum.filter")[1] == 0
    page.click("#slider .controls > button")
    assert part(page, "sum.window")[1] == 0
    assert part(page, "sum.filter")[1] == -1


def write(page, name, value):
    """Write a number into a field of the slide, by its name."""
    (field,) = [
        one for one in page.all("#slider .field") if one.is_displayed() and one.text == name
    ]
    entry = field.find_element("css selector", "input")
    page.run("arguments[0].select()", entry)
    entry.send_keys(str(value))
    page.settle()


@pytest.mark.parametrize(
    ("size", "kernel_size", "dilation", "padding"),
    [(8, 3, 2, "valid"), (7, 5, 1, "same"), (4, 2, 1, "valid"), (6, 1, 1, "same")],
)
def test_any_size_and_any_numbers(page, size, kernel_size, dilation, padding):
    write(page, "Image size", size)
    write(page, "Filter size", kernel_size)
    choose(page, 3, padding)
    if dilation > 1:
        choose(page, 4, dilation)
    page.click(page.all("#slider [data-part='sum.filter'] .cell")[0])
    write(page, "filter[0, 0]", -2.5)
    inside = page.all("#slider [data-part='slide.image'] .cell:not(.padding)")
    page.click(inside[size + 1])
    write(page, "image[1, 1]", 0.75)
    press(page, "last")
    shown = page.numbers("#slider [data-part='slide.image'] .cell:not(.padding)")
    image = np.reshape(shown, (1, size, size, 1))
    kernel = np.reshape(part(page, "sum.filter"), (kernel_size, kernel_size))
    assert (kernel[0, 0], image[0, 1, 1, 0]) == (-2.5, 0.75)
    layer = Conv2D(1, kernel_size, padding=padding, dilation_rate=dilation, use_bias=False)
    layer.build((None, size, size, 1))
    layer.kernel[:, :, 0, 0] = kernel
    expected = layer(image.astype(np.float32))
    assert part(page, "slide.output") == expected.ravel().tolist()


def test_a_filter_always_fits_into_the_image(page):
    choose(page, 4, 2)
    write(page, "Filter size", 5)  # dilated it would be 9 wide
    assert page.text("#size-formula") == "⌊(6 + 0 + 0 − 5) / 1⌋ + 1 = 2"
    write(page, "Image size", 4)  # smaller than the filter: refused
    assert page.text("#size-formula") == "⌊(6 + 0 + 0 − 5) / 1⌋ + 1 = 2"
    page.click("#slider .controls > button")
    assert part(page, "slide.output") == [3] + 15 * [None]
