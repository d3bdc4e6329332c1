"""Shared parts of the benchmarks: networks, data, processes, turns, results."""
