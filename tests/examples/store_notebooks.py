"""Run the example notebooks and store them with their outputs.

python tests/examples/store_notebooks.py            in their place: after a change of theirs
python tests/examples/store_notebooks.py FOLDER     elsewhere
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

EXAMPLES = Path(__file__).parents[2] / "examples"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def store(notebook: Path, folder: Path) -> None:
    """Run a notebook from top to bottom, with nothing of the machine stored beside its outputs."""
    content = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        content,
        kernel_name="python3",
        timeout=300,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    content.metadata = METADATA
    for cell in content.cells:  # whether something is compiled depends on the cache
        if "outputs" in cell:
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    nbformat.write(content, folder / notebook.name)


if __name__ == "__main__":
    for one in sorted(EXAMPLES.glob("*.ipynb")):
        store(one, Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)
