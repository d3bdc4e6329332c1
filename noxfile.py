"""One command for each check: `nox -s lint`, `nox -s tests`, …; `nox -l` lists them.

Every session installs what it needs into an environment of its own. `nox -db none -s lint` uses the
active environment instead, as `.ci/run` does.
"""

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests"]


def install(session, *packages):
    """Install packages, unless the session uses the active environment."""
    if session.venv_backend != "none":
        session.install(*packages)


@nox.session(name="format")
def format_code(session):
    """Format the code."""
    install(session, "ruff")
    session.run("ruff", "check", "--fix", ".")
    session.run("ruff", "format", ".")


@nox.session
def lint(session):
    """Check style and formatting."""
    install(session, "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session):
    """Check type annotations."""
    install(session, "-e", ".[test]")
    session.run("mypy")


@nox.session
@nox.parametrize("ops", ["fast", "numpy"])
def tests(session, ops):
    """Run the tests, on the compiled kernels or on NumPy alone; arguments go to pytest."""
    install(session, "-e", ".[test]")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs, env={"MINICNN_OPS": ops})


@nox.session
def lowest(session):
    """Run the tests with the lowest versions that pyproject.toml allows."""
    install(session, "uv")
    session.run("uv", "pip", "install", "--resolution", "lowest-direct", "-e", ".[test]")
    # old releases warn of what newer ones of their dependencies will drop
    ignored = ("-W", "ignore::DeprecationWarning")
    session.run("python", "-m", "pytest", "-n", "auto", *ignored, *session.posargs)


@nox.session
def docs(session):
    """Build the documentation; warnings and broken links are errors."""
    install(session, "-e", ".[docs]")
    session.run("python", "-m", "sphinx", "-W", "-q", "-b", "html", "docs", "docs/_build/html")


@nox.session
def build(session):
    """Build the wheel and the source distribution, and check what a package index would show."""
    install(session, "build", "twine", "hatchling")
    session.run("python", "-m", "build", "--outdir", "dist", *session.posargs)
    session.run("python", "-m", "twine", "check", "--strict", "dist/*")


@nox.session(venv_backend="none")
def exchange(session):
    """Exchange models with real Keras 2 and 3, in an environment of its own (1.6 GB)."""
    session.run("tests/exchange/run", ".venv-exchange", external=True)
