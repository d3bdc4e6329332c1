"""Layers: each owns its weights, names and shapes, and calls `minicnn.ops` for the arithmetic."""

from minicnn.errors import suggest_names
from minicnn.layers import activation, dropout, merging, moving, pooling, random_images, sequences
from minicnn.layers.activation import *
from minicnn.layers.batch_normalization import BatchNormalization
from minicnn.layers.conv2d import Conv2D
from minicnn.layers.conv2d_transpose import Conv2DTranspose
from minicnn.layers.dense import Dense
from minicnn.layers.depthwise_conv import DepthwiseConv2D, SeparableConv2D
from minicnn.layers.dot import Dot, dot
from minicnn.layers.dropout import *
from minicnn.layers.input_layer import Input, InputLayer
from minicnn.layers.lambda_layer import Lambda
from minicnn.layers.layer import Layer
from minicnn.layers.layer_normalization import LayerNormalization
from minicnn.layers.merging import *
from minicnn.layers.moving import *
from minicnn.layers.normalization import Normalization
from minicnn.layers.pooling import *
from minicnn.layers.random_images import *
from minicnn.layers.rescaling import Rescaling
from minicnn.layers.resizing import CenterCrop, Resizing
from minicnn.layers.sequences import *
from minicnn.layers.up_sampling import UpSampling2D

# Keras' other names
Convolution2D, Convolution2DTranspose = Conv2D, Conv2DTranspose
SeparableConvolution2D = SeparableConv2D

__all__ = ["Convolution2D", "Convolution2DTranspose", "SeparableConvolution2D"]
__all__ += ["BatchNormalization", "CenterCrop", "Conv2D", "Conv2DTranspose", "Dense"]
__all__ += [
    "DepthwiseConv2D",
    "Dot",
    "Input",
    "InputLayer",
    "Lambda",
    "Layer",
    "LayerNormalization",
]
__all__ += ["Normalization", "Rescaling", "Resizing", "SeparableConv2D", "UpSampling2D", "dot"]
__all__ += activation.__all__ + dropout.__all__ + merging.__all__ + moving.__all__
__all__ += pooling.__all__ + random_images.__all__ + sequences.__all__

suggest_names(globals())
