"""A function for each loss, which returns the losses of the samples."""

from minicnn.losses import crossentropy, regression
from minicnn.losses.loss import loss_function

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]

binary_crossentropy = loss_function(crossentropy.BinaryCrossentropy)
categorical_crossentropy = loss_function(crossentropy.CategoricalCrossentropy)
categorical_hinge = loss_function(regression.CategoricalHinge)
cosine_similarity = loss_function(regression.CosineSimilarity)
hinge = loss_function(regression.Hinge)
huber = loss_function(regression.Huber)
kl_divergence = loss_function(crossentropy.KLDivergence)
log_cosh = loss_function(regression.LogCosh)
mean_absolute_error = loss_function(regression.MeanAbsoluteError)
mean_absolute_percentage_error = loss_function(regression.MeanAbsolutePercentageError)
mean_squared_error = loss_function(regression.MeanSquaredError)
mean_squared_logarithmic_error = loss_function(regression.MeanSquaredLogarithmicError)
poisson = loss_function(regression.Poisson)
sparse_categorical_crossentropy = loss_function(crossentropy.SparseCategoricalCrossentropy)
squared_hinge = loss_function(regression.SquaredHinge)
