"""The fully connected layer."""

from typing import Any

from numpy import ndarray

from minicnn import activations, ops
from minicnn.checks import integer
from minicnn.errors import ShapeError
from minicnn.layers.kernel_layer import KernelLayer
from minicnn.layers.layer import Backward
from minicnn.layers.shapes import Shape, shape_text


class Dense(KernelLayer):
    """Fully connected layer: ``activation(x @ kernel + bias)``.

    The arithmetic is `minicnn.ops.dense.dense_forward`.

    Parameters
    ----------
    units : int
        Number of outputs.
    activation : str, Activation or callable, optional
    use_bias : bool
        Whether to add a bias to each unit.
    kernel_initializer, bias_initializer : str, Initializer or callable
    kernel_regularizer, bias_regularizer : str or Regularizer, optional
        A penalty on the weights, added to the loss.
    kernel_constraint, bias_constraint : str, Constraint or callable, optional
        Applied to the weights after every update.
    input_dim : int, optional
        Number of features; short for ``input_shape=(features,)``.
    **options : `name`, `dtype`, `trainable`, `input_shape` as in `Layer`

    Attributes
    ----------
    kernel : (features, units)
    bias : (units,)

    Examples
    --------
    >>> layer = Dense(10, activation="softmax")
    >>> layer(np.zeros((1, 18432))).shape, layer.count_params()
    ((1, 10), 184330)
    """

    family = "dense"

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        input_dim: int | None = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        if input_dim is not None:
            options["input_shape"] = (integer("Dense", "input_dim", input_dim),)
        super().__init__(activation, use_bias, **options)
        self.set_weight_options(locals())
        self.units = integer("Dense", "units", units)

    def build(self, input_shape: Shape) -> None:
        self.add_kernel_and_bias((input_shape[-1], self.units))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) < 2:
            raise ShapeError(
                f"{self.describe()} takes features of shape (batch, ..., features), got "
                f"{shape_text(input_shape)}. x[np.newaxis] makes a batch of one example."
            )
        if self.built and input_shape[-1] not in (None, len(self.kernel)):
            raise ShapeError(
                f"{self.describe()} takes {len(self.kernel)} features, got {input_shape[-1]}."
            )
        return (*input_shape[:-1], self.units)

    def forward(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        if self._activation is not activations.relu:
            return super().forward(x, training)
        y, cache = ops.dense_forward(x, self.kernel, self.bias, "relu")
        return y, (cache, None, None)

    def logits(self, x: ndarray, training: bool = False) -> tuple[ndarray, Any]:
        return ops.dense_forward(x, self.kernel, self.bias)

    def logits_backward(self, dz: ndarray, cache: Any, input_gradient: bool = True) -> Backward:
        dx, dkernel, dbias = ops.dense_backward(dz, cache, input_gradient)
        return dx, self.gradients(dkernel, dbias)
