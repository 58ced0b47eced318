"""Arrays in, numbers out: NumPy and the standard library only."""
