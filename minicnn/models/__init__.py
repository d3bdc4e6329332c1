"""Models: layers that are trained, tested and used as one."""

from minicnn.models.model import Model
from minicnn.models.sequential import Sequential

__all__ = ["Model", "Sequential"]
