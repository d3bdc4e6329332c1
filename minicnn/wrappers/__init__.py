"""Keras' name for its wrappers: `minicnn.wrappers.scikit_learn`."""
