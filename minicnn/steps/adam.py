"""One update of Adam for one weight, step by step; of a number, or of a weight of a traced model."""

import math
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import checks
from minicnn.errors import ShapeError, unknown_name
from minicnn.html_table import html_table
from minicnn.models import Model
from minicnn.ops import reference
from minicnn.optimizers import Adam
from minicnn.steps.notation import in_a_product, name_of, number_text
from minicnn.steps.record import LayerTrace
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.text import listing_text
from minicnn.steps.walk import checked_index

_SETTINGS = ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")


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
    values = {name: _single(name, value, kind) for name, value in numbers.items()}
    return AdamWalk(values, int(step), settings)


class AdamWalk:
    """The walk that `adam` returns: the steps of the update in order, also by name or number."""

    def __init__(
        self,
        values: dict[str, np.ndarray],
        t: int,
        settings: dict[str, float],
        title: str = "one weight",
        before: Iterable[Step] = (),
    ) -> None:
        self.t, self.settings, self.title = t, settings, f"Adam, step {t}: {title}"
        new = {name: value.copy() for name, value in values.items()}
        rate, beta_1, beta_2, epsilon, decay = (settings[name] for name in _SETTINGS)
        if decay:
            reference.weight_decay_update([new["weight"]], rate, decay)
        decayed = new["weight"].item()
        reference.adam_update(
            [new["weight"]], [new["gradient"]], [new["m"]], [new["v"]], t, rate, beta_1, beta_2,
            epsilon, [new["v_max"]] if "v_max" in new else None,
        )  # fmt: skip
        self._old, self._new = (
            {name: value.item() for name, value in numbers.items()} for numbers in (values, new)
        )
        number = values["weight"].dtype.type
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
        return listing_text(self.title, self._rows())

    def _repr_html_(self) -> str:
        table = html_table(("step", "equation"), self._rows(), (False, False))
        return f"<div><strong>{escape(self.title)}</strong>{table}</div>"

    def _rows(self) -> list[tuple[str, str]]:
        return [(step.name, step.equation) for step in self]

    def _mean_steps(self, decayed: float) -> Iterator[Step]:
        """Yield the weight's decay if there is any, the running means, and the largest v."""
        old, new, settings = self._old, self._new, self.settings
        rate, decay, weight = settings["learning_rate"], settings["weight_decay"], old["weight"]
        if decay:
            factors = {"−weight": -weight, "learning_rate": rate, "weight_decay": decay}
            written = _precise(weight)
            written = f"{written} − {number_text(rate)}·{number_text(decay)}·({written})"
            note = "the weight shrinks, apart from its gradient"
            yield _step("decayed", decayed, {"weight": weight}, factors, text=written, note=note)
        for name, beta_name, power, kind in (
            ("m", "beta_1", "g", "the gradient"), ("v", "beta_2", "g²", "its square")
        ):  # fmt: skip
            beta, value = settings[beta_name], old["gradient"] ** len(power)
            before = {beta_name: beta, f"{name} before": old[name]}
            now = {f"(1 − {beta_name})": 1 - beta, power: value}
            yield _step(name, new[name], before, now, note=f"running mean of {kind}")
        if "v_max" in new:
            written = f"max({number_text(old['v_max'])}, {number_text(new['v'])})"
            yield _step("v_max", new["v_max"], text=written, note="the largest v so far (AMSGrad)")

    def _update_steps(self, decayed: float) -> Iterator[Step]:
        """Yield the bias corrections, the rate, the update and the new weight."""
        for n, mean, value in zip("12", "mv", self._corrections, strict=True):
            factors = {f"−beta_{n}^t": value - 1}
            written = f"1 − {number_text(self.settings[f'beta_{n}'])}^{self.t}"
            note = f"corrects {mean}, which started at 0"
            yield _step(f"correction_{n}", value, {"1": 1}, factors, text=written, note=note)
        first, second = self._corrections
        learning_rate, epsilon = self.settings["learning_rate"], self.settings["epsilon"]
        rate = learning_rate * second**0.5 / first
        factors = {
            "learning_rate": learning_rate, "√correction_2": second**0.5, "1/correction_1": 1 / first,
        }  # fmt: skip
        written = f"{number_text(learning_rate)}·√{number_text(second)}/{number_text(first)}"
        yield _step("rate", rate, factors, text=written, note="both corrections")
        root, m = "v_max" if "v_max" in self._new else "v", self._new["m"]
        v = self._new[root]
        factors = {"rate": rate, "m": m, f"1/(√{root} + epsilon)": 1 / (v**0.5 + epsilon)}
        update = math.prod(factors.values())
        below = f"√{number_text(v)} + {number_text(epsilon)}"
        written = f"{number_text(rate)}·{in_a_product(m)}/({below})"
        yield _step("update", update, factors, text=written)
        weight, factors = {"weight": decayed}, {"−update": -update}
        written = f"{_precise(decayed)} − {in_a_product(update)}"
        yield _step("weight", self.output, weight, factors, text=written, note="the new weight")


