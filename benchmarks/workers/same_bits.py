"""Train some steps from one seed and print a hash of the weights.

python -m workers.same_bits lecture 10
"""

import hashlib
import json
import sys

import minicnn
from minicnn.utils import set_random_seed

from workers.fit_and_predict import build, training

if __name__ == "__main__":
    network, steps = sys.argv[1], int(sys.argv[2])
    set_random_seed(1)
    model = build(minicnn, network)
    training(model, network, 32)(steps)
    digest = hashlib.sha256()
    for weight in model.get_weights():
        digest.update(weight.tobytes())
    print(json.dumps({"sha256": digest.hexdigest()}))
