"""What a training history shows: which epoch was best, what limited it, how seeds differ."""
