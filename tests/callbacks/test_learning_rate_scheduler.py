import numpy as np
import pytest

from minicnn.callbacks import LearningRateScheduler


def test_as_keras(train, losses, model, capsys):
    seen = train(LearningRateScheduler(lambda epoch, rate: rate * 0.5, verbose=1), losses(1, 1, 1))
    assert capsys.readouterr().out == (
        "Epoch 1: LearningRateScheduler setting learning rate to 0.25.\n"
        "Epoch 2: LearningRateScheduler setting learning rate to 0.125.\n"
        "Epoch 3: LearningRateScheduler setting learning rate to 0.0625.\n"
    )
    assert [logs["learning_rate"] for logs in seen] == [0.25, 0.125, 0.0625]
    assert model.optimizer.learning_rate == 0.0625


def test_a_function_of_the_epoch_alone(train, losses, capsys):
    train(LearningRateScheduler(lambda epoch: 0.25 / (epoch + 1), verbose=1), losses(1, 1))
    assert capsys.readouterr().out.splitlines()[1] == (
        "Epoch 2: LearningRateScheduler setting learning rate to 0.125."
    )


def test_a_mistake_inside_the_function_is_shown_as_it_is(train, losses):
    def schedule(epoch, rate):
        return rate + "0.1"

    with pytest.raises(TypeError, match="unsupported operand"):
        train(LearningRateScheduler(schedule), losses(1))


@pytest.mark.parametrize("schedule", [None, 0.1, float, lambda: 0.1, lambda a, b, c: 0.1])
def test_no_function_of_epoch_and_rate(schedule):
    with pytest.raises(TypeError, match="must be a function such as lambda epoch, learning_rate"):
        LearningRateScheduler(schedule)


def test_a_forgotten_return(train, losses):
    with pytest.raises(TypeError, match=r"got None. Does it end with return"):
        train(LearningRateScheduler(lambda epoch, rate: None), losses(1))


@pytest.mark.parametrize("rate", [np.float32(0.25), np.array(0.25), np.float64(0.25), 0.25])
def test_numpys_numbers_are_numbers(rate, train, losses, model):
    train(LearningRateScheduler(lambda epoch, _: rate), losses(1))
    assert type(model.optimizer.learning_rate) is float


def test_in_an_epoch_that_is_resumed_it_does_not_schedule_twice(train, losses, model):
    callback = LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    train(callback, losses(1, 1))
    other = LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    other.set_model(model)
    other.on_train_begin()
    other.set_state(callback.get_state())
    other.on_epoch_begin(1)
    assert model.optimizer.learning_rate == 0.125
    other.on_epoch_begin(2)
    assert model.optimizer.learning_rate == 0.0625
