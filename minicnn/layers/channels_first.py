"""Layers of images (batch, channels, height, width): those for channels_last, between transpositions."""

from functools import lru_cache
from inspect import signature
from typing import Any

import numpy as np
from numpy import ndarray


class ChannelsFirst:
    """Methods that a layer gets before its own when its `data_format` is "channels_first"."""

    family = "custom"

    def _channels_last(self) -> Any:
        """Return the layer as one for channels_last, with the same weights and attributes."""
        base = type(self).__bases__[1]
        twin: Any = object.__new__(base)
        twin.__dict__ = self.__dict__
        return twin

    def build(self, input_shape: Any) -> None:
        """Create the weights."""
        self._channels_last().build(_last(input_shape))
        self.input_shape = (None, *input_shape[1:])
        self.output_shape = self.compute_output_shape(self.input_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output."""
        shape = self._channels_last().compute_output_shape(_last(input_shape))
        same = len(shape) == len(input_shape)
        return (shape[0], shape[-1], *shape[1:-1]) if same else shape

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        """Move the channels of the input to the end, and back in the output."""
        y, cache = self._channels_last().forward(np.moveaxis(x, 1, -1), training)
        return np.moveaxis(y, -1, 1) if y.ndim == x.ndim else y, (cache, x.ndim)

    def backward(self, dy: ndarray, cache: Any, input_gradient: bool = True) -> tuple[Any, Any]:
        """Move the channels of the gradients in the same way."""
        inner, rank = cache
        kind: Any = type(self)
        dy = np.moveaxis(dy, 1, -1) if dy.ndim == rank else dy
        backward = self._channels_last().backward
        options = () if input_gradient or not _has_option(kind) else (False,)
        dx, gradients = backward(dy, inner, *options)
        return None if dx is None else np.moveaxis(dx, -1, 1), gradients

    def update_state(self, cache: Any) -> None:
        """Update what training changes besides the weights."""
        self._channels_last().update_state(cache[0])

    def __reduce__(self) -> Any:
        state: Any = self.__getstate__()
        return _empty, (type(self).__bases__[1],), state


@lru_cache
def channels_first(base: Any) -> Any:
    """Return the class of layers for channels_first; the class itself if it is one."""
    if issubclass(base, ChannelsFirst):
        return base
    return type(base.__name__, (ChannelsFirst, base), {"__module__": base.__module__})


@lru_cache
def _has_option(kind: Any) -> bool:
    return "input_gradient" in signature(kind.__bases__[1].backward).parameters


def _empty(base: type) -> Any:
    return object.__new__(channels_first(base))


def _last(shape: Any) -> Any:
    return (shape[0], *shape[2:], *shape[1:2])
