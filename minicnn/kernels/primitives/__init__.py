"""Building blocks of kernels: vectors, matrix products, exponentials, copies."""
