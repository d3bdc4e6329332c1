import numpy as np
import pytest

from minicnn import Sequential, layers, utils


class Numbers(utils.Sequence):
    """Three batches; no call of ``super().__init__``, as in most programs."""

    def __init__(self):
        self.asked, self.epochs = [], 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        self.asked.append(index)
        return np.full((2, 1), float(index)), np.zeros((2, 1))

    def on_epoch_end(self):
        self.epochs += 1


@pytest.fixture
def model():
    model = Sequential([layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    return model


def test_an_epoch_is_every_batch_once(model):
    data = Numbers()
    model.fit(data, epochs=2, verbose=0)
    assert data.asked == [0, 1, 2] * 2
    assert data.epochs == 2
    assert model.predict(Numbers(), verbose=0).shape == (6, 1)
    assert np.isfinite(model.evaluate(Numbers(), verbose=0))


def test_what_is_missing_is_named():
    class Nothing(utils.PyDataset):
        pass

    with pytest.raises(NotImplementedError, match=r"Nothing needs a method __len__"):
        len(Nothing(workers=4, use_multiprocessing=True))
    with pytest.raises(NotImplementedError, match=r"Nothing needs a method __getitem__"):
        Nothing()[0]
