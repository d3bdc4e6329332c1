"""Examples are programs: `tests/examples` runs each of them, and nothing is collected from here."""

collect_ignore_glob = ["*.py"]
