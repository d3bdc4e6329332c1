from types import SimpleNamespace

from minicnn.callbacks import History


def test_a_list_a_metric_in_the_order_of_the_logs():
    history = History()
    for epoch in (3, 4):
        history.on_epoch_end(epoch, {"accuracy": 0.1 * epoch, "loss": 1.0, "val_loss": 2.0})
    assert history.epoch == [3, 4]
    assert list(history.history) == ["accuracy", "loss", "val_loss"]
    assert history.history["val_loss"] == [2.0, 2.0]


def test_the_model_knows_its_history_after_an_epoch():
    history, model = History(), SimpleNamespace()
    history.set_model(model)
    history.on_epoch_end(0, {"loss": 1.0})
    assert model.history is history


def test_two_runs_with_one_history_follow_each_other():
    history = History()
    for _ in range(2):
        history.on_train_begin()
        history.on_epoch_end(0, {"loss": 1.0})
    assert len(history.epoch) == len(history.history["loss"]) == 2


def test_the_repr_fits_below_a_notebooks_cell():
    history = History()
    assert repr(history) == "<History of 0 epochs>"
    history.on_epoch_end(0, {"accuracy": 0.5, "loss": 1.0})
    assert repr(history) == "<History of 1 epoch: accuracy, loss>"


def test_an_epoch_without_logs_is_an_epoch():
    history = History()
    history.on_epoch_end(0)
    assert (history.epoch, history.history) == ([0], {})
