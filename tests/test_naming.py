"""Names as Keras gives and understands them."""

import pytest

from minicnn.errors import UnknownNameError
from minicnn.naming import clear_session, from_identifier, snake_case, spellings, unique_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Conv2D", "conv2d"), ("MaxPooling2D", "max_pooling2d"),
        ("AveragePooling2D", "average_pooling2d"), ("BatchNormalization", "batch_normalization"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"),
        ("ZeroPadding2D", "zero_padding2d"), ("ReLU", "re_lu"), ("LeakyReLU", "leaky_re_lu"),
        ("InputLayer", "input_layer"), ("Dense", "dense"), ("MyOwnLayer", "my_own_layer"),
        ("HTTPServer", "http_server"), ("RMSprop", "rm_sprop"), ("AdamW", "adam_w"),
    ],
)  # fmt: skip
def test_snake_case(name, expected):
    assert snake_case(name) == expected


def test_names_are_counted_by_prefix():
    given = [unique_name(prefix) for prefix in ("conv2d", "dense", "conv2d", "conv2d", "dense")]
    assert given == ["conv2d", "dense", "conv2d_1", "conv2d_2", "dense_1"]


def test_a_new_session_counts_anew():
    unique_name("flatten")
    clear_session()
    assert unique_name("flatten") == "flatten"


def test_spellings():
    assert spellings({"HeNormal": 1, "Zeros": 2}) == {
        "HeNormal": 1,
        "he_normal": 1,
        "Zeros": 2,
        "zeros": 2,
    }


class TestFromIdentifier:
    KNOWN = {"Point": complex}  # noqa: RUF012

    def test_name(self):
        assert from_identifier("thing", "Point", self.KNOWN) == 0

    def test_config(self):
        assert (
            from_identifier("thing", {"class_name": "Point", "config": {"imag": 2}}, self.KNOWN)
            == 2j
        )
        assert from_identifier("thing", {"class_name": "Point", "config": None}, self.KNOWN) == 0

    @pytest.mark.parametrize(
        "identifier",
        ["Pont", {"class_name": "builtins.eval"}, {"config": {}}, 7, None, ["Point"]],
        ids=str,
    )
    def test_nothing_but_known_names(self, identifier):
        with pytest.raises(UnknownNameError, match=r"unknown thing .*There are: 'Point'"):
            from_identifier("thing", identifier, self.KNOWN)
