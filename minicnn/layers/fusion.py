"""Layers that are computed together with the one before them, in one pass over memory.

In a chain such as a convolution, a normalization and a ReLU, each layer is the only reader of the output
of the one before. `Layer.forward_through` gets the layers that follow and computes as many of them as it
can. A layer that was computed so keeps `FUSED` as its cache, and the backward pass skips it.
"""

from collections.abc import Sequence
from typing import Any

from minicnn.layers import contract

FUSED = object()
FUSIBLE = ("activation", "normalization")  # families of the layers that one before may compute


def followers(nodes: Sequence[Any], outputs: Sequence[int], inputs: int) -> list[list[int]]:
    """Return, for each node of a graph, those that follow in a chain and may be fused with it.

    Parameters are the attributes of `minicnn.graph.Graph`.
    """
    readers: list[list[int]] = [[] for _ in range(inputs + len(nodes))]
    for index, node in enumerate(nodes):
        for value in node.inputs:
            readers[value].append(index)
    chains: list[list[int]] = [[] for _ in nodes]
    for index in reversed(range(len(nodes))):
        value = inputs + index
        if value not in outputs and len(readers[value]) == 1:
            (reader,) = readers[value]
            if _may_fuse(nodes[index].layer, *nodes[reader]):
                chains[index] = [reader, *chains[reader]]
    return chains


def _may_fuse(layer: Any, reader: Any, inputs: Sequence[int]) -> bool:
    """Whether nobody else needs the layer's output, and both computations are known."""
    if reader.family not in FUSIBLE:
        return False
    both = layer, reader
    kinds: list[Any] = [type(layer), type(reader)]
    known = all(one.family != "custom" for one in both) and all(map(contract.is_builtin, kinds))
    alike = layer.dtype == reader.dtype and len(inputs) == 1
    return known and alike and all(one.activity_regularizer is None for one in both)
