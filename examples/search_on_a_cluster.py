"""Search for the best network on a cluster, with the engines that work with scikit-learn.

    python search_on_a_cluster.py dask      # or ray, dask-ml, optuna

The cluster is one of two processes on this machine; a real one differs in the line that starts it.
"""

import sys

from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score

from minicnn.sklearn import CNNClassifier

PARAMS = {"learning_rate": [0.001, 0.01], "batch_size": [32, 128]}


def data():
    """Return 600 digits of 8×8 pixels from 0 to 1, and their classes."""
    x, y = load_digits(return_X_y=True)
    return x[:600].reshape(-1, 8, 8, 1) / 16, y[:600]


def with_dask():
    """Every fit of scikit-learn's grid search is a task of a Dask cluster."""
    import joblib
    from dask.distributed import Client

    search = GridSearchCV(CNNClassifier(epochs=8, random_state=0), PARAMS, cv=2)
    cluster = Client(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, joblib.parallel_backend("dask"):
        return search.fit(*data())


def with_ray():
    """The same on a Ray cluster, with a randomized search."""
    import joblib
    import ray
    from ray.util.joblib import register_ray

    search = RandomizedSearchCV(
        CNNClassifier(epochs=8, random_state=0), PARAMS, n_iter=3, cv=2, random_state=0
    )
    ray.init(num_cpus=2, include_dashboard=False)
    register_ray()
    with joblib.parallel_backend("ray"):
        search.fit(*data())
    ray.shutdown()
    return search


def with_dask_ml():
    """Dask-ML's own grid search shares work between the fits."""
    from dask.distributed import Client
    from dask_ml.model_selection import GridSearchCV as DaskGridSearchCV

    search = DaskGridSearchCV(CNNClassifier(epochs=8, random_state=0), PARAMS, cv=2)
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None):
        return search.fit(*data())


def with_optuna():
    """Optuna chooses each trial by the results of those before."""
    import optuna

    x, y = data()

    def objective(trial):
        network = CNNClassifier(
            learning_rate=trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True),
            batch_size=trial.suggest_categorical("batch_size", [32, 128]),
            epochs=8,
            random_state=0,
        )
        return cross_val_score(network, x, y, cv=2, n_jobs=2).mean()

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(objective, n_trials=4)
    return study


def main(engine):
    """Search, and print the best parameters."""
    result = {
        "dask": with_dask, "ray": with_ray, "dask-ml": with_dask_ml, "optuna": with_optuna,
    }[engine]()  # fmt: skip
    if engine == "optuna":
        print(f"best: {result.best_params}, accuracy {result.best_value:.3f}")
    else:
        print(f"best: {result.best_params_}, accuracy {result.best_score_:.3f}")


if __name__ == "__main__":  # the workers of a local cluster import this file
    main(sys.argv[1])
