"""Arithmetic step by step: every number and every gradient as the sum that made it.

A walk goes through an operation number by number. It computes with the definitions in `minicnn.ops`,
and gives what the layer of the same name gives.

>>> from minicnn import steps
>>> walk = steps.conv2d([[1, 2], [3, 4]], [[1, -1]])
>>> walk.output
array([[-1],
       [-1]])
>>> walk[1, 0].equation
'3·1 + 4·(−1) = −1'
"""

from minicnn.steps.activation import activation
from minicnn.steps.adam import adam
from minicnn.steps.batch_normalization import batch_normalization
from minicnn.steps.conv2d import conv2d
from minicnn.steps.dense import dense
from minicnn.steps.index_map_layers import (
    average_pooling2d,
    dropout,
    flatten,
    global_average_pooling2d,
    global_max_pooling2d,
    max_pooling2d,
    rescaling,
    reshape,
    zero_padding2d,
)
from minicnn.steps.loss import softmax_crossentropy
from minicnn.steps.trace import trace

__all__ = [
    "activation",
    "adam",
    "average_pooling2d",
    "batch_normalization",
    "conv2d",
    "dense",
    "dropout",
    "flatten",
    "global_average_pooling2d",
    "global_max_pooling2d",
    "max_pooling2d",
    "rescaling",
    "reshape",
    "softmax_crossentropy",
    "trace",
    "zero_padding2d",
]
