from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from minicnn.html_table import html_table


class TableReader(HTMLParser):
    """Reads the cells' texts back, row by row, as a browser does."""

    def __init__(self):
        super().__init__()
        self.rows, self.styles, self.inside = [], [], False

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.styles.append(dict(attributes)["style"])
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


def read(html):
    """Return the rows of the tables in a piece of HTML."""
    reader = TableReader()
    reader.feed(html)
    reader.close()
    return reader.rows


# What a browser shows: no control characters, no lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_texts_come_back_as_they_were(rows):
    assert read(html_table(["<a>", "b & c"], rows, [False, True])) == [
        ["<a>", "b & c"],
        *map(list, rows),
    ]


def test_numbers_stand_to_the_right():
    reader = TableReader()
    reader.feed(html_table(["name", "number"], [["a", "1"]], [False, True]))
    sides = [style.rpartition(" ")[2] for style in reader.styles]
    assert sides == ["left", "right"] * 2
