"""Callbacks: called while a model trains, tests or predicts.

A callback calls only public methods of its model. Its output starts on a new line: `CallbackList`
erases the progress bar before it calls any other callback.
"""

from minicnn.callbacks.backup_and_restore import BackupAndRestore
from minicnn.callbacks.callback import Callback
from minicnn.callbacks.callback_list import CallbackList
from minicnn.callbacks.csv_logger import CSVLogger
from minicnn.callbacks.early_stopping import EarlyStopping
from minicnn.callbacks.history import History
from minicnn.callbacks.lambda_callback import LambdaCallback
from minicnn.callbacks.learning_rate_scheduler import LearningRateScheduler
from minicnn.callbacks.model_checkpoint import ModelCheckpoint
from minicnn.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from minicnn.callbacks.tensorboard import TensorBoard
from minicnn.callbacks.terminate_on_nan import TerminateOnNaN
from minicnn.callbacks.training_snapshots import TrainingSnapshots
from minicnn.errors import suggest_names

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
    "TrainingSnapshots",
]

suggest_names(globals())
