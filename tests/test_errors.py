"""Error messages."""

from importlib import import_module

import pytest

import minicnn
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


def test_of_many_names_the_nearest_are_listed():
    names = [f"{first}{second}" for first in "abcdefgh" for second in "ijklmnop"]
    text = str(errors.unknown_name("thing", "axi", names))
    assert "Did you mean 'ai'? Among others, there are: 'ai', " in text
    assert text.count("'") == 2 * 14


def test_several_spellings_are_listed_once():
    text = str(
        errors.unknown_name(
            "loss", "MeanSquarde", ["MeanSquared", "mean_squared"], ["mean_squared"]
        )
    )
    assert text.endswith("Did you mean 'MeanSquared'? There are: 'mean_squared'.")


@pytest.mark.parametrize(
    ("old", "known", "today"),
    [("init", ["units", "kernel_initializer"], "kernel_initializer"), ("auc", ["acc", "AUC"], "AUC"),
     ("border_mode", ["filters", "padding"], "padding"),
     ("normal", ["HeNormal", "RandomNormal"], "RandomNormal")],
)  # fmt: skip
def test_old_names_come_before_similar_ones(old, known, today):
    assert f"Did you mean '{today}'?" in str(errors.unknown_name("name", old, known))


@pytest.mark.parametrize(
    ("module", "name", "meant"),
    [
        ("layers", "Conv2d", "Conv2D"), ("losses", "MeanSquareError", "MeanSquaredError"),
        ("optimizers", "Adamm", "Adam"), ("callbacks", "EarlyStoping", "EarlyStopping"),
        ("utils", "to_categoric", "to_categorical"), ("backend", "squared", "square"),
        ("activations", "rellu", "relu"), ("models", "Sequentail", "Sequential"),
    ],
)  # fmt: skip
def test_modules_suggest_names(module, name, meant):
    found = import_module(f"minicnn.{module}")
    with pytest.raises(AttributeError, match=rf"minicnn.{module} has no {name}. Did .*'{meant}'"):
        getattr(found, name)
    assert not hasattr(found, "__wrapped__")


def test_the_library_suggests_names():
    with pytest.raises(
        AttributeError, match=r"minicnn has no Sequentail. Did you mean 'Sequential'"
    ):
        _ = minicnn.Sequentail
