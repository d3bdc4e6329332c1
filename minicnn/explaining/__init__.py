"""Every number of a model on one page: `minicnn.explain` writes it, a file that needs no network.

`model_data` turns the model, and `examples` some of its data, into what the page's JavaScript reads
(``page/arithmetic/README.md`` describes it); `bundle` puts the page's sources (``page/``) into one
file; `explain` ties them together.
"""

from minicnn.explaining.write import explain

__all__ = ["explain"]
