"""Run Keras programs as they are: `keras` and `tensorflow.keras` mean minicnn.

In a shell, instead of ``python program.py``::

    python -m minicnn.keras program.py

In a notebook, before the first import::

    %load_ext minicnn.keras

Imports of `keras`, `tensorflow` and `tf_keras` in the program then give minicnn, with the small part of
`tensorflow` that Keras programs use. Other packages, such as tensorboard, are not affected: they still
see whether TensorFlow is installed. `install` and `uninstall` do the same from Python.

`minicnn.keras` can also be imported instead of `keras`:

>>> from minicnn import keras
>>> keras.Sequential([keras.layers.Dense(2, input_shape=(3,))]).count_params()
8
"""

from typing import Any

from minicnn.keras.importing import install, uninstall
from minicnn.keras.namespace import KERAS, absent

__all__ = ["install", "uninstall"]


def load_ipython_extension(ipython: Any) -> None:
    """Install the names; called by ``%load_ext minicnn.keras``."""
    install()


def unload_ipython_extension(ipython: Any) -> None:
    """Remove the names; called by ``%unload_ext minicnn.keras``."""
    uninstall()


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return getattr(KERAS, name)
    except AttributeError:
        raise AttributeError(absent("minicnn.keras", name, dir(KERAS))) from None
