"""The command ``minicnn``: train, evaluate and predict without writing a program."""

from minicnn.cli.command import main

__all__ = ["main"]
