"""What the three cross-entropies share: logits or probabilities, and softened labels."""

from typing import Any, ClassVar, Self

from minicnn.losses.loss import Loss


class Crossentropy(Loss):
    """Base of the cross-entropies, which come from logits or from probabilities.

    From probabilities, a prediction of 0 or 1 has lost the number it was made of. So training
    computes the loss together with the activation `fuses_with` where that is the model's last
    step: ``loss.logits_version()`` on what comes before it.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are what comes *before* softmax or sigmoid.
    axis : int
        Of the classes; −1 here.
    reduction : str or None
        As of `Loss`.
    name : str, optional
    """

    fuses_with: ClassVar[str | None] = None

    def __init__(
        self,
        from_logits: bool = False,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(name, reduction)
        if axis != -1:
            raise ValueError(
                f"{self.name} has the classes on the last axis: write axis=-1, not axis={axis!r}."
            )
        self.from_logits = bool(from_logits)

    def logits_version(self) -> Self:
        """Return the same loss, to be computed from logits.

        Examples
        --------
        >>> from minicnn.losses import CategoricalCrossentropy
        >>> CategoricalCrossentropy(label_smoothing=0.1).logits_version().get_config()
        {'name': 'categorical_crossentropy', 'reduction': 'sum_over_batch_size',
         'from_logits': True, 'label_smoothing': 0.1, 'axis': -1}
        """
        kind = type(self)
        twin = kind.__new__(kind)  # once a step: copy.copy takes ten times as long
        twin.__dict__ = {**vars(self), "from_logits": True}
        return twin

    def get_config(self) -> dict[str, Any]:
        """Arguments that make this loss again."""
        return {**super().get_config(), "from_logits": self.from_logits}


def check_smoothing(label_smoothing: float) -> float:
    """Return `label_smoothing` if it is a share."""
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing takes a number from 0 to 1, got {label_smoothing!r}.")
    return float(label_smoothing)
