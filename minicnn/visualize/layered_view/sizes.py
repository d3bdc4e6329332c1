"""How large a layer's box is: its output's shape, in pixels."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from minicnn.errors import unknown_name
from minicnn.layers.arguments import Shape

# Where no scale is given, in pixels:
_LARGEST_CELL, _LARGEST_CHANNEL = 8, 1.5
_HIGHEST = 180  # the highest image
_ROW, _NARROW, _BROAD = 1000, 40, 100  # the images share the row: the broadest, within these two
_VECTOR = 2.5  # times as long as the broadest image, at most
_ORIENTATIONS = {"x": 0, "y": 1, "z": 2}


class Size(NamedTuple):
    """A box' extents: x from front to back, y upwards, z along the row; cells, then pixels."""

    x: float
    y: float
    z: float


class Scale(NamedTuple):
    """The arguments of `layered_view` that say how cells become pixels."""

    min_z: float
    min_xy: float
    max_z: float
    max_xy: float
    scale_z: float | None
    scale_xy: float | None
    one_dim_orientation: str


def box_sizes(shapes: Sequence[Shape], scale: Scale) -> list[Size]:
    """Return the size of each layer's box."""
    _check(scale)
    cells = [_cells(shape[1:], scale.one_dim_orientation) for shape in shapes]
    images = [one for one, shape in zip(cells, shapes, strict=True) if len(shape) > 2]
    scale_z, scale_xy, max_z, max_xy = scale.scale_z, scale.scale_xy, scale.max_z, scale.max_xy
    broad = min(max(_ROW / len(shapes), _NARROW), _BROAD)
    if scale_xy is None:
        highest = max((max(one.x, one.y) for one in images), default=0)
        scale_xy = min(_LARGEST_CELL, _HIGHEST / max(highest, 1))
        max_xy = min(max_xy, max(_HIGHEST, _VECTOR * broad, scale.min_xy))
    if scale_z is None:
        broadest = max((one.z for one in images), default=0)
        scale_z = min(_LARGEST_CHANNEL, broad / max(broadest, 1))
        max_z = min(max_z, max(_VECTOR * broad, scale.min_z))
    return [
        Size(
            x=min(max(one.x * scale_xy, scale.min_xy), max_xy),
            y=min(max(one.y * scale_xy, scale.min_xy), max_xy),
            z=min(max(one.z * scale_z, scale.min_z), max_z),
        )
        for one in cells
    ]


def _cells(shape: Shape, one_dim_orientation: str) -> Size:
    """Return how many cells there are in each direction; a size that may vary counts as none."""
    known = [size or 0 for size in shape]
    if len(known) == 1:
        extents = [1, 1, 1]
        extents[_ORIENTATIONS[one_dim_orientation]] = known[0]
        return Size(*extents)
    height, width, *rest = (*known, 1, 1)[: max(len(known), 2)]
    return Size(x=width, y=height, z=prod(rest))


def _check(scale: Scale) -> None:
    if scale.one_dim_orientation not in _ORIENTATIONS:
        raise unknown_name("one_dim_orientation", scale.one_dim_orientation, _ORIENTATIONS)
    for name, value in scale._asdict().items():
        if name != "one_dim_orientation" and value is not None and not value > 0:
            raise ValueError(f"{name} takes pixels above 0, got {value!r}.")
    for axes in ("z", "xy"):
        least, most = getattr(scale, f"min_{axes}"), getattr(scale, f"max_{axes}")
        if least > most:
            raise ValueError(f"min_{axes}={least} is larger than max_{axes}={most}.")
