"""Models to files and back; `minicnn.saving` defines the content of the files.

The name's ending decides the format on writing, the content on reading:

================  ==============================  ==========================================
ending            `save_model` writes             `save_weights` writes
================  ==============================  ==========================================
``.keras``        Keras 3's archive
``.weights.h5``                                   Keras 3's weights, with the optimizer's state
``.h5 .hdf5``     the legacy whole model          Keras 2's weights
================  ==============================  ==========================================

`writing` and `weights` take a model and know no class of models; `reading` makes one.
"""
