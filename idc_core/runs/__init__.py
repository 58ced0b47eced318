"""A run on disk and what is kept with it: ledger, seal, notes, folds, corrected labels.

May import `train` and what lies below.
"""
