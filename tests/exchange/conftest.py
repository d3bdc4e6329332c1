"""What is here is for an environment with real Keras in it (see `run`), not for pytest."""

collect_ignore_glob = ["*.py"]
