"""Networks that others trained: what a file is, how its pixels and answers are read, and what fits.

Nothing here wakes TensorFlow; a Keras file is opened by `idc_core.nn.foreign`, in a child process.
"""
