"""Give `keras` and `tensorflow` a new meaning in the user's programs only.

A finder on `sys.meta_path` would put the modules into `sys.modules`, where every package that probes
for TensorFlow finds them. So the import statement itself is wrapped: it knows which module it is in.
Modules of the standard library and of installed packages import as before.
"""

import builtins
import importlib
import os
import site
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from minicnn.keras.namespace import ROOTS, find_module, is_placeholder, unknown_module

_python_import = builtins.__import__
_python_import_module = importlib.import_module
_LIBRARY_FOLDERS = tuple(
    os.path.join(os.path.realpath(folder), "")
    for folder in {
        *(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")),
        *site.getsitepackages(),
        site.getusersitepackages(),
        os.path.dirname(os.path.dirname(__file__)),
    }
)


def install() -> None:
    """Let `keras`, `tf_keras` and `tensorflow` mean minicnn in programs that are not installed."""
    builtins.__import__ = _import
    importlib.import_module = _import_module


def uninstall() -> None:
    """Undo `install`."""
    builtins.__import__ = _python_import
    importlib.import_module = _python_import_module


def _import(
    name: str,
    globals: Mapping[str, Any] | None = None,
    locals: Mapping[str, Any] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    root = name.partition(".")[0]
    if level or root not in ROOTS or not _is_program((globals or {}).get("__file__")):
        return _python_import(name, globals, locals, fromlist or (), level)
    module = find_module(name)
    if module is None:
        raise unknown_module(name)
    for item in fromlist or ():
        if item != "*" and not hasattr(module, item):
            placeholder = is_placeholder(name, item)
            if placeholder is None:
                raise ImportError(module.absent(item), name=name)
            setattr(module, item, placeholder)
    return module if fromlist else find_module(root)


def _import_module(name: str, package: str | None = None) -> Any:
    if name.partition(".")[0] in ROOTS and _is_program(sys._getframe(1).f_globals.get("__file__")):
        return _import(name, {}, fromlist=("*",))
    return _python_import_module(name, package)


@lru_cache
def _is_program(file: str | None) -> bool:
    """Whether a module's file is part of the user's program; a notebook's cells have none."""
    return not file or not os.path.realpath(file).startswith(_LIBRARY_FOLDERS)
