import json

import numpy as np
import pytest

from minicnn import losses
from minicnn.errors import UnknownNameError

SPELLINGS = {
    losses.CategoricalCrossentropy: ["categorical_crossentropy", "CategoricalCrossentropy"],
    losses.SparseCategoricalCrossentropy: [
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
    ],
    losses.BinaryCrossentropy: ["binary_crossentropy", "BinaryCrossentropy", "bce", "BCE"],
    losses.MeanSquaredError: ["mean_squared_error", "MeanSquaredError", "mse", "MSE"],
    losses.MeanAbsoluteError: ["mean_absolute_error", "MeanAbsoluteError", "mae", "MAE"],
    losses.MeanAbsolutePercentageError: ["mean_absolute_percentage_error", "mape", "MAPE"],
    losses.MeanSquaredLogarithmicError: ["mean_squared_logarithmic_error", "msle", "MSLE"],
    losses.KLDivergence: ["kl_divergence", "kld", "KLD", "kullback_leibler_divergence"],
    losses.LogCosh: ["log_cosh", "LogCosh", "logcosh"],
    losses.CosineSimilarity: ["cosine_similarity", "CosineSimilarity", "cosine_proximity"],
    losses.Huber: ["huber", "Huber", "huber_loss"],
    losses.Poisson: ["poisson", "Poisson"],
    losses.Hinge: ["hinge", "Hinge"],
    losses.SquaredHinge: ["squared_hinge"],
    losses.CategoricalHinge: ["categorical_hinge"],
}


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in SPELLINGS.items() for name in names]
)
def test_names(kind, name):
    assert type(losses.get(name)) is kind


@pytest.mark.parametrize("kind", SPELLINGS)
def test_objects_classes_functions_and_configs(kind):
    loss = kind(reduction="sum")
    assert losses.get(loss) is loss
    assert type(losses.get(kind)) is kind
    assert type(losses.get(getattr(losses, SPELLINGS[kind][0]))) is kind
    config = json.loads(json.dumps(losses.serialize(loss)))
    assert losses.get(config).get_config() == loss.get_config()


def test_misspelt_names_get_the_nearest_right_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'categorical_crossentropy'"):
        losses.get("categorical_crosentropy")


@pytest.mark.parametrize("wrong", [None, 3, ["mse"], int])
def test_other_things_are_refused(wrong):
    with pytest.raises(TypeError, match="loss must be a name"):
        losses.get(wrong)


def test_configs_of_keras_2():
    config = {"reduction": "auto", "name": "x", "from_logits": True, "fn": "whatever"}
    loss = losses.deserialize({"class_name": "CategoricalCrossentropy", "config": config})
    assert loss.reduction == "sum_over_batch_size"
    assert loss.from_logits


def test_a_functions_config_needs_the_function_again():
    def own(y_true, y_pred):
        return np.abs(y_pred - y_true).sum(axis=-1)

    config = losses.serialize(losses.get(own))

    with pytest.raises(UnknownNameError, match="'own'"):
        losses.deserialize(config)
    assert losses.deserialize(config, custom_objects={"own": own}).function is own


def test_own_classes_come_back_by_custom_objects():
    class Own(losses.MeanSquaredError):
        pass

    config = losses.serialize(Own())
    assert type(losses.deserialize(config, custom_objects={"Own": Own})) is Own
    registered = {**config, "class_name": "Custom>Own"}
    assert type(losses.deserialize(registered, custom_objects={"Own": Own})) is Own
