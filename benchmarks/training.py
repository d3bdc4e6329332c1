"""Training: how long one step takes, against PyTorch and Keras on TensorFlow.

Claim: a step of the lecture's network at batch 32 is 3 times faster than the fastest peer's; over
five networks at batch 32 and 128 the geometric mean is 2.5 ×, and no row is under 1.2 ×.

Ours and Keras train through `fit`, PyTorch in a bare loop with fused Adam and the faster of its
memory layouts; Keras with XLA or without, whichever is faster. The processes take turns.

    python benchmarks/training.py
    python benchmarks/training.py --networks lecture --batches 32 --peer torch=/path/to/python
"""

from common import comparison

if __name__ == "__main__":
    comparison.run("training", ("torch", "keras"), __doc__)
