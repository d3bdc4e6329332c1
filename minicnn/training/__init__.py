"""The training loop: batches, forward, loss, backward, update, callbacks.

`step` is the heart: one batch through all layers and back. `batches` cuts the data, `checks` says
what is wrong with them, `compiled` keeps what `compile` chose, `loop` runs epochs, and `progress`
shows how far it has come.
"""
