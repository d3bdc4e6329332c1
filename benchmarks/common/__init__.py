"""What the benchmarks share: networks, data, processes, turns, results."""
