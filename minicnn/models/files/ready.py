"""What a model must have before its weights go to a file or come from one."""

from minicnn.errors import NotReadyError
from minicnn.models.sequential import Sequential


def require_built(model: Sequential, method: str) -> None:
    """Raise if the model has no weights yet."""
    if not model.built:
        raise NotReadyError(
            f"the model has no weights yet, and {method} needs them. Call model.build((None, 28, 28, "
            "1)) with the shape of its input first, or train it."
        )
