import pytest

from minicnn.callbacks import Callback, CallbackList, LambdaCallback
from minicnn.callbacks.callback import HOOKS
from minicnn.errors import UnknownNameError


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_may_be_given(name):
    calls = []
    callback = LambdaCallback(**{name: lambda *arguments: calls.append(arguments)})
    arguments = (0, {}) if "batch" in name or "epoch" in name else ({},)
    getattr(callback, name)(*arguments)
    assert calls == [arguments]


def test_positional_arguments_in_keras_order():
    calls = []

    def note(what):
        return lambda *_: calls.append(what)

    names = ("epoch begin", "epoch end", "train begin", "train end", "batch begin", "batch end")
    callbacks = CallbackList(LambdaCallback(*(note(name) for name in names)))
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_begin(0)
    callbacks.on_train_batch_end(0)
    callbacks.on_epoch_end(0)
    callbacks.on_train_end()
    assert calls == [
        "train begin",
        "epoch begin",
        "batch begin",
        "batch end",
        "epoch end",
        "train end",
    ]


def test_a_misspelt_hook_gets_the_nearest_name():
    with pytest.raises(UnknownNameError, match=r"'on_epoch_ends'.*Did you mean 'on_epoch_end'?"):
        LambdaCallback(on_epoch_ends=lambda epoch, logs: None)


def test_what_is_no_function_is_told_at_once():
    with pytest.raises(TypeError, match=r"got 'saved'. Write on_epoch_end=lambda epoch, logs: ..."):
        LambdaCallback(on_epoch_end="saved")


def test_a_function_of_other_arguments_is_told_at_once():
    with pytest.raises(TypeError, match=r"with \(epoch, logs\), .* parameters \(logs\)"):
        LambdaCallback(on_epoch_end=lambda logs: None)
    with pytest.raises(TypeError, match=r"with \(logs\), .* parameters \(epoch, logs\)"):
        LambdaCallback(on_train_end=lambda epoch, logs: None)


def test_built_in_functions_will_do(capsys):
    LambdaCallback(on_epoch_end=print, on_train_end=max).on_epoch_end(1, {})
    assert capsys.readouterr().out == "1 {}\n"


def test_none_is_no_hook():
    callback = LambdaCallback(on_epoch_end=None, on_test_end=None)
    assert callback.on_epoch_end(0) is None
    assert callback.on_epoch_end.__func__ is Callback.on_epoch_end
