"""What a training's own numbers say: which epoch was best, what limited it, how seeds differ."""
