"""scikit-learn's checks of estimators."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from minicnn.sklearn import CNNClassifier, CNNRegressor


@parametrize_with_checks([CNNClassifier(), CNNRegressor()])
@pytest.mark.filterwarnings("default")  # the checks themselves warn
def test_scikit_learns_checks(estimator, check):
    check(estimator)
