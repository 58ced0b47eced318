"""What each channel of a network answers to, and what it is worth; ONNX Runtime, no TensorFlow."""
