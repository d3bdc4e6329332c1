"""What is called while a model trains, tests or predicts: one callback a file.

A callback calls only public methods of the model it is given. What it prints starts on a line of
its own: `CallbackList` makes the progress bar step aside before any other callback runs.
"""

from minicnn.callbacks.callback import Callback
from minicnn.callbacks.callback_list import CallbackList
from minicnn.callbacks.history import History
from minicnn.callbacks.lambda_callback import LambdaCallback

__all__ = ["Callback", "CallbackList", "History", "LambdaCallback"]
