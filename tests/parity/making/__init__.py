"""One module a topic; each has `cases()`, which yields (settings, arrays) made by real Keras."""
