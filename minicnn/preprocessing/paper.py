"""Straighten the paper in a picture: a sheet at an angle on a desk, the lines of squared paper."""

import numpy as np
from numpy import ndarray

LEAST, MOST = 0.15, 0.97  # of the picture: area of a sheet whose edges are seen
FILLED = 0.7  # of a sheet, at least: paper without ink
LINE = 0.02  # of the longer side: width of lines on the paper, at most
RECTANGULAR = 0.88  # of the smallest rectangle around a sheet: its area
SHARP = 0.5  # of the difference between sheet and desk, at the sheet's edge
FEWEST_PIXELS = 100  # along the shorter side of a picture that shows a sheet or squares
MARGIN = 0.015  # of the longer side: shadow at the sheet's edge
ANGLES = np.arange(-44, 45, 1.0)
TILTS = np.arange(-6, 6.5, 0.5)  # of squared paper, in degrees
FINE = np.arange(-0.4, 0.45, 0.1)
LINES = 4  # of a grid, at least, in each direction
COVERED = 25  # per cent of a line on which there may be no ink
FAINTEST_LINE = 0.04
SMALL = 250  # pixels along the longer side in which angles are measured


def find_sheet(grey: ndarray) -> tuple[ndarray, float] | None:
    """Return a mask of a bright sheet whose edges are seen, and the angle that makes it upright."""
    from PIL import Image, ImageDraw
    from scipy import ndimage
    from scipy.spatial import ConvexHull

    if min(grey.shape) < FEWEST_PIXELS:
        return None
    line = round(LINE * max(grey.shape)) | 1
    plain = ndimage.grey_closing(grey, (line, line))  # lines would cut the sheet into squares
    if plain.min() == plain.max():
        return None
    labels, count = ndimage.label(plain > _otsu(plain))
    if not count:
        return None
    largest = 1 + int(np.argmax(ndimage.sum_labels(labels > 0, labels, range(1, count + 1))))
    points = np.argwhere(labels == largest)
    if len(points) < LEAST * grey.size * FILLED:
        return None
    hull = ConvexHull(points)
    corners = points[hull.vertices]
    sine, cosine = np.sin(np.radians(ANGLES)), np.cos(np.radians(ANGLES))
    axes = np.array([[cosine, sine], [-sine, cosine]])  # one rotation for each angle
    areas = np.ptp(np.tensordot(corners, axes, 1), axis=0).prod(axis=0)
    if not LEAST * grey.size < hull.volume < MOST * grey.size:
        return None
    if hull.volume < RECTANGULAR * min(areas) or len(points) < FILLED * hull.volume:
        return None
    margin = round(MARGIN * max(grey.shape))
    image = Image.new("1", grey.shape[::-1])
    ImageDraw.Draw(image).polygon(corners[:, ::-1].ravel().tolist(), fill=1)
    paper = np.array(image)
    mask = ndimage.binary_erosion(paper, iterations=margin)
    outside = ndimage.binary_dilation(paper, iterations=margin) & ~paper
    inside = ndimage.binary_dilation(outside, iterations=margin) & paper
    step = plain[inside].mean() - plain[outside].mean()
    if step < SHARP * (plain[paper].mean() - plain[~paper].mean()):
        return None  # the light fades
    return mask, float(ANGLES[int(np.argmin(areas))])


def grid_tilt(ink: ndarray) -> float | None:
    """Return the angle that makes the lines of squared paper horizontal; None if there are none."""
    from PIL import Image

    if min(ink.shape) < FEWEST_PIXELS:
        return None
    step = -(-max(ink.shape) // SMALL)
    tilt = _sharpest(np.asarray(Image.fromarray(ink).reduce(step)), TILTS)
    tilt = _sharpest(ink, tilt + FINE)
    upright = rotated(ink, tilt)
    return tilt if all(_lines(_covered(upright, axis)) >= LINES for axis in (0, 1)) else None


def _sharpest(ink: ndarray, tilts: ndarray) -> float:
    """Return the angle at which rows and columns differ most."""
    from PIL import Image

    edge = min(ink.shape) // 8  # a rotation moves in what is outside
    picture = Image.fromarray(ink)

    def sharpness(tilt: float) -> float:
        turned = np.asarray(
            picture.rotate(tilt, Image.Resampling.BILINEAR)
        )  # faster than `rotated`
        inside = turned[edge:-edge, edge:-edge]
        return np.concatenate([inside.mean(axis=0), inside.mean(axis=1)]).var()

    return max(map(float, tilts), key=sharpness)


def without_grid(ink: ndarray) -> ndarray:
    """Remove upright lines that go through the whole picture."""
    rows, columns = _covered(ink, 1), _covered(ink, 0)
    return np.maximum(ink - 1.2 * np.maximum(rows[:, np.newaxis], columns), 0)


def rotated(values: ndarray, angle: float) -> ndarray:
    """Rotate a picture about its centre, in degrees."""
    from scipy.ndimage import rotate

    return rotate(values, angle, reshape=False, order=1, mode="nearest") if angle else values


def _covered(ink: ndarray, axis: int) -> ndarray:
    """Return the strength that ink has on most of each row (axis 1) or column, or beside it."""
    from scipy.ndimage import maximum_filter1d

    return np.percentile(maximum_filter1d(ink, 3, axis=1 - axis), COVERED, axis=axis)


def _lines(strengths: ndarray) -> int:
    """Count the lines in the strengths of rows or columns."""
    seen = strengths > max(FAINTEST_LINE, strengths.max() / 3)
    return int((np.diff(seen.astype(int)) > 0).sum() + seen[0]) if seen.mean() < 0.5 else 0


def _otsu(grey: ndarray) -> float:
    """Return the brightness between two classes of pixels that are as far apart as possible.

    Source: N. Otsu 1979, "A threshold selection method from gray-level histograms".
    """
    counts, edges = np.histogram(grey, 64)
    centres = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts)[:-1], counts.sum()
    sums = np.cumsum(counts * centres)
    distance = sums[:-1] / below - (sums[-1] - sums[:-1]) / (total - below)
    return float(edges[1 + int(np.argmax(below * (total - below) * distance**2))])
