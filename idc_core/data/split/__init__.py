"""Which patient is in which split: drawn by us, or given by people."""
