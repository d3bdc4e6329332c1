import base64
import io
import os
import re

import numpy as np
import pytest
from PIL import Image

from minicnn import steps
from minicnn.errors import UnknownNameError
from minicnn.visualize import animate_walk
from minicnn.visualize import walks as module

IMAGE = np.arange(12).reshape(3, 4) % 5
KERNEL = np.array([[1, -1], [0, 2]])
DY = np.array([[1, 2, 0], [-1, 0, 3]])


def gif_frames(path):
    with Image.open(path) as gif:
        assert gif.format == "GIF"
        for number in range(gif.n_frames):
            gif.seek(number)
            yield np.asarray(gif.convert("RGB")), gif.info


def html_frames(path):
    for data in re.findall(
        r'frames\[\d+\] = "data:image/png;base64,([^"]+)"', path.read_text("utf-8")
    ):
        with Image.open(io.BytesIO(base64.b64decode(data.replace("\\\n", "")))) as frame:
            yield np.asarray(frame.convert("RGB"))


def walks():
    forward = steps.conv2d(IMAGE, KERNEL)
    same = steps.conv2d(IMAGE, KERNEL, strides=2, padding="same")
    pooling = steps.max_pooling2d(IMAGE, 2, strides=1)
    return {
        "convolution": forward,
        "padded": same,
        "weights": forward.backward(DY).kernel,
        "pixels": forward.backward(DY).input,
        "pooling": pooling,
        "mean": steps.average_pooling2d(IMAGE),
        "won": pooling.backward(DY).input,
    }


@pytest.mark.parametrize("name", walks())
def test_a_frame_for_each_step_in_the_walks_order(tmp_path, monkeypatch, name):
    walk = walks()[name]
    drawn = []
    draw_step = module.draw_step
    monkeypatch.setattr(
        module, "draw_step", lambda *given: (drawn.append(given[1].index), draw_step(*given))
    )
    path = animate_walk(walk, tmp_path / "walk.gif", seconds=0.5)
    frames = list(gif_frames(path))
    assert len(frames) == len(walk)
    assert drawn == list(walk.indices())
    assert all(info["duration"] == 500 for _, info in frames)
    assert len({picture.tobytes() for picture, _ in frames}) == len(walk)
    assert len({picture.shape for picture, _ in frames}) == 1


def test_the_frame_moves_over_the_image(tmp_path):
    """The mean position of the vermilion dots moves right with each step, and back with each row."""
    walk = steps.max_pooling2d(
        IMAGE, 1
    )  # no second row of tables: one frame here, one in the output
    path = animate_walk(walk, tmp_path / "walk.gif")
    places = []
    for picture, _ in gif_frames(path):
        red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
        rows, columns = np.nonzero((abs(red - 213) < 25) & (abs(green - 94) < 25) & (blue < 40))
        upper = rows < picture.shape[0] * 0.6
        places.append((rows[upper].mean(), columns[upper].mean()))
    rows, columns = np.array(places).T.reshape(2, 3, 4)
    assert (np.diff(columns, axis=1) > 10).all()
    assert (np.diff(rows, axis=0) > 10).all()
    assert np.ptp(rows, axis=1).max() < 3


def test_html_has_the_same_frames_and_asks_for_nothing_outside(tmp_path):
    walk = steps.conv2d(IMAGE, KERNEL)
    path = animate_walk(walk, tmp_path / "new" / "walk.html")
    frames = list(html_frames(path))
    assert len(frames) == len(walk)
    assert len({frame.tobytes() for frame in frames}) == len(walk)
    text = re.sub(r"base64,[^\"]+", "", path.read_text("utf-8"))
    assert not re.search(r"https?://|<link|@import|url\(", text)
    assert "default-src 'none'" in text
    assert "<title>conv2d: image 3×4, kernel 2×2" in text


def test_the_pages_buttons_all_have_a_sign_and_a_name(tmp_path):
    path = animate_walk(steps.conv2d(IMAGE, KERNEL), tmp_path / "walk.html", steps=[(0, 0), (1, 1)])
    text = path.read_text("utf-8")
    icons = set(re.findall(r'class="fa fa-([a-z-]+)', text))
    assert icons
    for icon in icons:
        assert f".fa-{icon}::before" in text
    buttons = re.findall(r"<button[^>]*>", text)
    assert len(buttons) == 9
    assert all("aria-label=" in button or "title=" in button for button in buttons)


def test_chosen_steps(tmp_path):
    walk = steps.conv2d(IMAGE, KERNEL)
    path = animate_walk(walk, tmp_path / "walk.gif", steps=[(0, 0), (1, 2)])
    whole = animate_walk(walk, tmp_path / "whole.gif")
    assert len(list(gif_frames(path))) == 2
    assert sorted(os.listdir(tmp_path)) == ["walk.gif", "whole.gif"]
    assert len(list(gif_frames(whole))) == 6


def test_a_failure_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    (tmp_path / "walk.gif").write_bytes(b"old")

    def broken(*given):
        raise MemoryError

    monkeypatch.setattr(module, "draw_step", broken)
    with pytest.raises(MemoryError):
        animate_walk(steps.conv2d(IMAGE, KERNEL), tmp_path / "walk.gif")
    assert (tmp_path / "walk.gif").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["walk.gif"]


def test_what_cannot_be_animated(tmp_path):
    walk = steps.conv2d(IMAGE, KERNEL)
    with pytest.raises(UnknownNameError, match=r"Did you mean '\.gif'"):
        animate_walk(walk, tmp_path / "walk.gi")
    with pytest.raises(ValueError, match="seconds must be a number > 0, got 0"):
        animate_walk(walk, tmp_path / "walk.gif", seconds=0)
    with pytest.raises(ValueError, match=r"1 to 500 steps, got 676.*steps=\[\(0, 0\), …\]"):
        animate_walk(steps.conv2d(np.ones((28, 28)), np.ones((3, 3))), tmp_path / "walk.gif")
    with pytest.raises(ValueError, match="1 to 500 steps, got 0"):
        animate_walk(walk, tmp_path / "walk.gif", steps=[])
    with pytest.raises(TypeError, match="one gradient at a time"):
        animate_walk(walk.backward(DY), tmp_path / "walk.gif")
    assert os.listdir(tmp_path) == []
