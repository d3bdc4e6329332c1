"""What ``--help`` shows beneath the options: examples to copy."""

MAIN = """\
examples:
  minicnn train                     the lecture's network on MNIST, 3 epochs
  minicnn evaluate                  test what was trained last
  minicnn predict seven.png         ask it about a picture
  minicnn train --data digits       needs no network, takes seconds
  minicnn COMMAND --help            all options of a command
"""

TRAIN = """\
models:
  lecture   Conv 64, Conv 32, Dense 10, on pixels of 0 to 255: the lecture's
  lenet5    LeCun's network of 1998, with tanh
  convnet   Conv 32, Max, Conv 64, Max, Dropout, Dense 10
  mlp       Dense 128, Dense 10: no convolution, to compare with

examples:
  minicnn train --model lenet5 --epochs 5
  minicnn train --images 2000 --epochs 1  a quick try
  minicnn train --data fashion_mnist --output clothes
  minicnn train --data my-pictures       in it a folder for each class

Ctrl-C ends the training: what has been learnt is tested and saved.
"""

EVALUATE = """\
examples:
  minicnn evaluate                              what `minicnn train` saved last
  minicnn evaluate clothes/model.keras
  minicnn evaluate mine.keras --data digits

The model is given pixels of 0 to 255. One that learnt from 0 to 1 needs
Rescaling(1 / 255) as its first layer.
"""

PREDICT = """\
examples:
  minicnn predict seven.png
  minicnn predict *.png --model clothes/model.keras
  minicnn predict model.keras photo.jpg
  minicnn predict --invert paper.png            a dark digit on white paper

A picture is given the model's colours and size, and pixels of 0 to 255, nothing
else. MNIST's digits are light on dark, centred, and fill 20 of 28 pixels: one
that looks otherwise is often guessed wrong.
"""
