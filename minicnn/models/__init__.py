"""Models: layers that are trained, tested and used as one."""

from minicnn.errors import suggest_names
from minicnn.models.clone import clone_model
from minicnn.models.files.reading import load_model, model_from_json
from minicnn.models.files.writing import save_model
from minicnn.models.model import Model
from minicnn.models.sequential import Sequential

__all__ = ["Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

suggest_names(globals())
