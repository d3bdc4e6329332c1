"""The explanation page: `minicnn.explain` writes every number of a model into one offline file.

`model_data`, `learning` and `history` convert the model, `examples` some data, into the JSON that
``page/arithmetic/README.md`` describes; `bundle` puts the page's sources into one file.
"""

from minicnn.explaining.write import explain

__all__ = ["explain"]
