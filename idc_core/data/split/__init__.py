"""Which patient is on which side: drawn by us, or given by people."""
