"""Names of Keras 1 and 2, and what they are called today.

>>> current_name("border_mode", ["filters", "padding"])
'padding'
"""

from collections.abc import Container

OLD_ARGUMENTS = {
    "W_constraint": ("kernel_constraint",),
    "W_regularizer": ("kernel_regularizer",),
    "alpha": ("negative_slope",),
    "atrous_rate": ("dilation_rate",),
    "b_constraint": ("bias_constraint",),
    "b_regularizer": ("bias_regularizer",),
    "batch_input_shape": ("input_shape",),
    "beta1": ("beta_1",),
    "beta2": ("beta_2",),
    "beta_init": ("beta_initializer",),
    "bias": ("use_bias",),
    "border_mode": ("padding",),
    "dim_ordering": ("data_format",),
    "gamma_init": ("gamma_initializer",),
    "init": ("kernel_initializer",),
    "l": ("l1", "l2"),
    "lr": ("learning_rate",),
    "nb_epoch": ("epochs",),
    "nb_col": ("kernel_size",),
    "nb_filter": ("filters",),
    "nb_row": ("kernel_size",),
    "nb_val_samples": ("validation_steps",),
    "nb_worker": ("workers",),
    "output_dim": ("units",),
    "p": ("rate",),
    "pool_length": ("pool_size",),
    "samples_per_epoch": ("steps_per_epoch",),
    "sigma": ("stddev",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "filter_length": ("kernel_size",),
    "weight_constraint": ("kernel_constraint",),
}
"""Arguments under their old names."""

OLD_VALUES = {
    "auc": ("AUC",),
    "normal": ("RandomNormal", "random_normal"),
    "one": ("ones",),
    "uniform": ("RandomUniform", "random_uniform"),
    "zero": ("zeros",),
}
"""Values under their old names, for suggestions."""


def current_name(name: object, known: Container[str]) -> str | None:
    """Return what `name` is called today if that is among the `known` names."""
    old = str(name)
    for today in (*OLD_ARGUMENTS.get(old, ()), *OLD_VALUES.get(old, ())):
        if today in known:
            return today
    return None
