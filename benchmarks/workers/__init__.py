"""Measured processes: one library each, in its own virtual environment."""
