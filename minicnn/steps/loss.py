"""The loss, step by step: softmax and cross-entropy in one, and other losses as one number."""

from typing import Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn import checks, losses
from minicnn.errors import ShapeError
from minicnn.losses import Loss
from minicnn.ops import reference
from minicnn.steps.activation import SoftmaxWalk
from minicnn.steps.checks import distribution, numbers
from minicnn.steps.notation import in_a_product, number_text
from minicnn.steps.step import Factor, Index, Step, Term
from minicnn.steps.table import Table, as_tables
from minicnn.steps.walk import BackwardWalk, GradientWalk, OpaqueWalk, Walk


def softmax_crossentropy(
    logits: ArrayLike, y: ArrayLike, label_smoothing: float = 0.0
) -> "SoftmaxCrossentropyWalk":
    """Compute probabilities and loss of one example, step by step.

    ``p = softmax(logits)``,  ``loss = −Σ y·ln p``,  and on the way back ``dlogits = p − y``

    as `minicnn.ops.softmax.softmax_cross_entropy_forward` computes it.

    Parameters
    ----------
    logits : (..., classes)
        Scores before softmax. With more axes, such as an image with a class for every pixel, the loss
        is the mean over them.
    y : int, (...), or (..., classes)
        The number of the right class, or one-hot.
    label_smoothing : float
        Fraction s of the label spread evenly over all K classes: ``y ← y·(1 − s) + s/K``.

    Returns
    -------
    SoftmaxCrossentropyWalk
        Its output is the probabilities; `loss` is the loss, `loss_step` its sum.

    Raises
    ------
    ShapeError
        If logits and label do not fit together.
    ValueError
        If there is no such class, or `label_smoothing` is not from 0 to 1.

    Examples
    --------
    >>> walk = softmax_crossentropy([1.0, 3.0, 2.0], 2)
    >>> walk.loss_step.equation
    '−ln(0.2447) = 1.408'
    >>> for step in walk.backward().logits:
    ...     print(step.equation)
    0.09003 − 0 = 0.09003
    0.6652 − 0 = 0.6652
    0.2447 − 1 = −0.7553
    """
    return SoftmaxCrossentropyWalk(logits, y, label_smoothing)


