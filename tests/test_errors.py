"""What learners see."""

import pytest

from minicnn import errors


@pytest.mark.parametrize(
    ("kind", "base"),
    [("ShapeError", ValueError), ("UnknownNameError", ValueError), ("NotReadyError", RuntimeError),
     ("FileFormatError", ValueError), ("DataError", OSError), ("DataWarning", UserWarning)],
)  # fmt: skip
def test_each_is_what_users_would_catch(kind, base):
    assert issubclass(getattr(errors, kind), base)


def test_the_nearest_name_and_the_choice():
    error = errors.unknown_name("optimizer", "adan", ["sgd", "adam"])
    assert isinstance(error, errors.UnknownNameError)
    assert str(error) == "unknown optimizer 'adan'. Did you mean 'adam'? There are: 'adam', 'sgd'."


def test_capitals_do_not_matter():
    assert "Did you mean 'HeNormal'" in str(
        errors.unknown_name("initializer", "HENORMAL", ["HeNormal", "Zeros"])
    )


@pytest.mark.parametrize("name", ["xyz", 3, None, ["adam"]])
def test_nothing_near(name):
    text = str(errors.unknown_name("optimizer", name, ["adam"]))
    assert text.startswith(f"unknown optimizer {name!r}.")
    assert ("Did you mean" in text) == (name == ["adam"])


def test_no_choice():
    assert str(errors.unknown_name("weight", "w", [])) == "unknown weight 'w'. There are: none."
