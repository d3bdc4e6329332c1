"""Train MNIST by the recipe with PyTorch and one seed: ``python -m workers.recipe_pytorch 0``."""

import json
import sys
import time

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from common import data, machine, networks, recipe
from workers.pytorch import LAYOUTS, build


def main(seed: int, layout: torch.memory_format) -> None:
    """Train, evaluate, and print one line of JSON."""
    torch.set_num_threads(machine.cores())
    torch.manual_seed(seed)
    x, y = (tensor[: recipe.IMAGES] for tensor in _tensors("train", layout))
    networks.NETWORKS["recipe"] = recipe.NETWORK
    model = build("recipe").to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), eps=1e-7, fused=True)
    start = time.perf_counter()
    step = 0
    for _ in range(recipe.EPOCHS):
        for chosen in torch.randperm(len(x)).split(recipe.BATCH):
            optimizer.param_groups[0]["lr"] = recipe.learning_rate(step)
            loss = cross_entropy(model(x[chosen]), y[chosen], label_smoothing=recipe.SMOOTHING)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    facts = {"training": time.perf_counter() - start, "ended": time.time()}
    test, digits = _tensors("t10k", layout)
    with torch.inference_mode():
        right = sum(
            int((model(images).argmax(1) == labels).sum())
            for images, labels in zip(test.split(500), digits.split(500), strict=True)
        )
    print(json.dumps(facts | {"accuracy": right / len(digits)}))


def _tensors(part: str, layout: torch.memory_format) -> tuple[torch.Tensor, torch.Tensor]:
    images, digits = data.images_and_labels(part)
    x = torch.from_numpy(images.astype(np.float32).transpose(0, 3, 1, 2).copy() / 255)
    return x.contiguous(memory_format=layout), torch.from_numpy(digits.astype(np.int64))


if __name__ == "__main__":
    main(int(sys.argv[1]), LAYOUTS[sys.argv[2]])
