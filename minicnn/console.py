"""Text for any console: characters that its encoding lacks, and names that could control it."""

import codecs
import sys

PLAIN = {
    "−": "-", "–": "-", "×": "x", "·": "*", "→": "->", "…": "...", "≥": ">=", "≤": "<=",
    "√": "sqrt", "Σ": "sum ", "∂": "d", "⌊": "[", "⌋": "]", "²": "^2", "ᵀ": "^T", "∞": "inf",
    "μ": "mean", "σ": "sd", "γ": "gamma", "β": "beta", "ε": "eps", "’": "'", "“": '"', "”": '"',
    "━": "=", "─": "-", "│": "|", "█": "#", "₁": "1", "₂": "2", "ᵢ": "i", "ⱼ": "j", "ₖ": "k",
    "∗": "*", "≈": "~", "←": "<-", "⌈": "[", "⌉": "]", "³": "^3", "ᵗ": "^t", "π": "pi",
    "α": "alpha", "λ": "lambda", "Φ": "Phi", "φ": "phi",
}  # fmt: skip
ERRORS = "minicnn.plain"  # name of the error handler, as codecs have them


def encodable(text: str, encoding: str | None = None) -> str:
    """Return text in characters that an encoding has, by default that of `sys.stdout`.

    Parameters
    ----------
    text : str
    encoding : str, optional

    Returns
    -------
    str
        Other characters are replaced one by one: ``−`` by ``-``, unknown ones by ``?``.

    Examples
    --------
    >>> encodable("3·(−1) ≥ −4", "ascii")
    '3*(-1) >= -4'
    """
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, ERRORS).decode(encoding)


def printable(text: object) -> str:
    r"""Return text, such as a file's name, with escape codes for characters that control a terminal.

    Examples
    --------
    >>> print(printable("a\x1b[31mred"))
    a\x1b[31mred
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape", "replace").decode()
        for one in shown
    )


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(one, "?") for one in error.object[error.start : error.end]), error.end


codecs.register_error(ERRORS, _replace)
