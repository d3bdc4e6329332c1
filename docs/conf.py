"""Configuration of the documentation site: `python -m sphinx -W docs OUTPUT` builds it."""

import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import numpy as np  # noqa: E402

import minicnn  # noqa: E402

project = "minicnn"
author = "The minicnn authors"
version = release = minicnn.__version__
SOURCE = "https://github.com/minicnn/minicnn"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "pictures", "README.md"]
suppress_warnings = ["mystnb.unknown_mime_type"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the tests run the notebooks and compare what is stored in them

default_role = "py:obj"  # `minicnn.ops` in a docstring is a link
# Members of a base class are described there, not again in each class derived from it.
BASES = """
    Layer HasWeights Model Trainer BatchTrainer Loss Metric Optimizer LearningRateSchedule Callback
    Initializer Regularizer Constraint Configurable
    object tuple dict list ndarray BaseException BaseEstimator ClassifierMixin RegressorMixin
"""
autodoc_default_options = {
    "members": True,
    "inherited-members": ",".join(BASES.split()),
    "show-inheritance": True,
}
add_module_names = False  # the title of a page names its module
autodoc_typehints = "none"  # the docstrings name types and shapes
numpydoc_show_class_members = False
intersphinx_mapping: dict[str, tuple[str, None]] = {}  # a build reaches no network

html_theme = "pydata_sphinx_theme"
html_title = "minicnn"
html_theme_options = {
    "github_url": SOURCE,
    "navbar_center": [],
    "navbar_end": ["language", "theme-switcher", "navbar-icon-links"],
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"**": ["contents"]}
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["minicnn.css"]
# without latex2mathml, of the extra `docs`, the reader's browser fetches MathJax
html_math_renderer = "mathml" if find_spec("latex2mathml") else "mathjax"
html_extra_path = ["_extra"]  # for the live page, which `_prepare` writes
(HERE / "_extra").mkdir(exist_ok=True)
html_show_sourcelink = False


def _link_to_repository(app, docname, source):
    """Let links to files outside docs/ lead to the repository."""
    source[0] = re.sub(r"\]\(\.\./([^)#]+)", rf"]({SOURCE}/blob/main/\1", source[0])


def _write_live_page(folder):
    """Train a small network on scikit-learn's digits and write its page."""
    from minicnn import Sequential, explain, layers
    from minicnn.callbacks import TrainingSnapshots
    from minicnn.datasets import digits
    from minicnn.utils import set_random_seed

    set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    model = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Rescaling(1 / 16),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    snapshots = TrainingSnapshots()
    model.fit(x_train[..., None], y_train, epochs=10, verbose=0, callbacks=[snapshots])
    path = str(folder / "live.html")
    explain(model, x_test[..., None], y_test, path, history=snapshots)


def _prepare(app):
    (HERE / "notebooks").mkdir(exist_ok=True)
    for notebook in (HERE.parent / "examples").glob("*.ipynb"):
        shutil.copy(notebook, HERE / "notebooks")
    if not (HERE / "_extra" / "live.html").exists():
        _write_live_page(HERE / "_extra")


def _skip(app, what, name, member, skip, options):
    """Leave out what scikit-learn adds to estimators, and NumPy's functions as attributes."""
    from_sklearn = name == "get_metadata_routing" or name.endswith("_request")
    return True if from_sklearn or isinstance(member, np.ufunc) else None


def _set_language(app, pagename, templatename, context, doctree):
    """Name the language of Korean pages, for fonts and screen readers."""
    context["language"] = "ko" if pagename.endswith(".ko") else "en"


def _mathml(writer, node):
    """Write an equation as MathML, which browsers draw without a script or a request."""
    from docutils.nodes import SkipNode, math_block
    from latex2mathml.converter import convert

    if isinstance(node, math_block):
        equation = convert(node.astext(), display="block")
        writer.body.append(f'<div class="equation">{equation}</div>\n')
    else:
        writer.body.append(convert(node.astext()))
    raise SkipNode


def setup(app):
    """Connect the hooks."""
    app.add_html_math_renderer("mathml", (_mathml, None), (_mathml, None))
    app.connect("html-page-context", _set_language)
    app.connect("source-read", _link_to_repository)
    app.connect("autodoc-skip-member", _skip)
    app.connect("builder-inited", _prepare, priority=1)
