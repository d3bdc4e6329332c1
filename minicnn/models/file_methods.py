"""The methods of a model that write and read files; `minicnn.models.files` does the work."""

from os import PathLike
from typing import Any

from minicnn.models.files import weights, writing


class FileMethods:
    """Base class of `Model`: save it and load its weights."""

    def save(
        self: Any,
        filepath: str | PathLike[str],
        overwrite: bool = True,
        include_optimizer: bool = True,
        save_format: str | None = None,
    ) -> None:
        """Write the model to a ``.keras`` or ``.h5`` file; see `minicnn.models.save_model`."""
        writing.save_model(self, filepath, overwrite, include_optimizer, save_format)

    def save_weights(
        self: Any,
        filepath: str | PathLike[str],
        overwrite: bool = True,
        save_format: str | None = None,
    ) -> None:
        """Write the weights to a ``.weights.h5`` (with the optimizer's state) or ``.h5`` file."""
        writing.save_weights(self, filepath, overwrite, save_format)

    def load_weights(
        self: Any, filepath: str | PathLike[str], skip_mismatch: bool = False, by_name: bool = False
    ) -> None:
        """Read the weights, all or none, from a file; see `minicnn.models.files`."""
        weights.load_weights(self, filepath, skip_mismatch, by_name)

    def to_json(self: Any, **options: Any) -> str:
        """Return the layers, without weights, as JSON; see `minicnn.models.model_from_json`."""
        return writing.model_to_json(self, **options)
