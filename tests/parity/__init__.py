"""minicnn against values that real Keras produced: see `make_values.py`."""
