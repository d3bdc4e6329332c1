"""Keep pytest from collecting the examples; `tests/examples` runs them as programs."""

collect_ignore_glob = ["*.py"]
