"""Predictions of any model, from a table somebody else wrote, as a run like any other."""
