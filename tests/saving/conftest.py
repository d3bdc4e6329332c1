"""The scripts next to the tests need an environment with real Keras and are not collected."""

collect_ignore = ["make_keras_files.py", "make_legacy_files.py"]
