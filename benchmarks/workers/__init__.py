"""The processes that are measured: one library each, in an environment of its own."""
