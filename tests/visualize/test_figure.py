import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from minicnn.errors import UnknownNameError
from minicnn.visualize import figure as module
from minicnn.visualize.figure import finish, korean_fonts, new_figure, save_figure

PNG = b"\x89PNG\r\n\x1a\n"


def a_figure():
    figure = new_figure(2, 1)
    figure.subplots().plot([1, 2])
    return figure


def test_no_window_and_nothing_left_in_pyplot():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    a_figure()
    assert plt.get_fignums() == before


def test_a_notebook_gets_a_png():
    assert a_figure()._repr_png_().startswith(PNG)


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.png", PNG), ("a", PNG), ("a.PNG", PNG), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF")],
)
def test_the_ending_decides_the_format(tmp_path, name, start):
    save_figure(a_figure(), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [name]


def test_missing_folders_are_made(tmp_path):
    save_figure(a_figure(), str(tmp_path / "new" / "folder" / "a.png"))
    assert (tmp_path / "new" / "folder" / "a.png").exists()


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"old")
    figure = a_figure()

    def fail(file, **options):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(figure, "savefig", fail)
    with pytest.raises(OSError, match="disk full"):
        save_figure(figure, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.png"]


def test_an_unknown_format_is_named_and_leaves_nothing(tmp_path):
    with pytest.raises(UnknownNameError, match=r"picture format '.pgn'. Did you mean '.png'"):
        save_figure(a_figure(), tmp_path / "a.pgn")
    assert os.listdir(tmp_path) == []


def test_threads_that_write_one_path(tmp_path):
    """Each leaves a whole file; the last one stays."""
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(save_figure, a_figure(), tmp_path / "a.png") for _ in range(12)]:
            one.result()
    assert os.listdir(tmp_path) == ["a.png"]
    with Image.open(tmp_path / "a.png") as picture:
        picture.load()


def test_texts_with_korean_letters_get_a_font_that_has_them(monkeypatch):
    monkeypatch.setattr(module, "_KOREAN_FONTS", ("No Such Font", "DejaVu Serif"))
    figure = new_figure(1, 1)
    shirt, seven = figure.text(0, 0, "셔츠"), figure.text(0, 0, "seven × 7")
    finish(figure)
    assert shirt.get_fontfamily() == ["sans-serif", "DejaVu Serif"]
    assert seven.get_fontfamily() == ["sans-serif"]


def test_korean_names_of_ticks_are_drawn_without_a_warning():
    if not korean_fonts():
        pytest.skip("needs a font with Korean letters")
    figure = new_figure(3, 2)
    axes = figure.subplots()
    axes.set_xticks([0, 1], ["고양이", "개"])
    axes.set_title("동물", weight="bold")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert finish(figure)._repr_png_().startswith(b"\x89PNG")
    assert caught == []


def test_a_font_that_was_installed_after_matplotlib_is_found(monkeypatch):
    from matplotlib import font_manager

    names = ["DejaVu Sans"]
    paths = ["/fonts/Other.ttf", "/fonts/NanumGothic.ttf"]
    monkeypatch.setattr(font_manager, "get_font_names", lambda: names)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: paths)
    monkeypatch.setattr(
        font_manager.fontManager, "addfont", lambda path: names.append(Path(path).stem)
    )
    assert korean_fonts() == ["NanumGothic"]
    assert names == ["DejaVu Sans", "NanumGothic"]


def test_dots_per_inch(tmp_path):
    save_figure(a_figure(), tmp_path / "a.png", dpi=80)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (160, 80)
