"""A model as a row of boxes, as large as what its layers give: visualkeras' picture."""

from minicnn.visualize.layered_view.view import layered_view

__all__ = ["layered_view"]
