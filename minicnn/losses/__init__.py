"""Losses, under Keras' names: cross-entropies, errors, hinges, and custom losses.

>>> from minicnn import losses
>>> losses.get("categorical_crossentropy")([[0, 1]], [[0.5, 0.5]])
0.693147...

Each loss has a function that returns one loss per sample:

>>> losses.mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]])
array([2.5])
"""

from minicnn.errors import suggest_names
from minicnn.losses import crossentropy, functions, regression
from minicnn.losses.crossentropy import *
from minicnn.losses.functions import *
from minicnn.losses.loss import FunctionLoss, Loss
from minicnn.losses.reduction import reduce_losses
from minicnn.losses.registry import deserialize, get, serialize
from minicnn.losses.regression import *

bce = BCE = binary_crossentropy
kld = KLD = kl_divergence
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
mse = MSE = mean_squared_error
msle = MSLE = mean_squared_logarithmic_error

__all__ = ["FunctionLoss", "Loss", "deserialize", "get", "reduce_losses", "serialize"]
__all__ += crossentropy.__all__ + regression.__all__ + functions.__all__

suggest_names(globals())
