"""A run's scores judged: the report, comparisons, groups, places, calibration.

May import `runs` and what lies below.
"""
