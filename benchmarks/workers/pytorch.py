"""Train or predict with PyTorch: a bare loop, fused Adam, the faster of two memory layouts.

Images are float32 tensors in that layout before timing starts; no metric is computed.

    python -m workers.pytorch training lecture 32
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from common import data, machine, networks
from workers.serve import Run, serve

LAYOUTS = {"NCHW": torch.contiguous_format, "channels_last": torch.channels_last}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def build(network: str) -> nn.Sequential:
    """Return the network up to the logits, with Keras' initial weights."""
    stack: list[nn.Module] = []
    for layer in networks.NETWORKS[network].layers:
        match layer:
            case networks.Conv(filters, size, padding, activation):
                stack += [
                    nn.LazyConv2d(filters, size, padding=padding),
                    ACTIVATIONS[activation](),
                ]
            case networks.Pool(kind):
                stack.append(nn.MaxPool2d(2) if kind == "max" else nn.AvgPool2d(2))
            case networks.Dropout(rate):
                stack.append(nn.Dropout(rate))
            case networks.Flatten():
                stack.append(nn.Flatten())
            case networks.Dense(units, activation):
                stack.append(nn.LazyLinear(units))
                if activation != "softmax":  # it is part of the loss
                    stack.append(ACTIVATIONS[activation]())
            case networks.NormalizedConv(filters):
                stack += [*normalized(filters, 3), nn.ReLU()]
            case networks.Residual(filters, stride):
                stack.append(Residual(filters, stride))
            case networks.GlobalAveragePool():
                stack += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    model = nn.Sequential(*stack)
    height, width, channels = networks.NETWORKS[network].input_shape
    model(torch.zeros(1, channels, height, width))
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return model


def normalized(filters: int, size: int, stride: int = 1) -> list[nn.Module]:
    """Return a convolution without bias, and batch normalization."""
    # padding="same" does not support strides; symmetric padding has the same output shape
    conv = nn.LazyConv2d(filters, size, stride=stride, padding=size // 2, bias=False)
    return [conv, nn.LazyBatchNorm2d()]


class Residual(nn.Module):
    """The residual block `networks.Residual`."""

    def __init__(self, filters: int, stride: int) -> None:
        super().__init__()
        first = [*normalized(filters, 3, stride), nn.ReLU()]
        self.path = nn.Sequential(*first, *normalized(filters, 3))
        self.shortcut = nn.Sequential(*(normalized(filters, 1, stride) if stride != 1 else ()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.path(x) + self.shortcut(x))


def tensors(network: str, layout: torch.memory_format) -> tuple[torch.Tensor, torch.Tensor]:
    """Return images of shape (images, channels, height, width) and labels."""
    images, labels = data.prepared(networks.NETWORKS[network])
    x = torch.from_numpy(images.astype(np.float32).transpose(0, 3, 1, 2).copy())
    return x.contiguous(memory_format=layout), torch.from_numpy(labels.astype(np.int64))


def training(network: str, batch: int, layout: torch.memory_format) -> Run:
    """Return a function that trains for a number of steps on random batches."""
    x, y = tensors(network, layout)
    model = build(network).to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), eps=1e-7, fused=True)

    def run(steps: int) -> None:
        model.train()
        order = torch.randint(len(x), (steps, batch))
        for chosen in order:
            optimizer.zero_grad()
            cross_entropy(model(x[chosen]), y[chosen]).backward()
            optimizer.step()

    return run


def prediction(network: str, batch: int, layout: torch.memory_format) -> Run:
    """Return a function that predicts a number of batches in order."""
    x, _ = tensors(network, layout)
    model = build(network).to(memory_format=layout).eval()
    batches = x.split(batch)[: len(x) // batch]

    @torch.inference_mode()
    def run(steps: int) -> np.ndarray:
        outputs = [model(batches[n % len(batches)]).softmax(dim=1) for n in range(steps)]
        return torch.cat(outputs).numpy()

    return run


def main(task: str, network: str, batch: int) -> None:
    """Serve PyTorch on all cores."""
    torch.set_num_threads(machine.cores())
    prepare = {"training": training, "prediction": prediction}[task]
    variants = {name: prepare(network, batch, layout) for name, layout in LAYOUTS.items()}
    serve(variants, {"torch": torch.__version__, "numpy": np.__version__})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
