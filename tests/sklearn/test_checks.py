"""scikit-learn's own checks of what an estimator must do."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from minicnn.sklearn import CNNClassifier, CNNRegressor

NOT_EQUIVALENT = "batches are cut by examples: a weight of 2 is not the same as coming twice"


def expected_failures(estimator):
    """What scikit-learn excuses its own SGDClassifier from, for the same reason."""
    return {"check_sample_weight_equivalence_on_dense_data": NOT_EQUIVALENT}


@parametrize_with_checks(
    [CNNClassifier(), CNNRegressor()],
    expected_failed_checks=expected_failures,
)
@pytest.mark.filterwarnings("default")  # the checks themselves warn
def test_scikit_learns_checks(estimator, check):
    check(estimator)
