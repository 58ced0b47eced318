"""An exported network taken apart: what each layer costs and sees, and how a number comes about."""
