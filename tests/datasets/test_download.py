import pytest

from minicnn.datasets import download as module
from minicnn.datasets.download import download
from minicnn.errors import DataError

from .conftest import CONTENTS, send, tiny

NAME = "train_images.gz"
FILE = tiny().files[0]


def test_a_good_mirror(mirror):
    assert download(FILE, [mirror.address]) == CONTENTS[NAME]


def cut(handler, content):
    send(handler, content[:20], length=len(content))


def tampered(handler, content):
    send(handler, content[:-1] + bytes([content[-1] ^ 1]))


def too_long(handler, content):
    send(handler, content + b"!")


def not_found(handler, content):
    handler.send_error(404)


def moved_page(handler, content):
    send(handler, b"<html>We have moved</html>")


def hangs_up(handler, content):
    handler.connection.close()


def not_http(handler, content):
    handler.wfile.write(b"what?\r\n\r\n")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (cut, "20 bytes read"),
        (tampered, "its content was changed: SHA-256"),
        (too_long, "it is longer than"),
        (not_found, "it answers 404 Not Found"),
        (moved_page, "it is cut: 26 of"),
        (hangs_up, ""),
        (not_http, "what?"),
    ],
)
def test_a_bad_mirror_is_passed_over_and_named(new_mirror, answer, reason):
    bad, good = new_mirror(), new_mirror()
    bad.answers[NAME] = answer
    assert download(FILE, [bad.address, good.address]) == CONTENTS[NAME]
    with pytest.raises(DataError, match=f"{NAME} could not be downloaded") as caught:
        download(FILE, [bad.address])
    line = str(caught.value).splitlines()[1]
    assert line.startswith(f"  {bad.address}: ")
    assert reason in line
    assert len(line) > len(f"  {bad.address}: ")


def test_every_mirror_has_its_line(mirror):
    mirror.answers[NAME] = not_found
    silent = "http://127.0.0.1:1/"  # nothing listens there
    with pytest.raises(DataError) as caught:
        download(FILE, [mirror.address, silent, "http://[bad/"])
    lines = str(caught.value).splitlines()[1:]
    assert [line.split(": ")[0].strip() for line in lines] == [
        mirror.address,
        silent,
        "http://[bad/",
    ]


def test_a_hanging_mirror_is_given_up(mirror, monkeypatch):
    monkeypatch.setattr(module, "READ_TIMEOUT", 0.2)
    waited_to_the_end = []

    def hang(handler, content):
        send(handler, content[:20], length=len(content))
        waited_to_the_end.append(not mirror.closing.wait(60))

    mirror.answers[NAME] = hang
    with pytest.raises(DataError, match=r"no answer for 0\.2 s"):
        download(FILE, [mirror.address])
    assert waited_to_the_end == []  # the mirror still hangs


@pytest.mark.parametrize("body", [True, False])
def test_a_trickling_mirror_is_given_up(mirror, monkeypatch, body):
    monkeypatch.setattr(module, "DEADLINE", 0.3)
    sent_to_the_end = []

    def trickle(handler, content):
        if body:
            send(handler, b"", length=len(content))
        text = content if body else b"H" * 600  # a status line without an end
        for byte in text:
            if mirror.closing.wait(0.2):
                return
            handler.wfile.write(bytes([byte]))
        sent_to_the_end.append(True)

    mirror.answers[NAME] = trickle
    with pytest.raises(DataError, match="slower than"):
        download(FILE, [mirror.address])
    assert sent_to_the_end == []  # the mirror still sends


def test_an_endless_answer_is_not_read_to_its_end(mirror):
    sent = []

    def pour(handler, content):
        handler.send_response(200)
        handler.end_headers()
        while not mirror.closing.is_set() and len(sent) < 2000:  # 125 MiB
            try:
                handler.wfile.write(bytes(1 << 16))
            except OSError:
                return
            sent.append(1)

    mirror.answers[NAME] = pour
    with pytest.raises(DataError, match="it is longer"):
        download(FILE, [mirror.address])
    assert len(sent) < 2000


def test_the_bar_says_what_is_read(mirror, capsys):
    download(FILE, [mirror.address])
    written = capsys.readouterr()
    assert NAME in written.err
    assert written.out == ""
