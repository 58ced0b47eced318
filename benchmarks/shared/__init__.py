"""What several benchmarks use: a browser, synthetic predictions, the promise and its ratio."""
