"""What a training is told and what it tells, without TensorFlow.

May import `facts`, `data`, `metrics`, `io`.
"""
