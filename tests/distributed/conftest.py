"""Keep pytest from importing the program that mpiexec starts."""

collect_ignore = ["program.py"]
