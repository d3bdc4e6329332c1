"""The runtime of the kernels: compiler, thread pool, scratch and result memory, self-check."""
