"""The architecture, held by reading the imports: they point down only, and the door is light.

`docs/design.md` draws the same house.
"""

import ast
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import minicnn

# From the ground up, three floors. A part may import the parts above it in this list, on whatever
# floor, but not its neighbours on the same line.
LIBRARY = [
    {"legacy"},
    {"errors"},
    {"checks"},
    {"ops"},
    {"atomic", "console", "differences", "html_table", "interrupts", "naming", "random", "tensors"},
    {"serialization"},
    {"registry"},
    {"activations", "constraints", "initializers", "losses", "regularizers"},
    {"backend", "layers", "metrics", "optimizers", "saving", "datasets", "preprocessing"},
    {"callbacks", "plans"},
    {"graph"},
    {"training"},
    {"distributed", "models"},
]
KERNELS = [{"kernels"}]
VIEWERS = [
    {"exporting", "sklearn", "steps"},
    {"testing", "visualize"},
    {"explaining"},
    {"utils", "visualkeras", "wrappers"},  # names that Keras programs import
    {"keras"},
    {"cli"},
    {"__main__"},
]
HOUSE = LIBRARY + VIEWERS
FLOOR = {part: number for number, floor in enumerate(HOUSE) for part in floor}
FLOOR["kernels"] = FLOOR["ops"] + 0.5  # beside the library, which loads them through one door
DOOR = "minicnn.ops"
HEAVY = [
    "numba", "scipy", "matplotlib", "h5py", "PIL", "rich", "sklearn", "urllib.request", "threadpoolctl",
    "tensorboard", "seaborn", "pandas", "onnx", "hypothesis", "platformdirs", "pooch", "requests",
]  # fmt: skip

ROOT = Path(minicnn.__file__).parent
FILES = {
    ".".join(["minicnn", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(
        ".__init__"
    ): path
    for path in sorted(ROOT.rglob("*.py"))
}


def part(module: str) -> str:
    """The part of the house that a module belongs to; of `minicnn` itself "minicnn"."""
    return module.removeprefix("minicnn.").split(".")[0]


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(tree: ast.AST, inside_functions: bool) -> Iterator[ast.AST]:
    """Yield all nodes that run, without those for type checkers only."""
    for node in ast.iter_child_nodes(tree):
        if is_for_types_only(node):
            continue
        if not inside_functions and isinstance(
            node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        ):
            continue
        yield node
        yield from statements(node, inside_functions)


def imports(source: str, inside_functions: bool = True) -> set[str]:
    """Names of all modules that are imported, ``from package import module`` in full."""
    found = set()
    for node in statements(ast.parse(source), inside_functions):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else str(node.module) for name in full}
    return found


def house_imports(module: str) -> set[str]:
    return {
        name
        for name in imports(FILES[module].read_text("utf-8"))
        if name.startswith("minicnn.") and part(name) != part(module)
    }


def test_the_reading_of_imports():
    source = """
import os, minicnn.errors
from minicnn import ops
from minicnn.ops.windows import effective_size
from minicnn.ops import reference as together
if TYPE_CHECKING:
    from minicnn import cli
class A:
    import json
def f():
    import csv
"""
    expected = {
        "os",
        "minicnn.errors",
        "minicnn.ops",
        "minicnn.ops.windows",
        "minicnn.ops.reference",
        "json",
        "csv",
    }
    assert imports(source) == expected
    assert imports(source, inside_functions=False) == expected - {"csv"}


def test_every_part_has_its_floor():
    parts = {part(module) for module in FILES} - {"minicnn"}
    assert parts == set(FLOOR), "add it to HOUSE"


def test_imports_point_down_only():
    wrong = {
        f"{module} imports {name}"
        for module in FILES
        for name in house_imports(module)
        if module == "minicnn" or FLOOR[part(name)] >= FLOOR[part(module)]
    }
    assert wrong == set()


def test_ops_know_only_errors():
    found = {name for module in FILES if part(module) == "ops" for name in house_imports(module)}
    assert found == {"minicnn.checks", "minicnn.errors"}


def test_only_ops_know_which_version_runs():
    """Above them everything asks `minicnn.ops` itself; shapes are no version's own."""
    found = {
        f"{module} imports {name}"
        for module in FILES
        if part(module) not in ("ops", "kernels", "minicnn")
        and FLOOR[part(module)] <= FLOOR["models"]
        for name in house_imports(module)
        if name.startswith("minicnn.ops.") and name != "minicnn.ops.windows"
    }
    assert found == set()


def test_no_module_imports_itself_through_others():
    """Imports inside functions included: they hide a cycle, but do not remove it."""
    imported = {
        module: imports(path.read_text("utf-8")) & set(FILES) for module, path in FILES.items()
    }
    in_cycle = set()
    for module in FILES:
        seen, waiting = set(), [module]
        while waiting:
            for name in imported[waiting.pop()] - seen:
                if not module.startswith(f"{name}."):  # its own package is there before it
                    seen.add(name)
                    waiting.append(name)
        if module in seen:
            in_cycle.add(module)
    assert in_cycle == set()


def test_the_library_enters_the_kernels_through_one_door():
    """Only the door names them, and imports them when they are first needed."""
    naming = {
        module
        for module, path in FILES.items()
        if part(module) != "kernels" and "minicnn.kernels" in path.read_text("utf-8")
    }
    assert naming == {DOOR}
    assert not {name for name in house_imports(DOOR) if part(name) == "kernels"}


def test_heavy_libraries_are_imported_where_they_are_used():
    """Only numba's kernels, scikit-learn's subclasses and strategies need theirs at the top."""
    found = {
        f"{module} imports {name}"
        for module, path in FILES.items()
        for name in imports(path.read_text("utf-8"), inside_functions=False)
        for heavy in HEAVY
        if name == heavy or name.startswith(f"{heavy}.")
        if not (heavy == "numba" and part(module) == "kernels")
        if not (heavy == part(module) == "sklearn")
        if not (heavy == "hypothesis" and module == "minicnn.testing.strategies")
    }
    assert found == set()


@pytest.mark.parametrize(
    "program",
    [
        "import minicnn",
        "from minicnn.layers import Conv2D, Dense, Flatten\n"
        "from minicnn.models import Sequential\n"
        "model = Sequential([Conv2D(64, 3, activation='relu', input_shape=(28, 28, 1)), Flatten(),"
        " Dense(10, activation='softmax')])\n"
        "model.compile(optimizer='adam', loss='categorical_crossentropy', metrics=['accuracy'])\n"
        "assert model.output_shape == (None, 10)",
        "import minicnn.utils, minicnn.datasets, minicnn.callbacks, minicnn.metrics, minicnn.optimizers",
    ],
    ids=["the door", "a model", "the other rooms"],
)
def test_the_door_is_light(program):
    ask = f"\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program + ask],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_every_module_says_what_it_is_for():
    silent = {
        module
        for module, path in FILES.items()
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    }
    assert silent == set()


def public_names() -> list[tuple[str, str]]:
    """Every name in the `__all__` of a module, read from its text."""
    found = []
    for module, path in FILES.items():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                strings = [one for one in ast.walk(node.value) if isinstance(one, ast.Constant)]
                found += [(module, one.value) for one in strings]
    return found


def test_every_public_name_is_there_and_explained():
    names = public_names()
    assert len(names) > 100
    for module, name in names:
        thing = getattr(import_module(module), name)
        if inspect.isclass(thing) or inspect.isfunction(thing) or inspect.ismodule(thing):
            assert inspect.getdoc(thing), f"{module}.{name}"
