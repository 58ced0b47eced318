"""The only place where Keras and TensorFlow are imported."""
