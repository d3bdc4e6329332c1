"""The optional fast backend: the operations of `minicnn.ops`, compiled by numba."""
