"""Run a Keras program on minicnn: ``python -m minicnn.keras program.py``."""

import os
import runpy
import sys

from minicnn.keras import install

USAGE = """usage: python -m minicnn.keras program.py [arguments]
       python -m minicnn.keras -m module [arguments]
       python -m minicnn.keras -c code [arguments]"""


def main(arguments: list[str]) -> int:
    """Run the program, module or code that `arguments` begin with."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else 2
    option, *rest = arguments
    if option in ("-m", "-c") and not rest:
        print(USAGE, file=sys.stderr)
        return 2
    if option not in ("-m", "-c") and not os.path.exists(option):
        print(f"python -m minicnn.keras: there is no file {option!r}.", file=sys.stderr)
        return 2
    install()
    if option == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif option == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(option))
        runpy.run_path(option, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
