"""Judging predictions that are never all in memory.

Read in batches from the parts that they lie in, they are sorted twice by DuckDB, which spills to
the disk: once by score, once by patient. What comes out is written as it comes (`sorted_scores`):
scores in order, of all patients and of each, which answer every count at every threshold; and sums
a patient (`ranks`, `own_sums`), from which areas and intervals follow by the formulas of `metrics`.
All figures are those that the whole table in memory would give. May import `evaluate` and what lies
below.
"""
