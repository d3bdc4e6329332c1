"""Configs restore the constructor's arguments; objects from names, configs, classes and objects."""

import copy
import json
import warnings

import numpy as np
import pytest

from minicnn.errors import UnknownNameError
from minicnn.registry import Registry, spellings
from minicnn.serialization import (
    Configurable,
    argument_names,
    known_arguments,
    parse_config,
    serialize_object,
)


class Shape(Configurable):
    def __init__(self, name=None, **unknown):
        if unknown:
            raise TypeError(f"unknown {list(unknown)}")
        self.name = name


class Circle(Shape):
    def __init__(self, radius=1.0, units=1, **kwargs):
        super().__init__(**kwargs)
        self.radius = radius
        self.units = units


class Forgetful(Shape):
    def __init__(self, radius):
        super().__init__()


REGISTRY = Registry(
    "shape",
    Shape,
    [Circle],
    aliases={"round": Circle},
    wrap=lambda function: Circle(name=function.__name__),
    example="a name such as 'circle'",
    ignore_case=True,
)


def test_the_arguments_of_all_constructors():
    assert argument_names(Circle) == ["name", "radius", "units"]
    assert argument_names(Forgetful) == ["radius"]
    assert argument_names(lambda a, *b, c=1, **d: None) == ["a", "c"]
    assert known_arguments(Circle, {"radius": 2, "new": 3}) == {"radius": 2}


def test_config_and_back():
    config = Circle(np.array([1.0, 2.0]), name="c").get_config()
    assert json.loads(json.dumps(config)) == {"name": "c", "radius": [1.0, 2.0], "units": 1}
    again = Circle.from_config(config)
    assert (again.name, again.radius) == ("c", [1.0, 2.0])


def test_the_config_follows_the_attributes():
    circle = Circle(2.0)
    circle.radius = 3.0
    assert circle.get_config()["radius"] == 3.0


def test_objects_inside_a_config():
    nested = Circle(Circle(2.0)).get_config()["radius"]
    assert nested["class_name"] == nested["registered_name"] == "Circle"
    assert nested["config"] == {"name": None, "radius": 2.0, "units": 1}


def test_an_argument_that_is_not_stored():
    with pytest.raises(NotImplementedError, match=r"Write self\.radius = radius in __init__"):
        Forgetful(1.0).get_config()


@pytest.mark.parametrize(
    "identifier",
    [
        "circle", "Circle", "CIRCLE", "round", Circle, Circle(),
        {"class_name": "Circle", "config": {}}, {"class_name": "Custom>Circle", "config": None},
        {"class_name": "function", "config": "circle"},
    ],
    ids=["name", "class name", "capitals", "alias", "class", "instance", "config", "custom", "function"],
)  # fmt: skip
def test_everything_that_stands_for_a_circle(identifier):
    assert type(REGISTRY.get(identifier)) is Circle


def test_a_function_is_wrapped():
    def ellipse():
        pass

    assert REGISTRY.get(ellipse).name == "ellipse"
    assert REGISTRY.deserialize("ellipse", {"ellipse": ellipse}).name == "ellipse"
    assert serialize_object(ellipse)["config"] == "ellipse"


@pytest.mark.parametrize("identifier", ["squar", {"class_name": "builtins.eval"}, {"config": {}}])
def test_nothing_but_known_names(identifier):
    with pytest.raises(UnknownNameError, match=r"unknown shape .*There are: 'circle'"):
        REGISTRY.get(identifier)


@pytest.mark.parametrize("identifier", [None, 7, ["circle"], int], ids=str)
def test_no_identifier(identifier):
    with pytest.raises(TypeError, match="shape must be a name such as 'circle', got"):
        REGISTRY.get(identifier)


def test_own_objects_come_first():
    class Mine(Circle):
        pass

    assert type(REGISTRY.deserialize("circle", {"circle": Mine})) is Mine


def test_a_config_is_not_changed():
    config = {"class_name": "Circle", "config": {"radius": 2.0, "dtype": "float32"}}
    before = copy.deepcopy(config)
    assert REGISTRY.deserialize(config).radius == 2.0
    name, arguments = parse_config(config)
    arguments.clear()
    assert config == before
    assert name == "Circle"


def test_spellings():
    assert spellings({"HeNormal": 1}) == {"HeNormal": 1, "he_normal": 1}


def test_old_argument_names_work_and_say_the_new_one():
    with pytest.warns(DeprecationWarning, match="Circle: output_dim is now called units") as seen:
        assert Circle(output_dim=3).units == 3
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Circle(units=3).units == 3
    with pytest.raises(TypeError, match="border_mode"):
        Circle(border_mode="same")