def _step(
    name: str, value: float, *products: dict[str, float], text: str = "", note: str = ""
) -> Step:
    """Return a step whose products are single numbers by name, and `text` if the sum is not shown."""
    terms = [
        Term(tuple(Factor(factor, (), number) for factor, number in numbers.items()))
        for numbers in products
    ]
    write = _precise if name in ("weight", "decayed") else number_text
    equation = f"{text} = {write(value)}" if text else None
    return Step(name, (), value, terms, equation=equation, note=note)


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


def adam_of(
    model: Model,
    layers: Sequence[LayerTrace],
    position: int,
    weight: str,
    index: Any,
    optimizer: Any = None,
) -> AdamWalk:
    """Return the walk of `Trace.adam`; see there."""
    adam = optimizer or model.optimizer or Adam()
    if not isinstance(adam, Adam):
        raise TypeError(
            f"trace.adam shows a step of Adam, got {type(adam).__name__}. To see the step of Adam, "
            "write trace.adam(layer, weight, index, optimizer=minicnn.optimizers.Adam())."
        )
    seen = layers[position]
    if weight not in seen.layer.trainable_names:
        kind = f"weight to train of {seen.layer.describe()}"
        raise unknown_name(kind, weight, seen.layer.trainable_names)
    array = getattr(seen.layer, weight)
    cell = checked_index(index, array.shape, f"{seen.name}.{weight}")
    pairs = [(trace, name) for trace in layers for name in trace.layer.trainable_names]
    number = pairs.index((seen, weight))
    gradients = [trace.weight_gradients[name] for trace, name in pairs]
    before = [_gradient_step(seen, weight, cell), *_clipped(adam, gradients, number, weight, cell)]
    values = {
        "weight": array[cell],
        "gradient": np.asarray(before[-1].value, array.dtype),
        **_moments(adam, [getattr(trace.layer, name) for trace, name in pairs], number, cell),
    }
    settings = {name: getattr(adam, name) or 0.0 for name in _SETTINGS}
    return AdamWalk(
        {name: np.reshape(value, 1) for name, value in values.items()},
        adam.iterations + 1, settings, name_of(f"{seen.name}.{weight}", cell), before,
    )  # fmt: skip


def _moments(
    adam: Adam, weights: Sequence[ndarray], number: int, cell: Index
) -> dict[str, ndarray]:
    """Return m and v, and the largest v with AMSGrad; all are 0 before the first step."""
    names = {"m": "momentum", "v": "velocity"}
    if adam.amsgrad:
        names["v_max"] = "velocity_hat"
    if not adam.built:
        return {name: np.zeros((), weights[number].dtype) for name in names}
    if [slot.shape for slot in adam.slots["momentum"]] != [weight.shape for weight in weights]:
        raise ShapeError(
            "the optimizer belongs to other weights than this model's. If layers were added, removed "
            "or frozen since, compile the model again with a new optimizer."
        )
    return {name: adam.slots[slot][number][cell] for name, slot in names.items()}


def _gradient_step(seen: LayerTrace, weight: str, cell: Index) -> Step:
    """Make the step of the gradient: from the loss, and from the regularizer if there is one."""
    name, total = name_of(f"d{weight}", cell), seen.weight_gradients[weight][cell].item()
    penalty = seen.layer.penalties.get(weight)
    if penalty is None:
        return _step("gradient", total, {name: total}, text=name)
    added = penalty.gradient(getattr(seen.layer, weight))[cell].item()
    return _step("gradient", total, {name: total - added}, {"from the penalty": added})


def _clipped(
    adam: Adam, gradients: Sequence[ndarray], number: int, weight: str, cell: Index
) -> Iterator[Step]:
    """Yield the step of a gradient that is clipped by value, or by the length of gradients."""
    total = gradients[number][cell].item()
    if adam.clipvalue is not None:
        limit = adam.clipvalue
        allowed = f"{number_text(-limit)} … {number_text(limit)}"
        written = f"{number_text(total)} cut to {allowed}"
        yield _step("clipped", float(np.clip(total, -limit, limit)), text=written)
    longest = adam.clipnorm or adam.global_clipnorm
    if longest:
        together = gradients if adam.global_clipnorm else [gradients[number]]
        squares = [np.square(gradient, dtype=np.float64).sum() for gradient in together]
        length = float(sum(squares)) ** 0.5
        factor = min(1.0, longest / length) if length else 1.0
        factors = {"gradient": total, "limit/length": factor}
        whose = "all gradients" if adam.global_clipnorm else f"d{weight}"
        note = f"{whose} together, {number_text(length)} long, to {number_text(longest)}"
        yield _step("clipped", total * factor, factors, note=note)
