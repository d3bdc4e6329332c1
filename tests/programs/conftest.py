collect_ignore_glob = ["programs/*", "on_keras.py"]  # run by test_programs.py, and by Keras
