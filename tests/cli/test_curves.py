"""Curves are drawn or removed at the end of a training."""

from minicnn.callbacks import History
from minicnn.cli.train import _draw_curves


def test_curves_of_an_earlier_training_do_not_stay(here, capsys):
    path = here / "history.png"
    path.write_text("of an earlier training")
    _draw_curves(History(), path)
    assert not path.exists()
    assert "no epoch was completed" in capsys.readouterr().out
