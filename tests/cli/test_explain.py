import json
import re

import numpy as np
import pytest

from minicnn.cli import main
from minicnn.cli.pictures import read_pixels
from minicnn.layers import Conv2D, Dense, Flatten
from minicnn.models import Sequential


def network(page):
    """Return the model in a page."""
    (found,) = re.findall(r'id="network-data">(.*?)</script>', page.read_text("utf-8"))
    return json.loads(found)


def test_right_after_training_with_test_images_as_examples(trained, here, capsys):
    assert main(["explain", str(trained)]) == 0
    output = capsys.readouterr()
    assert "test images of every class of the built-in digits" in output.out
    assert output.err == ""
    page = here / "explain.html"
    assert '<html lang="en">' in page.read_text("utf-8")
    assert [one["labels"] for one in network(page)["examples"]] == 2 * [[k] for k in range(10)]
    assert network(page)["optimizers"][0]["name"] == "Adam"


def test_pictures_of_ones_own(trained, digit, here, capsys):
    digit("one.png", 1)
    digit("two.bmp", 2)
    typed = f"explain {trained}/model.keras --image one.png --image two.bmp --language KO -o a/page.html"
    (here / "a").mkdir()
    assert main(typed.split()) == 0
    assert "one.png, two.bmp" in capsys.readouterr().out
    page = here / "a" / "page.html"
    assert '<html lang="ko">' in page.read_text("utf-8")
    examples = network(page)["examples"]
    assert [one["labels"] for one in examples] == [[None], [None]]
    import base64

    pixels = np.frombuffer(base64.b64decode(examples[1]["data"]), "<f4")
    assert pixels.tolist() == read_pixels("two.bmp", (8, 8, 1)).ravel().tolist()


def test_a_model_of_pixels_up_to_1_gets_such(here, offline, digit):
    model = Sequential([Flatten(input_shape=(8, 8, 1)), Dense(10, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(np.eye(64).reshape(64, 8, 8, 1), np.arange(64) % 10, epochs=1, verbose=0)
    model.save("mine.keras")
    assert main(["explain", "mine.keras"]) == 0
    assert network(here / "explain.html")["inputs"][0]["valueRange"] == [0, 1]
    assert len(network(here / "explain.html")["examples"]) == 20


def test_without_data_there_are_no_examples_and_nothing_is_downloaded(offline, here, capsys):
    layers = [Conv2D(1, 3, input_shape=(28, 28, 1)), Flatten(), Dense(10, activation="softmax")]
    Sequential(layers).save("mine.keras")
    assert main(["explain", "mine.keras"]) == 0
    assert "none: the training data are not on this machine" in capsys.readouterr().out
    assert network(here / "explain.html")["examples"] == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("explain nowhere.keras", "there is no model nowhere.keras"),
        ("explain mine.keras --image nowhere.png", "nowhere.png"),
        ("explain mine.keras --image a.png", "mine.keras: the model takes inputs of shape (4,)"),
    ],
)
def test_what_goes_wrong_is_said_and_no_page_is_left(typed, says, here, capsys):
    Sequential([Dense(2, activation="softmax", input_shape=(4,))]).save("mine.keras")
    (here / "a.png").write_bytes(b"")
    assert main(typed.split()) == 1
    assert says in capsys.readouterr().err or says == "nowhere.png"
    assert not (here / "explain.html").exists()


def test_a_language_that_there_is_not(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["explain", "--language", "de"])
    assert stop.value.code == 2
    assert "There are: 'en', 'ko'." in capsys.readouterr().err
