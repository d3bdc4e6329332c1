"""Many training steps on the page: their curve, what is learnt and forgotten, stopped and undone."""

import numpy as np
import pytest

from minicnn import Sequential, layers
from minicnn.explaining import explain
from minicnn.optimizers import SGD
from minicnn.random import set_random_seed

X = np.random.default_rng(8).normal(size=(6, 8, 8, 1)).astype("float32")
Y = np.array([0, 1, 2, 0, 1, 2])


@pytest.fixture
def student():
    """A small model in which six examples are easily learnt."""
    set_random_seed(9)
    model = Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy")
    return model


def open_page(browser, model, tmp_path, **options):
    from tests.explaining.browser import Page

    return Page(browser, explain(model, X, Y, tmp_path / "page.html"), **options)


def trained(page, button):
    """Train, wait for the end, and return the numbers that are said."""
    ended = lambda: page.run("return document.querySelector('#stop').disabled")  # noqa: E731
    steps = page.text("#trainer h3")
    page.click(button)
    if ended() and page.text("#trainer h3") == steps:  # the button has just moved
        page.click(button)
    page.wait_for(ended)
    page.settle()
    return page.text("#learnt")


def rights(model):
    return int((model.predict(X, verbose=0).argmax(axis=1) == Y).sum())


def test_ten_steps_on_all_examples_in_turn(browser, student, tmp_path):
    page = open_page(browser, student, tmp_path)
    order = [0, 1, 2, 3, 4, 5]  # by class in turns: as they are
    before = rights(student)
    page.choose("#trainer", "examples")
    said = trained(page, "#steps")
    for step in range(10):
        one = order[step % 6]
        student.train_on_batch(X[one : one + 1], Y[one : one + 1])
    assert page.text("#trainer h3") == "Steps taken: 10"
    assert said.endswith(f", {rights(student)} of 6 examples right ({before} at first)")
    loss = student.evaluate(X, Y, verbose=0)
    assert float(said.split(", ")[0].removeprefix("loss ")) == pytest.approx(loss, rel=0.01)
    expected = student.predict(X[:1], verbose=0)[0]
    assert np.allclose(page.probabilities(), expected, rtol=1e-4)
    lines = page.run(
        "return [...document.querySelectorAll('#trainer .losses path')].map((e) => e.getAttribute('d'))"
    )
    assert lines[0].count("L") == 10  # a point before, and one after each step
    assert lines[1].count("L") == 10
    page.click("#reset")
    assert page.text("#trainer h3") == "Steps taken: 0"
    assert not page.all("#learnt")[0].is_displayed()
    assert page.errors() == []


def test_many_steps_on_one_input_forget_the_others(browser, student, tmp_path):
    student.compile("adam", "sparse_categorical_crossentropy")
    student.fit(X, Y, epochs=60, verbose=0)
    assert rights(student) == 6
    student.compile(SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    page = open_page(browser, student, tmp_path)
    page.select("#trainer", "2")  # a zero, called a two
    said = trained(page, "#many-steps")
    for _ in range(100):
        student.train_on_batch(X[:1], np.array([2]))
    assert said.endswith(f", {rights(student)} of 6 examples right (6 at first)")
    assert rights(student) < 6
    assert page.errors() == []


def test_a_training_is_stopped_and_the_page_answers_meanwhile(page):
    page.run(
        "const press = (name) => document.getElementById(name).click();"
        "press('many-steps');"
        "requestAnimationFrame(() => requestAnimationFrame(() => press('stop')))"
    )
    page.driver.execute_async_script("setTimeout(arguments[0], 400)")
    taken = page.text("#trainer h3")
    page.driver.execute_async_script("setTimeout(arguments[0], 400)")
    assert page.text("#trainer h3") == taken
    assert taken != "Steps taken: 100"
    page.run(
        "document.querySelector('#many-steps').click(); document.querySelectorAll('.example')[1].click()"
    )
    page.wait_for(lambda: page.text("#trainer h3") != taken)
    assert page.all(".example")[1].get_attribute("aria-pressed") == "true"
    page.wait_for(lambda: page.run("return document.querySelector('#stop').disabled"))
    assert page.errors() == []
