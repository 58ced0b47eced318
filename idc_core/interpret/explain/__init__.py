"""Evidence for and against IDC in a patch, and whether such a map may be believed.

NumPy and ONNX Runtime only; gradients are asked of a process of their own (`process.py`).
"""
