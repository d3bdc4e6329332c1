"""Arguments and methods of Keras 1 and 2 that programs still use."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

import numpy as np
from numpy import ndarray

from minicnn.errors import unknown_name, warn, warn_renamed
from minicnn.legacy import current_name

Method = TypeVar("Method", bound=Callable[..., Any])

# They change no result
IGNORED = frozenset(
    ("auto_scale_loss", "jit_compile", "max_q_size", "max_queue_size", "nb_worker", "pickle_safe",
     "run_eagerly", "sample_weight_mode", "show_accuracy", "steps_per_execution", "use_multiprocessing",
     "workers")
)  # fmt: skip


def accept_old_names(method: Method) -> Method:
    """Let a method accept the old names of its arguments, and those that have no meaning here."""
    known = list(signature(method).parameters)[1:]
    names = set(known)

    @wraps(method)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        for name in kwargs.keys() - names:
            value = kwargs.pop(name)
            if name in IGNORED:
                continue
            new = current_name(name, known)
            if new is None or new in kwargs:
                raise unknown_name(f"argument of {method.__name__}", name, known)
            warn_renamed(method.__name__, name, new)
            kwargs[new] = value
        return method(self, *args, **kwargs)

    return wrapped  # type: ignore[return-value]


class OldMethods:
    """Methods of Keras 1 and 2 under their old names; each says what to write today."""

    def fit_generator(self, generator: Any, *args: Any, **kwargs: Any) -> Any:
        """Do as `fit`; the order of the arguments is that of Keras 2."""
        _warn("fit_generator", "fit(generator)")
        names = ("steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data")
        return self.fit(generator, **dict(zip(names, args, strict=False)), **kwargs)  # type: ignore[attr-defined]

    def evaluate_generator(self, generator: Any, steps: int | None = None, **kwargs: Any) -> Any:
        """Do as `evaluate`."""
        _warn("evaluate_generator", "evaluate(generator)")
        return self.evaluate(generator, steps=steps, **{"verbose": 0, **kwargs})  # type: ignore[attr-defined]

    def predict_generator(self, generator: Any, steps: int | None = None, **kwargs: Any) -> Any:
        """Do as `predict`."""
        _warn("predict_generator", "predict(generator)")
        return self.predict(generator, steps=steps, **{"verbose": 0, **kwargs})  # type: ignore[attr-defined]

    def predict_proba(self, x: Any, batch_size: int | None = None, verbose: Any = 0) -> ndarray:
        """Do as `predict`."""
        _warn("predict_proba", "predict(x)")
        return self.predict(x, batch_size, verbose)  # type: ignore[attr-defined]

    def predict_classes(self, x: Any, batch_size: int | None = None, verbose: Any = 0) -> ndarray:
        """Return the most probable class of each example; parameters as in `predict`.

        Returns
        -------
        (examples,) of int; (examples, 1) for a single output, which is compared with 0.5
        """
        _warn("predict_classes", "predict(x).argmax(axis=-1)")
        y = np.asarray(self.predict(x, batch_size, verbose))  # type: ignore[attr-defined]
        return y.argmax(axis=-1) if y.shape[-1] > 1 else (y > 0.5).astype("int32")


def _warn(old: str, new: str) -> None:
    warn(f"{old} is a name of Keras 1 and 2: write model.{new}.", DeprecationWarning)
