"""What kernels run on: the compiler, the thread pool, scratch and result memory."""
