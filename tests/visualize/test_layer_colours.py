from minicnn import layers
from minicnn.visualize.colours import colours_of_layers

LIBRARY = sorted(
    {getattr(layers, name) for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    - {layers.Layer},
    key=lambda kind: kind.__name__,
)


def test_every_kind_of_the_library_has_a_colour_of_its_own():
    chosen = colours_of_layers(LIBRARY)
    assert set(chosen) == set(LIBRARY)
    assert len(set(chosen.values())) == len(LIBRARY)


def test_a_kinds_colour_does_not_depend_on_the_model():
    all_of_them = colours_of_layers(LIBRARY)
    for kind in LIBRARY:
        assert colours_of_layers([kind]) == {kind: all_of_them[kind]}


def test_layers_of_ones_own_get_colours_that_no_kind_has():
    own = [type(f"Own{number}", (layers.Layer,), {}) for number in range(4)]
    imitation = type("Conv2D", (layers.Layer,), {})
    chosen = colours_of_layers([own[0], *LIBRARY, *own, imitation])
    assert len(set(chosen.values())) == len(LIBRARY) + 5
    assert list(chosen)[:2] == [own[0], LIBRARY[0]]
