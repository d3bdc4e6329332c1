"""The text of `summary()`, character by character as Keras prints it."""

import numpy as np
import pytest

from minicnn import models
from minicnn.layers import Input
from minicnn.naming import clear_session

from .networks import layer
from .recorded import Case, cases


@pytest.mark.parametrize("case", cases("summaries"), ids=str)
def test_summary(case: Case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    clear_session()
    model = network(case)
    if "train" in case.settings:
        model.compile(case["train"], "mse")
        model.fit(np.zeros((2, *case["input_shape"])), np.zeros((2, 3)), verbose=0)
    parts: list[str] = []
    model.summary(print_fn=lambda text, **_: parts.append(text))
    assert lines("\n".join(parts)) == lines(case["text"])


def network(case: Case) -> models.Sequential:
    """Build the case's network, with fresh names."""
    stack = [layer(kind, config) for kind, config in case["layers"]]
    if "input_shape" in case.settings:
        stack.insert(0, Input(tuple(case["input_shape"])))
    model = models.Sequential(stack, name=case.settings.get("model_name"))
    for index in case.settings.get("frozen", []):
        model.layers[index].trainable = False
    return model


def lines(text: str) -> list[str]:
    """Return the lines without the empty one that may end the text."""
    return text.rstrip("\n").split("\n")
