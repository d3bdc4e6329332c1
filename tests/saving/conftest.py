"""The scripts beside the tests are for real Keras' own environment, not for pytest."""

collect_ignore = ["check_with_keras.py", "make_keras_files.py"]
