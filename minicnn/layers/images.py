"""What layers that take images ask first."""

from minicnn.errors import ShapeError
from minicnn.layers.arguments import Shape, size_text
from minicnn.layers.layer import Layer


def images_only(layer: Layer, input_shape: Shape) -> tuple[int | None, int | None, int | None]:
    """Return height, width and channels of a batch of images."""
    if len(input_shape) == 4:
        return input_shape[1], input_shape[2], input_shape[3]
    hint = {
        3: "image[np.newaxis] adds a missing batch axis, images[..., np.newaxis] a channel axis.",
        2: "image[np.newaxis, :, :, np.newaxis] makes a batch of one grey image of it.",
    }.get(len(input_shape), "Reshape them first.")
    if len(input_shape) == 5 and input_shape[1] is None:
        hint = "input_shape is that of one image: leave the batch axis out."
    raise ShapeError(
        f"{layer.describe()} takes images of shape (batch, height, width, channels), "
        f"got {size_text(input_shape)}. {hint}"
    )
