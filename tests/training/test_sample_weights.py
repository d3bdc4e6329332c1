"""Examples that count more than others: by their class, or each for itself."""

import numpy as np
import pytest

from .small import NUMBERS, ONE_HOT, X, assert_same_weights, cut, network, trained


@pytest.mark.parametrize("labels", [NUMBERS, ONE_HOT])
def test_class_weight_is_a_sample_weight(labels):
    loss = "sparse_categorical_crossentropy" if labels is NUMBERS else "categorical_crossentropy"
    weights = np.select([NUMBERS == 0, NUMBERS == 2], [0.25, 3.0], 1.0)
    by_class = trained(X, labels, class_weight={0: 0.25, 2: 3.0}, model=network(loss))
    by_sample = trained(X, labels, sample_weight=weights, model=network(loss))
    assert_same_weights(by_class, by_sample)
    assert_same_weights(
        trained(
            X, labels, class_weight={0: 0.25, 2: 3.0}, sample_weight=weights, model=network(loss)
        ),
        trained(X, labels, sample_weight=weights**2, model=network(loss)),
    )


def test_class_weight_of_an_iterable():
    by_class = trained(cut(), class_weight={0: 0.25, 2: 3.0})
    assert_same_weights(by_class, trained(X, NUMBERS, batch_size=4, class_weight={0: 0.25, 2: 3.0}))


def test_a_weight_of_0_leaves_an_example_out_of_the_gradient():
    weights = np.r_[np.ones(5), np.zeros(5)]
    spoilt = np.where(weights[:, None, None, None] > 0, X, 9)
    assert_same_weights(
        trained(X, NUMBERS, sample_weight=weights), trained(spoilt, NUMBERS, sample_weight=weights)
    )


def test_the_loss_is_the_weighted_mean_over_the_examples():
    weights = np.linspace(0, 2, 10)
    model = network(weighted_metrics=["accuracy"])
    p = model.predict(X, verbose=0)
    of_each = -np.log(p[np.arange(10), NUMBERS])
    hits = p.argmax(axis=1) == NUMBERS
    values = model.evaluate(
        X, NUMBERS, sample_weight=weights, batch_size=4, verbose=0, return_dict=True
    )
    assert values == {
        "loss": pytest.approx((weights * of_each).mean()),
        "accuracy": pytest.approx(hits.mean()),
        "weighted_accuracy": pytest.approx((weights * hits).sum() / weights.sum()),
    }
    with_triple = model.fit(X, NUMBERS, validation_data=(X, NUMBERS, weights), verbose=0)
    after = model.evaluate(X, NUMBERS, sample_weight=weights, verbose=0)
    assert with_triple.history["val_loss"] == [pytest.approx(after[0])]
