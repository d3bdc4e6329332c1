"""What an operation computes on its way: numbers that are neither its input nor its output."""

from collections.abc import Callable

from numpy import ndarray

from minicnn.steps.grid import Grid, tables
from minicnn.steps.step import Place, Step
from minicnn.steps.walk import Steps


class Part(Steps):
    """An intermediate result, each of whose numbers is a `Step`."""

    def __init__(
        self, name: str, title: str, values: ndarray, make_step: Callable[[Place], Step]
    ) -> None:
        super().__init__(title, values)
        self.name = name
        self._make_step = make_step

    @property
    def grids(self) -> list[list[Grid]]:
        """What to draw: the numbers."""
        return [tables(self.name, self.output)]

    def step(self, place: Place) -> Step:
        """Make the step that leads to ``output[place]``."""
        return self._make_step(place)
