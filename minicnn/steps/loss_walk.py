"""The loss of a traced example, step by step where it is softmax and cross-entropy."""

from typing import Any

import numpy as np
from numpy import ndarray

from minicnn import losses
from minicnn.losses import Loss
from minicnn.steps.cross_entropy import SoftmaxCrossentropyWalk
from minicnn.steps.labels import distribution
from minicnn.steps.notation import number_text
from minicnn.steps.step import Place, Step
from minicnn.steps.walk import GradientWalk, Walk


class LossWalk(Walk):
    """The loss of one example, and its gradient, as the loss itself computes them: without terms."""

    def __init__(self, loss: Loss, y: ndarray, prediction: ndarray) -> None:
        self.loss, self._gradient = loss.value_and_gradient(y, prediction)
        self._name = loss.name
        super().__init__(f"loss: {loss.name}", np.array(self.loss))

    def step(self, place: Place) -> Step:
        """Make the only step: the loss."""
        return Step("loss", (), self.loss, equation=f"{number_text(self.loss)}, the {self._name}")

    def gradients(self, dy: ndarray) -> dict[str, GradientWalk]:
        """Return the gradient of the prediction."""
        gradient = self._gradient[0] * float(dy)

        def step(place: Place) -> Step:
            value = gradient[place].item()
            equation = f"{number_text(value)}, the derivative of the {self._name}"
            return Step("dprediction", place, value, equation=equation)

        return {"prediction": GradientWalk("prediction", gradient, step)}


def loss_walk(loss: Loss, y: ndarray, prediction: ndarray, from_scores: bool) -> Walk:
    """Return the walk of a loss."""
    if from_scores or getattr(loss, "from_logits", False):
        loss = loss.logits_version()  # type: ignore[attr-defined]
        if _is_softmax_crossentropy(loss, y, prediction):
            target = distribution(y[0], prediction.shape[1:])
            return SoftmaxCrossentropyWalk(
                prediction[0], target, getattr(loss, "label_smoothing", 0.0)
            )
    return LossWalk(loss, y, prediction)


def _is_softmax_crossentropy(loss: Any, y: ndarray, prediction: ndarray) -> bool:
    """Whether `SoftmaxCrossentropyWalk` computes the same: the mean, and no label is ignored."""
    kinds = (losses.CategoricalCrossentropy, losses.SparseCategoricalCrossentropy)
    one_loss = prediction.ndim == 2
    same_mean = loss.reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight")
    mask = loss.mask(y)
    all_count = mask is None or bool(np.all(mask))
    return type(loss) in kinds and (one_loss or same_mean) and all_count
