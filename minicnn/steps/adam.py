"""One update of Adam for one weight, step by step: moments, corrections, the new weight."""

import math
from collections.abc import Iterable, Iterator
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
    kind = np.float32 if getattr(weight, "dtype", None) == np.float32 else np.float64
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
        before: Iterable[Step] = (),
    ) -> None:
        self.t = t
        self.settings = settings
        self.title = f"Adam, step {t}: {title}"
        new = {name: value.copy() for name, value in given.items()}
        rate, beta_1, beta_2, epsilon, decay = (
            settings[name]
            for name in ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")
        )
        if decay:
            reference.weight_decay_update([new["weight"]], rate, decay)
        decayed = new["weight"].item()
        reference.adam_update(
            [new["weight"]], [new["gradient"]], [new["m"]], [new["v"]], t, rate, beta_1, beta_2,
            epsilon, [new["v_max"]] if "v_max" in new else None,
        )  # fmt: skip
        self._old, self._new = (
            {name: value.item() for name, value in numbers.items()} for numbers in (given, new)
        )
        number = given["weight"].dtype.type
        # 1 − βᵗ, the power in the weight's precision, as `adam_update` computes it
        self._corrections = [float(1 - number(beta) ** number(t)) for beta in (beta_1, beta_2)]
        self.output: float = self._new["weight"]
        steps = [*before, *self._mean_steps(decayed), *self._update_steps(decayed)]
        self._steps = {step.name: step for step in steps}

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
        return listing_text(self.title, [(step.name, step.equation) for step in self])

    def _repr_html_(self) -> str:
        rows = [(step.name, step.equation) for step in self]
        table = html_table(("step", "equation"), rows, (False, False))
        return f"<div><strong>{escape(self.title)}</strong>{table}</div>"

    def _mean_steps(self, decayed: float) -> Iterator[Step]:
        """Yield the weight's decay if there is any, the running means, and the largest v."""
        old, new = self._old, self._new
        rate, decay = self.settings["learning_rate"], self.settings["weight_decay"]
        if decay:
            weight = old["weight"]
            written = _precise(weight)
            yield _step(
                "decayed", decayed,
                {"weight": weight},
                {"−weight": -weight, "learning_rate": rate, "weight_decay": decay},
                equation=f"{written} − {number_text(rate)}·{number_text(decay)}·({written}) = "
                f"{_precise(decayed)}",
                note="the weight shrinks, apart from its gradient",
            )  # fmt: skip
        gradient = old["gradient"]
        for name, beta_name, g, value, whose in (
            ("m", "beta_1", "g", gradient, "the gradient"),
            ("v", "beta_2", "g²", gradient**2, "its square"),
        ):
            beta = self.settings[beta_name]
            before = {beta_name: beta, f"{name} before": old[name]}
            now = {f"(1 − {beta_name})": 1 - beta, g: value}
            yield _step(name, new[name], before, now, note=f"running mean of {whose}")
        if "v_max" in new:
            compared = f"max({number_text(old['v_max'])}, {number_text(new['v'])})"
            equation = f"{compared} = {number_text(new['v_max'])}"
            yield _step(
                "v_max", new["v_max"], equation=equation, note="the largest v so far (AMSGrad)"
            )

    def _update_steps(self, decayed: float) -> Iterator[Step]:
        """Yield the bias corrections, the rate, the update and the new weight."""
        for name, beta_name, mean, value in zip(
            ("correction_1", "correction_2"), ("beta_1", "beta_2"), "mv", self._corrections,
            strict=True,
        ):  # fmt: skip
            equation = (
                f"1 − {number_text(self.settings[beta_name])}^{self.t} = {number_text(value)}"
            )
            note = f"corrects {mean}, which started at 0"
            yield _step(name, value, {"1": 1}, {f"−{beta_name}^t": value - 1},
                        equation=equation, note=note)  # fmt: skip
        first, second = self._corrections
        learning_rate = self.settings["learning_rate"]
        rate = learning_rate * second**0.5 / first
        written = f"{number_text(learning_rate)}·√{number_text(second)}/{number_text(first)}"
        factors = {
            "learning_rate": learning_rate, "√correction_2": second**0.5, "1/correction_1": 1 / first,
        }  # fmt: skip
        equation = f"{written} = {number_text(rate)}"
        yield _step("rate", rate, factors, equation=equation, note="both corrections")
        m, epsilon = self._new["m"], self.settings["epsilon"]
        root = "v_max" if "v_max" in self._new else "v"
        v = self._new[root]
        factors = {"rate": rate, "m": m, f"1/(√{root} + epsilon)": 1 / (v**0.5 + epsilon)}
        update = math.prod(factors.values())
        below = f"√{number_text(v)} + {number_text(epsilon)}"
        equation = f"{number_text(rate)}·{in_a_product(m)}/({below}) = {number_text(update)}"
        yield _step("update", update, factors, equation=equation)
        equation = f"{_precise(decayed)} − {in_a_product(update)} = {_precise(self.output)}"
        yield _step("weight", self.output, {"weight": decayed}, {"−update": -update},
                    equation=equation, note="the new weight")  # fmt: skip


def _step(name: str, value: float, *products: dict[str, float], **words: str) -> Step:
    """Return a step whose products are single numbers by name."""
    terms = [
        Term(tuple(Factor(factor, (), number) for factor, number in numbers.items()))
        for numbers in products
    ]
    return Step(name, (), value, terms, **words)  # type: ignore[arg-type]


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
