"""What ``--help`` shows beneath the options: examples to copy."""

MAIN = """\
examples:
  minicnn train                     the lecture's network on MNIST, 3 epochs
  minicnn evaluate                  test what was trained last
  minicnn predict seven.png         ask it about a picture
  minicnn explain                   see every number of it, on one page
  minicnn steps                     walk through a convolution, sum by sum
  minicnn gradcheck                 prove that its gradients are right
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
  minicnn predict --as-is mine.png        the picture as it is, only resized

A model that knows MNIST is shown a photograph or drawing made like MNIST's
images: grey, light on dark, the digit scaled to a box of 20 pixels and centred
by mass in 28. Other models are given a picture in their colours and size, with
pixels of 0 to 255, and nothing else is changed.
"""

EXPLAIN = """\
examples:
  minicnn explain                               what `minicnn train` saved last
  minicnn explain model.keras --image seven.png -o page.html
  minicnn explain --image one.png --image two.png --language ko

The page is one file that needs no network. On it one draws a digit and sees
every layer answer, picks any number and sees the sum that made it, forward and
backward, takes a training step, and lets a filter slide.
"""

STEPS = """\
examples:
  minicnn steps                                 the lecture's image and filter 1
  minicnn steps --filter 2 --stride 2
  minicnn steps --padding same --cell 0,0       one step, at the border
  minicnn steps --pooling max
  minicnn steps --backward weight --cell 0,2    where its gradient comes from
  minicnn steps --image seven.png               what `minicnn train` saved last
  minicnn steps --image seven.png --layer conv2d --cell 10,12,5
  minicnn steps --image seven.png --layer dense --backward weight --cell 99,7

In a terminal it waits after each step: Enter goes on, b back, q ends. Written
to a file or another program, all steps are printed.
"""

GRADCHECK = """\
examples:
  minicnn gradcheck                             what `minicnn train` saved last
  minicnn gradcheck mine.keras --examples 4
  minicnn gradcheck small.keras --all

Each number is moved a little up and down, and what the loss does is compared
with what backward says. That is done in float64, with the plain NumPy
arithmetic: the compiled one, in float32, is too coarse for small differences.
Kinks are places such as ReLU's 0, where there is no one slope to be right.
The exit code is 1 if a gradient is wrong.
"""
