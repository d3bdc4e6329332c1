import numpy as np
import pytest

from minicnn import Input, Sequential
from minicnn.callbacks import TerminateOnNaN
from minicnn.errors import DataWarning
from minicnn.layers import Dense
from minicnn.optimizers import SGD


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf, np.float32("nan")])
def test_it_says_so_and_stops(loss, train, losses, model, capsys):
    seen = train(TerminateOnNaN(), [{"loss": 1.0}, {"loss": loss}, {"loss": 1.0}], batches=1)
    assert len(seen) == 2
    assert capsys.readouterr().out == "Batch 0: Invalid loss, terminating training\n"


def test_an_ordinary_loss_is_let_pass(train, losses, capsys):
    assert len(train(TerminateOnNaN(), losses(1, 2), batches=3)) == 2
    assert capsys.readouterr().out == ""


def test_as_an_error(model):
    callback = TerminateOnNaN(raise_error=True)
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 2"):
        callback.on_train_batch_end(2, {"loss": np.nan})


def test_a_training_that_explodes_ends_within_its_epoch(capsys):
    model = Sequential([Input((2,)), Dense(1)])
    model.compile(SGD(1e30), "mse")
    x, y = np.ones((8, 2)), np.zeros(8)
    diverged = pytest.warns(DataWarning, match="the training has diverged")
    with np.errstate(all="ignore"), diverged:
        history = model.fit(x, y, batch_size=1, epochs=5, callbacks=[TerminateOnNaN()], verbose=0)
    assert history.epoch == [0]
    assert "Invalid loss, terminating training" in capsys.readouterr().out
