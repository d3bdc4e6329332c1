"""Compare the output of `fit`, `evaluate` and `predict` in a terminal with Keras, except for times."""

import contextlib
import io
import re

import numpy as np
import pytest

from minicnn.layers import Dense, Input
from minicnn.models import Sequential
from minicnn.optimizers import SGD

from .recorded import Case, cases

DATA, *CASES = cases("progress")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
TIMES = re.compile(r"\d+(:\d\d)*s \d+(ms|us|s)/step|- \d+s - \d+(ms|us|s)/step")


class Terminal(io.StringIO):
    """Records the output and reports to be a terminal, so that the bar is redrawn in place."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lines_left_on_the_screen(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "120")  # wide enough for the whole line
    model = Sequential([Input((5,)), Dense(3, activation="softmax")])
    model.set_weights([DATA.arrays["weight"], np.zeros(3)])
    x, y = DATA.arrays["x"], DATA.arrays["y"]
    arguments = {"batch_size": 4, **case["arguments"]}
    scale = arguments.pop("loss_scale", None)
    if scale is not None:  # predictions almost right
        y = model.predict(x, verbose=0) + np.sqrt(np.float32(scale))
    loss = "categorical_crossentropy" if scale is None else "mse"
    model.compile(SGD(0.1), loss, metrics=["accuracy"])
    if case["method"] == "fit":
        arguments["shuffle"] = False
    data = (x,) if case["method"] == "predict" else (x, y)
    screen = Terminal()
    with contextlib.redirect_stdout(screen):
        getattr(model, case["method"])(*data, **arguments)
    if scale is not None:  # of a loss of 1e-6, float32 knows two digits after the subtraction
        assert shortened(lines(screen.getvalue())) == shortened(case["lines"])
    else:
        assert lines(screen.getvalue()) == case["lines"]


def lines(text: str) -> list[str]:
    """Return the final screen: the text after the last carriage return of each line."""
    plain = ESCAPES.sub("", text).replace("\b", "")
    return [TIMES.sub("TIME", line.rsplit("\r", 1)[-1]).rstrip() for line in plain.split("\n")]


def shortened(lines: list[str]) -> list[str]:
    """Round 9.9997e-07 to 1.0e-06, in the same form."""
    number = re.compile(r"\d\.\d{4}e-\d\d")
    return [number.sub(lambda match: f"{float(match[0]):.1e}", line) for line in lines]
