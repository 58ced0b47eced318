"""One widget or block a file: draws, returns a plain value, owns its key."""
