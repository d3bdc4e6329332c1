from importlib.util import find_spec

# Not tests themselves, but doctest looks into every file.
collect_ignore = [] if find_spec("nbclient") and find_spec("nbformat") else ["store_notebooks.py"]