class SoftmaxCrossentropyWalk(Walk):
    """The walk that `softmax_crossentropy` returns."""

    def __init__(self, logits: ArrayLike, y: ArrayLike, label_smoothing: float = 0.0) -> None:
        self.logits = numbers("logits", logits)
        if not self.logits.ndim:
            raise ShapeError(
                "softmax_crossentropy takes the scores of all classes, got a single number. "
                "Write steps.softmax_crossentropy([0.5, 2.0], 1)."
            )
        self.softmax = SoftmaxWalk(self.logits)
        self.target = distribution(y, self.logits.shape)
        smoothing = checks.fraction("", "label_smoothing", label_smoothing)
        classes = self.logits.shape[-1]
        if smoothing:
            self.target = self.target * (1 - smoothing) + smoothing / classes
        scores = np.asarray(self.logits, np.float64)
        losses, self._cache = reference.softmax_cross_entropy_forward(scores, self.target)
        self.loss = float(losses.mean())
        self._fraction = 1 / losses.size  # of each of the losses in their mean
        # ln p, also where p itself is too small for a float
        self._logarithms = self.softmax.shifted - np.log(self.softmax.total)
        title = f"softmax and cross-entropy: {classes} classes"
        super().__init__(title, self._cache[0])

    @property
    def probabilities(self) -> ndarray:
        """The probabilities of the classes: the same as `output`."""
        return self.output

    @property
    def tables(self) -> list[list[Table]]:
        """Scores, probabilities and label."""
        return [
            as_tables("logits", self.logits),
            as_tables("probabilities p", self.output),
            as_tables("label y", self.target),
            as_tables("p − y", self.output - self.target),
        ]

    @property
    def remark(self) -> str:
        """The loss."""
        return f"Loss: {self.loss_step.equation}."

    def step(self, index: Index) -> Step:
        """Make the step of one probability."""
        return self.softmax.step(index)

    @property
    def loss_step(self) -> Step:
        """The loss as a sum over the classes; a one-hot label leaves a single term."""
        fraction = [] if self._fraction == 1 else [Factor("fraction", (), self._fraction)]
        terms, equation = [], None
        for index in map(tuple, np.argwhere(self.target).tolist()):
            minus_logarithm = Factor("−ln p", index, -self._logarithms[index].item())
            label = Factor.of("y", self.target, index)
            terms.append(Term((label, minus_logarithm, *fraction)))
        if len(terms) == 1 and label.value == 1 and not fraction:
            equation = self._minus_logarithm(label.index)
        note = "−Σ y·ln p" + (", the mean over all labels" if fraction else "")
        return Step("loss", (), self.loss, terms, equation=equation, note=note)

    def backward(self, dy: ArrayLike = 1.0) -> BackwardWalk:
        """Walk back from the loss to the scores."""
        upstream = numbers("dy", dy)
        if upstream.ndim:
            raise ShapeError(
                "the loss is one number, and so is its dy, which is 1 where nothing follows: write "
                f"walk.backward(). Got an array of shape {upstream.shape}."
            )
        return BackwardWalk(upstream, self.gradients(upstream))

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the logits, from the gradient of the loss."""
        factor = float(dy) * self._fraction
        dlosses = np.full(self.logits.shape[:-1], factor)
        gradient = reference.softmax_cross_entropy_backward(dlosses, self._cache)
        # p counts as often as there is label; once, for a one-hot one
        amounts = self.target.sum(axis=-1, keepdims=True)

        def explain(index: Index) -> dict[str, Any]:
            p, t = self.output[index].item(), self.target[index].item()
            amount, value = amounts[(*index[:-1], 0)].item(), gradient[index].item()
            extra = [] if np.isclose(amount, 1) else [Factor("Σy", (), amount)]
            scale = [] if factor == 1 else [Factor("dloss", (), factor)]
            terms = [
                Term((Factor("p", index, p), *extra, *scale)),
                Term((Factor("−y", index, -t), *scale)),
            ]
            equation = None
            if not extra and not scale:
                equation = f"{number_text(p)} − {in_a_product(t)} = {number_text(value)}"
            return {"terms": terms, "equation": equation, "note": "p − y"}

        return {"logits": GradientWalk("logits", gradient, explain)}

    def _minus_logarithm(self, index: Index) -> str:
        """Write −ln p, or its equation in scores if p underflows."""
        p = self.output[index].item()
        if p:
            return f"−ln({number_text(p)}) = {number_text(self.loss)}"
        largest, total = self.softmax.largest[index].item(), self.softmax.total[index].item()
        score = in_a_product(self.logits[index].item())
        return (
            f"−ln p = {number_text(largest)} − {score} + ln({number_text(total)}) = "
            f"{number_text(self.loss)}"
        )


class LossWalk(OpaqueWalk):
    """The loss of one example and its gradient as the loss computes them, without terms."""

    def __init__(self, loss: Loss, y: ndarray, prediction: ndarray) -> None:
        self.loss, gradient = loss.value_and_gradient(y, prediction)
        words = f"the {loss.name}", f"the derivative of the {loss.name}"
        super().__init__(
            f"loss: {loss.name}", np.array(self.loss), "loss", words,
            lambda dy: {"prediction": gradient[0] * float(dy)},
        )  # fmt: skip


def loss_walk(loss: Loss, y: ndarray, prediction: ndarray, from_scores: bool) -> Walk:
    """Return the walk of a loss."""
    if from_scores or getattr(loss, "from_logits", False):
        loss = loss.logits_version()  # type: ignore[attr-defined]
        if _is_softmax_crossentropy(loss, y, prediction):
            label = distribution(y[0], prediction.shape[1:])
            smoothing = getattr(loss, "label_smoothing", 0.0)
            return SoftmaxCrossentropyWalk(prediction[0], label, smoothing)
    return LossWalk(loss, y, prediction)


def _is_softmax_crossentropy(loss: Any, y: ndarray, prediction: ndarray) -> bool:
    """Return whether `SoftmaxCrossentropyWalk` computes this loss: a mean, with no label ignored."""
    kinds = (losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy)
    means = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
    is_mean = prediction.ndim == 2 or loss.reduction in means
    mask = loss.mask(y)
    return type(loss) in kinds and is_mean and (mask is None or bool(np.all(mask)))
