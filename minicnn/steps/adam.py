"""One update of Adam for one weight, step by step: moments, corrections, the new weight."""

from collections.abc import Iterator
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from minicnn import checks
from minicnn.errors import ShapeError, unknown_name
from minicnn.html_table import html_table
from minicnn.ops import reference
from minicnn.steps.notation import in_a_product, number_text
from minicnn.steps.step import Factor, Step, Term
from minicnn.steps.text import listing_text


def adam(
    weight: ArrayLike,
    gradient: ArrayLike,
    m: ArrayLike = 0.0,
    v: ArrayLike = 0.0,
    step: int = 1,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
    v_max: ArrayLike | None = None,
    weight_decay: float | None = None,
) -> "AdamWalk":
    """Update one weight as Adam does, step by step.

        m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
        w ← w − α·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε)

    as `minicnn.ops.updates.adam_update` computes it, in the precision of the weight.

    Parameters
    ----------
    weight, gradient : number
        The weight w and its gradient g.
    m, v : number
        Running means of the gradient and of its square before this step; 0 before the first.
    step : int
        t, counted from 1.
    learning_rate, beta_1, beta_2, epsilon : float
        α, β₁, β₂ and ε, as of `minicnn.optimizers.Adam`.
    v_max : number, optional
        The largest v so far, for AMSGrad, which divides by its root.
    weight_decay : float, optional
        Decoupled weight decay λ: ``w ← w − α·λ·w`` before the update.

    Returns
    -------
    AdamWalk

    Raises
    ------
    ShapeError
        If the weight or another argument is not a single number.
    ValueError
        If `step` is not a positive integer, or a rate is out of range.

    Examples
    --------
    >>> walk = adam(weight=1.0, gradient=0.5, learning_rate=0.1)
    >>> print(walk)
    Adam, step 1: one weight
    <BLANKLINE>
      m             0.9·0 + 0.1·0.5 = 0.05
      v             0.999·0 + 0.001·0.25 = 0.00025
      correction_1  1 − 0.9^1 = 0.1
      correction_2  1 − 0.999^1 = 0.001
      rate          0.1·√0.001/0.1 = 0.03162
      update        0.03162·0.05/(√0.00025 + 1e−07) = 0.1
      weight        1 − 0.1 = 0.9000006
    >>> walk["v"].value, walk.output
    (0.00025..., 0.9000006...)
    """
    numbers = {"weight": weight, "gradient": gradient, "m": m, "v": v}
    if v_max is not None:
        numbers["v_max"] = v_max
    kind = np.float32 if _is_float32(weight) else np.float64
    if isinstance(step, bool) or not isinstance(step, (int, np.integer)) or step < 1:
        raise ValueError(f"Adam counts its steps from 1, got step={step!r}.")
    settings = {
        "learning_rate": checks.finite_number("", "learning_rate", learning_rate, ge=0),
        "beta_1": checks.fraction("", "beta_1", beta_1, below_one=True),
        "beta_2": checks.fraction("", "beta_2", beta_2, below_one=True),
        "epsilon": checks.finite_number("", "epsilon", epsilon, ge=0),
        "weight_decay": checks.finite_number("", "weight_decay", weight_decay or 0.0, ge=0),
    }
    given = {name: _single(name, value, kind) for name, value in numbers.items()}
    return AdamWalk(given, int(step), settings)


