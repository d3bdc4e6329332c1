"""The scripts beside the tests are for real Keras' own environment, not for pytest."""

collect_ignore = ["make_keras_files.py", "make_legacy_files.py"]
