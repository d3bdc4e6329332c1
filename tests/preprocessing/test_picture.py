import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from minicnn.errors import FileFormatError, UnknownNameError
from minicnn.preprocessing.pictures import img_to_array, load_img

COLOURS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)


def read_picture(path, color_mode="rgb"):
    return img_to_array(load_img(path, color_mode), dtype="uint8")


def saved(path, array, **how):
    Image.fromarray(array).save(path, **how)
    return path


@pytest.mark.parametrize("ending", ["png", "bmp", "gif"])
def test_formats_without_loss(tmp_path, ending):
    read = read_picture(saved(tmp_path / f"a.{ending}", COLOURS))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, COLOURS)


def test_jpeg(tmp_path):
    grey = np.full((8, 8), 100, np.uint8)
    np.testing.assert_allclose(read_picture(saved(tmp_path / "a.jpg", grey)), 100, atol=2)


def test_colour_modes(tmp_path):
    path = saved(tmp_path / "a.png", COLOURS)
    grey = read_picture(path, "grayscale")
    assert grey.shape == (2, 2, 1)
    # Luma of ITU-R 601: 0.299 R + 0.587 G + 0.114 B.
    np.testing.assert_allclose(grey[..., 0], [[76, 150], [29, 255]], atol=1)
    rgba = read_picture(path, "rgba")
    assert rgba.shape == (2, 2, 4)
    assert (rgba[..., 3] == 255).all()
    with pytest.raises(UnknownNameError, match="Did you mean 'grayscale'"):
        read_picture(path, "greyscale")


def test_sixteen_bits_are_scaled_not_cut(tmp_path):
    deep = np.array([[0, 0x1234], [0x8000, 0xFFFF]], np.uint16)
    read = read_picture(saved(tmp_path / "a.png", deep), "grayscale")
    assert read[..., 0].tolist() == [[0, 0x12], [0x80, 0xFF]]
    assert read_picture(tmp_path / "a.png").shape == (2, 2, 3)


def test_black_and_white(tmp_path):
    path = saved(tmp_path / "a.png", np.array([[True, False]]))
    assert read_picture(path, "grayscale")[..., 0].tolist() == [[255, 0]]


def test_transparency_is_dropped_or_kept(tmp_path):
    clear = np.dstack([COLOURS, np.full((2, 2), 7, np.uint8)])
    path = saved(tmp_path / "a.png", clear)
    np.testing.assert_array_equal(read_picture(path), COLOURS)
    np.testing.assert_array_equal(read_picture(path, "rgba"), clear)
    palette = Image.fromarray(COLOURS).quantize(4)
    palette.save(tmp_path / "p.png", transparency=b"\x00\x80\xff\xff")
    np.testing.assert_array_equal(read_picture(tmp_path / "p.png"), COLOURS)


def test_the_content_decides(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(COLOURS).save(path, format="PNG")
    np.testing.assert_array_equal(read_picture(path), COLOURS)


def test_other_formats_are_refused(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(COLOURS).save(path, format="TIFF")
    with pytest.raises(FileFormatError, match=r"a\.png is not a whole BMP, GIF, JPEG, PNG or WebP"):
        read_picture(path)


def test_a_missing_file_is_missing_not_damaged(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_picture(tmp_path / "a.png")


def test_devices_and_giants_are_not_read(tmp_path, monkeypatch):
    with pytest.raises(FileFormatError, match="device or pipe"):
        read_picture(os.devnull)
    path = tmp_path / "sparse.png"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(FileFormatError, match=r"sparse\.png has 10,737,418,240 bytes"):
        read_picture(path)


def png_of_size(width, height):
    """Write a PNG of a few bytes that claims to be huge."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_bomb_is_refused(tmp_path, side):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of_size(side, side))
    with pytest.raises(FileFormatError, match=r"bomb\.png has too many pixels"):
        read_picture(path)


def encoded(kind):
    stream = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(stream, format=kind)
    return stream.getvalue()


FILES = {kind: encoded(kind) for kind in ("PNG", "JPEG", "GIF", "BMP")}


@pytest.mark.parametrize("kind", FILES)
def test_a_cut_picture_is_named(tmp_path, kind):
    path = tmp_path / "cut.png"
    path.write_bytes(FILES[kind][: len(FILES[kind]) // 2])
    with pytest.raises(FileFormatError, match=r"cut\.png is not a whole"):
        read_picture(path)


@given(
    st.sampled_from(sorted(FILES)),
    st.integers(0, 2**16),
    st.integers(1, 255),
    st.integers(0, 2**16),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_refused_or_gives_a_picture(tmp_path, kind, place, flip, end):
    content = bytearray(FILES[kind])
    content[place % len(content)] ^= flip
    path = tmp_path / "damaged.png"
    path.write_bytes(content[: max(end, 1)])
    try:
        read = read_picture(path)
    except FileFormatError:
        return
    assert read.ndim == 3
    assert read.shape[-1] == 3
