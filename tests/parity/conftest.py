"""Keras is no dependency of the tests: the scripts that import it are not for pytest to collect."""

collect_ignore = ["make_values.py", "making"]
