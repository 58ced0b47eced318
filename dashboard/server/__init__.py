"""What runs before a page does: the guard, the first paint, the entry."""