class AdamWalk:
    """The walk that `adam` returns: the steps of the update in order, also by name or number."""

    def __init__(
        self,
        given: dict[str, np.ndarray],
        t: int,
        settings: dict[str, float],
        title: str = "one weight",
        before: tuple[Step, ...] = (),
    ) -> None:
        self.t = t
        self.settings = settings
        self.title = f"Adam, step {t}: {title}"
        self._given = {name: value.item() for name, value in given.items()}
        new = {name: value.copy() for name, value in given.items()}
        decay = settings["weight_decay"]
        if decay:
            reference.weight_decay_update([new["weight"]], settings["learning_rate"], decay)
        self._decayed = new["weight"].item()
        reference.adam_update(
            [new["weight"]], [new["gradient"]], [new["m"]], [new["v"]], t,
            settings["learning_rate"], settings["beta_1"], settings["beta_2"], settings["epsilon"],
            [new["v_max"]] if "v_max" in new else None,
        )  # fmt: skip
        self._new = {name: value.item() for name, value in new.items()}
        self._number = given["weight"].dtype.type
        self.output: float = self._new["weight"]
        self._steps = {one.name: one for one in (*before, *self._make_steps())}

    @property
    def names(self) -> list[str]:
        """Names of the steps in order."""
        return list(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self._steps.values())

    def __getitem__(self, index: str | int) -> Step:
        if isinstance(index, str):
            if index not in self._steps:
                raise unknown_name("step of Adam", index, self._steps)
            return self._steps[index]
        return list(self)[index]

    def __repr__(self) -> str:
        return f"<{self.title}: {self['weight'].equation}>"

    def __str__(self) -> str:
        return listing_text(self.title, [(one.name, one.equation) for one in self])

    def _repr_html_(self) -> str:
        rows = [(one.name, one.equation) for one in self]
        table = html_table(("step", "equation"), rows, (False, False))
        return f"<div><strong>{escape(self.title)}</strong>{table}</div>"

    def _make_steps(self) -> Iterator[Step]:
        if self.settings["weight_decay"]:
            yield self._decay_step()
        yield self._mean_step("m", "beta_1", "g", self._given["gradient"])
        yield self._mean_step("v", "beta_2", "g²", self._given["gradient"] ** 2)
        if "v_max" in self._new:
            yield self._largest_step()
        yield self._correction_step("correction_1", "beta_1", "m")
        yield self._correction_step("correction_2", "beta_2", "v")
        yield self._rate_step()
        update = self._update_step()
        yield update
        yield self._weight_step(update.value)

    def _decay_step(self) -> Step:
        rate, decay = self.settings["learning_rate"], self.settings["weight_decay"]
        weight = self._given["weight"]
        written = _precise(weight)
        factors = (
            Factor("−weight", (), -weight), Factor("learning_rate", (), rate),
            Factor("weight_decay", (), decay),
        )  # fmt: skip
        equation = (
            f"{written} − {number_text(rate)}·{number_text(decay)}·({written}) = "
            f"{_precise(self._decayed)}"
        )
        note = "the weight shrinks, apart from its gradient"
        terms = [Term((Factor("weight", (), weight),)), Term(factors)]
        return Step("decayed", (), self._decayed, terms, equation=equation, note=note)

    def _mean_step(self, name: str, rate_name: str, what: str, number: float) -> Step:
        """Make the step of a running mean."""
        beta, old = self.settings[rate_name], self._given[name]
        terms = [
            Term((Factor(rate_name, (), beta), Factor(f"{name} before", (), old))),
            Term((Factor(f"(1 − {rate_name})", (), 1 - beta), Factor(what, (), number))),
        ]
        note = f"running mean of {'the gradient' if name == 'm' else 'its square'}"
        return Step(name, (), self._new[name], terms, note=note)

    def _largest_step(self) -> Step:
        old, now, value = self._given["v_max"], self._new["v"], self._new["v_max"]
        equation = f"max({number_text(old)}, {number_text(now)}) = {number_text(value)}"
        return Step("v_max", (), value, equation=equation, note="the largest v so far (AMSGrad)")

    def _correction_step(self, name: str, rate_name: str, mean: str) -> Step:
        """Make the step of a bias correction: the running means started at 0."""
        beta, value = self.settings[rate_name], self._correction(rate_name)
        equation = f"1 − {number_text(beta)}^{self.t} = {number_text(value)}"
        terms = [Term((Factor("1", (), 1),)), Term((Factor(f"−{rate_name}^t", (), value - 1),))]
        note = f"corrects {mean}, which started at 0"
        return Step(name, (), value, terms, equation=equation, note=note)

    def _rate_step(self) -> Step:
        rate, value = self.settings["learning_rate"], self._rate
        first, second = self._correction("beta_1"), self._correction("beta_2")
        factors = (
            Factor("learning_rate", (), rate), Factor("√correction_2", (), second**0.5),
            Factor("1/correction_1", (), 1 / first),
        )  # fmt: skip
        written = f"{number_text(rate)}·√{number_text(second)}/{number_text(first)}"
        equation = f"{written} = {number_text(value)}"
        return Step("rate", (), value, [Term(factors)], equation=equation, note="both corrections")

    def _update_step(self) -> Step:
        m, epsilon = self._new["m"], self.settings["epsilon"]
        largest = "v_max" if "v_max" in self._new else "v"
        v = self._new[largest]
        factors = (
            Factor("rate", (), self._rate), Factor("m", (), m),
            Factor(f"1/(√{largest} + epsilon)", (), 1 / (v**0.5 + epsilon)),
        )  # fmt: skip
        term = Term(factors)
        equation = (
            f"{number_text(self._rate)}·{in_a_product(m)}/(√{number_text(v)} + "
            f"{number_text(epsilon)}) = {number_text(term.product)}"
        )
        return Step("update", (), term.product, [term], equation=equation)

    def _weight_step(self, update: float) -> Step:
        equation = f"{_precise(self._decayed)} − {in_a_product(update)} = {_precise(self.output)}"
        terms = [
            Term((Factor("weight", (), self._decayed),)),
            Term((Factor("−update", (), -update),)),
        ]
        return Step("weight", (), self.output, terms, equation=equation, note="the new weight")

    @property
    def _rate(self) -> float:
        first, second = self._correction("beta_1"), self._correction("beta_2")
        return self.settings["learning_rate"] * second**0.5 / first

    def _correction(self, rate_name: str) -> float:
        """Return 1 − βᵗ; the power in the weight's precision, as `adam_update` takes it."""
        number = self._number
        return float(1 - number(self.settings[rate_name]) ** number(self.t))


def _precise(value: float) -> str:
    """Write a weight with enough digits to show a small update."""
    return f"{value:.7g}".replace("-", "−")


def _single(name: str, value: ArrayLike, kind: type[np.floating]) -> np.ndarray:
    """Return one number as an array of shape (1,)."""
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biuf":
        raise ShapeError(
            f"steps.adam updates one weight: {name} must be one number, got "
            f"{f'an array of shape {array.shape}' if array.ndim else repr(value)}. Choose one, "
            f"{name}[0, 0] for example."
        )
    return array.astype(kind).reshape(1)


def _is_float32(value: ArrayLike) -> bool:
    return getattr(value, "dtype", None) == np.float32
