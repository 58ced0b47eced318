"""What speaks for IDC in a patch, what against, and whether such a map may be believed.

NumPy and ONNX Runtime only; gradients are asked of a process of their own (`process.py`).
"""
