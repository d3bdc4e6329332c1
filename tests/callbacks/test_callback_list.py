import pytest

from minicnn.callbacks import Callback, CallbackList, History, LambdaCallback
from minicnn.callbacks.callback import HOOKS


class Recorder(Callback):
    """Notes each call of each hook."""

    def __init__(self, notes, name):
        self.notes, self.name = notes, name
        for hook in HOOKS:
            setattr(self, hook, self.note(hook))

    def note(self, hook):
        return lambda *arguments: self.notes.append((self.name, hook, arguments))


class Bar(Callback):
    def __init__(self, notes):
        self.notes = notes

    def clear(self):
        self.notes.append("clear")

    def on_train_batch_end(self, batch, logs=None):
        self.notes.append("bar")

    on_epoch_end = on_train_batch_end


def arguments_of(hook):
    return (7, {"loss": 1.0}) if "batch" in hook or "epoch" in hook else ({"loss": 1.0},)


@pytest.mark.parametrize("hook", HOOKS)
def test_each_is_called_once_in_order_with_the_arguments(hook):
    notes = []
    callbacks = CallbackList([Recorder(notes, "first"), Recorder(notes, "second")])
    getattr(callbacks, hook)(*arguments_of(hook))
    assert notes == [("first", hook, arguments_of(hook)), ("second", hook, arguments_of(hook))]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_gets_a_dict_even_without_logs(hook):
    notes = []
    getattr(CallbackList([Recorder(notes, "one")]), hook)(*arguments_of(hook)[:-1])
    assert notes == [("one", hook, (*arguments_of(hook)[:-1], {}))]


def test_what_one_adds_to_the_logs_the_next_sees():
    class AddRate(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["learning_rate"] = 0.01

    history = History()
    CallbackList([AddRate(), history]).on_epoch_end(0, {"loss": 1.0})
    assert history.history == {"loss": [1.0], "learning_rate": [0.01]}


def test_model_and_params_reach_everyone():
    one, two, model = Callback(), Bar([]), object()
    CallbackList([one], model, {"epochs": 2}, progress=two)
    assert one.model is two.model is model
    assert one.params == two.params == {"epochs": 2}


def test_a_hook_that_nobody_overrides_calls_nobody():
    class Untouched(Callback):
        def __getattribute__(self, name):
            if name == "on_train_batch_end":
                seen.append(name)
            return super().__getattribute__(name)

    seen = []
    callbacks = CallbackList([Untouched(), History()])
    callbacks.on_train_begin()
    callbacks.on_train_batch_end(0, {"loss": 1.0})  # the first call looks it up
    seen.clear()
    for batch in range(1, 4):
        callbacks.on_train_batch_end(batch, {"loss": 1.0})
    assert seen == []


def test_the_older_names_of_the_batch_hooks_are_seen():
    class Older(Callback):
        def on_batch_end(self, batch, logs=None):
            notes.append(batch)

    notes = []
    callbacks = CallbackList([Older()])
    callbacks.on_train_begin()
    callbacks.on_train_batch_end(5)
    assert notes == [5]


@pytest.mark.parametrize("kind", ["train", "test", "predict"])
def test_a_hook_that_a_callback_gives_itself_at_the_beginning_is_called(kind):
    class Late(Callback):
        def begin(self, logs=None):
            setattr(self, f"on_{kind}_batch_end", lambda batch, logs: notes.append(batch))

    notes = []
    setattr(Late, f"on_{kind}_begin", Late.begin)
    callbacks = CallbackList([Late()])
    getattr(callbacks, f"on_{kind}_begin")()
    getattr(callbacks, f"on_{kind}_batch_end")(3)
    assert notes == [3]


def test_the_bar_steps_aside_before_others_and_is_called_last():
    notes = []
    hear = LambdaCallback(on_train_batch_end=lambda batch, logs: notes.append("learner"))
    callbacks = CallbackList([hear], progress=Bar(notes))
    callbacks.on_train_batch_end(0)
    assert notes == ["clear", "learner", "bar"]
    callbacks.on_epoch_end(0)  # the learner does not listen: the bar may stay
    assert notes[3:] == ["bar"]
    callbacks.on_train_batch_begin(1)  # nobody listens
    assert len(notes) == 4


def test_one_callback_alone_needs_no_list():
    history = History()
    CallbackList(history).on_epoch_end(0, {"loss": 1.0})
    assert history.epoch == [0]


def test_append_calls_the_new_one_as_well_and_spares_the_learners_list():
    notes, given = [], []
    callbacks = CallbackList(given)
    callbacks.append(Recorder(notes, "late"))
    callbacks.on_epoch_end(0)
    assert len(notes) == 1
    assert given == []


def test_append_gives_the_new_one_model_and_params():
    history, model = History(), object()
    callbacks = CallbackList(model=model, params={"epochs": 2})
    callbacks.append(history)
    assert history.model is model
    assert history.params == {"epochs": 2}


def test_a_class_in_place_of_an_object():
    with pytest.raises(TypeError, match=r"but History is a class. Write History\(\)\."):
        CallbackList([History])


def test_a_function_in_place_of_a_callback():
    def show(epoch, logs):
        pass

    with pytest.raises(TypeError, match=r"Write LambdaCallback\(on_epoch_end=show\)"):
        CallbackList([show])
    with pytest.raises(TypeError, match=r"LambdaCallback\(on_epoch_end=lambda epoch, logs: ...\)"):
        CallbackList([lambda epoch, logs: None])


def test_keras_own_callback():
    early_stopping = type("EarlyStopping", (), {"__module__": "keras.src.callbacks"})()
    with pytest.raises(TypeError, match=r"Write from minicnn.callbacks import EarlyStopping"):
        CallbackList([early_stopping])


@pytest.mark.parametrize("thing", ["history", 3, [History()], int])
def test_something_else(thing):
    with pytest.raises(TypeError, match=r"callbacks must be a list of Callback objects.*got"):
        CallbackList([History(), thing])


def test_a_hook_with_other_arguments_is_corrected_before_training():
    class Wrong(Callback):
        def on_epoch_end(self, epoch):
            """Keras calls it with logs, too."""

    with pytest.raises(TypeError, match=r"Write def on_epoch_end\(self, epoch, logs=None\)"):
        CallbackList([Wrong()]).on_epoch_end(0)

    class Right(Callback):
        def on_epoch_end(self, *arguments):
            self.seen = arguments

    right = Right()
    CallbackList([right]).on_epoch_end(3, {"loss": 1})
    assert right.seen == (3, {"loss": 1})
