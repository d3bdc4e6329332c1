"""These scripts need an environment with real Keras (see `run`) and are not collected by pytest."""

collect_ignore_glob = ["*.py"]
